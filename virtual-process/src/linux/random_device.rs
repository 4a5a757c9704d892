//! `std::random_device` of C++, which asks the processor for random numbers (`RDRAND`) without any
//! system call. Its function is replaced by one that makes the system call instead.

use crate::linux::clock_page::{self, CODE_ADDRESS};
use crate::linux::mappings;
use crate::linux::sys::memory::Memory;
use object::{Object as _, ObjectSymbol as _};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// `std::random_device::_M_getval()`.
const FUNCTION: &str = "_ZNSt13random_device9_M_getvalEv";
/// Name of the library that has it, up to its version.
const LIBRARY: &str = "libstdc++.so";

/// Whether this is the path of the library.
pub(crate) fn is_library(path: &str) -> bool {
    Path::new(path)
        .file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| name.starts_with(LIBRARY))
}

/// Replaces the function in a library that a process has mapped; returns whether it has.
pub(crate) fn replace_in_library(process: i32) -> bool {
    let Some((path, base)) = mappings::library(process, is_library) else { return false };
    replace(process, &path, base);
    true
}

/// Replaces the function in a program that contains it: one that is linked statically.
pub(crate) fn replace_in_program(process: i32) {
    let path = format!("/proc/{process}/exe");
    let base = mappings::program_base(process).unwrap_or(0);
    replace(process, Path::new(&path), base);
}

/// Replaces the function in a file that is mapped at this address. A file without it needs nothing.
fn replace(process: i32, path: &Path, base: u64) {
    let Some(offset) = position(path) else { return };
    let jump = clock_page::jump(CODE_ADDRESS + clock_page::random_device());
    // If it fails, the process is gone.
    let _ = Memory { thread: process }.write_code(base + offset, &jump);
}

/// Where in a file the function is. Files are large, and each node of a run has the same, so this is
/// remembered for each version of a file (device, inode, time of its last change).
fn position(path: &Path) -> Option<u64> {
    static KNOWN: Mutex<BTreeMap<(u64, u64, i64), Option<u64>>> = Mutex::new(BTreeMap::new());
    let file = fs::metadata(path).ok()?;
    let version = (file.dev(), file.ino(), file.mtime_nsec() ^ file.mtime());
    // Nothing panics while it is locked.
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    *known.entry(version).or_insert_with(|| find(path))
}

fn find(path: &Path) -> Option<u64> {
    let bytes = fs::read(path).ok()?;
    // Most programs do not mention it at all.
    memchr::memmem::find(&bytes, FUNCTION.as_bytes())?;
    let file = object::File::parse(&*bytes).ok()?;
    let mut symbols = file.dynamic_symbols().chain(file.symbols());
    let found = symbols.find(|symbol| symbol.is_definition() && symbol.name() == Ok(FUNCTION))?;
    Some(found.address())
}
