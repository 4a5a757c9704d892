//! Lets one thread of a node run until it stops, and finds out why it did.

use crate::call::Call;
use crate::sys::child_events;
use crate::sys::seccomp::{Listener, Notification};
use crate::sys::wait::{Status, check};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use std::fs;
use std::io;
use std::time::Duration;

/// Why a thread stopped.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stop {
    /// It made a system call, which waits for an answer to this notification.
    Notified(u64, Call),
    /// It stopped or ended otherwise.
    Status(Status),
    /// It has been running for this time without stopping.
    Late(Duration),
}

/// Waits for threads.
#[derive(Debug)]
pub(crate) struct Tracer {
    epoll: Epoll,
    /// A call of a thread other than the awaited one.
    others: Vec<Notification>,
}

const LISTENER: u64 = 0;
const CHILDREN: u64 = 1;

impl Tracer {
    pub(crate) fn new(listener: &Listener) -> io::Result<Self> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        epoll.add(listener, EpollEvent::new(EpollFlags::EPOLLIN, LISTENER))?;
        let edges = EpollFlags::EPOLLIN | EpollFlags::EPOLLET;
        epoll.add(child_events::descriptor()?, EpollEvent::new(edges, CHILDREN))?;
        Ok(Self { epoll, others: Vec::new() })
    }

    /// Waits until a running thread stops, or for the given time at most.
    pub(crate) fn wait(&mut self, listener: &Listener, thread: i32, most: Duration) -> Stop {
        let timeout = EpollTimeout::try_from(most).unwrap_or(EpollTimeout::MAX);
        loop {
            let mut events = [EpollEvent::empty(); 2];
            let ready = match self.epoll.wait(&mut events, timeout) {
                Ok(0) => return check(thread).map_or(Stop::Late(most), Stop::Status),
                Ok(ready) => &events[..ready],
                // A signal of this process.
                Err(_) => &[],
            };
            if ready.iter().any(|event| event.data() == LISTENER)
                && let Some(notification) = listener.receive()
            {
                if notification.thread == thread {
                    return Stop::Notified(notification.id, notification.call);
                }
                self.others.push(notification);
                continue;
            }
            if let Some(status) = check(thread) {
                return Stop::Status(status);
            }
        }
    }

    /// Calls of threads that nobody waited for: they waited in the kernel, and something ended that.
    pub(crate) fn take_others(&mut self) -> Vec<Notification> {
        std::mem::take(&mut self.others)
    }
}

/// What a thread that does not stop is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activity {
    /// It computes; it has used this much processor time in all.
    Computes(Duration),
    /// It waits in the kernel, in the call of this number.
    Waits(i64),
    Unknown,
}

/// What a thread is doing right now.
pub(crate) fn activity(process: i32, thread: i32) -> Activity {
    /// The kernel counts processor time in hundredths of a second, whatever its clock.
    const TICK: Duration = Duration::from_millis(10);
    let folder = format!("/proc/{process}/task/{thread}");
    let Ok(stat) = fs::read_to_string(format!("{folder}/stat")) else { return Activity::Unknown };
    // The name may contain anything, but the last parenthesis ends it.
    let Some((_, fields)) = stat.rsplit_once(')') else { return Activity::Unknown };
    let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
    let number = |index: usize| fields.get(index).and_then(|field| field.parse::<u32>().ok());
    if fields.first() == Some(&"R") {
        let ticks = number(11).unwrap_or(0) + number(12).unwrap_or(0);
        return Activity::Computes(TICK * ticks);
    }
    let call = fs::read_to_string(format!("{folder}/syscall")).unwrap_or_default();
    let call = call.split_ascii_whitespace().next().and_then(|number| number.parse().ok());
    call.map_or(Activity::Unknown, Activity::Waits)
}
