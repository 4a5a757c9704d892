//! Two pages in the program's memory from which it reads the time without a system call.
//!
//! The kernel gives each program such functions (the vDSO), which show real time. Their first
//! instructions are replaced by jumps to our functions, which read the time from a page that the
//! tracer shares. Without them, most stops of a Go program would be reads of the clock.

#![expect(unsafe_code, reason = "assembly, and memory that is shared with another process")]

use crate::linux::clock::{FREE_READS, READ_NANOS};
use nix::libc;
use std::io;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};

/// Address of the page with the time in every program; the code is in the page after it.
pub(crate) const ADDRESS: u64 = 0x6f00_0000_0000;
/// Bytes of a page.
pub(crate) const PAGE: u64 = 4096;
/// Address of 16 zero bytes: a timeout of zero.
pub(crate) const ZERO_ADDRESS: u64 = ADDRESS + 64;
/// Address of room for the entries of `poll`, up to the end of the page.
pub(crate) const ENTRIES_ADDRESS: u64 = ADDRESS + 128;
/// Size of that room.
pub(crate) const ENTRIES_BYTES: usize = (PAGE - 128) as usize;
/// Address of the code.
pub(crate) const CODE_ADDRESS: u64 = ADDRESS + PAGE;

/// The functions of the vDSO that are replaced, and where in [`code`] ours are.
pub(crate) fn functions() -> [(&'static str, u64); 5] {
    let offset = |function: unsafe extern "C" fn()| function as usize as u64 - start();
    [
        ("__vdso_clock_gettime", offset(clock_page_clock_gettime)),
        ("__vdso_gettimeofday", offset(clock_page_gettimeofday)),
        ("__vdso_time", offset(clock_page_time)),
        ("__vdso_getcpu", offset(clock_page_getcpu)),
        ("__vdso_getrandom", offset(clock_page_getrandom)),
    ]
}

/// Where in [`code`] our `std::random_device` is.
pub(crate) fn random_device() -> u64 {
    clock_page_random_device as *const () as u64 - start()
}

/// A jump to an address: `movabs rax, address; jmp rax`.
pub(crate) fn jump(address: u64) -> Vec<u8> {
    let mut code = vec![0x48, 0xb8];
    code.extend(address.to_le_bytes());
    code.extend([0xff, 0xe0]);
    code
}

// Arguments are in rdi and rsi; rax, rcx, rdx, rsi, rdi and r8 to r11 may be changed. The page holds
// the monotonic clock, the date, and the number of reads since the last wait.
std::arch::global_asm!(
    ".globl clock_page_clock_gettime",
    "clock_page_clock_gettime:",
    "movabs r8, {page}",
    "cmp edi, 11",
    "ja 9f",
    "mov ecx, edi",
    "mov eax, 1",
    "shl eax, cl",
    "test eax, {dates}",
    "jnz 1f",
    "test eax, {monotonics}",
    "jz 9f",
    "mov rax, [r8]",
    "jmp 2f",
    "1: mov rax, [r8 + 8]",
    "2: add qword ptr [r8 + 16], 1",
    "cmp qword ptr [r8 + 16], {free_reads}",
    "jb 3f",
    "add qword ptr [r8], {read_nanos}",
    "add qword ptr [r8 + 8], {read_nanos}",
    "3: xor edx, edx",
    "mov ecx, 1000000000",
    "div rcx",
    "mov [rsi], rax",
    "mov [rsi + 8], rdx",
    "xor eax, eax",
    "ret",
    // Any other clock: the system call.
    "9: mov eax, {clock_gettime}",
    "syscall",
    "ret",
    ".globl clock_page_gettimeofday",
    "clock_page_gettimeofday:",
    "movabs r8, {page}",
    "test rdi, rdi",
    "jz 3f",
    "mov rax, [r8 + 8]",
    "add qword ptr [r8 + 16], 1",
    "cmp qword ptr [r8 + 16], {free_reads}",
    "jb 2f",
    "add qword ptr [r8], {read_nanos}",
    "add qword ptr [r8 + 8], {read_nanos}",
    "2: xor edx, edx",
    "mov ecx, 1000000000",
    "div rcx",
    "mov [rdi], rax",
    "mov eax, edx",
    "xor edx, edx",
    "mov ecx, 1000",
    "div ecx",
    "mov [rdi + 8], rax",
    "3: xor eax, eax",
    "ret",
    ".globl clock_page_time",
    "clock_page_time:",
    "movabs r8, {page}",
    "mov rax, [r8 + 8]",
    "xor edx, edx",
    "mov ecx, 1000000000",
    "div rcx",
    "test rdi, rdi",
    "jz 2f",
    "mov [rdi], rax",
    "2: ret",
    // There is one CPU, on one node of memory.
    ".globl clock_page_getcpu",
    "clock_page_getcpu:",
    "xor eax, eax",
    "test rdi, rdi",
    "jz 2f",
    "mov [rdi], eax",
    "2: test rsi, rsi",
    "jz 3f",
    "mov [rsi], eax",
    "3: ret",
    // Random numbers come from the system call.
    ".globl clock_page_getrandom",
    "clock_page_getrandom:",
    "mov rax, -{unknown_call}",
    "ret",
    // `std::random_device` of C++: four random bytes from the system call.
    ".globl clock_page_random_device",
    "clock_page_random_device:",
    "sub rsp, 24",
    "mov rdi, rsp",
    "mov esi, 4",
    "xor edx, edx",
    "mov eax, {getrandom}",
    "syscall",
    "mov eax, [rsp]",
    "add rsp, 24",
    "ret",
    ".globl clock_page_end",
    "clock_page_end:",
    page = const ADDRESS,
    dates = const 1 << libc::CLOCK_REALTIME | 1 << libc::CLOCK_REALTIME_COARSE | 1 << libc::CLOCK_TAI,
    monotonics = const 1 << libc::CLOCK_MONOTONIC | 1 << libc::CLOCK_MONOTONIC_RAW
        | 1 << libc::CLOCK_MONOTONIC_COARSE | 1 << libc::CLOCK_BOOTTIME,
    free_reads = const FREE_READS,
    read_nanos = const READ_NANOS,
    clock_gettime = const libc::SYS_clock_gettime,
    unknown_call = const libc::ENOSYS,
    getrandom = const libc::SYS_getrandom,
);

// SAFETY: these are symbols of the assembly above; only their addresses are used.
unsafe extern "C" {
    fn clock_page_clock_gettime();
    fn clock_page_gettimeofday();
    fn clock_page_time();
    fn clock_page_getcpu();
    fn clock_page_getrandom();
    fn clock_page_random_device();
    fn clock_page_end();
}

fn start() -> u64 {
    clock_page_clock_gettime as *const () as u64
}

/// The code of our functions, which works at any address.
pub(crate) fn code() -> &'static [u8] {
    let length = clock_page_end as *const () as u64 - start();
    // SAFETY: the assembly lies between these two symbols, in memory that is never changed.
    unsafe { std::slice::from_raw_parts(start() as *const u8, length as usize) }
}

