//! Starts a program under control: traced, filtered, and stopped before its first instruction.

use crate::linux::clock_page::ClockPage;
use crate::linux::exec;
use crate::linux::filter::{Choices, filter};
use crate::linux::inject::Injection;
use crate::linux::pipes::starting;
use crate::linux::random::Random;
use crate::linux::sys::descriptors::ProcessHandle;
use crate::linux::sys::ptrace;
use crate::linux::sys::seccomp::Listener;
use crate::linux::sys::wait::{Status, wait};
use crate::program::{Program, Schedule, StartError};
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::libc;
use nix::sys::personality::{self, Persona};
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::socket::{
    AddressFamily, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg, socketpair,
};
use std::fs::File;
use std::io::{self, IoSliceMut, Read as _};
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd, RawFd};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

/// A program that was started, and has executed nothing yet.
pub(crate) struct Started {
    pub(crate) process: i32,
    pub(crate) listener: Listener,
    pub(crate) stdin: ChildStdin,
    pub(crate) stdout: ChildStdout,
    pub(crate) addresses_are_fixed: bool,
    /// Whether its descriptors can be copied.
    pub(crate) can_copy: bool,
}

/// What is denied where `ptrace` is.
const TRACING: &str = "trace a process (ptrace)";
/// The error by which a child says that it may not be traced: one that `execve` never returns.
const TRACING_DENIED: i32 = libc::ENOTSUP;

/// Says what the system did not allow.
trait Denied<T> {
    fn or_denied(self, what: &'static str) -> Result<T, StartError>;
}

impl<T> Denied<T> for io::Result<T> {
    fn or_denied(self, what: &'static str) -> Result<T, StartError> {
        self.map_err(|source| StartError::Denied { what, source })
    }
}

/// Starts the program.
pub(crate) fn start(
    program: &Program,
    page: &ClockPage,
    random: &mut Random,
) -> Result<Started, StartError> {
    if is_of_32_bits(&program.path) {
        return Err(StartError::ThirtyTwoBits);
    }
    // The program's end becomes its standard input's neighbour until the listener was sent.
    let (ours, theirs) =
        socketpair(AddressFamily::Unix, SockType::Stream, None, SockFlag::SOCK_CLOEXEC)
            .map_err(io::Error::from)
            .or_denied("create a pair of sockets")?;
    let mut child = match spawn(Command::new(&program.path), program, &theirs) {
        // A script without a `#!` line: run it with a shell, as some systems do.
        Err(error) if error.raw_os_error() == Some(libc::ENOEXEC) => {
            let mut shell = Command::new("sh");
            shell.arg(&program.path);
            spawn(shell, program, &theirs)
        }
        spawned => spawned,
    }
    .map_err(|error| match error.raw_os_error() {
        Some(TRACING_DENIED) => {
            let source = io::Error::from_raw_os_error(libc::EPERM);
            StartError::Denied { what: TRACING, source }
        }
        _ => StartError::Spawn(error),
    })?;
    let process = child.id() as i32;
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(StartError::Unsupported);
    };
    let guard = KillOnDrop(process);
    let (listener, can_copy) =
        control(process, &ours, theirs.as_raw_fd(), page, random, program.schedule)?;
    std::mem::forget(guard);
    let addresses_are_fixed = addresses_are_fixed(process);
    Ok(Started { process, listener, stdin, stdout, addresses_are_fixed, can_copy })
}

/// Whether a file is a program of 32 bits: the fifth byte of an ELF file says it. Whatever is wrong with
/// another file, the system says when it is started.
fn is_of_32_bits(path: &Path) -> bool {
    const BEGINNING: [u8; 5] = *b"\x7fELF\x01";
    let mut bytes = [0; BEGINNING.len()];
    File::open(path).and_then(|mut file| file.read_exact(&mut bytes)).is_ok() && bytes == BEGINNING
}

