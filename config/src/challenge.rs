//! The Gossip Glomers challenges.

use crate::Setting::{
    Availability as Available, Concurrency as Workers, ConsistencyModels, Latency, Nemesis,
    NodeCount, Rate, TimeLimit,
};
use crate::{
    Availability, Concurrency, ConsistencyModel, Fault, Faults, Metric, Parameters, Setting,
    Target, Workload,
};

/// A named test: its settings, and its targets beyond a valid history.
#[derive(Debug, Clone, PartialEq)]
pub struct Challenge {
    /// Unique name, such as `broadcast-d`.
    pub name: String,
    /// Its number at Fly.io (`3e`), or empty.
    pub alias: &'static str,
    /// The settings that it fixes.
    pub parameters: Parameters,
    /// The order of the flags in its printed command line; settings that are not listed come last.
    pub order: &'static [Setting],
    /// Limits for metrics, in addition to a valid history.
    pub targets: Vec<Target>,
}

/// The order of flags in most command lines on Fly.io's pages.
const LOAD: &[Setting] = &[NodeCount, TimeLimit, Rate, Latency, Available, Nemesis];
/// The order of flags for the counter challenge.
const RATE_FIRST: &[Setting] = &[NodeCount, Rate, TimeLimit, Nemesis];
/// The order of flags for the log (kafka) challenges.
const WORKERS_FIRST: &[Setting] = &[NodeCount, Workers, TimeLimit, Rate];
/// The order of flags for the transaction challenges.
const TRANSACTIONS: &[Setting] =
    &[NodeCount, TimeLimit, Rate, Workers, ConsistencyModels, Available, Nemesis];

/// The 14 challenges as defined at <https://fly.io/dist-sys/>, in the order of that site.
#[must_use]
pub fn challenges() -> Vec<Challenge> {
    let challenge = |name: &str, alias, order, parameters| Challenge {
        name: name.to_owned(),
        alias,
        parameters,
        order,
        targets: Vec::new(),
    };
    let load = |workload, node_count, time_limit: f64| Parameters {
        workload: Some(workload),
        node_count: Some(node_count),
        time_limit: Some(time_limit),
        ..Parameters::default()
    };
    let partition = || Some(Faults::new(vec![Fault::Partition]));
    let broadcast = |nodes, rate: f64| Parameters {
        rate: Some(rate),
        ..load(Workload::Broadcast, nodes, 20.0)
    };
    let broadcast_25 = || Parameters { latency: Some(100), ..broadcast(25, 100.0) };
    let kafka = |nodes| Parameters {
        rate: Some(1000.0),
        concurrency: Some(Concurrency::PerNode(2)),
        ..load(Workload::Kafka, nodes, 20.0)
    };
    let txn = |nodes, model| Parameters {
        rate: Some(1000.0),
        concurrency: Some(Concurrency::PerNode(2)),
        availability: Some(Availability::Total),
        consistency_models: Some(vec![model]),
        ..load(Workload::TxnRwRegister, nodes, 20.0)
    };
    let targets = |msgs_per_op, median_ms, maximum_ms| {
        vec![
            Target::new(Metric::ServerMsgsPerOp, msgs_per_op),
            Target::new(Metric::StableLatencyP50, median_ms),
            Target::new(Metric::StableLatencyMax, maximum_ms),
        ]
    };
    vec![
        challenge("echo", "1", LOAD, load(Workload::Echo, 1, 10.0)),
        challenge(
            "unique-ids",
            "2",
            LOAD,
            Parameters {
                rate: Some(1000.0),
                availability: Some(Availability::Total),
                nemesis: partition(),
                ..load(Workload::UniqueIds, 3, 30.0)
            },
        ),
        challenge("broadcast-a", "3a", LOAD, broadcast(1, 10.0)),
        challenge("broadcast-b", "3b", LOAD, broadcast(5, 10.0)),
        challenge(
            "broadcast-c",
            "3c",
            LOAD,
            Parameters { nemesis: partition(), ..broadcast(5, 10.0) },
        ),
        Challenge {
            targets: targets(30.0, 400.0, 600.0),
            ..challenge("broadcast-d", "3d", LOAD, broadcast_25())
        },
        Challenge {
            targets: targets(20.0, 1000.0, 2000.0),
            ..challenge("broadcast-e", "3e", LOAD, broadcast_25())
        },
        challenge(
            "g-counter",
            "4",
            RATE_FIRST,
            Parameters {
                rate: Some(100.0),
                nemesis: partition(),
                ..load(Workload::GCounter, 3, 20.0)
            },
        ),
        challenge("kafka-a", "5a", WORKERS_FIRST, kafka(1)),
        challenge("kafka-b", "5b", WORKERS_FIRST, kafka(2)),
        challenge("kafka-c", "5c", WORKERS_FIRST, kafka(2)),
        challenge("txn-a", "6a", TRANSACTIONS, txn(1, ConsistencyModel::ReadUncommitted)),
        challenge(
            "txn-b",
            "6b",
            TRANSACTIONS,
            Parameters { nemesis: partition(), ..txn(2, ConsistencyModel::ReadUncommitted) },
        ),
        challenge(
            "txn-c",
            "6c",
            TRANSACTIONS,
            Parameters { nemesis: partition(), ..txn(2, ConsistencyModel::ReadCommitted) },
        ),
    ]
}

