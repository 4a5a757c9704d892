//! The system calls that are answered instead of the kernel, by subject.

pub(crate) mod children;
pub(crate) mod clocks;
pub(crate) mod files;
pub(crate) mod futex;
pub(crate) mod identity;
#[cfg(target_arch = "x86_64")]
mod old;
pub(crate) mod sleep;
pub(crate) mod timers;
pub(crate) mod waits;

use crate::irregularity::Irregularity;
use crate::linux::call::{Answer, Call, error, or_bad_address};
use crate::linux::kernel::Kernel;
use crate::linux::random_device;
use crate::linux::signals;
use nix::libc::{self, c_long};

/// What becomes of a thread's call.
pub(crate) fn answer(kernel: &mut Kernel, thread: i32, call: &Call) -> Answer {
    let args = &call.args;
    replace_random_device(kernel, thread);
    match call.number as c_long {
        libc::SYS_clock_gettime => or_bad_address(clocks::clock_gettime(kernel, thread, args)),
        libc::SYS_gettimeofday => or_bad_address(clocks::gettimeofday(kernel, thread, args)),
        libc::SYS_times => or_bad_address(clocks::times(kernel, thread, args)),
        libc::SYS_getrusage => or_bad_address(clocks::getrusage(thread, args)),
        libc::SYS_sysinfo => or_bad_address(identity::sysinfo(kernel, thread, args)),

        libc::SYS_nanosleep => or_bad_address(sleep::nanosleep(kernel, thread, args)),
        libc::SYS_clock_nanosleep => or_bad_address(sleep::clock_nanosleep(kernel, thread, args)),
        libc::SYS_sched_yield => sleep::sched_yield(kernel),
        libc::SYS_futex => or_bad_address(futex::futex(kernel, thread, args)),

        libc::SYS_read
        | libc::SYS_readv
        | libc::SYS_recvfrom
        | libc::SYS_recvmsg
        | libc::SYS_accept
        | libc::SYS_accept4 => or_bad_address(waits::read(kernel, thread, call)),
        libc::SYS_ppoll => or_bad_address(waits::ppoll(kernel, thread, args)),
        libc::SYS_pselect6 => or_bad_address(waits::pselect(kernel, thread, args)),
        libc::SYS_epoll_pwait => waits::epoll_wait(kernel, thread, args),
        libc::SYS_epoll_pwait2 => or_bad_address(waits::epoll_pwait2(kernel, thread, args)),

        libc::SYS_wait4 => children::wait4(kernel, thread, args),
        libc::SYS_waitid => children::waitid(kernel, thread, args),

        libc::SYS_timerfd_create => timers::timerfd_create(kernel, thread, args),
        libc::SYS_timerfd_settime => or_bad_address(timers::timerfd_settime(kernel, thread, args)),
        libc::SYS_timerfd_gettime => or_bad_address(timers::timerfd_gettime(kernel, thread, args)),
        libc::SYS_timer_create => or_bad_address(timers::timer_create(kernel, thread, args)),
        libc::SYS_timer_settime => or_bad_address(timers::timer_settime(kernel, thread, args)),
        libc::SYS_timer_gettime => or_bad_address(timers::timer_gettime(kernel, thread, args)),
        libc::SYS_timer_getoverrun => Answer::Return(0),
        libc::SYS_timer_delete => timers::timer_delete(kernel, thread, args),
        libc::SYS_setitimer => or_bad_address(timers::setitimer(kernel, thread, args)),
        libc::SYS_getitimer => or_bad_address(timers::getitimer(kernel, thread, args)),

        libc::SYS_getrandom => or_bad_address(identity::getrandom(kernel, thread, args)),
        libc::SYS_getpid => identity::getpid(kernel, thread),
        libc::SYS_gettid => identity::gettid(kernel, thread),
        libc::SYS_getppid => identity::getppid(kernel, thread),
        // The node is one group, in one session.
        libc::SYS_getpgid | libc::SYS_getsid => {
            Answer::Return(kernel.identities.shown(kernel.first).into())
        }
        libc::SYS_prctl => prctl(args),
        libc::SYS_getcpu => or_bad_address(identity::getcpu(thread, args)),
        libc::SYS_sched_getaffinity => {
            or_bad_address(identity::sched_getaffinity(kernel, thread, args))
        }
        libc::SYS_sched_setaffinity => Answer::Return(0),
        libc::SYS_uname => or_bad_address(identity::uname(thread, args)),
        libc::SYS_openat => files::openat(kernel, thread, args),
        libc::SYS_socket => socket(kernel, args),

        libc::SYS_kill | libc::SYS_tkill | libc::SYS_tgkill => signals::kill(kernel, call),
        libc::SYS_rt_sigsuspend => signals::sigsuspend(),
        libc::SYS_rt_sigtimedwait => or_bad_address(signals::sigtimedwait(kernel, thread, args)),
        libc::SYS_pidfd_open => children::pidfd_open(kernel, thread, args),
        libc::SYS_exit => children::exit(kernel, thread),
        libc::SYS_exit_group => children::exit_group(kernel, thread, args),
        #[cfg(target_arch = "x86_64")]
        _ => old::answer(kernel, thread, call),
        #[cfg(not(target_arch = "x86_64"))]
        _ => Answer::Native,
    }
}

/// Replaces `std::random_device` in a library that has been loaded since the last call.
fn replace_random_device(kernel: &mut Kernel, thread: i32) {
    let id = kernel.process_of(thread);
    let Some(process) = kernel.processes.get_mut(id) else { return };
    if process.loads_random_device && random_device::replace_in_library(id) {
        process.loads_random_device = false;
    }
}

/// What would end the control of the process is pretended to be done.
fn prctl(args: &[u64; 6]) -> Answer {
    match args[0] as i32 {
        libc::PR_SET_DUMPABLE | libc::PR_SET_TSC => Answer::Return(0),
        _ => Answer::Native,
    }
}

/// Sockets inside the machine pass; those of the network are refused.
fn socket(kernel: &mut Kernel, args: &[u64; 6]) -> Answer {
    match args[0] as i32 {
        libc::AF_UNIX | libc::AF_NETLINK => Answer::Native,
        _ => {
            kernel.note(Irregularity::Network);
            Answer::Return(error(libc::EACCES))
        }
    }
}
