//! What is done to each program that a node executes, before its first instruction.

use crate::linux::arch;
use crate::linux::clock_page::{self, ClockPage};
use crate::linux::inject::Injection;
use crate::linux::random::Random;
use crate::linux::random_device;
use crate::linux::sys::memory::{BadAddress, Memory};
use nix::libc;
use object::{Object as _, ObjectSymbol as _};
use std::io;
use std::sync::OnceLock;

/// Prepares the program: its random bytes come from the seed, and its clock functions read virtual
/// time.
pub(crate) fn prepare(
    injection: &Injection,
    page: &ClockPage,
    random: &mut Random,
) -> Result<(), BadAddress> {
    let auxiliary = Auxiliary::find(injection)?;
    if let Some(address) = auxiliary.random_bytes {
        injection.memory().write(address, &random.bytes(RANDOM_BYTES))?;
    }
    if let Some(Entry { address, value }) = auxiliary.abilities {
        let shown = value & !arch::HIDDEN_ABILITIES;
        injection.memory().write(address + WORD, &shown.to_ne_bytes())?;
    }
    if arch::EXEC_ALLOWS_COUNTER {
        let args = [libc::PR_SET_TSC as u64, libc::PR_TSC_SIGSEGV as u64, 0, 0, 0, 0];
        // Older kernels cannot forbid it.
        let _ = injection.call(libc::SYS_prctl, args);
    }
    if let Some(Entry { address, value: vdso }) = auxiliary.vdso {
        let is_replaced = replace_functions(injection, page, vdso);
        if is_replaced.is_ok_and(|is_replaced| is_replaced) {
            random_device::replace_in_program(injection.memory().thread);
        } else {
            // Without the functions, the program makes system calls, which show virtual time, too.
            injection.memory().write(address, &libc::AT_IGNORE.to_ne_bytes())?;
        }
    }
    Ok(())
}

/// Bytes of a number in the list of values below.
const WORD: u64 = 8;
/// Where the arguments of `openat2` are put, behind a path.
const HOW_OFFSET: u64 = 256;
/// Number of random bytes that the kernel gives each program.
const RANDOM_BYTES: usize = 16;

/// Entries of the list of values that the kernel gives each program (the auxiliary vector).
#[derive(Debug, Default)]
struct Auxiliary {
    random_bytes: Option<u64>,
    vdso: Option<Entry>,
    /// Bits for what the processor can do.
    abilities: Option<Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    address: u64,
    value: u64,
}

impl Auxiliary {
    /// The list is behind the arguments and the environment, which end with a zero each.
    fn find(injection: &Injection) -> Result<Self, BadAddress> {
        let memory = injection.memory();
        let arguments = memory.u64(injection.stack())?;
        let mut position = injection.stack() + (arguments + 2) * WORD;
        while memory.u64(position)? != 0 {
            position += WORD;
        }
        position += WORD;
        let mut found = Self::default();
        loop {
            let (kind, value) = (memory.u64(position)?, memory.u64(position + WORD)?);
            match kind {
                libc::AT_NULL => return Ok(found),
                libc::AT_RANDOM => found.random_bytes = Some(value),
                libc::AT_SYSINFO_EHDR => found.vdso = Some(Entry { address: position, value }),
                libc::AT_HWCAP2 => found.abilities = Some(Entry { address: position, value }),
                _ => {}
            }
            position += 2 * WORD;
        }
    }
}

/// Maps the page with the time and the code that reads it, and lets the vDSO's functions jump there;
/// returns whether all of them could be replaced.
fn replace_functions(injection: &Injection, page: &ClockPage, vdso: u64) -> io::Result<bool> {
    let Some(symbols) = vdso_symbols(injection.memory(), vdso) else { return Ok(false) };
    let mut path = page.path().into_bytes();
    path.push(0);
    let path = injection.put(0, &path)?;
    // `openat` would pass through the filter, if it is there already. Flags, mode, restrictions:
    let flags = (libc::O_RDWR | libc::O_CLOEXEC) as u64;
    let how: Vec<u8> = [flags, 0, 0].iter().flat_map(|word| word.to_ne_bytes()).collect();
    let length = how.len() as u64;
    let how = injection.put(HOW_OFFSET, &how)?;
    let here = libc::AT_FDCWD as u64;
    let file = injection.call(libc::SYS_openat2, [here, path, how, length, 0, 0])?;
    let map = |address, access, flags, file: u64| {
        let args = [address, clock_page::PAGE, access as u64, flags as u64, file, 0];
        injection.call(libc::SYS_mmap, args)
    };
    let fixed = libc::MAP_FIXED_NOREPLACE;
    let access = libc::PROT_READ | libc::PROT_WRITE;
    let mapped = map(clock_page::ADDRESS, access, libc::MAP_SHARED | fixed, file);
    injection.call(libc::SYS_close, [file, 0, 0, 0, 0, 0])?;
    mapped?;
    let private = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | fixed;
    let access = libc::PROT_READ | libc::PROT_EXEC;
    map(clock_page::CODE_ADDRESS, access, private, u64::MAX)?;
    injection.memory().write_code(clock_page::CODE_ADDRESS, clock_page::code())?;
    for (name, offset) in clock_page::replacements() {
        if let Some((_, position)) = symbols.iter().find(|(symbol, _)| symbol == name) {
            let jump = clock_page::jump(clock_page::CODE_ADDRESS + offset);
            injection.memory().write_code(vdso + position, &jump)?;
        }
    }
    Ok(true)
}

/// Names and positions of the vDSO's functions: the same in each program of a machine.
fn vdso_symbols(memory: Memory, vdso: u64) -> Option<&'static [(String, u64)]> {
    static SYMBOLS: OnceLock<Option<Vec<(String, u64)>>> = OnceLock::new();
    /// More than any vDSO has; a read beyond its end fails.
    const MOST_PARTS: u64 = 16;
    /// No page is smaller.
    const PART_BYTES: usize = 4096;
    let symbols = SYMBOLS.get_or_init(|| {
        let mut image = Vec::new();
        for part in 0..MOST_PARTS {
            let mut bytes = [0; PART_BYTES];
            if memory.read(vdso + part * PART_BYTES as u64, &mut bytes).is_err() {
                break;
            }
            image.extend(bytes);
        }
        let file = object::File::parse(&*image).ok()?;
        let named = |symbol: object::Symbol<'_, '_>| {
            Some((symbol.name().ok()?.to_owned(), symbol.address()))
        };
        Some(file.dynamic_symbols().filter_map(named).collect())
    });
    symbols.as_deref()
}
