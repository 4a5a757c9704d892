//! The plan of one run: every setting decided and checked.

use crate::{
    Availability, Challenge, Concurrency, ConsistencyModel, Delivery, Faults, LatencyDistribution,
    Metric, Parameters, Recovery, Services, Setting, Topology, Workload,
};
use std::time::Duration;

/// A metric that must stay below a limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// What is measured.
    pub metric: Metric,
    /// Met when the value is below this, in the metric's unit.
    pub limit: f64,
}

/// Everything that decides a run, apart from the node itself.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Plan {
    /// Name of the challenge.
    pub challenge: String,
    /// What clients ask.
    pub workload: Workload,
    /// Names of the nodes, `n0` and on.
    pub nodes: Vec<String>,
    /// Number of workers, as it was said.
    pub concurrency: Concurrency,
    /// Number of workers.
    pub workers: u32,
    /// Operations per second over the whole test; 0 runs none.
    pub rate: f64,
    /// How long operations are issued.
    pub time_limit: Duration,
    /// Mean latency between nodes, in ms.
    pub latency_ms: u64,
    /// Shape of the latency.
    pub latency_distribution: LatencyDistribution,
    /// How receivers take messages.
    pub delivery: Delivery,
    /// Faults to inject.
    pub faults: Faults,
    /// Mean time between nemesis operations.
    pub nemesis_interval: Duration,
    /// Neighbours that broadcast suggests.
    pub topology: Topology,
    /// Fraction of operations that must succeed.
    pub availability: Option<Availability>,
    /// Consistency models that transactions must satisfy.
    pub consistency_models: Vec<ConsistencyModel>,
    /// Number of keys that transactions use at a time; none for the workload's own default.
    pub key_count: Option<u32>,
    /// Most operations of a transaction.
    pub max_txn_length: u32,
    /// Most writes to a key, after which another takes its place.
    pub max_writes_per_key: u32,
    /// How services behave.
    pub services: Services,
    /// Wait before the final reads.
    pub recovery: Recovery,
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
    /// Duplicated elements make the run fail.
    pub fail_on_duplicates: bool,
    /// Write `messages.jsonl`.
    pub journal: bool,
    /// Seed of every random choice.
    pub seed: u64,
    /// What the run should achieve beyond a valid history.
    pub targets: Vec<Target>,
    /// What the challenge, the file or a flag said, rather than a default; in the challenge's order.
    pub said: Vec<Setting>,
}

/// A setting that cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A flag or key has a value out of its range.
    #[error("invalid value {value} for --{flag}: expected {expected}")]
    OutOfRange {
        /// The flag's long name, also the key in `glomers.toml`.
        flag: &'static str,
        /// What was given.
        value: String,
        /// What is allowed.
        expected: &'static str,
    },
    /// A challenge of `glomers.toml` says no workload.
    #[error("challenge {0} has no workload: give it `extends` or `workload` in glomers.toml")]
    NoWorkload(String),
}

/// Most nodes of a run: each is a process with three pipes.
const MOST_NODES: u32 = 1000;
/// Most workers of a run.
const MOST_WORKERS: u32 = 100_000;
/// Longest duration of any kind, in seconds: a year.
const LONGEST_SECONDS: f64 = 365.0 * 86_400.0;

impl Plan {
    /// Decides every setting: those given, else the challenge's, else the reference's defaults.
    ///
    /// `seed` is used when none was given.
    pub fn resolve(challenge: &Challenge, given: Parameters, seed: u64) -> Result<Self, PlanError> {
        let given = given.over(&challenge.parameters);
        let workload =
            given.workload.ok_or_else(|| PlanError::NoWorkload(challenge.name.clone()))?;
        // The reference runs n1..n5 when nothing is said, and prefers the number to the names.
        let nodes = match given.node_count {
            None if given.nodes.is_some() => names(given.nodes.clone().unwrap_or_default())?,
            None => (1..=5).map(|number| format!("n{number}")).collect::<Vec<_>>(),
            Some(count) if (1..=MOST_NODES).contains(&count) => {
                (0..count).map(|number| format!("n{number}")).collect()
            }
            Some(count) => {
                return Err(PlanError::OutOfRange {
                    flag: "node-count",
                    value: count.to_string(),
                    expected: "1 to 1000 nodes",
                });
            }
        };
        let node_count = u32::try_from(nodes.len()).unwrap_or(MOST_NODES);
        let concurrency = given.concurrency.unwrap_or(Concurrency::PerNode(1));
        let workers = concurrency
            .workers(node_count)
            .filter(|workers| (1..=MOST_WORKERS).contains(workers))
            .ok_or_else(|| PlanError::OutOfRange {
                flag: "concurrency",
                value: concurrency.to_string(),
                expected: "1 to 100000 workers",
            })?;
        let latency_ms = given.latency.unwrap_or(0);
        let rate = given.rate.unwrap_or(5.0);
        if !(rate >= 0.0 && rate.is_finite()) {
            return Err(PlanError::OutOfRange {
                flag: "rate",
                value: rate.to_string(),
                expected: "a number of operations per second, 0 or more",
            });
        }
        Ok(Self {
            challenge: challenge.name.clone(),
            workload,
            said: said(&given, challenge.order),
            nodes,
            concurrency,
            workers,
            rate,
            time_limit: seconds("time-limit", given.time_limit.unwrap_or(60.0))?,
            latency_ms,
            latency_distribution: given.latency_dist.unwrap_or(LatencyDistribution::Constant),
            delivery: given.delivery.unwrap_or(Delivery::Queued),
            faults: given.nemesis.unwrap_or_default(),
            nemesis_interval: seconds("nemesis-interval", given.nemesis_interval.unwrap_or(10.0))?,
            topology: given.topology.unwrap_or(Topology::Grid),
            availability: given.availability,
            consistency_models: given
                .consistency_models
                .unwrap_or_else(|| vec![ConsistencyModel::DEFAULT]),
            key_count: given.key_count.map(|count| at_least_1("key-count", count)).transpose()?,
            max_txn_length: at_least_1("max-txn-length", given.max_txn_length.unwrap_or(4))?,
            max_writes_per_key: at_least_1(
                "max-writes-per-key",
                given.max_writes_per_key.unwrap_or(16),
            )?,
            services: given.services.unwrap_or(Services::Reference),
            recovery: given.recovery.unwrap_or(Recovery::Wait(Duration::from_secs(10))),
            init_timeout: seconds("init-timeout", given.init_timeout.unwrap_or(10.0))?,
            rpc_timeout: match given.rpc_timeout {
                None => workload.rpc_timeout(latency_ms),
                Some(0) => {
                    return Err(PlanError::OutOfRange {
                        flag: "rpc-timeout",
                        value: "0".to_owned(),
                        expected: "a positive number of milliseconds",
                    });
                }
                Some(ms) => Duration::from_millis(ms),
            },
            log_stderr: given.log_stderr.unwrap_or(false),
            log_net_send: given.log_net_send.unwrap_or(false),
            log_net_recv: given.log_net_recv.unwrap_or(false),
            fail_on_duplicates: given.fail_on_duplicates.unwrap_or(false),
            journal: !given.no_journal.unwrap_or(false),
            seed: given.seed.unwrap_or(seed),
            targets: challenge.targets.clone(),
        })
    }
}

