//! Lines that arrived at a node, and when it reads them.

use glomers_engine::{Random, Time};
use std::time::Duration;

/// The shortest time from a line's arrival to the node's answer, and the longest: about the time of
/// a process that is woken up by a pipe.
const SHORTEST_TURNAROUND_NANOS: u64 = 10_000;
const LONGEST_TURNAROUND_NANOS: u64 = 100_000;

/// Input of a node that it has not read.
pub(super) struct Inbox {
    lines: Vec<u8>,
    /// When it reads the lines.
    reads_at: Option<Time>,
    /// Decides how long it takes until it reads arrived lines.
    turnaround: Random,
}

impl Inbox {
    /// The inbox of a node of this name in a run of this seed.
    pub(super) fn new(seed: u64, name: &str) -> Self {
        let turnaround = Random::stream(seed, &format!("turnaround {name}"));
        Self { lines: Vec::new(), reads_at: None, turnaround }
    }

    /// Lines arrive.
    pub(super) fn add(&mut self, now: Time, lines: &[u8]) {
        self.lines.extend_from_slice(lines);
        if self.reads_at.is_none() {
            let spread = LONGEST_TURNAROUND_NANOS - SHORTEST_TURNAROUND_NANOS;
            let turnaround = SHORTEST_TURNAROUND_NANOS + self.turnaround.below(spread);
            self.reads_at = Some(now + Duration::from_nanos(turnaround));
        }
    }

    /// When the node reads the lines.
    pub(super) fn reads_at(&self) -> Option<Time> {
        self.reads_at
    }

    /// The lines, if the time to read them has come.
    pub(super) fn take_due(&mut self, now: Time) -> Option<Vec<u8>> {
        self.reads_at.take_if(|at| *at <= now)?;
        Some(std::mem::take(&mut self.lines))
    }

    /// Gives back an emptied buffer for reuse.
    pub(super) fn reuse(&mut self, mut buffer: Vec<u8>) {
        buffer.clear();
        self.lines = buffer;
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.reads_at = None;
    }
}
