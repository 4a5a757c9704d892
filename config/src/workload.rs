//! The workloads: what clients ask of the nodes.

use crate::ParseValueError;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How long clients wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The same where reads and writes of a key are checked: who waits long is concurrent with much.
const LIN_KV_TIMEOUT: Duration = Duration::from_secs(1);
/// Mean latencies that lin-kv waits, if that is more.
const LIN_KV_TIMEOUT_LATENCIES: u64 = 10;

/// What clients ask of the nodes, and how the answers are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Workload {
    /// Every value reaches every node.
    Broadcast,
    /// A node answers with what it was sent.
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
    /// No id is given out twice.
    UniqueIds,
}

impl Workload {
    /// Every workload, by name.
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

    /// Whether clients send transactions.
    #[must_use]
    pub fn has_transactions(self) -> bool {
        matches!(self, Self::TxnListAppend | Self::TxnRwRegister)
    }

    /// Whether clients read once more at the end, when the nodes had time to recover.
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

    /// How long a client waits for an answer when nobody says it, as in the reference; with that
    /// mean latency in ms.
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
