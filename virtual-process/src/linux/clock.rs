//! The clocks that a node reads.

use crate::linux::clock_page::ClockPage;
use nix::libc;

/// The node's monotonic clock at the beginning of its time, in nanoseconds: as if the machine had
/// been running for a while.
const MONOTONIC_START: u64 = 1_000_000_000_000;
/// The node's clock of the date at the beginning of its time: 2024-01-01T00:00:00Z, in nanoseconds
/// since 1970.
const DATE_START: u64 = 1_704_067_200_000_000_000;
/// Number of reads of the clock without a wait after which each read takes time: a program that
/// spins until a moment must reach it.
pub(crate) const FREE_READS: u64 = 1000;
/// How long each read takes from then on, in nanoseconds.
pub(crate) const READ_NANOS: u64 = 1000;
/// A clock of used processor time runs this many times slower.
const CPU_CLOCK_DIVISOR: u64 = 100;

/// What time it is for a node. It stands still while its threads run.
#[derive(Debug)]
pub(crate) struct Clock {
    /// Nanoseconds since the node's time began.
    now: u64,
    /// Reads by system calls since the last wait.
    reads: u64,
    /// From where the program reads the time without a system call.
    pub(crate) page: ClockPage,
}

/// The clocks that programs can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClockKind {
    /// Never set back.
    Monotonic,
    /// The date.
    Date,
    /// Processor time.
    Cpu,
}

impl ClockKind {
    /// The clock of this id (`CLOCK_*`).
    pub(crate) fn of(id: u64) -> Self {
        match id as libc::clockid_t {
            libc::CLOCK_REALTIME
            | libc::CLOCK_REALTIME_COARSE
            | libc::CLOCK_TAI
            | libc::CLOCK_REALTIME_ALARM => Self::Date,
            libc::CLOCK_MONOTONIC
            | libc::CLOCK_MONOTONIC_RAW
            | libc::CLOCK_MONOTONIC_COARSE
            | libc::CLOCK_BOOTTIME
            | libc::CLOCK_BOOTTIME_ALARM => Self::Monotonic,
            _ => Self::Cpu,
        }
    }

    fn start(self) -> u64 {
        match self {
            Self::Monotonic => MONOTONIC_START,
            Self::Date => DATE_START,
            Self::Cpu => 0,
        }
    }
}

impl Clock {
    pub(crate) fn new(page: ClockPage) -> Self {
        Self { now: 0, reads: 0, page }
    }

    /// Nanoseconds since the node's time began.
    pub(crate) fn now(&self) -> u64 {
        self.now
    }

    /// The moment after this many nanoseconds.
    pub(crate) fn after(&self, nanos: u64) -> u64 {
        self.now.saturating_add(nanos)
    }

    /// Sets the time, unless it is later already.
    pub(crate) fn advance_to(&mut self, now: u64) {
        self.now = self.now.max(now);
    }

    /// What a clock shows.
    pub(crate) fn read(&self, kind: ClockKind) -> u64 {
        match kind {
            ClockKind::Cpu => self.now / CPU_CLOCK_DIVISOR,
            kind => kind.start().saturating_add(self.now),
        }
    }

    /// As [`read`](Self::read), for a system call.
    pub(crate) fn read_by_call(&mut self, kind: ClockKind) -> u64 {
        self.reads += 1;
        if self.reads > FREE_READS {
            self.now += READ_NANOS;
            self.publish();
        }
        self.read(kind)
    }

    /// The moment at which a clock shows a value.
    pub(crate) fn when(kind: ClockKind, shows: u64) -> u64 {
        shows.saturating_sub(kind.start())
    }

    /// A thread waited, so that reads of the clock are free again.
    pub(crate) fn note_wait(&mut self) {
        self.reads = 0;
        self.page.reset_reads();
    }

    /// Shows the program the time.
    pub(crate) fn publish(&mut self) {
        self.page.publish(self.read(ClockKind::Monotonic), self.read(ClockKind::Date));
    }

    /// Notices how far the program's own reads moved the time.
    pub(crate) fn observe(&mut self) {
        self.advance_to(self.page.monotonic().saturating_sub(MONOTONIC_START));
    }
}
