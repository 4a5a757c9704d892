//! The consistency models that transactions may have to satisfy, with every name that the reference
//! accepts.
//!
//! Which models imply each other, and which anomalies they forbid, is defined in the checkers.

use crate::ParseValueError;
use crate::nearest::did_you_mean;
use std::fmt;
use std::str::FromStr;

macro_rules! models {
    ($($(#[$doc:meta])* $variant:ident = $name:literal $(| $alias:literal)*,)+) => {
        /// A guarantee about the order in which transactions appear to happen. See
        /// <https://jepsen.io/consistency> for most of them.
        ///
        /// Ordered by [`name`](Self::name).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ConsistencyModel { $($(#[$doc])* $variant,)+ }

        impl ConsistencyModel {
            /// Every model, ordered by name.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name that the reference's results use for it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Every name that is accepted for it.
            #[must_use]
            pub fn names(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$name, $($alias,)*],)+ }
            }
        }
    };
}

models! {
    /// One-copy serializable: equivalent to a serial execution on one replica.
    OneCopySerializable = "1SR",
    /// Pipelined RAM: the writes of each client are seen in the order in which it issued them.
    Pram = "PRAM",
    /// Causally related operations are seen in order.
    Causal = "causal",
    /// Causal consistency of transactions, after Cerone.
    CausalCerone = "causal-cerone",
    /// Adya's PL-2+: no missed effects of what was read.
    ConsistentView = "consistent-view" | "PL-2+",
    /// The value that a cursor points at does not change.
    CursorStability = "cursor-stability" | "PL-CS",
    /// Adya's PL-FCV.
    ForwardConsistentView = "forward-consistent-view" | "PL-FCV",
    /// Each operation takes effect at one moment between its invocation and its completion.
    Linearizable = "linearizable",
    /// Once some effects of a transaction are seen, all are.
    MonotonicAtomicView = "monotonic-atomic-view",
    /// A client's successive reads never go back to an older state.
    MonotonicReads = "monotonic-reads",
    /// Adya's PL-MSR.
    MonotonicSnapshotRead = "monotonic-snapshot-read" | "PL-MSR",
    /// Adya's PL-2L.
    MonotonicView = "monotonic-view" | "PL-2L",
    /// A client's writes are seen in order.
    MonotonicWrites = "monotonic-writes",
    /// Snapshots that may order unrelated writes differently.
    ParallelSnapshotIsolation = "parallel-snapshot-isolation",
    /// Snapshots are prefixes of one order.
    Prefix = "prefix",
    /// All effects of a transaction are seen, or none.
    ReadAtomic = "read-atomic",
    /// Only what was committed is read.
    ReadCommitted = "read-committed" | "PL-2",
    /// Writes are totally ordered.
    ReadUncommitted = "read-uncommitted" | "PL-1",
    /// A client sees its own writes.
    ReadYourWrites = "read-your-writes",
    /// Items that were read by key do not change.
    RepeatableRead = "repeatable-read" | "PL-2.99",
    /// There is a total order of all operations that preserves each client's order.
    Sequential = "sequential",
    /// Equivalent to running the transactions one after the other, in some order.
    Serializable = "serializable" | "PL-3" | "conflict-serializable",
    /// Serializable in an order that preserves each client's order.
    SessionSerializable = "session-serializable",
    /// Each transaction reads from a snapshot; of two concurrent writers of a key, one fails.
    SnapshotIsolation = "snapshot-isolation" | "PL-SI",
    /// Read committed in an order that preserves real time.
    StrongReadCommitted = "strong-read-committed" | "strong-PL-2",
    /// Read uncommitted in an order that preserves real time.
    StrongReadUncommitted = "strong-read-uncommitted" | "strong-PL-1",
    /// Serializable in an order that preserves real time.
    StrongSerializable = "strong-serializable" | "strict-serializable" | "PL-SS",
    /// Read committed in an order that preserves each client's order.
    StrongSessionReadCommitted = "strong-session-read-committed" | "strong-session-PL-2",
    /// Read uncommitted in an order that preserves each client's order.
    StrongSessionReadUncommitted = "strong-session-read-uncommitted" | "strong-session-PL-1",
    /// Serializable in an order that preserves each client's order, with snapshots.
    StrongSessionSerializable = "strong-session-serializable",
    /// Snapshot isolation in an order that preserves each client's order.
    StrongSessionSnapshotIsolation = "strong-session-snapshot-isolation",
    /// Snapshot isolation in an order that preserves real time.
    StrongSnapshotIsolation = "strong-snapshot-isolation",
    /// Atomic reads, and no lost updates.
    UpdateAtomic = "update-atomic",
    /// Serializable for transactions that write.
    UpdateSerializable = "update-serializable" | "PL-3U",
    /// Every read returns the same value as in some serial order.
    ViewSerializable = "view-serializable",
    /// A client's writes are ordered after the writes that it has read.
    WritesFollowReads = "writes-follow-reads",
}

