//! The plan of one run: every setting, resolved and checked.

mod node_names;
mod range;
mod useless;

use crate::{
    Availability, Challenge, Concurrency, ConsistencyModel, Delivery, Faults, KillTargets,
    LatencyDistribution, Metric, Parameters, PartitionShapes, Services, Setting, Target, Topology,
    Workload,
};
use node_names::node_names;
use range::{at_least_1, probability, seconds};
use std::time::Duration;

pub use useless::{Useless, UselessSetting};

/// The wait before the final reads in the reference.
const REFERENCE_RECOVERY: Duration = Duration::from_secs(10);
/// Default limit in seconds for the search for a verdict.
const DEFAULT_SEARCH: f64 = 5.0;

/// Everything that determines a run, except the node itself.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate flag")]
pub struct Plan {
    /// Name of the challenge.
    pub challenge: String,
    /// The workload.
    pub workload: Workload,
    /// Names of the nodes; `n0`, `n1`, ... by default.
    pub nodes: Vec<String>,
    /// Number of workers, in the form in which it was given.
    pub concurrency: Concurrency,
    /// Number of workers, resolved.
    pub workers: u32,
    /// Operations per second over the whole test; 0 for no operations.
    pub rate: f64,
    /// How long operations are issued.
    pub time_limit: Duration,
    /// Mean latency between nodes, in ms.
    pub latency_ms: u64,
    /// Distribution of latencies.
    pub latency_distribution: LatencyDistribution,
    /// How receivers take messages from their queue.
    pub delivery: Delivery,
    /// Faults to inject.
    pub faults: Faults,
    /// Mean time between nemesis operations.
    pub nemesis_interval: Duration,
    /// Shapes that partitions are drawn from.
    pub partition_shapes: PartitionShapes,
    /// The choices that the targets of kills and pauses are drawn from.
    pub kill_targets: KillTargets,
    /// Probability that a message between nodes is lost while that fault is active: above 0, at
    /// most 1.
    pub loss: f64,
    /// Probability that a message between nodes is delivered twice while that fault is active:
    /// above 0, at most 1.
    pub duplicate: f64,
    /// Mean of the extra delay of messages while they are reordered, in ms: 1 or more.
    pub reorder_ms: u64,
    /// Factor of latencies while the network is slow: above 1.
    pub slow: f64,
    /// Fraction by which a clock may run too fast or too slowly: between 0 and 1.
    pub skew: f64,
    /// Neighbours that the broadcast workload suggests.
    pub topology: Topology,
    /// Fraction of operations that must succeed.
    pub availability: Option<Availability>,
    /// Consistency models that transactions must satisfy.
    pub consistency_models: Vec<ConsistencyModel>,
    /// Number of keys that transactions use at the same time; `None` for the workload's own
    /// default.
    pub key_count: Option<u32>,
    /// Maximum number of operations in a transaction.
    pub max_txn_length: u32,
    /// Maximum number of writes to a key, after which a new key replaces it.
    pub max_writes_per_key: u32,
    /// How services behave.
    pub services: Services,
    /// Wait before the final reads.
    pub recovery: Duration,
    /// How long a node has to answer `init`.
    pub init_timeout: Duration,
    /// How long a client waits for an answer.
    pub rpc_timeout: Duration,
    /// Show what nodes print on stderr.
    pub log_stderr: bool,
    /// Log messages as they are sent.
    pub log_net_send: bool,
    /// Log messages as they are received.
    pub log_net_recv: bool,
    /// Whether duplicated elements make the run fail.
    pub fail_on_duplicates: bool,
    /// Ignore a node's output after a line at which the reference would stop reading it.
    pub strict: bool,
    /// Continue to the end even if all answers to some type of request are unusable.
    pub keep_going: bool,
    /// How long a search for a verdict may take on a typical machine. It is measured in steps, so
    /// that the same history always gets the same verdict.
    pub search_budget: Duration,
    /// Whether to write `messages.jsonl`.
    pub journal: bool,
    /// Seed of every random choice.
    pub seed: u64,
    /// Targets of the run, in addition to a valid history.
    pub targets: Vec<Target>,
    /// The settings that the challenge, the file or a flag sets (not defaults), in the challenge's
    /// order.
    pub explicit: Vec<Setting>,
}

