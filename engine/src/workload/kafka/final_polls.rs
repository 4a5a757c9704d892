//! The final phase: each worker's client crashes, is assigned every key from the beginning, and
//! polls until it has seen all that any client saw.

use super::offsets::{KnownOffset, NOTHING, Offsets, each_known_offset, name};
use crate::Random;
use crate::Time;
use crate::workload::definition::{Completion, FreeWorker, Generator, Invocation, Next};
use glomers_history::{Function, Value};
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::time::Duration;

/// Maximum duration: messages that nodes have lost are not waited for any longer.
const LONGEST: Duration = Duration::from_secs(10);
/// Maximum gap in nanoseconds between two polls of a worker, twice the mean.
const LONGEST_POLL_GAP: u64 = 400_000_000;
/// The timeout of a poll in ms, as the reference records it. It has no effect.
const POLL_MS: i64 = 1000;
/// Marks the assignment that restarts at offset 0.
pub(super) const SEEK_TO_BEGINNING: SmolStr = SmolStr::new_static("seek-to-beginning?");

/// The final operations of all workers.
pub(super) struct FinalPolls {
    targets: Offsets,
    end: Option<Time>,
    workers: BTreeMap<u32, Progress>,
}

/// The progress of one worker.
struct Progress {
    next: Turn,
    /// Offsets that it has not reached yet.
    missing: Offsets,
}

enum Turn {
    Crash,
    Assign,
    /// A poll, not before that time.
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
    fn next(&mut self, free_worker: FreeWorker, random: &mut Random) -> Next {
        let now = free_worker.now;
        let end = *self.end.get_or_insert(now + LONGEST);
        let worker = self
            .workers
            .entry(free_worker.worker)
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
        each_known_offset(invocation, completion, |key, known| {
            let target = worker.missing.get(&key).copied().unwrap_or(NOTHING);
            if matches!(known, KnownOffset::Polled(offset) if target <= offset) {
                worker.missing.remove(&key);
            }
        });
    }
}
