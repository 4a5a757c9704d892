//! What is mapped where in a process (`/proc/PID/maps`).

use std::fs;

/// A file (device and inode) and a position in it.
type Place = ((u64, u64), u64);

/// The file and the position that an address is shared through; `None` for private memory.
pub(crate) fn shared_file(process: i32, address: u64) -> Option<Place> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).ok()?;
    maps.lines().find_map(|line| find(line, address))
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
        assert_eq!(find("7f00-8000 rw-p 00001000 00:1a 99   /bin/x", 0x7f10), None);
    }
}