/// A setting that cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A flag or key has a value out of its range.
    #[error("invalid value {value} for --{flag}: expected {expected}")]
    OutOfRange {
        /// The flag's long name, also the key in `glomers.toml`.
        flag: &'static str,
        /// The value that was given.
        value: String,
        /// What is allowed.
        expected: &'static str,
    },
    /// The same layer gives names of nodes and a different number of nodes.
    #[error(
        "--nodes names {names} {}, and --node-count says {count}: give one of them",
        if *.names == 1 { "node" } else { "nodes" }
    )]
    NodeCount {
        /// The value of `--node-count`.
        count: u32,
        /// Number of names in `--nodes`.
        names: usize,
    },
    /// A target for a metric that the workload does not measure.
    #[error("the target {metric} is never measured in the workload {workload}: drop it; {}", measured(*.workload))]
    Unmeasured {
        /// The metric of the target.
        metric: Metric,
        /// The plan's workload.
        workload: Workload,
    },
    /// A challenge of `glomers.toml` sets no workload.
    #[error("challenge {0} has no workload: give it `extends` or `workload` in glomers.toml")]
    NoWorkload(String),
}

impl Plan {
    /// Resolves every setting: those given, else the challenge's, else the reference's defaults.
    ///
    /// `seed` is used if no seed was given.
    pub fn resolve(challenge: &Challenge, given: Parameters, seed: u64) -> Result<Self, PlanError> {
        let given = given.over(&challenge.parameters);
        let workload =
            given.workload.ok_or_else(|| PlanError::NoWorkload(challenge.name.clone()))?;
        let nodes = node_names(&given)?;
        let count = nodes.len();
        let concurrency = given.concurrency.unwrap_or(Concurrency::PerNode(1));
        let latency_ms = given.latency.unwrap_or(0);
        Ok(Self {
            challenge: challenge.name.clone(),
            workload,
            explicit: explicit(&given, challenge.order),
            workers: range::workers(concurrency, nodes.len())?,
            nodes,
            concurrency,
            rate: range::rate(given.rate.unwrap_or(5.0))?,
            time_limit: seconds("time-limit", given.time_limit.unwrap_or(60.0))?,
            latency_ms,
            latency_distribution: given.latency_dist.unwrap_or(LatencyDistribution::Constant),
            delivery: given.delivery.unwrap_or(Delivery::Queued),
            faults: given.nemesis.unwrap_or_default(),
            nemesis_interval: range::nemesis_interval(given.nemesis_interval.unwrap_or(10.0))?,
            partition_shapes: given.partition_shapes.unwrap_or_default(),
            kill_targets: range::kill_targets(given.kill_targets.unwrap_or_default(), count)?,
            loss: probability("loss", given.loss.unwrap_or(0.05))?,
            duplicate: probability("duplicate", given.duplicate.unwrap_or(0.05))?,
            reorder_ms: range::reorder(given.reorder.unwrap_or(100))?,
            slow: range::slow(given.slow.unwrap_or(10.0))?,
            skew: range::skew(given.skew.unwrap_or(0.5))?,
            topology: given.topology.unwrap_or(Topology::Grid),
            availability: given.availability,
            consistency_models: given
                .consistency_models
                .unwrap_or_else(|| vec![ConsistencyModel::DEFAULT]),
            key_count: given.key_count.map(|count| at_least_1("key-count", count)).transpose()?,
            max_txn_length: range::transaction_length(given.max_txn_length.unwrap_or(4))?,
            max_writes_per_key: at_least_1(
                "max-writes-per-key",
                given.max_writes_per_key.unwrap_or(16),
            )?,
            services: given.services.unwrap_or(Services::Reference),
            recovery: given.recovery.map_or(REFERENCE_RECOVERY, |recovery| recovery.0),
            init_timeout: seconds("init-timeout", given.init_timeout.unwrap_or(10.0))?,
            rpc_timeout: given
                .rpc_timeout
                .map_or_else(|| Ok(workload.rpc_timeout(latency_ms)), range::rpc_timeout)?,
            log_stderr: given.log_stderr.unwrap_or(false),
            log_net_send: given.log_net_send.unwrap_or(false),
            log_net_recv: given.log_net_recv.unwrap_or(false),
            fail_on_duplicates: given.fail_on_duplicates.unwrap_or(false),
            strict: given.strict.unwrap_or(false),
            keep_going: given.keep_going.unwrap_or(false),
            search_budget: seconds("search-budget", given.search_budget.unwrap_or(DEFAULT_SEARCH))?,
            journal: !given.no_journal.unwrap_or(false),
            seed: given.seed.unwrap_or(seed),
            targets: challenge.targets.clone(),
        })
    }

