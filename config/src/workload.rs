//! The workloads: which operations clients run.

use crate::ParseValueError;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How long clients wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The same for workloads that check reads and writes of each key: a client that waits long is
/// concurrent with many other operations, which makes checking expensive.
const LIN_KV_TIMEOUT: Duration = Duration::from_secs(1);
/// The timeout of lin-kv in mean latencies, if that is longer.
const LIN_KV_TIMEOUT_LATENCIES: u64 = 10;

/// Which operations clients run, and how the answers are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Workload {
    /// Every value must reach every node.
    Broadcast,
    /// A node replies with the value that it was sent.
    Echo,
    /// A counter that only grows.
    GCounter,
    /// A set that only grows.
    GSet,
    /// Logs that are sent to, polled, and committed.
    Kafka,
    /// A linearizable key-value store.
    LinKv,
    /// A counter that grows and shrinks.
    PnCounter,
    /// Transactions that append to lists.
    TxnListAppend,
    /// Transactions that write registers.
    TxnRwRegister,
    /// Nodes generate globally unique ids.
    UniqueIds,
}

impl Workload {
    /// Every workload, ordered by name.
    pub const ALL: [Self; 10] = [
        Self::Broadcast,
        Self::Echo,
        Self::GCounter,
        Self::GSet,
        Self::Kafka,
        Self::LinKv,
        Self::PnCounter,
        Self::TxnListAppend,
        Self::TxnRwRegister,
        Self::UniqueIds,
    ];

    /// The reference's name for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Broadcast => "broadcast",
            Self::Echo => "echo",
            Self::GCounter => "g-counter",
            Self::GSet => "g-set",
            Self::Kafka => "kafka",
            Self::LinKv => "lin-kv",
            Self::PnCounter => "pn-counter",
            Self::TxnListAppend => "txn-list-append",
            Self::TxnRwRegister => "txn-rw-register",
            Self::UniqueIds => "unique-ids",
        }
    }

    /// The functions that operations of clients call, by their names in histories.
    #[must_use]
    pub fn functions(self) -> &'static [&'static str] {
        match self {
            Self::Broadcast => &["broadcast", "read"],
            Self::Echo => &["echo"],
            Self::GCounter | Self::GSet | Self::PnCounter => &["add", "read"],
            Self::Kafka => {
                &["assign", "crash", "debug-topic-partitions", "poll", "send", "subscribe", "txn"]
            }
            Self::LinKv => &["cas", "read", "write"],
            Self::TxnListAppend | Self::TxnRwRegister => &["txn"],
            Self::UniqueIds => &["generate"],
        }
    }

    /// Whether clients send transactions.
    #[must_use]
    pub fn has_transactions(self) -> bool {
        matches!(self, Self::TxnListAppend | Self::TxnRwRegister)
    }

    /// Whether clients read once more at the end, after the nodes had time to recover.
    #[must_use]
    pub fn has_final_reads(self) -> bool {
        matches!(
            self,
            Self::Broadcast | Self::GCounter | Self::GSet | Self::Kafka | Self::PnCounter
        )
    }

    /// Whether its verdict needs a search that may take very long.
    #[must_use]
    pub fn is_searched(self) -> bool {
        matches!(self, Self::LinKv | Self::TxnListAppend | Self::TxnRwRegister)
    }

    /// The default time that a client waits for an answer, as in the reference, given the mean
    /// latency in ms.
    #[must_use]
    pub fn rpc_timeout(self, latency_ms: u64) -> Duration {
        if self != Self::LinKv {
            return TIMEOUT;
        }
        let latencies = latency_ms.saturating_mul(LIN_KV_TIMEOUT_LATENCIES);
        Duration::from_millis(latencies).max(LIN_KV_TIMEOUT)
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl FromStr for Workload {
    type Err = ParseValueError;

    fn from_str(text: &str) -> Result<Self, ParseValueError> {
        ParseValueError::choose(text, &Self::ALL.map(|workload| (workload.name(), workload)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_workload_is_found_by_its_name() {
        for workload in Workload::ALL {
            assert_eq!(workload.name().parse(), Ok(workload));
        }
        assert!(
            "ecko"
                .parse::<Workload>()
                .unwrap_err()
                .expected
                .ends_with("unique-ids (did you mean echo?)")
        );
    }

    #[test]
    fn lin_kv_waits_ten_latencies_or_a_second_and_the_others_five_seconds() {
        for (workload, latency_ms, ms) in [
            (Workload::LinKv, 0, 1000),
            (Workload::LinKv, 200, 2000),
            (Workload::LinKv, u64::MAX, u64::MAX),
            (Workload::Broadcast, 2000, 5000),
        ] {
            assert_eq!(workload.rpc_timeout(latency_ms), Duration::from_millis(ms));
        }
    }
}
