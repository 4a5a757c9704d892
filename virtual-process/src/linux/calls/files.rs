//! Files of the kernel that show what differs between two runs: instead of those, a program opens
//! files in memory.

use crate::linux::call::{AfterCall, Answer, error};
use crate::linux::clock::ClockKind;
use crate::linux::kernel::Kernel;
use crate::linux::random_device;
use crate::linux::sys::memory::Memory;
use nix::libc;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Seek as _, Write as _};
use std::os::fd::AsFd as _;

/// Longest path that is looked at: longer ones are none of these.
const LONGEST_PATH: usize = 1024;
/// Bytes of a path that are read at once.
const CHUNK_BYTES: u64 = 64;
/// Memory that the machine seems to have and to have free, in KiB.
const MEMORY_KIB: u64 = super::identity::SHOWN_MEMORY >> 10;
const FREE_MEMORY_KIB: u64 = super::identity::SHOWN_FREE_MEMORY >> 10;
/// What is shown instead of the speed of the processor, which the machine changes all the time.
const SHOWN_MHZ: &str = "1000.000";
const BOOT_ID: &str = "00000000-0000-4000-8000-000000000000\n";

/// Opens a file in memory if the path is one of those that are shown instead of the kernel's.
pub(super) fn openat(
    kernel: &mut Kernel,
    thread: i32,
    &[folder, path, flags, ..]: &[u64; 6],
) -> Answer {
    let Some(path) = read_path(thread, path) else { return Answer::Native };
    let path = absolute(kernel, thread, folder as i32, path);
    if random_device::is_library(&path) {
        let process = kernel.process_of(thread);
        if let Some(process) = kernel.processes.get_mut(process) {
            process.loads_random_device = true;
        }
    }
    let Some(content) = content(kernel, thread, &path) else { return Answer::Native };
    let Ok(file) = in_memory(&content) else { return Answer::Return(error(libc::ENOMEM)) };
    let closes_on_exec = flags as i32 & libc::O_CLOEXEC != 0;
    match kernel.answer_descriptor(thread, file.as_fd(), closes_on_exec) {
        Some(_) => Answer::Done(AfterCall::Running),
        None => Answer::Return(error(libc::EMFILE)),
    }
}

/// Names of the files that are shown instead of the kernel's, and of those that need no other process's
/// number.
const SHOWN: [&str; 12] = [
    "uuid", "boot_id", "uptime", "loadavg", "stat", "meminfo", "cpuinfo", "online", "possible",
    "present", "status", "comm",
];

/// Files of a process that are read for it. Others may have no end.
const READ_OF_PROCESSES: [&str; 9] =
    ["stat", "status", "cmdline", "comm", "environ", "maps", "cgroup", "limits", "mountinfo"];

/// A path from the root, if it may be that of a file that is shown; else the path as it is.
fn absolute(kernel: &Kernel, thread: i32, folder: i32, path: String) -> String {
    let name = path.rsplit('/').next().unwrap_or_default();
    if path.starts_with('/') || !SHOWN.contains(&name) {
        return path;
    }
    let folder = match folder {
        libc::AT_FDCWD => format!("/proc/{thread}/cwd"),
        descriptor => format!("/proc/{thread}/fd/{descriptor}"),
    };
    let Ok(folder) = fs::read_link(folder) else { return path };
    let mut parts: Vec<&str> = Vec::new();
    let joined = format!("{}/{path}", folder.display());
    for part in joined.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    // In the folder's path, a process has the number of the kernel.
    let shown = match parts.as_slice() {
        ["proc", process, ..] => process.parse().ok().map(|real| kernel.identities.shown(real)),
        _ => None,
    };
    let shown = shown.map(|number| number.to_string());
    if let (Some(shown), Some(process)) = (&shown, parts.get_mut(1)) {
        *process = shown;
    }
    format!("/{}", parts.join("/"))
}

/// A path of the program.
fn read_path(thread: i32, address: u64) -> Option<String> {
    const PAGE: u64 = 4096;
    let mut path = Vec::new();
    // It may end just before memory that cannot be read.
    while path.len() < LONGEST_PATH {
        let next = address + path.len() as u64;
        let rest = (PAGE - next % PAGE).min(CHUNK_BYTES);
        path.extend(Memory { thread }.bytes(next, rest, LONGEST_PATH).ok()?);
        if let Some(end) = path.iter().position(|byte| *byte == 0) {
            path.truncate(end);
            return String::from_utf8(path).ok();
        }
    }
    None
}

/// What a program finds in one of the kernel's files; `None` for those that are shown as they are.
fn content(kernel: &mut Kernel, thread: i32, path: &str) -> Option<String> {
    if !path.starts_with("/proc/") && !path.starts_with("/sys/") {
        return None;
    }
    let uptime = kernel.clock.read(ClockKind::Monotonic) / super::clocks::NANOS_PER_SECOND;
    Some(match path {
        "/proc/sys/kernel/random/uuid" => uuid(&kernel.random.bytes(16)),
        "/proc/sys/kernel/random/boot_id" => BOOT_ID.to_owned(),
        "/proc/uptime" => format!("{uptime}.00 {uptime}.00\n"),
        "/proc/loadavg" => "0.00 0.00 0.00 1/1 1\n".to_owned(),
        "/proc/stat" => {
            let booted = kernel.clock.read(ClockKind::Date) / super::clocks::NANOS_PER_SECOND;
            let zeros = "0 0 0 0 0 0 0 0 0 0";
            let mut text = format!("cpu  {zeros}\n");
            for number in 0..kernel.processors {
                // Writing to a string does not fail.
                let _ = writeln!(text, "cpu{number} {zeros}");
            }
            let _ = writeln!(text, "btime {}", booted.saturating_sub(uptime));
            text
        }
        "/proc/meminfo" => format!(
            "MemTotal: {MEMORY_KIB} kB\nMemFree: {FREE_MEMORY_KIB} kB\nMemAvailable: \
             {FREE_MEMORY_KIB} kB\nBuffers: 0 kB\nCached: 0 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n"
        ),
        "/proc/cpuinfo" => cpu_info(&fs::read_to_string(path).ok()?, kernel.processors),
        "/sys/devices/system/cpu/online"
        | "/sys/devices/system/cpu/possible"
        | "/sys/devices/system/cpu/present" => match kernel.processors {
            1 => "0\n".to_owned(),
            several => format!("0-{}\n", several - 1),
        },
        _ => {
            let rest = path.strip_prefix("/proc/")?;
            let (process, file) = rest.split_once('/')?;
            let process = match process {
                "self" => kernel.process_of(thread),
                "thread-self" => thread,
                shown => kernel.identities.real(shown.parse().ok()?)?,
            };
            if !READ_OF_PROCESSES.contains(&file) {
                return None;
            }
            let real = fs::read_to_string(format!("/proc/{process}/{file}")).ok()?;
            match file {
                "stat" => stat(kernel, &real)?,
                "status" => status(kernel, &real),
                _ => real,
            }
        }
    })
}