    /// Fails with the first target whose metric the workload does not measure.
    pub fn check_targets(&self) -> Result<(), PlanError> {
        let workload = self.workload;
        let mut metrics = self.targets.iter().map(|target| target.metric);
        match metrics.find(|metric| !metric.is_measured_in(workload)) {
            Some(metric) => Err(PlanError::Unmeasured { metric, workload }),
            None => Ok(()),
        }
    }
}

/// The metrics that the workload measures, for an error message.
fn measured(workload: Workload) -> String {
    let metrics = Metric::ALL.iter().filter(|metric| metric.is_measured_in(workload));
    let names: Vec<&str> = metrics.map(|metric| metric.name()).collect();
    format!("measured are {}", names.join(", "))
}

/// The settings that are set: first those in `order`, then the others in the order of the
/// parameters.
fn explicit(given: &Parameters, order: &[Setting]) -> Vec<Setting> {
    let rest = Setting::ALL.iter().filter(|setting| !order.contains(setting));
    order.iter().chain(rest).copied().filter(|setting| given.sets(*setting)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::challenges;

    fn resolve(given: Parameters) -> Result<Plan, PlanError> {
        let challenge = Challenge {
            name: "mine".to_owned(),
            alias: "",
            order: &[Setting::Latency],
            parameters: Parameters {
                workload: Some(Workload::Broadcast),
                latency: Some(100),
                ..Parameters::default()
            },
            targets: Vec::new(),
        };
        Plan::resolve(&challenge, given, 7)
    }

    #[test]
    fn what_no_one_sets_is_as_in_the_reference() {
        let plan = resolve(Parameters::default()).unwrap();
        assert_eq!(plan.nodes, ["n1", "n2", "n3", "n4", "n5"]);
        assert_eq!((plan.workers, plan.rate, plan.latency_ms), (5, 5.0, 100));
        assert_eq!(plan.time_limit, Duration::from_mins(1));
        assert_eq!(plan.recovery, Duration::from_secs(10));
        assert_eq!((plan.topology, plan.delivery), (Topology::Grid, Delivery::Queued));
        assert_eq!((plan.availability, plan.faults.is_empty()), (None, true));
        assert_eq!((plan.journal, plan.seed), (true, 7));
        assert_eq!(plan.partition_shapes, PartitionShapes::default());
        assert_eq!((plan.loss, plan.duplicate, plan.reorder_ms), (0.05, 0.05, 100));
        assert_eq!((plan.slow, plan.skew), (10.0, 0.5));
        let lin_kv = Parameters { workload: Some(Workload::LinKv), ..Parameters::default() };
        assert_eq!(plan.rpc_timeout, Duration::from_secs(5));
        assert_eq!(resolve(lin_kv).unwrap().rpc_timeout, Duration::from_secs(1));
    }

    #[test]
    fn what_is_given_goes_over_the_challenge() {
        let given = Parameters {
            node_count: Some(3),
            concurrency: Some(Concurrency::PerNode(4)),
            latency: Some(0),
            no_journal: Some(true),
            seed: Some(1),
            ..Parameters::default()
        };
        let plan = resolve(given).unwrap();
        assert_eq!(plan.nodes, ["n0", "n1", "n2"]);
        assert_eq!((plan.workers, plan.latency_ms), (12, 0));
        assert_eq!((plan.journal, plan.seed), (false, 1));
        // In the challenge's order, then in the order of the flags.
        let named =
            Parameters { nodes: Some(vec!["c".into(), "x".into()]), ..Parameters::default() };
        assert_eq!(resolve(named.clone()).unwrap().nodes, ["c", "x"]);
        // Names override a number of nodes, and a number overrides names.
        let challenges = challenges();
        let over_one = Plan::resolve(&challenges[0], named.clone(), 0).unwrap();
        assert_eq!(over_one.nodes, ["c", "x"]);
        let explicit = &over_one.explicit;
        assert!(explicit.contains(&Setting::Nodes) && !explicit.contains(&Setting::NodeCount));
        let one = Parameters { node_count: Some(1), ..Parameters::default() };
        assert_eq!(one.over(&named).nodes, None);
        let flags: Vec<&str> = plan.explicit.iter().map(|setting| setting.flag()).collect();
        let expected = ["latency", "workload", "node-count", "concurrency", "no-journal", "seed"];
        assert_eq!(flags, expected);
    }

    #[test]
    fn every_built_in_challenge_can_be_planned() {
        for challenge in challenges() {
            let plan = Plan::resolve(&challenge, Parameters::default(), 0).unwrap();
            assert_eq!(plan.targets, challenge.targets, "{}", challenge.name);
        }
    }

    #[test]
    fn targets_that_the_workload_never_measures_are_refused() {
        for challenge in challenges() {
            let plan = Plan::resolve(&challenge, Parameters::default(), 0).unwrap();
            assert_eq!(plan.check_targets(), Ok(()), "{}", challenge.name);
        }
        let mut plan = resolve(Parameters::default()).unwrap();
        plan.targets = vec![crate::Target::new(Metric::PropagationMax, 100.0)];
        assert_eq!(plan.check_targets(), Ok(()));
        plan.workload = Workload::Echo;
        let text = plan.check_targets().unwrap_err().to_string();
        assert_eq!(
            text,
            "the target propagation-max is never measured in the workload echo: drop it; measured \
             are msgs-per-op, server-msgs-per-op, load-server-msgs-per-op, ok-fraction, op-count, \
             op-latency-p50, op-latency-p95, op-latency-p99, op-latency-max"
        );
    }

    #[test]
    fn values_out_of_range_name_their_flag() {
        let none = Parameters::default;
        for (given, flag) in [
            (Parameters { node_count: Some(0), ..none() }, "node-count"),
            (Parameters { node_count: Some(1001), ..none() }, "node-count"),
            (
                Parameters { concurrency: Some(Concurrency::PerNode(u32::MAX)), ..none() },
                "concurrency",
            ),
            (Parameters { rate: Some(-1.0), ..none() }, "rate"),
            (Parameters { rate: Some(f64::NAN), ..none() }, "rate"),
            (Parameters { rate: Some(f64::INFINITY), ..none() }, "rate"),
            (Parameters { time_limit: Some(f64::INFINITY), ..none() }, "time-limit"),
            (Parameters { nemesis_interval: Some(0.0), ..none() }, "nemesis-interval"),
            (Parameters { nemesis_interval: Some(1e-9), ..none() }, "nemesis-interval"),
            (Parameters { nodes: Some(vec!["5".into()]), ..none() }, "nodes"),
            (Parameters { init_timeout: Some(f64::NAN), ..none() }, "init-timeout"),
            (Parameters { rpc_timeout: Some(0), ..none() }, "rpc-timeout"),
            (Parameters { loss: Some(0.0), ..none() }, "loss"),
            (Parameters { loss: Some(1.01), ..none() }, "loss"),
            (Parameters { duplicate: Some(f64::NAN), ..none() }, "duplicate"),
            (Parameters { reorder: Some(0), ..none() }, "reorder"),
            (Parameters { slow: Some(1.0), ..none() }, "slow"),
            (Parameters { slow: Some(f64::INFINITY), ..none() }, "slow"),
            (Parameters { skew: Some(0.0), ..none() }, "skew"),
            (Parameters { skew: Some(1.0), ..none() }, "skew"),
            (
                Parameters {
                    node_count: Some(3),
                    kill_targets: "minority-third".parse().ok(),
                    ..none()
                },
                "kill-targets",
            ),
            (Parameters { nodes: Some(vec!["a".into(), "a".into()]), ..none() }, "nodes"),
            (Parameters { nodes: Some(vec!["c1".into()]), ..none() }, "nodes"),
            (Parameters { nodes: Some(vec!["../x".into()]), ..none() }, "nodes"),
            (Parameters { key_count: Some(0), ..none() }, "key-count"),
            (Parameters { max_txn_length: Some(0), ..none() }, "max-txn-length"),
            (Parameters { max_txn_length: Some(10_001), ..none() }, "max-txn-length"),
        ] {
            let error = resolve(given).unwrap_err();
            assert!(matches!(error, PlanError::OutOfRange { flag: named, .. } if named == flag));
        }
        assert_eq!(
            resolve(Parameters { rate: Some(0.0), ..none() }).map(|plan| plan.rate),
            Ok(0.0)
        );
    }
}
