//! The anomalies of transactions, by the names of Adya and Elle, and sets of them.
//!
//! Their implications, and the anomalies that each model forbids, are in [`facts`](super::facts).

use crate::enum_set::{EnumSet, Member};
use std::fmt;

macro_rules! anomalies {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// A phenomenon that a consistency model forbids.
        ///
        /// Ordered by [`name`](Self::name), as results list them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) enum Anomaly { $($(#[$doc])* $variant,)+ }

        impl Anomaly {
            /// Every anomaly, by name.
            pub(crate) const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The reference's name for it.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

anomalies! {
    /// The anomaly that a monotonic snapshot read forbids.
    GMsr = "G-MSR",
    /// The anomaly that snapshot isolation forbids.
    GSiAdya = "G-SI",
    /// Missed effects.
    GSib = "G-SIb",
    /// A lost update under a cursor.
    GCursor = "G-cursor",
    /// Reads that go back within a transaction.
    GMonotonic = "G-monotonic",
    /// A cycle with several anti-dependencies, no two in a row.
    GNonadjacent = "G-nonadjacent",
    /// A cycle with several anti-dependencies on keys, no two in a row.
    GNonadjacentItem = "G-nonadjacent-item",
    /// A cycle with several anti-dependencies on keys, no two in a row. Edges may be the order of
    /// one process.
    GNonadjacentItemProcess = "G-nonadjacent-item-process",
    /// A cycle with several anti-dependencies on keys, no two in a row. Edges may be real time.
    GNonadjacentItemRealtime = "G-nonadjacent-item-realtime",
    /// A cycle with several anti-dependencies, no two in a row. Edges may be the order of one
    /// process.
    GNonadjacentProcess = "G-nonadjacent-process",
    /// A cycle with several anti-dependencies, no two in a row. Edges may be real time.
    GNonadjacentRealtime = "G-nonadjacent-realtime",
    /// A cycle with one anti-dependency.
    GSingle = "G-single",
    /// A cycle with one anti-dependency, on a key.
    GSingleItem = "G-single-item",
    /// A cycle with one anti-dependency, on a key. Edges may be the order of one process.
    GSingleItemProcess = "G-single-item-process",
    /// A cycle with one anti-dependency, on a key. Edges may be real time.
    GSingleItemRealtime = "G-single-item-realtime",
    /// A cycle with one anti-dependency. Edges may be the order of one process.
    GSingleProcess = "G-single-process",
    /// A cycle with one anti-dependency. Edges may be real time.
    GSingleRealtime = "G-single-realtime",
    /// A cycle that update transactions can see.
    GUpdate = "G-update",
    /// A cycle of writes.
    G0 = "G0",
    /// A cycle of writes. Edges may be the order of one process.
    G0Process = "G0-process",
    /// A cycle of writes. Edges may be real time.
    G0Realtime = "G0-realtime",
    /// Any of G1a, G1b, G1c.
    G1 = "G1",
    /// Any of G1a, G1b, G1c. Edges may be the order of one process.
    G1Process = "G1-process",
    /// Any of G1a, G1b, G1c. Edges may be real time.
    G1Realtime = "G1-realtime",
    /// A read of an aborted write.
    G1a = "G1a",
    /// A read of a state in the middle of a transaction.
    G1b = "G1b",
    /// A cycle of writes and of reads of written values.
    G1c = "G1c",
    /// A cycle of writes and of reads of written values. Edges may be the order of one process.
    G1cProcess = "G1c-process",
    /// A cycle of writes and of reads of written values. Edges may be real time.
    G1cRealtime = "G1c-realtime",
    /// A cycle with anti-dependencies.
    G2 = "G2",
    /// A cycle with anti-dependencies on keys.
    G2Item = "G2-item",
    /// A cycle with anti-dependencies on keys. Edges may be the order of one process.
    G2ItemProcess = "G2-item-process",
    /// A cycle with anti-dependencies on keys. Edges may be real time.
    G2ItemRealtime = "G2-item-realtime",
    /// A cycle with anti-dependencies. Edges may be the order of one process.
    G2Process = "G2-process",
    /// A cycle with anti-dependencies. Edges may be real time.
    G2Realtime = "G2-realtime",
    /// Either anomaly that snapshot isolation forbids, in Adya's terms.
    Gsi = "GSI",
    /// Interference: reads from a transaction that was not over at the start.
    Gsia = "GSIa",
    /// Missed effects: a cycle with one anti-dependency among start and dependency edges.
    Gsib = "GSIb",
    /// Some cycle that PL-1 forbids.
    Pl1CycleExists = "PL-1-cycle-exists",
    /// Some cycle that PL-2 forbids.
    Pl2CycleExists = "PL-2-cycle-exists",
    /// Some cycle that PL-2.99 forbids.
    Pl299CycleExists = "PL-2.99-cycle-exists",
    /// Some cycle that PL-3 forbids.
    Pl3CycleExists = "PL-3-cycle-exists",
    /// Some cycle that PL-SI forbids.
    PlSiCycleExists = "PL-SI-cycle-exists",
    /// Some cycle that PL-SS forbids.
    PlSsCycleExists = "PL-SS-cycle-exists",
    /// Cycles exist, and the search for the worst of them was cut short.
    CycleSearchTimeout = "cycle-search-timeout",
    /// Versions of a key whose order is cyclic.
    CyclicVersions = "cyclic-versions",
    /// A write on top of an aborted write.
    DirtyUpdate = "dirty-update",
    /// A list with an element twice.
    DuplicateElements = "duplicate-elements",
    /// No transaction depends on another.
    EmptyTransactionGraph = "empty-transaction-graph",
    /// A read of a value that its own transaction wrote later.
    FutureRead = "future-read",
    /// Two reads of a list of which neither is the beginning of the other.
    IncompatibleOrder = "incompatible-order",
    /// A transaction that disagrees with itself.
    Internal = "internal",
    /// Two transactions that overwrote the same version.
    LostUpdate = "lost-update",
    /// A predicate that missed a version that always matches.
    PredicateReadMiss = "predicate-read-miss",
    /// Some cycle that strong-PL-1 forbids.
    StrongPl1CycleExists = "strong-PL-1-cycle-exists",
    /// Some cycle that strong-PL-2 forbids.
    StrongPl2CycleExists = "strong-PL-2-cycle-exists",
    /// Some cycle that strong-session-PL-1 forbids.
    StrongSessionPl1CycleExists = "strong-session-PL-1-cycle-exists",
    /// Some cycle that strong-session-PL-2 forbids.
    StrongSessionPl2CycleExists = "strong-session-PL-2-cycle-exists",
    /// Some cycle that strong-session-serializable forbids.
    StrongSessionSerializableCycleExists = "strong-session-serializable-cycle-exists",
    /// Some cycle that strong-session-snapshot-isolation forbids.
    StrongSessionSnapshotIsolationCycleExists = "strong-session-snapshot-isolation-cycle-exists",
    /// Some cycle that strong-snapshot-isolation forbids.
    StrongSnapshotIsolationCycleExists = "strong-snapshot-isolation-cycle-exists",
    /// Two transactions that wrote based on overlapping reads.
    WriteSkew = "write-skew",
}

/// Ends the names of anomalies that say only that there is a cycle, without showing it.
const CYCLE_EXISTS: &str = "-cycle-exists";

impl Anomaly {
    /// Whether it says only that there is a cycle.
    pub(crate) fn is_cycle_existence(self) -> bool {
        self.name().ends_with(CYCLE_EXISTS)
    }
}

impl fmt::Display for Anomaly {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl Member for Anomaly {
    const MEMBERS: &'static [Self] = Self::ALL;

    fn number(self) -> u8 {
        self as u8
    }
}

/// A set of anomalies.
pub(crate) type AnomalySet = EnumSet<Anomaly, 8>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anomalies_are_ordered_by_name() {
        assert!(Anomaly::ALL.is_sorted_by(|a, b| a.name() < b.name()));
    }
}