/// Kills a process whose start failed halfway.
struct KillOnDrop(i32);

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        let process = nix::unistd::Pid::from_raw(self.0);
        let _ = nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGKILL);
        while wait(self.0).is_some_and(|status| !status.is_end()) {}
    }
}

#[expect(unsafe_code, reason = "code between fork and exec is unsafe by nature")]
fn spawn(
    mut command: Command,
    program: &Program,
    socket: &OwnedFd,
) -> io::Result<std::process::Child> {
    let stderr = match &program.stderr {
        Some(path) => Stdio::from(File::options().create(true).append(true).open(path)?),
        None => Stdio::null(),
    };
    command
        .args(&program.args)
        .current_dir(&program.folder)
        .env_clear()
        .envs(program.environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(stderr)
        .process_group(0);
    let socket = socket.as_raw_fd();
    let file_bytes = program.limits.file_bytes;
    let hook = move || {
        // SAFETY: the descriptor stays open until the program is executed.
        let socket = unsafe { std::os::fd::BorrowedFd::borrow_raw(socket) };
        fcntl(socket, FcntlArg::F_SETFD(FdFlag::empty()))?;
        // Where this is not allowed, addresses vary, which is reported.
        let _ = personality::set(Persona::ADDR_NO_RANDOMIZE);
        crate::linux::sys::counter::forbid();
        // A limit that is already lower stays.
        let _ = setrlimit(Resource::RLIMIT_FSIZE, file_bytes, file_bytes);
        nix::sys::prctl::set_no_new_privs()?;
        let denied = |_| io::Error::from_raw_os_error(TRACING_DENIED);
        nix::sys::ptrace::traceme().map_err(denied)
    };
    // SAFETY: the hook runs in the forked child and makes only async-signal-safe system calls; it
    // allocates nothing and takes no lock.
    unsafe {
        command.pre_exec(hook);
    }
    let _starting = starting();
    command.spawn()
}

/// Takes control of a process that has just executed its program. Returns where its calls arrive, and
/// whether its descriptors can be copied.
fn control(
    process: i32,
    ours: &OwnedFd,
    theirs: RawFd,
    page: &ClockPage,
    random: &mut Random,
    schedule: Schedule,
) -> Result<(Listener, bool), StartError> {
    let is_random = schedule == Schedule::Random;
    if wait(process) != Some(Status::Signal(libc::SIGTRAP)) {
        let source = io::Error::from_raw_os_error(libc::EPERM);
        return Err(StartError::Denied { what: TRACING, source });
    }
    ptrace::set_options(process).or_denied(TRACING)?;
    let injection = Injection::begin(process).or_denied("change a traced process")?;
    exec::prepare(&injection, page, random)
        .map_err(|_| io::Error::from_raw_os_error(libc::EFAULT))
        .or_denied("read the memory of a traced process")?;
    // Where the system denies it, threads are asked instead.
    let can_copy = ProcessHandle::open(process).and_then(|handle| handle.copy(0)).is_ok();
    let choices = Choices { can_copy, is_random };
    let listener = install_filter(&injection, ours, theirs, choices)?;
    injection.end().or_denied("change a traced process")?;
    Ok((listener, can_copy))
}

/// Makes the process install the filter and send where its calls arrive.
fn install_filter(
    injection: &Injection,
    ours: &OwnedFd,
    theirs: RawFd,
    choices: Choices,
) -> Result<Listener, StartError> {
    const FILTERING: &str = "filter system calls (seccomp)";
    const ROOM: u64 = 64;
    const WAIT_KILLABLE: u64 = 1 << 5;
    let filter: Vec<u8> = filter(choices)
        .iter()
        .flat_map(|instruction| {
            let code = instruction.code.to_ne_bytes().into_iter();
            let value = instruction.k.to_ne_bytes();
            code.chain([instruction.jt, instruction.jf]).chain(value)
        })
        .collect();
    let instructions = (filter.len() / size_of::<libc::sock_filter>()) as u64;
    let address = injection.put(ROOM, &filter).or_denied(FILTERING)?;
    let mut program = instructions.to_ne_bytes().to_vec();
    program.extend(address.to_ne_bytes());
    let program = injection.put(0, &program).or_denied(FILTERING)?;
    let install = |flags: u64| {
        let operation = u64::from(libc::SECCOMP_SET_MODE_FILTER);
        injection.call(libc::SYS_seccomp, [operation, flags, program, 0, 0, 0])
    };
    // With the second flag (Linux 5.19), a signal does not interrupt a call that waits for an answer.
    let flags = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER;
    let listener =
        install(flags | WAIT_KILLABLE).or_else(|_| install(flags)).or_denied(FILTERING)?;

    let what = "pass a descriptor on";
    send_descriptor(injection, theirs, listener).or_denied(what)?;
    let received = receive_descriptor(ours).or_denied(what)?;
    for descriptor in [listener, theirs as u64] {
        injection.call(libc::SYS_close, [descriptor, 0, 0, 0, 0, 0]).or_denied(what)?;
    }
    Ok(Listener::new(received))
}

/// Makes the process send a descriptor through a socket (`SCM_RIGHTS`).
fn send_descriptor(injection: &Injection, socket: RawFd, descriptor: u64) -> io::Result<()> {
    const BYTE: u64 = 0;
    const VECTOR: u64 = 16;
    const CONTROL: u64 = 64;
    const HEADER: u64 = 128;
    const CONTROL_BYTES: u64 = 16 + 4;
    let words =
        |words: &[u64]| -> Vec<u8> { words.iter().flat_map(|word| word.to_ne_bytes()).collect() };
    let byte = injection.put(BYTE, &[0])?;
    let vector = injection.put(VECTOR, &words(&[byte, 1]))?;
    // The length, the level and type (two 32-bit numbers), the descriptor.
    let kind = (libc::SCM_RIGHTS as u64) << 32 | libc::SOL_SOCKET as u64;
    let control = injection.put(CONTROL, &words(&[CONTROL_BYTES, kind, descriptor]))?;
    // Name and its length, vector and its length, control and its length, flags.
    let header = words(&[0, 0, vector, 1, control, CONTROL_BYTES.next_multiple_of(8), 0]);
    let header = injection.put(HEADER, &header)?;
    injection.call(libc::SYS_sendmsg, [socket as u64, header, 0, 0, 0, 0]).map(drop)
}

#[expect(unsafe_code, reason = "a number becomes a descriptor")]
fn receive_descriptor(socket: &OwnedFd) -> io::Result<OwnedFd> {
    let mut byte = [0];
    let mut parts = [IoSliceMut::new(&mut byte)];
    let mut space = nix::cmsg_space!(RawFd);
    let flags = MsgFlags::MSG_CMSG_CLOEXEC | MsgFlags::MSG_DONTWAIT;
    let message = recvmsg::<()>(socket.as_raw_fd(), &mut parts, Some(&mut space), flags)?;
    for control in message.cmsgs()? {
        if let ControlMessageOwned::ScmRights(descriptors) = control
            && let Some(descriptor) = descriptors.first()
        {
            // SAFETY: the kernel has just made the descriptor for this message.
            return Ok(unsafe { OwnedFd::from_raw_fd(*descriptor) });
        }
    }
    Err(io::Error::from_raw_os_error(libc::EBADMSG))
}

/// Whether a process has the same addresses in each run.
fn addresses_are_fixed(process: i32) -> bool {
    let path = format!("/proc/{process}/personality");
    let bits = std::fs::read_to_string(path).ok();
    let bits = bits.and_then(|text| i32::from_str_radix(text.trim(), 16).ok());
    bits.is_some_and(|bits| bits & libc::ADDR_NO_RANDOMIZE != 0)
}
