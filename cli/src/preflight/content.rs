//! Recognizes the kind of program by the first bytes of a file.

/// The content of a file without `#!`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// A program that may run here.
    Native,
    /// A program for another machine or system, which it names.
    Foreign(&'static str),
    /// Java classes: a class file or a JAR.
    Java,
    /// Text, which a shell may run.
    Text,
    /// Bytes that cannot be run.
    Neither,
}

/// Recognizes a program by its first bytes: the headers of ELF (System V ABI, chapter 4) and Mach-O
/// (`mach-o/loader.h`, `mach-o/fat.h`).
pub(super) fn recognize(start: &[u8]) -> Content {
    const IS_MACOS: bool = cfg!(target_os = "macos");
    match start {
        [0x7f, b'E', b'L', b'F', _, order, ..] => {
            let Some(&[first, second]) = start.get(18..20) else { return Content::Neither };
            let big_endian = *order == 2;
            let machine = if big_endian { [second, first] } else { [first, second] };
            recognize_elf(u16::from_le_bytes(machine), IS_MACOS)
        }
        // Bytes 4 to 7 are the version of a class file, 45 or more, or the small number of
        // architectures of a Mach-O file.
        [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, ..=44, ..] if IS_MACOS => Content::Native,
        [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, ..=44, ..] => Content::Foreign("macOS"),
        [0xca, 0xfe, 0xba, 0xbe, ..] => Content::Java,
        [b'M', b'Z', ..] if start.contains(&0) => Content::Foreign("Windows"),
        [0, b'a', b's', b'm', ..] => Content::Foreign("WebAssembly"),
        // Mach-O for one architecture.
        [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..] => {
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

/// Recognizes `e_machine` of the header. A 64-bit kernel may also run its 32-bit programs.
fn recognize_elf(machine: u16, is_macos: bool) -> Content {
    let (name, runs_here) = match machine {
        3 => ("x86", cfg!(any(target_arch = "x86", target_arch = "x86_64"))),
        62 => ("x86_64", cfg!(target_arch = "x86_64")),
        40 => ("arm", cfg!(any(target_arch = "arm", target_arch = "aarch64"))),
        183 => ("aarch64", cfg!(target_arch = "aarch64")),
        243 => ("riscv", cfg!(any(target_arch = "riscv32", target_arch = "riscv64"))),
        // On an architecture that is not listed here, the kernel decides.
        _ => ("an unknown one", !cfg!(any(target_arch = "x86_64", target_arch = "aarch64"))),
    };
    match (is_macos, runs_here) {
        (true, _) => Content::Foreign("Linux or another system with ELF programs"),
        (false, true) => Content::Native,
        (false, false) => Content::Foreign(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preflight::START_BYTES;
    use std::fs::File;
    use std::io::Read as _;

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
    fn text_is_for_the_shell_and_the_rest_for_no_one() {
        assert_eq!(recognize(b"exec python3 node.py\n"), Content::Text);
        assert_eq!(recognize(b""), Content::Text);
        assert_eq!(recognize(b"PNG\0"), Content::Neither);
        assert_eq!(recognize(b"\x7fELF nonsense"), Content::Neither);
        assert_eq!(recognize(b"\xca\xfe\xba\xbe\0\0\0\x41\0"), Content::Java);
        assert_ne!(recognize(b"\xca\xfe\xba\xbe\0\0\0\x02\0"), Content::Java);
        assert_eq!(recognize(b"MZ\x90\0"), Content::Foreign("Windows"));
    }
}
