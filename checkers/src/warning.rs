//! Findings that deserve a look but do not affect the verdict.

mod text;

use crate::failure::failures;
use crate::malformed::malformed;
use crate::{Counts, Duplicate, Failure, KafkaStray, Malformed, Moment, Stats};
use glomers_config::Workload;
use glomers_history::{Cluster, Function, History, Traffic, Value};
use std::time::Duration;

/// A doubtful finding. Its text is a sentence and a piece of advice; it never changes the verdict.
#[derive(Debug, Clone, PartialEq)]
pub enum Warning {
    /// Clients sent no operations to the nodes.
    NoOperations,
    /// Some operations of a function did not succeed, and others did.
    Unsuccessful {
        /// The function.
        f: Function,
        /// Its completions by kind.
        counts: Counts,
        /// The first that did not succeed.
        first: Failure,
    },
    /// Some nodes did not answer the last reads.
    MissingFinalReads {
        /// Number of final reads that did not succeed.
        missing: usize,
        /// Number of final reads.
        total: usize,
    },
    /// A read showed an element more than once.
    DuplicatedElements {
        /// Number of distinct elements.
        count: usize,
        /// The element with the most occurrences in one read.
        worst: Duplicate,
    },
    /// A read showed a value that was never added.
    UnknownValues {
        /// The workload's name for adding.
        f: Function,
        /// Number of distinct values.
        count: usize,
        /// The first of them.
        element: Value,
        /// The read.
        read: Moment,
        /// The added value that it may represent, in its original type.
        meant: Option<Value>,
    },
    /// A read showed a value before it was added.
    ReadTooEarly {
        /// The workload's name for adding.
        f: Function,
        /// Number of distinct values.
        count: usize,
        /// The first of them.
        element: Value,
        /// The completion of the read.
        read: Moment,
        /// The invocation that adds it.
        invocation: Moment,
    },
    /// A read showed a sum that the adds until then cannot have.
    ImpossibleSums {
        /// Number of reads.
        count: usize,
        /// The value of the first of them.
        value: Value,
        /// That read.
        read: Moment,
        /// The least sum that was possible.
        least: Value,
        /// The greatest sum that was possible.
        greatest: Value,
    },
    /// The nodes had different states in the end.
    ReplicasDisagree {
        /// The value that a last read returned, and its completion.
        first: (Value, Moment),
        /// The value that another one returned, and its completion.
        other: (Value, Moment),
    },
    /// One node showed elements in the end that another did not.
    ElementMissing {
        /// Number of elements.
        count: usize,
        /// The first of them.
        element: Value,
        /// The completion of a last read that shows it.
        with: Moment,
        /// The completion of a last read that does not.
        without: Moment,
    },
    /// Reads of a register returned null, which is accepted whatever the register holds.
    NullReads {
        /// Number of reads.
        count: usize,
        /// Number of successful reads.
        total: usize,
        /// The first of them.
        read: Moment,
    },
    /// A transaction read a value that had not been written to that key.
    StrayRead {
        /// Number of distinct values.
        count: usize,
        /// The key of the first of them.
        key: Value,
        /// The first of them.
        value: Value,
        /// The completion of the read.
        read: Moment,
        /// The invocation that wrote it later, if one did.
        written: Option<Moment>,
    },
    /// A warning about one key of a history of independent keys.
    OfKey {
        /// The key.
        key: Value,
        /// The warning, whose values are without the key.
        warning: Box<Warning>,
        /// Number of further warnings about keys after it.
        more: usize,
    },
    /// No transaction read what another one had written.
    NothingRead {
        /// Reads that showed nothing, though their key had been written.
        reads: usize,
        /// The first write of which one shows nothing.
        written: Value,
        /// Its completion.
        write: Moment,
        /// The completion of that read.
        read: Moment,
    },
    /// No poll returned a message, though some were sent.
    NothingPolled {
        /// Number of messages that were acknowledged.
        sent: usize,
        /// Number of polls that succeeded.
        polls: usize,
        /// The completion of the first send.
        first: Moment,
    },
    /// Half of the operations or more failed, and not because of their arguments.
    MostlyRefused {
        /// Number of refused operations.
        count: usize,
        /// Number of all operations.
        total: usize,
        /// Number of operations that succeeded.
        ok: u64,
        /// The first of them.
        first: Failure,
    },
    /// A poll returned a message that was not sent, or not yet.
    Kafka(KafkaStray),
    /// Entries that no run of the reference has.
    Malformed(Malformed),
    /// The nodes never sent each other anything.
    NoServerMessages {
        /// Number of nodes.
        node_count: usize,
    },
    /// Even the quickest broadcast is acknowledged late.
    AcknowledgedSlowly {
        /// The time of the quickest broadcast.
        broadcast: Duration,
        /// The time of the quickest read.
        read: Duration,
    },
    /// Broadcasts are acknowledged so late that stable latencies say little.
    AcknowledgedLate {
        /// Median time of a broadcast.
        broadcast: Duration,
        /// Median time of a read.
        read: Duration,
    },
}

impl Warning {
    /// Warnings that apply to any workload; if there are any, no others are needed.
    pub(crate) fn of_any_workload(history: &History) -> Vec<Self> {
        let is_empty = history.client_operations().next().is_none();
        is_empty.then_some(Self::NoOperations).into_iter().collect()
    }

    /// Whether it says that not all operations succeeded.
    pub(crate) fn is_about_success(&self) -> bool {
        match self {
            Self::Unsuccessful { .. } => true,
            Self::OfKey { warning, .. } => warning.is_about_success(),
            _ => false,
        }
    }

    /// Warnings about malformed entries.
    pub(crate) fn malformed(workload: Workload, history: &History) -> Vec<Self> {
        malformed(workload, history).into_iter().map(Self::Malformed).collect()
    }

    /// For workloads whose every operation should succeed: those that partly did not.
    pub(crate) fn unsuccessful(history: &History, stats: &Stats) -> Vec<Self> {
        let partly = stats.by_function.iter().filter(|(_, c)| c.ok > 0 && c.ok < c.total());
        partly
            .filter_map(|(f, counts)| {
                let first = failures(history).find(|failure| failure.f == *f)?;
                Some(Self::Unsuccessful { f: f.clone(), counts: *counts, first })
            })
            .collect()
    }

    /// A warning about nodes that should talk to each other, and did not.
    pub(crate) fn silent(traffic: Option<&Traffic>, cluster: &Cluster) -> Option<Self> {
        let node_count = cluster.node_count();
        let silent = traffic.is_some_and(|traffic| traffic.servers.sent == 0);
        (silent && node_count > 1).then_some(Self::NoServerMessages { node_count })
    }

    /// A warning about these duplicates, if there are any.
    pub(crate) fn duplicated(duplicates: Vec<Duplicate>) -> Option<Self> {
        let count = duplicates.len();
        // Of equally frequent duplicates, the first.
        let worst = duplicates.into_iter().rev().max_by_key(|duplicate| duplicate.multiplicity)?;
        Some(Self::DuplicatedElements { count, worst })
    }
}

#[cfg(test)]
mod tests;
