//! One occurrence of an anomaly, as numbers: the data that a result reports and quotes.

mod quotes;
mod reason;
mod text;
mod value;

pub use quotes::Entries;
pub(crate) use quotes::select;
pub(crate) use reason::{PAIRED, Reason};
pub(crate) use text::{Narrator, meaning};

use super::cycles::{CycleExistence, Unfinished};
use super::dependency_graph::Edge;
use super::reading::{Atom, MicroOp, TransactionHistory};

/// An operation of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpPosition {
    /// The transaction.
    pub(crate) transaction: u32,
    /// Its index among the transaction's operations.
    pub(crate) micro_op: u32,
}

/// A finding.
#[derive(Debug, Clone)]
pub(crate) enum Finding {
    /// A read of what a failed transaction wrote.
    Aborted {
        /// The read.
        reader: OpPosition,
        /// Position of the entry that wrote it.
        writer: u32,
        /// The element, in a list.
        element: Option<Atom>,
    },
    /// A read of what its writer overwrote itself.
    Intermediate {
        /// The read.
        reader: OpPosition,
        /// Position of the entry that wrote it.
        writer: u32,
        /// The element, in a list.
        element: Option<Atom>,
    },
    /// A read that contradicts its own transaction.
    Internal {
        /// The read.
        reader: OpPosition,
        /// Whether all of the list is known, and not only its end. True for registers.
        is_whole: bool,
        /// The expected value: the elements of a list, or the one value of a register.
        expected: Vec<Atom>,
    },
    /// A read of what its own transaction only appended later.
    FutureRead {
        /// The read.
        reader: OpPosition,
        /// The element.
        element: Atom,
    },
    /// A read of a list that shows elements more than once.
    Duplicates {
        /// The read.
        reader: OpPosition,
        /// The elements, and the number of their occurrences.
        elements: Vec<(Atom, usize)>,
    },
    /// Two lists of a key, neither of which begins with the other.
    IncompatibleOrder {
        /// The key.
        key: u32,
        /// The shorter one, and the longer one.
        values: [Vec<Atom>; 2],
    },
    /// A committed append on top of an aborted one.
    DirtyUpdate {
        /// The key.
        key: u32,
        /// The elements appended from the first to the second.
        values: Vec<Atom>,
        /// The transaction that was aborted, and the one that was not.
        writers: [u32; 2],
    },
    /// Transactions that updated the same version.
    LostUpdate {
        /// The key.
        key: u32,
        /// The read of it that all of them have.
        read: MicroOp,
        /// The transactions.
        transactions: Vec<u32>,
    },
    /// Versions of a register whose order is cyclic.
    CyclicVersions {
        /// The key.
        key: u32,
        /// The versions.
        versions: Vec<Atom>,
    },
    /// Transactions of which each comes before the next, and the last before the first.
    Cycle {
        /// The name of the cycle.
        name: &'static str,
        /// Its transactions, and why each comes before the next.
        steps: Vec<CycleStep>,
    },
    /// Transactions of which it is known only that there is a cycle among them.
    SomeCycle(CycleExistence),
    /// A search that was cut short.
    Unfinished(Unfinished),
}

/// A transaction of a cycle, and why it comes before the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CycleStep {
    pub(crate) transaction: u32,
    pub(crate) edge: Edge,
    /// Unless it is the order of a process, or of time.
    pub(crate) reason: Option<Reason>,
}

impl Finding {
    /// Adds the positions of the entries that a result quotes.
    pub(crate) fn positions(&self, history: &TransactionHistory, positions: &mut Vec<u32>) {
        let position = |transaction: u32| history.entry(transaction).position;
        match self {
            Self::Aborted { reader, writer, .. } | Self::Intermediate { reader, writer, .. } => {
                positions.extend([position(reader.transaction), *writer]);
            }
            Self::Internal { reader, .. }
            | Self::FutureRead { reader, .. }
            | Self::Duplicates { reader, .. } => positions.push(position(reader.transaction)),
            Self::DirtyUpdate { writers, .. } => positions.extend(writers.map(position)),
            Self::LostUpdate { transactions, .. } => {
                positions.extend(transactions.iter().map(|&transaction| position(transaction)));
            }
            Self::Cycle { steps, .. } => {
                for (step, next) in with_next(steps) {
                    positions.push(position(step.transaction));
                    if step.edge == Edge::Realtime {
                        positions.push(history.entry(next.transaction).invoked);
                    }
                }
            }
            Self::IncompatibleOrder { .. }
            | Self::CyclicVersions { .. }
            | Self::SomeCycle(_)
            | Self::Unfinished(_) => {}
        }
    }
}

/// Each step with the one after it.
pub(crate) fn with_next(steps: &[CycleStep]) -> impl Iterator<Item = (&CycleStep, &CycleStep)> {
    steps.iter().zip(steps.iter().cycle().skip(1))
}