/// Names that can be told apart from each other, and from services and clients.
fn names(names: Vec<String>) -> Result<Vec<String>, PlanError> {
    /// Names that the network gives to services.
    const SERVICES: [&str; 4] = ["lin-kv", "lin-tso", "lww-kv", "seq-kv"];
    let is_client = |name: &str| {
        name.strip_prefix('c')
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let is_bad = |(place, name): (usize, &String)| {
        name.is_empty()
            || name.chars().any(|c| c.is_control() || matches!(c, '/' | '.'))
            || names[..place].contains(name)
            || SERVICES.contains(&name.as_str())
            || is_client(name)
    };
    let most = usize::try_from(MOST_NODES).unwrap_or(usize::MAX);
    if names.is_empty() || names.len() > most || names.iter().enumerate().any(is_bad) {
        return Err(PlanError::OutOfRange {
            flag: "nodes",
            value: names.join(","),
            expected: "1 to 1000 names, each once; no name of a service or a client (c1), no `/`, \
                       no `.`",
        });
    }
    Ok(names)
}

/// What is set, first in this order, then in that of the parameters.
fn said(given: &Parameters, order: &[Setting]) -> Vec<Setting> {
    let rest = Setting::ALL.iter().filter(|setting| !order.contains(setting));
    order.iter().chain(rest).copied().filter(|setting| given.sets(*setting)).collect()
}

fn at_least_1(flag: &'static str, value: u32) -> Result<u32, PlanError> {
    let problem = PlanError::OutOfRange { flag, value: value.to_string(), expected: "1 or more" };
    if value > 0 { Ok(value) } else { Err(problem) }
}

fn seconds(flag: &'static str, value: f64) -> Result<Duration, PlanError> {
    let in_range = value > 0.0 && value <= LONGEST_SECONDS;
    in_range.then(|| Duration::from_secs_f64(value)).ok_or_else(|| PlanError::OutOfRange {
        flag,
        value: value.to_string(),
        expected: "a positive number of seconds",
    })
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
    fn what_nobody_sets_is_as_in_the_reference() {
        let plan = resolve(Parameters::default()).unwrap();
        assert_eq!(plan.nodes, ["n1", "n2", "n3", "n4", "n5"]);
        assert_eq!((plan.workers, plan.rate, plan.latency_ms), (5, 5.0, 100));
        assert_eq!(plan.time_limit, Duration::from_mins(1));
        assert_eq!(plan.recovery, Recovery::Wait(Duration::from_secs(10)));
        assert_eq!((plan.topology, plan.delivery), (Topology::Grid, Delivery::Queued));
        assert_eq!((plan.availability, plan.faults.is_empty()), (None, true));
        assert_eq!((plan.journal, plan.seed), (true, 7));
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
        // In the challenge's order, and then in the flags' own.
        let named =
            Parameters { nodes: Some(vec!["c".into(), "x".into()]), ..Parameters::default() };
        assert_eq!(resolve(named).unwrap().nodes, ["c", "x"]);
        let flags: Vec<&str> = plan.said.iter().map(|setting| setting.flag()).collect();
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
            (Parameters { init_timeout: Some(f64::NAN), ..none() }, "init-timeout"),
            (Parameters { rpc_timeout: Some(0), ..none() }, "rpc-timeout"),
            (Parameters { nodes: Some(vec!["a".into(), "a".into()]), ..none() }, "nodes"),
            (Parameters { nodes: Some(vec!["c1".into()]), ..none() }, "nodes"),
            (Parameters { nodes: Some(vec!["../x".into()]), ..none() }, "nodes"),
            (Parameters { key_count: Some(0), ..none() }, "key-count"),
            (Parameters { max_txn_length: Some(0), ..none() }, "max-txn-length"),
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
