//! Looks at the node's program before a test: starts nothing, and finds what most often is wrong.

use crate::exit::BadArguments;
use crate::node_command::{NodeCommand, Origin};
use glomers_maelstrom::find_on_path;
use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Bytes of a program that are looked at: the most that the kernel reads of a `#!` line.
const START_BYTES: u64 = 256;
/// Any of the three bits that let somebody execute a file.
const EXECUTE_BITS: u32 = 0o111;

/// Says what keeps the program from being run, and what to do about it.
pub(crate) fn check(node: &NodeCommand) -> Result<(), BadArguments> {
    let program = &node.program;
    let shown = program.display();
    let bad = |problem: String| Err(BadArguments(problem));
    let metadata = match fs::metadata(program) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return bad(format!("the node {shown} does not exist: {}", remedy(node)));
        }
        Err(error) => return bad(format!("the node {shown} cannot be looked at: {error}")),
    };
    if metadata.is_dir() {
        return bad(format!("the node {shown} is a folder: name the program in it"));
    }
    if !metadata.is_file() {
        return bad(format!("the node {shown} is not a file"));
    }
    if metadata.permissions().mode() & EXECUTE_BITS == 0 {
        return bad(format!("the node {shown} is not executable: run chmod +x {shown}"));
    }
    let mut start = Vec::new();
    let read = File::open(program).and_then(|file| file.take(START_BYTES).read_to_end(&mut start));
    // An executable that may not be read can still be run.
    if read.is_err() {
        return Ok(());
    }
    if start.starts_with(b"#!") {
        return check_interpreter(program, &start);
    }
    match recognize(&start) {
        // A shell is given what the kernel does not know.
        Content::Native | Content::Text => Ok(()),
        Content::Foreign(machine) => bad(format!(
            "the node {shown} was built for another machine ({machine}): build it for this one \
             ({} on {})",
            std::env::consts::ARCH,
            std::env::consts::OS
        )),
        Content::Neither => {
            bad(format!("the node {shown} is neither a program nor a script: {}", remedy(node)))
        }
    }
}

/// What the user has to do about a program that is not there.
fn remedy(node: &NodeCommand) -> &'static str {
    match (node.origin, &node.build) {
        (Origin::Flag, _) => "build it first, or correct --bin",
        (Origin::File, None) => "build it first, or correct bin in glomers.toml",
        (Origin::File, Some(_)) => "correct build or bin in glomers.toml",
        (Origin::Own, _) => "install glomers again, or choose a node with --bin",
    }
}

