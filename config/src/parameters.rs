//! One layer of settings, from a challenge, the file or the flags; each field is optional.

use crate::flag_value::FlagValue as _;
use crate::{
    Availability, Concurrency, ConsistencyModel, Delivery, Faults, KillTargets,
    LatencyDistribution, ParseValueError, PartitionShapes, Recovery, Services, Topology, Workload,
};

macro_rules! parameters {
    ($($(#[$doc:meta])* $setting:ident $field:ident = $flag:literal: $type:ty,)+) => {
        /// The settings of one layer (challenge, `glomers.toml`, flags). Unset fields are taken
        /// from the layer below, and finally from [`Plan`](crate::Plan)'s defaults.
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct Parameters { $($(#[$doc])* pub $field: Option<$type>,)+ }

        /// A setting of a layer.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Setting { $($(#[$doc])* $setting,)+ }

        impl Setting {
            /// Every setting, in the order of [`Parameters`].
            pub const ALL: &[Self] = &[$(Self::$setting,)+];

            /// The long name of its flag, which is also its key in `glomers.toml`.
            #[must_use]
            pub fn flag(self) -> &'static str {
                match self { $(Self::$setting => $flag,)+ }
            }

            /// The setting with that long flag name.
            #[must_use]
            pub fn find(flag: &str) -> Option<Self> {
                match flag {
                    $($flag => Some(Self::$setting),)+
                    _ => None,
                }
            }
        }

        impl Parameters {
            /// These settings; unset ones are taken from the layer below.
            #[must_use]
            pub fn over(self, below: &Self) -> Self {
                // Names and number of nodes override each other.
                let has_nodes = self.nodes.is_some() || self.node_count.is_some();
                let below = if has_nodes {
                    &Self { nodes: None, node_count: None, ..below.clone() }
                } else {
                    below
                };
                Self { $($field: self.$field.or_else(|| below.$field.clone()),)+ }
            }

            /// Whether this layer sets it.
            #[must_use]
            pub fn sets(&self, setting: Setting) -> bool {
                match setting { $(Setting::$setting => self.$field.is_some(),)+ }
            }

            /// Sets it from a text, written as in `glomers.toml`; lists are separated by commas.
            /// Ranges are checked by [`Plan::resolve`](crate::Plan::resolve).
            pub fn set(&mut self, setting: Setting, text: &str) -> Result<(), ParseValueError> {
                match setting {
                    $(Setting::$setting => self.$field = Some(<$type>::parse(text)?),)+
                }
                Ok(())
            }
        }
    };
}

parameters! {
    /// The workload.
    Workload workload = "workload": Workload,
    /// Names of the nodes, if they are not generated from their number.
    Nodes nodes = "nodes": Vec<String>,
    /// Number of nodes.
    NodeCount node_count = "node-count": u32,
    /// Number of workers.
    Concurrency concurrency = "concurrency": Concurrency,
    /// Operations per second over the whole test.
    Rate rate = "rate": f64,
    /// Seconds of load.
    TimeLimit time_limit = "time-limit": f64,
    /// Mean latency in ms.
    Latency latency = "latency": u64,
    /// Distribution of latencies.
    LatencyDist latency_dist = "latency-dist": LatencyDistribution,
    /// How receivers take messages from their queue.
    Delivery delivery = "delivery": Delivery,
    /// Faults to inject.
    Nemesis nemesis = "nemesis": Faults,
    /// Mean seconds between nemesis operations.
    NemesisInterval nemesis_interval = "nemesis-interval": f64,
    /// Shapes that partitions are drawn from.
    PartitionShapes partition_shapes = "partition-shapes": PartitionShapes,
    /// How many nodes a kill or a pause hits.
    KillTargets kill_targets = "kill-targets": KillTargets,
    /// Probability that a message between nodes is lost while that fault is active.
    Loss loss = "loss": f64,
    /// Probability that a message between nodes is delivered twice while that fault is active.
    Duplicate duplicate = "duplicate": f64,
    /// Mean of the extra delay in ms while messages are reordered.
    Reorder reorder = "reorder": u64,
    /// Factor of latencies while the network is slow.
    Slow slow = "slow": f64,
    /// Fraction by which a clock may run too fast or too slowly.
    Skew skew = "skew": f64,
    /// Neighbours that the broadcast workload suggests.
    Topology topology = "topology": Topology,
    /// Fraction of operations that must succeed.
    Availability availability = "availability": Availability,
    /// Consistency models that transactions must satisfy.
    ConsistencyModels consistency_models = "consistency-models": Vec<ConsistencyModel>,
    /// Number of keys that transactions use at the same time.
    KeyCount key_count = "key-count": u32,
    /// Maximum number of operations in a transaction.
    MaxTxnLength max_txn_length = "max-txn-length": u32,
    /// Maximum number of writes to a key.
    MaxWritesPerKey max_writes_per_key = "max-writes-per-key": u32,
    /// How services behave.
    Services services = "services": Services,
    /// Wait before the final reads.
    Recovery recovery = "recovery": Recovery,
    /// Seconds a node has to answer `init`.
    InitTimeout init_timeout = "init-timeout": f64,
    /// Milliseconds that a client waits for an answer.
    RpcTimeout rpc_timeout = "rpc-timeout": u64,
    /// Show what nodes print on stderr.
    LogStderr log_stderr = "log-stderr": bool,
    /// Log messages as they are sent.
    LogNetSend log_net_send = "log-net-send": bool,
    /// Log messages as they are received.
    LogNetRecv log_net_recv = "log-net-recv": bool,
    /// Whether duplicated elements make the run fail.
    FailOnDuplicates fail_on_duplicates = "fail-on-duplicates": bool,
    /// Stop reading a node's output where the reference does.
    Strict strict = "strict": bool,
    /// Continue to the end even if all answers are unusable.
    KeepGoing keep_going = "keep-going": bool,
    /// Seconds that a search for a verdict may take.
    SearchBudget search_budget = "search-budget": f64,
    /// Do not write `messages.jsonl`.
    NoJournal no_journal = "no-journal": bool,
    /// Seed of every random choice.
    Seed seed = "seed": u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_found_by_its_flag_and_set_from_text() {
        let texts = [
            "echo",
            "a, b",
            "3",
            "2n",
            "1.5",
            "4",
            "5",
            "uniform",
            "independent",
            "kill,loss",
            "6",
            "one-way",
            "majority",
            "0.1",
            "0.2",
            "7",
            "8",
            "0.3",
            "line",
            "total",
            "PL-1 , PL-2",
            "9",
            "10",
            "11",
            "documented",
            "2.5",
            "12",
            "13",
            "true",
            "false",
            "true",
            "false",
            "true",
            "true",
            "15",
            "true",
            "14",
        ];
        assert_eq!(texts.len(), Setting::ALL.len());
        let mut parameters = Parameters::default();
        for (setting, text) in Setting::ALL.iter().zip(texts) {
            assert_eq!(Setting::find(setting.flag()), Some(*setting));
            assert!(!parameters.sets(*setting));
            assert_eq!(parameters.set(*setting, text), Ok(()), "{}", setting.flag());
            assert!(parameters.sets(*setting));
            // `x` is invalid for every setting except the list of nodes, which accepts any name.
            let wrong = if *setting == Setting::Nodes { "" } else { "x" };
            assert!(parameters.clone().set(*setting, wrong).is_err(), "{}", setting.flag());
        }
        assert_eq!(parameters.nodes, Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!((parameters.seed, parameters.log_net_send), (Some(14), Some(false)));
        assert_eq!(Setting::find("frob"), None);
    }
}
