use super::*;
use glomers_config::ConsistencyModel;
use glomers_config::{
    Availability, Challenge, Concurrency, Delivery, Fault, Faults, KillTarget, KillTargets,
    LatencyDistribution, PartitionShape, PartitionShapes, Recovery, Services, Topology, Workload,
    challenges,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::time::Duration;

/// Removes what the object does not contain, and the form in which the number of workers was given.
fn without_names(plan: Plan) -> Plan {
    Plan {
        challenge: String::new(),
        targets: Vec::new(),
        explicit: Vec::new(),
        concurrency: Concurrency::Workers(plan.workers),
        ..plan
    }
}

/// Writes the plan, reads it back from the text, and resolves it again.
fn again(plan: &Plan) -> Plan {
    let text = serde_json::to_string(&plan_json(plan)).unwrap();
    let parameters = plan_parameters(&serde_json::from_str(&text).unwrap()).unwrap();
    let challenge = Challenge {
        name: plan.challenge.clone(),
        alias: "",
        parameters: Parameters::default(),
        order: &[],
        targets: Vec::new(),
    };
    Plan::resolve(&challenge, parameters, plan.seed.wrapping_add(1)).unwrap()
}

/// Names of nodes, or their number.
fn nodes() -> impl Strategy<Value = (Option<Vec<String>>, Option<u32>)> {
    let names = ["b,c", "-d", "n0"].map(str::to_owned).to_vec();
    prop_oneof![Just((Some(names), None)), (1_u32..60).prop_map(|n| (None, Some(n)))]
}

/// Unusual settings: at least those whose JSON is not simply their text. (A tuple of strategies has at most 12 elements.)
fn given() -> impl Strategy<Value = Parameters> {
    let seconds = || of(1e-6..31_536_000.0);
    let probability = || of(f64::MIN_POSITIVE..=1.0);
    let load = (
        of(select(Workload::ALL.to_vec())),
        nodes(),
        of(prop_oneof![
            (1_u32..9).prop_map(Concurrency::PerNode),
            (1_u32..999).prop_map(Concurrency::Workers)
        ]),
        of(0.0..1e300),
        seconds(),
        of(prop_oneof![Just(Availability::Total), (0.0..=1.0).prop_map(Availability::AtLeast)]),
        of(vec(select(ConsistencyModel::ALL), 1..4)),
        of(1_u32..),
        of(1_u32..=10_000),
        of(1_u32..),
    );
    let network = (
        of(any::<u64>()),
        of(select(LatencyDistribution::ALL)),
        of(select(Delivery::ALL)),
        of(subsequence(Fault::ALL, 0..=Fault::ALL.len()).prop_map(Faults::new)),
        of(0.01..31_536_000.0),
        of(vec(select(PartitionShape::ALL), 1..7)
            .prop_map(|shapes| PartitionShapes::new(&shapes).unwrap())),
        // `One` is always included, since it hits a node for any number of nodes.
        (
            of(subsequence(KillTarget::ALL, 1..=KillTarget::ALL.len())
                .prop_map(|targets| KillTargets::new(&[&[KillTarget::One], &targets[..]].concat()))
                .prop_map(Option::unwrap)),
            probability(),
        ),
        probability(),
        of(1_u64..),
        of(1.000_001..1e300),
        of(f64::MIN_POSITIVE..1.0),
        of(select(Topology::ALL)),
    );
    let rest = (
        of(select(Services::ALL)),
        of((0.0..1e6).prop_map(|wait| Recovery(Duration::from_secs_f64(wait)))),
        seconds(),
        of(1_u64..),
        of(any::<[bool; 5]>()),
        of(any::<u64>()),
        seconds(),
        of(any::<u32>()),
    );
    (load, network, rest).prop_map(|(load, network, rest)| {
        let flag = |position: usize| rest.4.map(|flags| flags[position]);
        Parameters {
            workload: load.0,
            nodes: load.1.0,
            node_count: load.1.1,
            concurrency: load.2,
            rate: load.3,
            time_limit: load.4,
            availability: load.5,
            consistency_models: load.6,
            key_count: load.7,
            max_txn_length: load.8,
            max_writes_per_key: load.9,
            latency: network.0,
            latency_dist: network.1,
            delivery: network.2,
            nemesis: network.3,
            nemesis_interval: network.4,
            partition_shapes: network.5,
            kill_targets: network.6.0,
            loss: network.6.1,
            duplicate: network.7,
            reorder: network.8,
            slow: network.9,
            skew: network.10,
            topology: network.11,
            services: rest.0,
            recovery: rest.1,
            init_timeout: rest.2,
            rpc_timeout: rest.3,
            log_stderr: flag(0),
            fail_on_duplicates: flag(1),
            strict: flag(2),
            keep_going: flag(3),
            search_budget: rest.6,
            no_journal: flag(4),
            journal_limit: rest.7,
            seed: rest.5,
            ..Parameters::default()
        }
    })
}

proptest! {
    #[test]
    fn a_plan_comes_back_from_its_json(challenge in select(challenges()), given in given()) {
        let plan = Plan::resolve(&challenge, given, 5).unwrap();
        prop_assert_eq!(without_names(again(&plan)), without_names(plan));
    }
}

#[test]
fn every_challenge_comes_back_from_its_json() {
    for challenge in challenges() {
        let plan = Plan::resolve(&challenge, Parameters::default(), u64::MAX).unwrap();
        assert_eq!(without_names(again(&plan)), without_names(plan), "{}", challenge.name);
    }
}

fn read(json: &str) -> Result<Parameters, String> {
    plan_parameters(&serde_json::from_str(json).unwrap()).map_err(|error| error.to_string())
}

#[test]
fn what_is_absent_or_null_is_not_set() {
    assert_eq!(read("{}"), Ok(Parameters::default()));
    assert_eq!(read(r#"{"seed": null, "key-count": null}"#), Ok(Parameters::default()));
    let numbered = read(r#"{"node-count": 2, "nodes": ["n0", "n1"]}"#).unwrap();
    assert_eq!((numbered.node_count, numbered.nodes), (Some(2), None));
    let named = read(r#"{"node-count": 2, "nodes": ["n1", "n2"]}"#).unwrap();
    assert_eq!((named.node_count, named.nodes.map(|names| names.len())), (None, Some(2)));
    assert_eq!(read(r#"{"node-count": 2}"#).unwrap().node_count, Some(2));
}

#[test]
fn what_cannot_be_read_is_named() {
    for (json, problem) in [
        (
            r#"{"joules": 1}"#,
            "its plan has an unknown setting joules: repeat it with the version that wrote it",
        ),
        (
            r#"{"rate": "fast"}"#,
            "its plan has an invalid rate \"fast\": expected a number of operations per second, 0 or more",
        ),
        (
            r#"{"nodes": ["a", 1]}"#,
            "its plan has an invalid nodes [\"a\",1]: expected one value, or an array of texts",
        ),
        (
            r#"{"seed": {}}"#,
            "its plan has an invalid seed {}: expected one value, or an array of texts",
        ),
    ] {
        assert_eq!(read(json), Err(problem.to_owned()));
    }
}
