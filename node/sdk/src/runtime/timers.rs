//! The timers of a node.

use std::collections::BTreeMap;
use std::task::Waker;
use std::time::Duration;

/// Identifies a timer: its due time, and a number that distinguishes timers due at the same time.
/// Timers fire in this order.
pub(super) type TimerKey = (Duration, u64);

/// The timers that are armed. An ordered map rather than a heap, since most timers guard a call
/// and are cancelled before they are due.
#[derive(Default)]
pub(super) struct Timers {
    armed: BTreeMap<TimerKey, Waker>,
    next: u64,
}

impl Timers {
    pub(super) fn arm(&mut self, due: Duration, waker: Waker) -> TimerKey {
        let key = (due, self.next);
        self.next += 1;
        self.armed.insert(key, waker);
        key
    }

    /// Replaces the waker of an armed timer.
    pub(super) fn rearm(&mut self, key: TimerKey, waker: &Waker) {
        if let Some(armed) = self.armed.get_mut(&key) {
            armed.clone_from(waker);
        }
    }

    pub(super) fn cancel(&mut self, key: TimerKey) {
        self.armed.remove(&key);
    }

    pub(super) fn next_due(&self) -> Option<Duration> {
        self.armed.first_key_value().map(|((due, _), _)| *due)
    }

    /// Removes the first timer that is due.
    pub(super) fn take_due(&mut self, now: Duration) -> Option<Waker> {
        let first = self.armed.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }
}