/// The page with the time, shared with the program.
#[derive(Debug)]
pub(crate) struct ClockPage {
    file: OwnedFd,
    words: *mut AtomicU64,
}

const MONOTONIC: usize = 0;
const DATE: usize = 1;
const READS: usize = 2;
const WORDS: usize = 3;

impl ClockPage {
    /// A new page, in memory.
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: the name is a string of C.
        let file = unsafe { libc::memfd_create(c"clock".as_ptr(), libc::MFD_CLOEXEC) };
        if file < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the call returned a new descriptor, which has no other owner.
        let file = unsafe { OwnedFd::from_raw_fd(file) };
        nix::unistd::ftruncate(&file, PAGE as i64)?;
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a new mapping, at an address that the kernel chooses.
        let words = unsafe {
            let (anywhere, length) = (std::ptr::null_mut(), PAGE as usize);
            libc::mmap(anywhere, length, access, libc::MAP_SHARED, file.as_raw_fd(), 0)
        };
        if words == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Self { file, words: words.cast() })
    }

    /// A path from which another process of this user can open the page.
    pub(crate) fn path(&self) -> String {
        format!("/proc/{}/fd/{}", std::process::id(), self.file.as_raw_fd())
    }

    fn word(&self, index: usize) -> &AtomicU64 {
        assert!(index < WORDS, "the page has {WORDS} words");
        // SAFETY: the mapping is as large as a page, aligned, and exists as long as `self`. The
        // other process may change it at any time, as atomics allow.
        unsafe { &*self.words.add(index) }
    }

    pub(crate) fn publish(&self, monotonic: u64, date: u64) {
        self.word(MONOTONIC).store(monotonic, Ordering::Relaxed);
        self.word(DATE).store(date, Ordering::Relaxed);
    }

    pub(crate) fn monotonic(&self) -> u64 {
        self.word(MONOTONIC).load(Ordering::Relaxed)
    }

    pub(crate) fn reset_reads(&self) {
        self.word(READS).store(0, Ordering::Relaxed);
    }
}

impl Drop for ClockPage {
    fn drop(&mut self) {
        // SAFETY: the mapping was made by `new`, and no reference to it is left.
        unsafe { libc::munmap(self.words.cast(), PAGE as usize) };
    }
}
