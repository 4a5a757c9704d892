//! System calls that the tracer makes a stopped thread make.

use crate::linux::arch;
use crate::linux::sys::memory::Memory;
use crate::linux::sys::ptrace::{self, Registers};
use crate::linux::sys::wait::{Status, wait};
use nix::libc::{self, c_long};
use std::io;

/// Bytes below the end of the stack that a program may use without reserving them, and the room for
/// arguments below that.
const ROOM_BYTES: u64 = 4096;

/// A program that has just been loaded and has executed nothing yet.
pub(crate) struct Injection {
    thread: i32,
    before: Registers,
    /// The program's first instructions, which the injected code replaces.
    covered: [u8; arch::INJECTED_BYTES],
}

impl Injection {
    /// Begins; the thread has just executed a program.
    pub(crate) fn begin(thread: i32) -> io::Result<Self> {
        let before = ptrace::registers(thread)?;
        let covered = Memory { thread }
            .array(arch::instruction(&before))
            .map_err(|_| io::Error::from_raw_os_error(libc::EFAULT))?;
        Ok(Self { thread, before, covered })
    }

    /// The memory of the program.
    pub(crate) fn memory(&self) -> Memory {
        Memory { thread: self.thread }
    }

    /// The end of the stack, where the program finds its arguments.
    pub(crate) fn stack(&self) -> u64 {
        arch::stack(&self.before)
    }

    /// Puts bytes where the program has room for them, and returns their address.
    pub(crate) fn put(&self, offset: u64, bytes: &[u8]) -> io::Result<u64> {
        let address = self.stack() - ROOM_BYTES + offset;
        let written = self.memory().write(address, bytes);
        written.map_err(|_| io::Error::from_raw_os_error(libc::EFAULT))?;
        Ok(address)
    }

    /// Makes a call; returns its result.
    pub(crate) fn call(&self, number: c_long, args: [u64; 6]) -> io::Result<u64> {
        let code = arch::injected_call(number);
        self.memory().write_code(arch::instruction(&self.before), &code)?;
        ptrace::set_registers(self.thread, &arch::registers_for(&self.before, args))?;
        ptrace::resume(self.thread, 0)?;
        match wait(self.thread) {
            Some(Status::Signal(libc::SIGTRAP)) => {}
            _ => return Err(io::Error::from_raw_os_error(libc::ESRCH)),
        }
        let result = arch::result(&ptrace::registers(self.thread)?);
        u64::try_from(result).map_err(|_| io::Error::from_raw_os_error(-result as i32))
    }

    /// Ends; the program continues as if nothing had happened.
    pub(crate) fn end(self) -> io::Result<()> {
        let room = [0; ROOM_BYTES as usize];
        self.put(0, &room)?;
        self.memory().write_code(arch::instruction(&self.before), &self.covered)?;
        ptrace::set_registers(self.thread, &arch::registers_after_exec(&self.before))
    }
}
