//! One layer of settings: what a challenge, a file or the flags say, each field optional.

use crate::{
    Availability, Concurrency, Delivery, Faults, LatencyDistribution, Recovery, Topology, Workload,
};

macro_rules! parameters {
    ($($(#[$doc:meta])* $field:ident: $type:ty,)+) => {
        /// What one layer (challenge, `glomers.toml`, flags) says of a run; unset fields are left to
        /// the layer below, and in the end to [`Plan`](crate::Plan)'s defaults.
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct Parameters { $($(#[$doc])* pub $field: Option<$type>,)+ }

        impl Parameters {
            /// These, and where they are silent, those of the layer below.
            #[must_use]
            pub fn over(self, below: &Self) -> Self {
                Self { $($field: self.$field.or_else(|| below.$field.clone()),)+ }
            }
        }
    };
}

parameters! {
    /// What clients ask.
    workload: Workload,
    /// Number of nodes.
    node_count: u32,
    /// Number of workers.
    concurrency: Concurrency,
    /// Operations per second over the whole test.
    rate: f64,
    /// Seconds of load.
    time_limit: f64,
    /// Mean latency in ms.
    latency: u64,
    /// Shape of the latency.
    latency_dist: LatencyDistribution,
    /// How receivers take messages.
    delivery: Delivery,
    /// Faults to inject.
    nemesis: Faults,
    /// Mean seconds between nemesis operations.
    nemesis_interval: f64,
    /// Neighbours that broadcast suggests.
    topology: Topology,
    /// Fraction of operations that must succeed.
    availability: Availability,
    /// Consistency models that transactions must satisfy.
    consistency_models: Vec<String>,
    /// Wait before the final reads.
    recovery: Recovery,
    /// Seconds a node has to answer `init`.
    init_timeout: f64,
    /// Ms a client waits for an answer.
    rpc_timeout: u64,
    /// Show what nodes print on stderr.
    log_stderr: bool,
    /// Log messages as they are sent.
    log_net_send: bool,
    /// Log messages as they are received.
    log_net_recv: bool,
    /// Duplicated elements make the run fail.
    fail_on_duplicates: bool,
    /// Leave `messages.jsonl` out.
    no_journal: bool,
    /// Seed of every random choice.
    seed: u64,
}