/// A random UUID (version 4) of 16 bytes.
fn uuid(bytes: &[u8]) -> String {
    const BEFORE_DASHES: [usize; 4] = [4, 6, 8, 10];
    let mut text = String::new();
    for (index, byte) in bytes.iter().enumerate() {
        if BEFORE_DASHES.contains(&index) {
            text.push('-');
        }
        let byte = match index {
            6 => byte & 0x0f | 0x40,
            8 => byte & 0x3f | 0x80,
            _ => *byte,
        };
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text + "\n"
}

/// The first processor, several times, at a fixed speed.
fn cpu_info(real: &str, count: u32) -> String {
    let first: Vec<&str> = real.lines().take_while(|line| !line.is_empty()).collect();
    let line = |number: u32, line: &str| match line.split_once(':') {
        Some((name, _)) => match name.trim() {
            "cpu MHz" | "bogomips" => format!("{name}: {SHOWN_MHZ}\n"),
            "siblings" | "cpu cores" => format!("{name}: {count}\n"),
            "processor" | "core id" | "apicid" | "initial apicid" => format!("{name}: {number}\n"),
            _ => format!("{line}\n"),
        },
        None => format!("{line}\n"),
    };
    let one = |number| -> String { first.iter().map(|text| line(number, text)).collect() };
    (0..count).map(|number| one(number) + "\n").collect()
}

/// `/proc/PID/stat` without times, sizes, and the kernel's numbers.
fn stat(kernel: &Kernel, real: &str) -> Option<String> {
    let (process, rest) = real.split_once(' ')?;
    let (name, fields) = rest.rsplit_once(')')?;
    let shown = |number: &str| number.parse().ok().map(|number| kernel.identities.shown(number));
    let process = shown(process)?;
    let fields = fields.split_ascii_whitespace().enumerate().map(|(index, field)| match index {
        1 => kernel.identities.shown_parent(field.parse().unwrap_or(0)).to_string(),
        2 | 3 => shown(field).unwrap_or(process).to_string(),
        // Page faults, used time, start time, resident memory, processor, waits for disks.
        7..=14 | 19 | 21 | 36 | 39 | 40 | 41 => "0".to_owned(),
        _ => field.to_owned(),
    });
    let fields: Vec<String> = fields.collect();
    Some(format!("{process} {name}) {}\n", fields.join(" ")))
}

/// `/proc/PID/status` without sizes, counts, and the kernel's numbers.
fn status(kernel: &Kernel, real: &str) -> String {
    let line = |line: &str| {
        let (name, value) = line.split_once(':')?;
        let value = value.trim();
        let value = match name {
            "PPid" => kernel.identities.shown_parent(value.parse().ok()?).to_string(),
            "Tgid" | "Pid" | "NStgid" | "NSpid" | "NSpgid" | "NSsid" => {
                kernel.identities.shown(value.split('\t').next()?.parse().ok()?).to_string()
            }
            "VmHWM" | "VmRSS" | "RssAnon" | "RssFile" | "RssShmem" | "VmPTE" | "VmSwap" => {
                "0 kB".to_owned()
            }
            "voluntary_ctxt_switches" | "nonvoluntary_ctxt_switches" | "TracerPid" => {
                "0".to_owned()
            }
            "Cpus_allowed" => "1".to_owned(),
            "Cpus_allowed_list" => "0".to_owned(),
            _ => value.to_owned(),
        };
        Some(format!("{name}:\t{value}\n"))
    };
    real.lines().filter_map(line).collect()
}

fn in_memory(content: &str) -> nix::Result<File> {
    use nix::sys::memfd::{MFdFlags, memfd_create};
    let mut file = File::from(memfd_create("file", MFdFlags::MFD_CLOEXEC)?);
    let written = file.write_all(content.as_bytes()).and_then(|()| file.rewind());
    written.map_err(|_| nix::Error::ENOMEM)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_has_its_version() {
        assert_eq!(uuid(&[0xff; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff\n");
    }

    #[test]
    fn the_shown_processors_have_a_fixed_speed() {
        let real = "processor\t: 0\ncpu MHz\t\t: 2712.3\ncpu cores\t: 8\n\nprocessor\t: 1\n";
        let shown = "processor\t: 0\ncpu MHz\t\t: 1000.000\ncpu cores\t: 1\n\n";
        assert_eq!(cpu_info(real, 1), shown);
        assert!(cpu_info(real, 2).contains("\n\nprocessor\t: 1\ncpu MHz\t\t: 1000.000\n"));
    }
}
