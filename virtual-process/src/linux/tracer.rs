//! Lets one thread of a node run until it stops, and finds out why it did.

use crate::linux::call::Call;
use crate::linux::sys::seccomp::{Listener, Notification};
use crate::linux::sys::wait::{Status, check};
use crate::linux::sys::{child_events, real_time};
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
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
        // Since the first event that was about another tracer's child.
        let mut since = None;
        let mut remaining = most;
        loop {
            let timeout = EpollTimeout::try_from(remaining).unwrap_or(EpollTimeout::MAX);
            let mut events = [EpollEvent::empty(); 2];
            let ready = match self.epoll.wait(&mut events, timeout) {
                Ok(0) => return check(thread).map_or(Stop::Late(most), Stop::Status),
                Ok(ready) => &events[..ready],
                // A signal of this process.
                Err(_) => &[],
            };
            let heard = ready.iter().find(|event| event.data() == LISTENER);
            if heard.is_some_and(|event| !event.events().contains(EpollFlags::EPOLLIN)) {
                // No thread is left that could make a call: all have ended.
                return check(thread).map_or(Stop::Late(Duration::ZERO), Stop::Status);
            }
            if heard.is_some()
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
            let now = real_time::now();
            remaining = most.saturating_sub(now.saturating_sub(*since.get_or_insert(now)));
            if remaining.is_zero() {
                return Stop::Late(most);
            }
        }
    }

    /// Calls of threads other than the awaited one: they waited in the kernel, and something ended that.
    pub(crate) fn take_others(&mut self) -> Vec<Notification> {
        std::mem::take(&mut self.others)
    }
}
