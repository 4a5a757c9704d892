//! The registers of a thread that this thread traces.

#[cfg(target_arch = "aarch64")]
pub(crate) use aarch64::{Registers, registers, set_registers};
#[cfg(target_arch = "x86_64")]
pub(crate) use x86_64::{Registers, registers, set_registers};

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use nix::sys::ptrace::{getregs, setregs};
    use nix::unistd::Pid;
    use std::io;

    pub(crate) use nix::libc::user_regs_struct as Registers;

    /// The registers of a stopped thread.
    pub(crate) fn registers(thread: i32) -> io::Result<Registers> {
        Ok(getregs(Pid::from_raw(thread))?)
    }

    /// Sets the registers of a stopped thread.
    pub(crate) fn set_registers(thread: i32, registers: &Registers) -> io::Result<()> {
        Ok(setregs(Pid::from_raw(thread), *registers)?)
    }
}

#[cfg(target_arch = "aarch64")]
#[expect(unsafe_code, reason = "requests without a safe form in every C library")]
mod aarch64 {
    use nix::libc::{self, c_int};
    use std::io;

    /// The set of registers that only holds the number of the system call.
    const NT_ARM_SYSTEM_CALL: c_int = 0x404;

    /// The registers of a thread, and the number of the system call that it is about to make: the
    /// kernel has read that from its register already.
    #[derive(Debug, Clone, Copy)]
    pub(crate) struct Registers {
        pub(crate) general: libc::user_regs_struct,
        pub(crate) call: i32,
    }

    /// The registers of a stopped thread.
    pub(crate) fn registers(thread: i32) -> io::Result<Registers> {
        let general = libc::user_regs_struct { regs: [0; 31], sp: 0, pc: 0, pstate: 0 };
        let mut registers = Registers { general, call: 0 };
        let Registers { general, call } = &mut registers;
        request(libc::PTRACE_GETREGSET, thread, libc::NT_PRSTATUS, general)?;
        request(libc::PTRACE_GETREGSET, thread, NT_ARM_SYSTEM_CALL, call)?;
        Ok(registers)
    }

    /// Sets the registers of a stopped thread.
    pub(crate) fn set_registers(thread: i32, registers: &Registers) -> io::Result<()> {
        let Registers { mut general, mut call } = *registers;
        request(libc::PTRACE_SETREGSET, thread, libc::NT_PRSTATUS, &mut general)?;
        request(libc::PTRACE_SETREGSET, thread, NT_ARM_SYSTEM_CALL, &mut call)
    }

    /// Reads or writes a set of registers, all of which are integers.
    fn request<T>(request: libc::c_uint, thread: i32, set: c_int, value: &mut T) -> io::Result<()> {
        let (base, length) = (std::ptr::from_mut(value).cast(), size_of::<T>());
        let mut vector = libc::iovec { iov_base: base, iov_len: length };
        // SAFETY: the kernel reads or writes at most `length` bytes of `value`, in which any bits
        // are allowed.
        match unsafe { libc::ptrace(request as _, thread, set as usize, &raw mut vector) } {
            -1 => Err(io::Error::last_os_error()),
            _ => Ok(()),
        }
    }
}
