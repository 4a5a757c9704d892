//! The memory of another process.

use nix::sys::uio::{RemoteIoVec, process_vm_readv, process_vm_writev};
use nix::unistd::Pid;
use std::fs::OpenOptions;
use std::io::{self, IoSlice, IoSliceMut};
use std::os::unix::fs::FileExt as _;

/// An address that the process does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadAddress;

/// The memory that a thread sees.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    pub(crate) thread: i32,
}

impl Memory {
    /// Reads as many bytes as the buffer has.
    pub(crate) fn read(self, address: u64, buffer: &mut [u8]) -> Result<(), BadAddress> {
        let length = buffer.len();
        let remote = [RemoteIoVec { base: address as usize, len: length }];
        let local = &mut [IoSliceMut::new(buffer)];
        match process_vm_readv(Pid::from_raw(self.thread), local, &remote) {
            Ok(read) if read == length => Ok(()),
            _ => Err(BadAddress),
        }
    }

    /// Writes all bytes.
    pub(crate) fn write(self, address: u64, bytes: &[u8]) -> Result<(), BadAddress> {
        let remote = [RemoteIoVec { base: address as usize, len: bytes.len() }];
        match process_vm_writev(Pid::from_raw(self.thread), &[IoSlice::new(bytes)], &remote) {
            Ok(written) if written == bytes.len() => Ok(()),
            _ => Err(BadAddress),
        }
    }

    /// Reads an array of `N` bytes.
    pub(crate) fn array<const N: usize>(self, address: u64) -> Result<[u8; N], BadAddress> {
        let mut bytes = [0; N];
        self.read(address, &mut bytes)?;
        Ok(bytes)
    }

    /// Reads a 32-bit number.
    pub(crate) fn u32(self, address: u64) -> Result<u32, BadAddress> {
        self.array(address).map(u32::from_ne_bytes)
    }

    /// Reads a 64-bit number.
    pub(crate) fn u64(self, address: u64) -> Result<u64, BadAddress> {
        self.array(address).map(u64::from_ne_bytes)
    }

    /// Reads `count` bytes, at most `most`.
    pub(crate) fn bytes(
        self,
        address: u64,
        count: u64,
        most: usize,
    ) -> Result<Vec<u8>, BadAddress> {
        let count = usize::try_from(count).map_err(|_| BadAddress)?;
        if count > most {
            return Err(BadAddress);
        }
        let mut bytes = vec![0; count];
        self.read(address, &mut bytes)?;
        Ok(bytes)
    }

    /// Writes code, which the process itself cannot write. Only for a thread in a ptrace stop.
    pub(crate) fn write_code(self, address: u64, bytes: &[u8]) -> io::Result<()> {
        let memory = OpenOptions::new().write(true).open(format!("/proc/{}/mem", self.thread))?;
        memory.write_all_at(bytes, address)
    }
}