impl ConsistencyModel {
    /// What transactions must satisfy unless a setting says otherwise.
    pub const DEFAULT: Self = Self::StrongSerializable;

    /// Parses names separated by commas and optional spaces; at least one.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, ParseValueError> {
        text.split(',').map(str::parse).collect()
    }

    /// The [`Display`](fmt::Display) text of each model.
    #[must_use]
    pub fn texts(models: &[Self]) -> Vec<String> {
        models.iter().map(ToString::to_string).collect()
    }
}

impl fmt::Display for ConsistencyModel {
    /// The commonly used name; it parses back to the same model.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::StrongSerializable => "strict-serializable",
            model => model.name(),
        })
    }
}

impl FromStr for ConsistencyModel {
    type Err = ParseValueError;

    fn from_str(text: &str) -> Result<Self, ParseValueError> {
        let text = text.trim();
        let found = Self::ALL.iter().find(|model| model.names().contains(&text));
        found.copied().ok_or_else(|| {
            let mut names: Vec<_> = Self::ALL.iter().flat_map(|model| model.names()).collect();
            names.sort_unstable();
            let meant = did_you_mean(text, names.iter().map(|name| **name));
            let names: Vec<&str> = names.into_iter().copied().collect();
            ParseValueError {
                expected: format!("a consistency model{meant}, one of {}", names.join(", ")),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ConsistencyModel as Model;

    #[test]
    fn every_name_is_found_and_means_one_model() {
        let mut names = Vec::new();
        for model in Model::ALL {
            assert_eq!(model.to_string().parse(), Ok(*model));
            for name in model.names() {
                assert_eq!(name.parse(), Ok(*model), "{name}");
                names.push(*name);
            }
        }
        // The reference lists the same number of names.
        assert_eq!(names.len(), 54);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 54);
        assert!(Model::ALL.is_sorted_by_key(|model| model.name()));
    }

    #[test]
    fn aliases_are_one_model() {
        for (a, b) in [
            ("strict-serializable", "strong-serializable"),
            ("PL-3", "conflict-serializable"),
            ("PL-2", "read-committed"),
            ("PL-SI", "snapshot-isolation"),
        ] {
            assert_eq!(a.parse::<Model>(), b.parse(), "{a} {b}");
        }
    }

    #[test]
    fn lists_take_any_spacing() {
        let expected = Ok(vec![Model::ReadCommitted, Model::Serializable]);
        for text in ["read-committed,serializable", " PL-2 ,  PL-3", "read-committed , PL-3 "] {
            assert_eq!(Model::parse_list(text), expected, "{text}");
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest_and_all() {
        let error = "serialisable".parse::<Model>().unwrap_err().to_string();
        let start =
            "expected a consistency model (did you mean serializable?), one of 1SR, PL-1, PL-2, ";
        assert!(error.starts_with(start), "{error}");
        assert!(error.ends_with("view-serializable, writes-follow-reads"), "{error}");
        assert!(Model::parse_list("").is_err() && Model::parse_list("PL-1,").is_err());
    }
}
