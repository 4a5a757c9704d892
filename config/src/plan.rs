//! The plan of one run: every setting, resolved and checked.

mod node_names;
mod useless;

use crate::settings::range::{self, kill_targets};
use crate::settings::{
    DEFAULT_LATENCY_MS, Known, for_each_setting, optional, or, or_else, seconds_or,
};
use crate::{
    Availability, Challenge, Concurrency, ConsistencyModel, Delivery, Faults, KillTargets,
    LatencyDistribution, Metric, Parameters, PartitionShapes, Recovery, Services, Setting, Target,
    ThreadSchedule, Topology, Workload,
};
use node_names::node_names;
use std::time::Duration;

pub use useless::{Useless, UselessSetting};

/// The wait before the final reads in the reference.
const REFERENCE_RECOVERY: Duration = Duration::from_secs(10);

macro_rules! plan {
    ($($setting:ident $flag:literal $heading:ident $value_name:literal $help:literal {
        given { $given:ident: $given_type:ty, $range:ident }
        plan { $($field:ident: $type:ty = $resolve:expr)?, $value:expr }
        maelstrom $maelstrom:tt
    })+) => {
        /// Everything that determines a run, except the node itself.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Plan {
            /// Name of the challenge.
            pub challenge: String,
            /// Number of workers, for the number of nodes.
            pub workers: u32,
            $($(#[doc = $help] pub $field: $type,)?)+
            /// Targets of the run, in addition to a valid history.
            pub targets: Vec<Target>,
            /// The settings that the challenge, the file or a flag sets (not defaults), in the
            /// challenge's order.
            pub explicit: Vec<Setting>,
        }

        impl Plan {
            /// Resolves every setting: those given, else the challenge's, else the reference's
            /// defaults.
            ///
            /// `seed` is used if no seed was given.
            pub fn resolve(
                challenge: &Challenge,
                given: Parameters,
                seed: u64,
            ) -> Result<Self, PlanError> {
                let given = given.over(&challenge.parameters);
                let workload =
                    given.workload.ok_or_else(|| PlanError::NoWorkload(challenge.name.clone()))?;
                given.check_ranges()?;
                let nodes = node_names(&given)?;
                let latency_ms = given.latency.unwrap_or(DEFAULT_LATENCY_MS);
                let concurrency = given.concurrency.unwrap_or(Concurrency::DEFAULT);
                let workers = range::workers(concurrency, nodes.len())?;
                let known = Known { workload, nodes, latency_ms, seed };
                let explicit = explicit(&given, challenge.order);
                Ok(Self {
                    challenge: challenge.name.clone(),
                    workers,
                    $($($field: resolve($resolve, given.$given, &known)?,)?)+
                    targets: challenge.targets.clone(),
                    explicit,
                })
            }

            /// Every setting, so that a challenge without any settings results in the same plan.
            #[must_use]
            pub fn parameters(&self) -> Parameters {
                Parameters { $($given: value($value, self),)+ }
            }
        }
    };
}

for_each_setting!(plan);

/// Calls the conversion; it exists to give a closure its types.
fn resolve<G, P>(
    convert: impl FnOnce(Option<G>, &Known) -> Result<P, PlanError>,
    given: Option<G>,
    known: &Known,
) -> Result<P, PlanError> {
    convert(given, known)
}

/// Calls the conversion; it exists to give a closure its types.
fn value<G>(convert: impl FnOnce(&Plan) -> Option<G>, plan: &Plan) -> Option<G> {
    convert(plan)
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
