//! The end: each worker's client crashes, is assigned every key from the beginning, and polls until
//! it has seen all that anybody saw.

use super::offsets::{NOTHING, Offsets, Told, each_told, name};
use crate::Random;
use crate::Time;
use crate::workload::{Asking, Completion, Generator, Invocation, Next};
use glomers_history::{Function, Value};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::time::Duration;

/// Some nodes lost messages: nobody waits for them longer than this.
const LONGEST: Duration = Duration::from_secs(10);
/// Longest nanoseconds between two polls of a worker, twice the mean.
const LONGEST_POLL_GAP: u64 = 400_000_000;
/// How long a poll may take, says the reference, in ms. Nothing looks at it.
const POLL_MS: i64 = 1000;
/// Marks the assignment that starts at offset 0, whatever was read before.
pub(super) const SEEK_TO_BEGINNING: SmolStr = SmolStr::new_static("seek-to-beginning?");

/// The last operations of every worker.
pub(super) struct FinalPolls {
    targets: Offsets,
    end: Option<Time>,
    workers: BTreeMap<u32, Progress>,
}

/// How far a worker is.
struct Progress {
    next: Turn,
    /// What it has not seen yet.
    missing: Offsets,
}

enum Turn {
    Crash,
    Assign,
    /// A poll, from then on.
    Poll(Time),
}

impl FinalPolls {
    pub(super) fn new(targets: Offsets) -> Self {
        Self { targets, end: None, workers: BTreeMap::new() }
    }

    fn assign(&self) -> Invocation {
        let keys = self.targets.keys().map(|key| Value::Str(name(*key))).collect();
        Invocation {
            other: vec![(SEEK_TO_BEGINNING, Value::Bool(true))],
            ..Invocation::new(Function::Assign, Value::Vector(keys))
        }
    }
}

impl Generator for FinalPolls {
    fn next(&mut self, asking: Asking, random: &mut Random) -> Next {
        let now = asking.now;
        let end = *self.end.get_or_insert(now + LONGEST);
        let worker = self
            .workers
            .entry(asking.worker)
            .or_insert_with(|| Progress { next: Turn::Crash, missing: self.targets.clone() });
        if worker.missing.is_empty() || now >= end {
            return Next::Exhausted;
        }
        Next::Invoke(match worker.next {
            Turn::Crash => {
                worker.next = Turn::Assign;
                Invocation::new(Function::Crash, Value::Nil)
            }
            Turn::Assign => {
                worker.next = Turn::Poll(now);
                self.assign()
            }
            Turn::Poll(due) if due >= end => return Next::Exhausted,
            Turn::Poll(due) if due > now => return Next::Wait(due),
            Turn::Poll(_) => {
                worker.next = Turn::Poll(now.plus_nanos(random.below(LONGEST_POLL_GAP)));
                let poll = Value::Vector(vec![Value::Vector(vec![Value::keyword("poll")])]);
                Invocation {
                    other: vec![(SmolStr::new_static("poll-ms"), Value::Int(POLL_MS))],
                    ..Invocation::new(Function::Poll, poll)
                }
            }
        })
    }

    fn ended(&mut self, worker: u32, invocation: &Invocation, completion: &Completion) {
        let Some(worker) = self.workers.get_mut(&worker) else { return };
        each_told(invocation, completion, |key, told| {
            let target = worker.missing.get(&key).copied().unwrap_or(NOTHING);
            if matches!(told, Told::Polled(offset) if target <= offset) {
                worker.missing.remove(&key);
            }
        });
    }
}