/// The workloads that share no challenge's name, ordered by name, each with the reference's
/// defaults and without targets. Exception: the reference rejects lin-kv with its own default of
/// one worker per node, because lin-kv needs two workers per key, so lin-kv gets two per node.
#[must_use]
pub fn workload_challenges() -> Vec<Challenge> {
    let challenges = challenges();
    let is_free = |workload: &Workload| find_challenge(&challenges, workload.name()).is_none();
    let workers = |workload| (workload == Workload::LinKv).then_some(Concurrency::PerNode(2));
    let challenge = |workload: Workload| Challenge {
        name: workload.to_string(),
        alias: "",
        parameters: Parameters {
            workload: Some(workload),
            concurrency: workers(workload),
            ..Parameters::default()
        },
        order: Setting::ALL,
        targets: Vec::new(),
    };
    Workload::ALL.into_iter().filter(is_free).map(challenge).collect()
}

/// Finds a challenge by name or number.
#[must_use]
pub fn find_challenge<'a>(challenges: &'a [Challenge], name: &str) -> Option<&'a Challenge> {
    challenges.iter().find(|challenge| challenge.name == name).or_else(|| {
        challenges.iter().find(|challenge| !challenge.alias.is_empty() && challenge.alias == name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn there_are_14_and_no_name_or_number_is_taken_twice() {
        let challenges = challenges();
        assert_eq!(challenges.len(), 14);
        let names: BTreeSet<&str> = challenges
            .iter()
            .flat_map(|challenge| [challenge.name.as_str(), challenge.alias])
            .collect();
        assert_eq!(names.len(), 28);
        for name in names {
            assert!(
                find_challenge(&challenges, name)
                    .is_some_and(|c| c.name == name || c.alias == name)
            );
        }
    }

    #[test]
    fn every_workload_can_be_run_by_its_name() {
        let mut all = challenges();
        all.extend(workload_challenges());
        for workload in Workload::ALL {
            let found = find_challenge(&all, workload.name()).unwrap();
            assert_eq!(found.parameters.workload, Some(workload));
        }
        let names: Vec<String> = workload_challenges().into_iter().map(|it| it.name).collect();
        let expected = [
            "broadcast",
            "g-set",
            "kafka",
            "lin-kv",
            "pn-counter",
            "txn-list-append",
            "txn-rw-register",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn targets_are_those_of_the_efficient_broadcasts() {
        let challenges = challenges();
        let limits = |name| -> Vec<String> {
            let challenge = find_challenge(&challenges, name).unwrap();
            challenge.targets.iter().map(ToString::to_string).collect()
        };
        let e =
            ["server-msgs-per-op < 20", "stable-latency-p50 < 1000", "stable-latency-max < 2000"];
        assert_eq!(limits("3e"), e);
        assert_eq!(limits("3d")[0], "server-msgs-per-op < 30");
        let with_targets = challenges.iter().filter(|challenge| !challenge.targets.is_empty());
        assert_eq!(with_targets.count(), 2);
        assert_eq!(find_challenge(&challenges, ""), None);
    }
}
