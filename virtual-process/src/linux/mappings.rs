//! What is mapped where in a process (`/proc/PID/maps`).

use std::fs;
use std::path::{Path, PathBuf};

/// A file (device and inode) and a position in it.
type Place = ((u64, u64), u64);

/// The file and the position that an address is shared through; `None` for private memory.
pub(crate) fn shared_file(process: i32, address: u64) -> Option<Place> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).ok()?;
    maps.lines().find_map(|line| find(line, address))
}

/// A file that a process has mapped from its beginning, and the address of that.
pub(crate) fn library(process: i32, is_it: impl Fn(&str) -> bool) -> Option<(PathBuf, u64)> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).ok()?;
    maps.lines().find_map(|line| {
        let (start, offset, path) = beginning(line)?;
        (offset == 0 && is_it(path)).then(|| (PathBuf::from(path), start))
    })
}

/// The address by which a program's own addresses are moved: 0 unless it can be loaded anywhere.
pub(crate) fn program_base(process: i32) -> Option<u64> {
    /// Where programs begin that cannot be loaded anywhere.
    const FIXED: std::ops::Range<u64> = 0..0x1000_0000;
    let program = fs::read_link(format!("/proc/{process}/exe")).ok()?;
    let (_, start) = library(process, |path| Path::new(path) == program)?;
    Some(if FIXED.contains(&start) { 0 } else { start })
}

/// The address, the position in the file, and the path in a line.
fn beginning(line: &str) -> Option<(u64, u64, &str)> {
    const HEX: u32 = 16;
    let mut words = line.split_ascii_whitespace();
    let (start, _) = words.next()?.split_once('-')?;
    let offset = words.nth(1)?;
    let path = line.find('/').map(|at| &line[at..])?;
    Some((u64::from_str_radix(start, HEX).ok()?, u64::from_str_radix(offset, HEX).ok()?, path))
}

/// Reads a line: `start-end rw-s offset major:minor inode path`.
fn find(line: &str, address: u64) -> Option<Place> {
    const HEX: u32 = 16;
    let hex = |text: &str| u64::from_str_radix(text, HEX).ok();
    let mut words = line.split_ascii_whitespace();
    let (start, end) = words.next()?.split_once('-')?;
    let (start, end) = (hex(start)?, hex(end)?);
    let access = words.next()?;
    let offset = hex(words.next()?)?;
    let (major, minor) = words.next()?.split_once(':')?;
    let inode = words.next()?.parse().ok()?;
    let is_here = (start..end).contains(&address) && access.ends_with('s');
    let device = hex(major)? << u32::BITS | hex(minor)?;
    is_here.then(|| ((device, inode), offset + (address - start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_in_shared_memory_only() {
        let shared = "7f00-8000 rw-s 00001000 00:1a 99   /dev/shm/x";
        assert_eq!(find(shared, 0x7f10), Some(((0x1a, 99), 0x1010)));
        assert_eq!(find(shared, 0x8000), None);
        let private = "7f00-8000 rw-p 00001000 00:1a 99   /bin/a program";
        assert_eq!(find(private, 0x7f10), None);
        assert_eq!(beginning(private), Some((0x7f00, 0x1000, "/bin/a program")));
        assert_eq!(beginning("7f00-8000 rw-p 00000000 00:00 0"), None);
    }
}