/// What a file without `#!` holds.
#[derive(Debug, PartialEq, Eq)]
enum Content {
    /// A program that may run here.
    Native,
    /// A program for this other machine or system.
    Foreign(&'static str),
    /// What a shell may read.
    Text,
    /// Bytes that nothing can run.
    Neither,
}

/// Recognizes a program by its first bytes: the headers of ELF (System V ABI, chapter 4) and Mach-O
/// (`mach-o/loader.h`, `mach-o/fat.h`).
fn recognize(start: &[u8]) -> Content {
    const IS_MACOS: bool = cfg!(target_os = "macos");
    match start {
        [0x7f, b'E', b'L', b'F', _, order, ..] => {
            let Some(&[first, second]) = start.get(18..20) else { return Content::Neither };
            let big_endian = *order == 2;
            let machine = if big_endian { [second, first] } else { [first, second] };
            recognize_elf(u16::from_le_bytes(machine), IS_MACOS)
        }
        // One machine, or several in one file.
        [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..] | [0xca, 0xfe, 0xba, 0xbe, ..] => {
            if IS_MACOS {
                Content::Native
            } else {
                Content::Foreign("macOS")
            }
        }
        _ if start.contains(&0) => Content::Neither,
        _ => Content::Text,
    }
}

/// By the `e_machine` of the header. A 64-bit kernel may also run the 32-bit programs of its kind.
fn recognize_elf(machine: u16, is_macos: bool) -> Content {
    let (name, runs_here) = match machine {
        3 => ("x86", cfg!(any(target_arch = "x86", target_arch = "x86_64"))),
        62 => ("x86_64", cfg!(target_arch = "x86_64")),
        40 => ("arm", cfg!(any(target_arch = "arm", target_arch = "aarch64"))),
        183 => ("aarch64", cfg!(target_arch = "aarch64")),
        243 => ("riscv", cfg!(any(target_arch = "riscv32", target_arch = "riscv64"))),
        // On a machine that is not listed here, the kernel decides.
        _ => ("an unknown one", !cfg!(any(target_arch = "x86_64", target_arch = "aarch64"))),
    };
    match (is_macos, runs_here) {
        (true, _) => Content::Foreign("Linux or another system with ELF programs"),
        (false, true) => Content::Native,
        (false, false) => Content::Foreign(name),
    }
}

/// A script's interpreter must exist: the kernel would only say that the script does not.
fn check_interpreter(program: &Path, start: &[u8]) -> Result<(), BadArguments> {
    let line = start[2..].split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    if line.ends_with('\r') {
        return Err(BadArguments(format!(
            "the first line of {} ends with a carriage return, which becomes part of the \
             interpreter's name: save the file with Unix line ends",
            program.display()
        )));
    }
    let mut words = line.split_whitespace();
    let interpreter = words.next().unwrap_or_default();
    if interpreter.is_empty() {
        return Err(BadArguments(format!(
            "the first line of {} names no interpreter: write one behind the #!, such as /bin/sh",
            program.display()
        )));
    }
    if Path::new(interpreter).is_relative() {
        return Err(relative(program, interpreter));
    }
    if !Path::new(interpreter).exists() {
        return Err(missing(program, interpreter));
    }
    if Path::new(interpreter).file_name().is_some_and(|name| name == "env") {
        let name = words.find(|word| !word.starts_with('-') && !word.contains('='));
        if let Some(name) = name {
            if name.contains('/') && Path::new(name).is_relative() {
                return Err(relative(program, name));
            }
            let is_there = if name.contains('/') {
                Path::new(name).exists()
            } else {
                find_on_path(name, std::env::var_os("PATH").as_deref()).is_some()
            };
            if !is_there {
                return Err(missing(program, name));
            }
        }
    }
    Ok(())
}

fn missing(program: &Path, interpreter: &str) -> BadArguments {
    BadArguments(format!(
        "{} needs {interpreter}, which is not installed: install it, or correct the script's \
         first line",
        program.display()
    ))
}

fn relative(program: &Path, interpreter: &str) -> BadArguments {
    BadArguments(format!(
        "{} needs {interpreter}, a relative path, but every node runs in a folder of its own: \
         write the whole path in the script's first line, or #!/usr/bin/env and a name",
        program.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The start of an ELF file for this machine, with this byte order (1 little, 2 big).
    fn elf(machine: u16, order: u8) -> Vec<u8> {
        let machine = if order == 2 { machine.to_be_bytes() } else { machine.to_le_bytes() };
        let mut start = b"\x7fELF\x02".to_vec();
        start.push(order);
        start.resize(18, 0);
        start.extend(machine);
        start
    }

    #[test]
    fn our_own_program_is_native() {
        let mut start = Vec::new();
        let program = File::open(std::env::current_exe().unwrap()).unwrap();
        program.take(START_BYTES).read_to_end(&mut start).unwrap();
        assert_eq!(recognize(&start), Content::Native);
    }

    #[test]
    fn programs_for_others_are_foreign() {
        // SPARC, MIPS and S/390, in either byte order.
        for start in [elf(2, 2), elf(8, 1), elf(22, 2)] {
            let expected = !cfg!(target_os = "macos")
                && !cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));
            assert_eq!(recognize(&start) == Content::Native, expected, "{start:?}");
        }
        assert_eq!(recognize_elf(62, false) == Content::Native, cfg!(target_arch = "x86_64"));
        assert_eq!(recognize_elf(183, false) == Content::Native, cfg!(target_arch = "aarch64"));
        assert!(matches!(recognize_elf(62, true), Content::Foreign(_)));
    }

    #[test]
    fn text_is_for_the_shell_and_the_rest_for_nobody() {
        assert_eq!(recognize(b"exec python3 node.py\n"), Content::Text);
        assert_eq!(recognize(b""), Content::Text);
        assert_eq!(recognize(b"PNG\0"), Content::Neither);
        assert_eq!(recognize(b"\x7fELF nonsense"), Content::Neither);
    }
}
