//! What deserves a look though the verdict does not mind.

use crate::excerpt::edn;
use crate::explanation::failures;
use crate::{Counts, Duplicate, Failure, Moment, stats, workloads};
use glomers_config::Workload;
use glomers_history::{Function, History, Kind, Traffic, Value};
use std::fmt;
use std::time::Duration;

/// Something doubtful. Its text is a sentence and an advice; it never changes the verdict.
#[derive(Debug, Clone, PartialEq)]
pub enum Warning {
    /// Nothing was asked of the nodes.
    NoOperations,
    /// Some operations of a function did not succeed, and others did.
    Unsuccessful {
        /// The function.
        f: Function,
        /// What became of its operations.
        counts: Counts,
        /// The first that did not succeed.
        first: Failure,
    },
    /// Some nodes did not answer the last reads.
    MissingFinalReads {
        /// Final reads that did not succeed.
        missing: usize,
        /// Final reads.
        total: usize,
    },
    /// A read showed an element more than once.
    DuplicatedElements {
        /// Different elements that were.
        count: usize,
        /// The one shown most often by one read.
        worst: Duplicate,
    },
    /// A read showed a value that nobody ever broadcast.
    UnknownValues {
        /// Different such values.
        count: usize,
        /// The first of them.
        element: Value,
        /// The read.
        read: Moment,
        /// The value that it may stand for, in its own type.
        meant: Option<Value>,
    },
    /// A read showed a value before anyone broadcast it.
    ReadBeforeBroadcast {
        /// Different such values.
        count: usize,
        /// The first of them.
        element: Value,
        /// The completion of the read.
        read: Moment,
        /// The invocation of the broadcast.
        broadcast: Moment,
    },
    /// The nodes never sent each other anything.
    NoServerMessages {
        /// How many nodes there were.
        node_count: usize,
    },
    /// Broadcasts are acknowledged so late that stable latencies say little.
    AcknowledgedLate {
        /// Median time of a broadcast.
        broadcast: Duration,
        /// Median time of a read.
        read: Duration,
    },
}

/// Looks for what is doubtful in a run of that workload on `node_count` nodes. A workload that is
/// not built yet has only the general warnings.
#[must_use]
pub fn warnings(
    workload: Workload,
    history: &History,
    traffic: Option<&Traffic>,
    node_count: usize,
) -> Vec<Warning> {
    if !history.client_operations().any(|(_, operation)| operation.kind == Kind::Invoke) {
        return vec![Warning::NoOperations];
    }
    workloads::rules(workload)
        .map_or_else(Vec::new, |rules| rules.warn(history, traffic, node_count))
}

impl Warning {
    /// For workloads whose every operation should succeed: those that partly did not.
    pub(crate) fn unsuccessful(history: &History) -> Vec<Self> {
        let stats = stats(history);
        let partly = stats.by_function.iter().filter(|(_, c)| c.ok > 0 && c.ok < c.total());
        partly
            .filter_map(|(f, counts)| {
                let first = failures(history).find(|failure| failure.f == *f)?;
                Some(Self::Unsuccessful { f: f.clone(), counts: *counts, first })
            })
            .collect()
    }

    /// About these duplicates, if there are any.
    pub(crate) fn duplicated(duplicates: Vec<Duplicate>) -> Option<Self> {
        let count = duplicates.len();
        // Of equally frequent ones the first.
        let worst = duplicates.into_iter().rev().max_by_key(|duplicate| duplicate.multiplicity)?;
        Some(Self::DuplicatedElements { count, worst })
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoOperations => write!(
                out,
                "No operation was run, so the verdict says nothing about the node: raise --rate \
                 or --time-limit."
            ),
            Self::Unsuccessful { f, counts, first } => write!(
                out,
                "Not every {f} operation succeeded ({counts}), and the verdict asks for one only: \
                 pass --availability total to ask for all. The first: {first}."
            ),
            Self::MissingFinalReads { missing, total } => write!(
                out,
                "{missing} of {total} final reads did not succeed, so nobody knows what those \
                 nodes have in the end: make every node answer `read`, also after a partition."
            ),
            Self::DuplicatedElements { count, worst } => write!(
                out,
                "{} shown more than once by a single read, for example {} {} times by {}: keep \
                 messages in a set, or pass --fail-on-duplicates to make this fail.",
                values_were(*count),
                edn(&worst.element),
                worst.multiplicity,
                worst.read
            ),
            Self::UnknownValues { count, element, read, meant: Some(meant) } => write!(
                out,
                "{} read that nobody broadcast, for example {} by {read}, while {} was broadcast: \
                 keep each message as the JSON value that it came as.",
                values_were(*count),
                edn(element),
                edn(meant)
            ),
            Self::UnknownValues { count, element, read, meant: None } => write!(
                out,
                "{} read that nobody broadcast, for example {} by {read}: answer `read` with \
                 nothing but the `message` of broadcasts.",
                values_were(*count),
                edn(element)
            ),
            Self::ReadBeforeBroadcast { count, element, read, broadcast } => write!(
                out,
                "{} read before anyone broadcast it, for example {} by {read}, though first \
                 broadcast by {broadcast}: look for values that outlive a run, such as a file.",
                values_were(*count),
                edn(element)
            ),
            Self::NoServerMessages { node_count } => write!(
                out,
                "The {node_count} nodes sent each other no message: pass values on to other nodes, \
                 by lines on stdout with their names as `dest`; what goes by a file or a socket \
                 meets neither latency nor partitions."
            ),
            Self::AcknowledgedLate { broadcast, read } => write!(
                out,
                "The median broadcast was acknowledged after {} ms, the median read after {} ms, \
                 and stable latencies only count from the acknowledgement: answer `broadcast_ok` \
                 before waiting for other nodes, or judge by propagation-p50.",
                broadcast.as_millis(),
                read.as_millis()
            ),
        }
    }
}

/// The beginning of a sentence about so many values.
fn values_were(count: usize) -> String {
    if count == 1 { "1 value was".to_owned() } else { format!("{count} values were") }
}
