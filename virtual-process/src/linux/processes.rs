//! The processes of a node, and their timers.

use crate::linux::call::Deadline;
use crate::linux::sys::descriptors::ProcessHandle;
use nix::sys::eventfd::EventFd;
use std::collections::BTreeMap;

/// A process of a node.
#[derive(Debug)]
pub(crate) struct Process {
    /// The process that started it; `None` for the node's first.
    pub(crate) parent: Option<i32>,
    /// The thread that lent it its memory until it executes a program (vfork), and waits for that.
    pub(crate) lender: Option<i32>,
    /// Access to its descriptors; `None` if the system denies it.
    pub(crate) handle: Option<ProcessHandle>,
    /// It is loading the library with `std::random_device`, which is not yet replaced.
    pub(crate) loads_random_device: bool,
    /// Whether it has ended, and its parent has not yet been told.
    pub(crate) has_ended: bool,
    /// Its timers with a descriptor (`timerfd`).
    pub(crate) timers: Vec<Timer>,
    /// Its timers that send a signal.
    pub(crate) alarms: Vec<Alarm>,
    next_alarm: i32,
}

/// When a timer goes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Schedule {
    /// The next time, in nanoseconds of the node's time.
    pub(crate) at: Deadline,
    /// Nanoseconds between two times; 0 for once.
    pub(crate) every: u64,
}

impl Schedule {
    /// Takes the times that have come, and returns their number.
    fn take_due(&mut self, now: u64) -> u64 {
        let Some(at) = self.at.filter(|at| *at <= now) else { return 0 };
        if self.every == 0 {
            self.at = None;
            return 1;
        }
        let count = (now - at) / self.every + 1;
        self.at = Some(at.saturating_add(count.saturating_mul(self.every)));
        count
    }
}

/// A timer with a descriptor, which is in truth a counter that we write.
#[derive(Debug)]
pub(crate) struct Timer {
    /// Its descriptor in the process.
    pub(crate) descriptor: i32,
    pub(crate) counter: EventFd,
    pub(crate) schedule: Schedule,
    pub(crate) clock: crate::linux::clock::ClockKind,
}

/// A timer that sends a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Alarm {
    /// Its number in the process.
    pub(crate) id: AlarmId,
    pub(crate) schedule: Schedule,
    pub(crate) clock: crate::linux::clock::ClockKind,
    /// The signal; 0 for none.
    pub(crate) signal: i32,
    /// The thread to be signalled; `None` for any of the process.
    pub(crate) thread: Option<i32>,
}

/// Which timer of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AlarmId {
    /// That of `alarm` and of `setitimer`.
    Interval,
    /// One that `timer_create` made.
    Created(i32),
}

/// A signal that a timer sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ring {
    pub(crate) process: i32,
    pub(crate) thread: Option<i32>,
    pub(crate) signal: i32,
}

impl Process {
    pub(crate) fn new(id: i32, parent: Option<i32>) -> Self {
        Self {
            parent,
            lender: None,
            handle: ProcessHandle::open(id).ok(),
            loads_random_device: false,
            has_ended: false,
            timers: Vec::new(),
            alarms: Vec::new(),
            next_alarm: 0,
        }
    }

    /// Adds a timer that sends a signal, and returns its number.
    pub(crate) fn add_alarm(&mut self, alarm: impl FnOnce(AlarmId) -> Alarm) -> i32 {
        let number = self.next_alarm;
        self.next_alarm += 1;
        self.alarms.push(alarm(AlarmId::Created(number)));
        number
    }

    /// A timer that sends a signal.
    pub(crate) fn alarm_mut(&mut self, id: AlarmId) -> Option<&mut Alarm> {
        self.alarms.iter_mut().find(|alarm| alarm.id == id)
    }

    /// A timer with a descriptor.
    pub(crate) fn timer_mut(&mut self, descriptor: i32) -> Option<&mut Timer> {
        self.timers.iter_mut().find(|timer| timer.descriptor == descriptor)
    }
}

/// All processes of a node.
#[derive(Debug, Default)]
pub(crate) struct Processes(BTreeMap<i32, Process>);

impl Processes {
    pub(crate) fn add(&mut self, id: i32, parent: Option<i32>) {
        self.0.insert(id, Process::new(id, parent));
    }

    pub(crate) fn get(&self, id: i32) -> Option<&Process> {
        self.0.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: i32) -> Option<&mut Process> {
        self.0.get_mut(&id)
    }

    pub(crate) fn remove(&mut self, id: i32) {
        self.0.remove(&id);
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = i32> + '_ {
        self.0.keys().copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The children of a process that its parent has not been told to be gone.
    pub(crate) fn children(&self, parent: i32) -> impl Iterator<Item = (i32, &Process)> + '_ {
        let all = self.0.iter().map(|(id, process)| (*id, process));
        all.filter(move |(_, process)| process.parent == Some(parent))
    }

    /// When the next timer goes off.
    pub(crate) fn next_deadline(&self) -> Deadline {
        let timers = |process: &Process| {
            let timers = process.timers.iter().filter_map(|timer| timer.schedule.at).min();
            let alarms = process.alarms.iter().filter_map(|alarm| alarm.schedule.at).min();
            timers.into_iter().chain(alarms).min()
        };
        self.0.values().filter_map(timers).min()
    }

    /// Lets the timers go off whose time has come. Counters are written; signals are returned.
    pub(crate) fn ring(&mut self, now: u64) -> Vec<Ring> {
        let mut rings = Vec::new();
        for (id, process) in &mut self.0 {
            for timer in &mut process.timers {
                let count = timer.schedule.take_due(now);
                if count > 0 {
                    // A full counter is as good: the program does not read it.
                    let _ = timer.counter.write(count);
                }
            }
            for alarm in &mut process.alarms {
                if alarm.schedule.take_due(now) > 0 && alarm.signal != 0 {
                    rings.push(Ring { process: *id, thread: alarm.thread, signal: alarm.signal });
                }
            }
        }
        rings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_counts_the_times_that_have_come() {
        let mut schedule = Schedule { at: Some(10), every: 5 };
        assert_eq!((schedule.take_due(9), schedule.take_due(10), schedule.take_due(10)), (0, 1, 0));
        assert_eq!((schedule.take_due(27), schedule.at), (3, Some(30)));
        let mut once = Schedule { at: Some(10), every: 0 };
        assert_eq!((once.take_due(50), once.at), (1, None));
    }
}
