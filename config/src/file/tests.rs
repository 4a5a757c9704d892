use super::*;
use crate::InputError;
use crate::{
    Availability, Concurrency, ConsistencyModel, Delivery, Fault, Faults, KillTarget, KillTargets,
    LatencyDistribution, Metric, Parameters, PartitionShape, PartitionShapes, Plan, Recovery,
    Services, Setting, Target, Topology, Workload, find_challenge,
};
use insta::assert_snapshot;
use std::time::Duration;

fn parse(text: &str) -> ProjectFile {
    ProjectFile::parse(text, Path::new("/project/glomers.toml")).unwrap()
}

fn error(text: &str) -> String {
    ProjectFile::parse(text, Path::new("glomers.toml")).unwrap_err().to_string()
}

fn built_in(name: &str) -> Challenge {
    find_challenge(&crate::challenges(), name).unwrap().clone()
}

#[test]
fn an_empty_file_names_the_store_beside_it() {
    let file = parse("");
    assert_eq!(file.store, Path::new("/project/store"));
    assert_eq!(file.node.dir, Path::new("/project"));
    assert_eq!((file.node.build, file.node.bin, file.challenges), (None, None, vec![]));
}

#[test]
fn a_section_lies_over_the_built_in_challenge() {
    let file = parse(
        r#"
        build = "go build -o node ."
        bin = "node"
        args = ["--quiet"]
        store = "runs"
        maelstrom = "tools/maelstrom"

        [challenge.broadcast-e]
        topology = "tree4"
        targets = { server-msgs-per-op = 12, lost-count = 1 }

        [challenge.3a]
        bin = "/opt/node"
        args = []
        store = "/var/runs"
        "#,
    );
    assert_eq!(file.maelstrom.as_deref(), Some(Path::new("/project/tools/maelstrom")));
    let [e, a] = file.challenges.as_slice() else { panic!("{file:?}") };

    let built_in_e = built_in("broadcast-e");
    assert_eq!((e.challenge.name.as_str(), e.challenge.alias), ("broadcast-e", "3e"));
    let parameters =
        Parameters { topology: Some(Topology::Tree4), ..built_in_e.parameters.clone() };
    assert_eq!(e.challenge.parameters, parameters);
    let mut targets = built_in_e.targets.clone();
    targets[0].limit.bound = 12.0;
    targets.push(Target::new(Metric::LostCount, 1.0));
    assert_eq!(e.challenge.targets, targets);
    assert_eq!(e.node, file.node);
    assert_eq!(e.node.build.as_deref(), Some("go build -o node ."));
    assert_eq!(e.node.args, ["--quiet"]);
    assert_eq!(e.store, Path::new("/project/runs"));

    assert_eq!(a.challenge, built_in("broadcast-a"));
    assert_eq!(a.node.build, file.node.build);
    assert_eq!(a.node.bin.as_deref(), Some(Path::new("/opt/node")));
    assert_eq!(a.node.args, [""; 0]);
    assert_eq!(a.store, Path::new("/var/runs"));
}

#[test]
fn targets_go_the_metrics_direction_or_the_written_one() {
    let file = parse(
        r#"
        [challenge.echo]
        targets = { ok-fraction = 1, op-count = 50, op-latency-max = "<= 20 ms" }
        [challenge.3e]
        targets = { server-msgs-per-op = "> 1", stable-latency-p50 = "300", lost-count = 0 }
        "#,
    );
    let texts = |challenge: &ProjectChallenge| -> Vec<String> {
        challenge.challenge.targets.iter().map(ToString::to_string).collect()
    };
    let echo = ["ok-fraction >= 1", "op-count >= 50", "op-latency-max <= 20"];
    assert_eq!(texts(&file.challenges[0]), echo);
    let e = [
        "server-msgs-per-op > 1",
        "stable-latency-p50 < 300",
        "stable-latency-max < 2000",
        "lost-count <= 0",
    ];
    assert_eq!(texts(&file.challenges[1]), e);
}

#[test]
fn targets_of_another_workload_are_not_taken_over() {
    let file = parse("[challenge.quick]\nextends = '3e'\nworkload = 'echo'");
    let targets: Vec<String> =
        file.challenges[0].challenge.targets.iter().map(ToString::to_string).collect();
    assert_eq!(targets, ["server-msgs-per-op < 20"]);
}

#[test]
fn extending_takes_over_parameters_targets_and_node() {
    let file = parse(
        r#"
        [challenge.slow]
        extends = "quick"
        latency = 500

        [challenge.quick]
        extends = "3e"
        bin = "quick"
        rate = 1
        targets = { stable-latency-max = 900 }

        [challenge.own]
        workload = "echo"
        "#,
    );
    let [slow, quick, own] = file.challenges.as_slice() else { panic!("{file:?}") };
    assert_eq!((slow.challenge.name.as_str(), slow.challenge.alias), ("slow", ""));
    let below = built_in("broadcast-e").parameters;
    let expected = Parameters { latency: Some(500), rate: Some(1.0), ..below };
    assert_eq!(slow.challenge.parameters, expected);
    assert_eq!(slow.challenge.targets, quick.challenge.targets);
    let limits: Vec<f64> = slow.challenge.targets.iter().map(|target| target.limit.bound).collect();
    assert_eq!(limits, [20.0, 1000.0, 900.0]);
    assert_eq!(slow.node.bin.as_deref(), Some(Path::new("quick")));
    let echo = Parameters { workload: Some(Workload::Echo), ..Parameters::default() };
    assert_eq!(own.challenge.parameters, echo);
}

#[test]
fn a_built_in_challenge_may_extend_another() {
    let file = parse("[challenge.broadcast-e]\nextends = 'broadcast-b'");
    let expected = Challenge { name: "broadcast-e".into(), alias: "3e", ..built_in("3b") };
    assert_eq!(file.challenges[0].challenge, expected);
}

/// Many settings, written as a string.
const TEXTS: &str = r#"
        [challenge.c]
        workload = "txn-rw-register"
        nodes = "a, b"
        node-count = "2"
        concurrency = "2n"
        rate = "1.5"
        time-limit = "4"
        latency = "5"
        latency-dist = "uniform"
        delivery = "independent"
        nemesis = "partition"
        nemesis-interval = "6"
        partition-shapes = "one-way, one"
        kill-targets = "all, minority"
        loss = "0.25"
        duplicate = "0.75"
        reorder = "13"
        slow = "2.5"
        skew = "0.125"
        topology = "line"
        availability = "0.5"
        consistency-models = "read-committed, read-uncommitted"
        key-count = "10"
        max-txn-length = "11"
        max-writes-per-key = "12"
        services = "documented"
        recovery = "7"
        init-timeout = "8"
        rpc-timeout = "9"
        log-stderr = "true"
        fail-on-duplicates = "true"
        strict = "true"
        keep-going = "false"
        search-budget = "14"
        no-journal = "true"
        seed = "18446744073709551615"
    "#;

#[test]
fn every_setting_is_a_key() {
    let plan = Plan::resolve(&built_in("broadcast-a"), Parameters::default(), 3).unwrap();
    let defaults = plan.parameters();
    for setting in Setting::ALL {
        let Some(value) = defaults.value(*setting) else { continue };
        let text = format!("[challenge.3a]\n{} = '{value}'", setting.flag());
        let read = parse(&text).challenges[0].challenge.parameters.value(*setting);
        assert_eq!(read, Some(value), "{text}");
    }
}

#[test]
fn every_flag_can_be_set_as_text_or_in_its_own_type() {
    let expected = Parameters {
        workload: Some(Workload::TxnRwRegister),
        nodes: Some(vec!["a".into(), "b".into()]),
        node_count: Some(2),
        concurrency: Some(Concurrency::PerNode(2)),
        rate: Some(1.5),
        time_limit: Some(4.0),
        latency: Some(5),
        latency_dist: Some(LatencyDistribution::Uniform),
        delivery: Some(Delivery::Independent),
        nemesis: Some(Faults::new(vec![Fault::Partition])),
        nemesis_interval: Some(6.0),
        partition_shapes: PartitionShapes::new(&[PartitionShape::OneWay, PartitionShape::One]),
        kill_targets: KillTargets::new(&[KillTarget::All, KillTarget::Minority]),
        loss: Some(0.25),
        duplicate: Some(0.75),
        reorder: Some(13),
        slow: Some(2.5),
        skew: Some(0.125),
        topology: Some(Topology::Line),
        availability: Some(Availability::AtLeast(0.5)),
        consistency_models: Some(vec![
            ConsistencyModel::ReadCommitted,
            ConsistencyModel::ReadUncommitted,
        ]),
        key_count: Some(10),
        max_txn_length: Some(11),
        max_writes_per_key: Some(12),
        services: Some(Services::Documented),
        recovery: Some(Recovery(Duration::from_secs(7))),
        init_timeout: Some(8.0),
        rpc_timeout: Some(9),
        log_stderr: Some(true),
        fail_on_duplicates: Some(true),
        strict: Some(true),
        keep_going: Some(false),
        search_budget: Some(14.0),
        no_journal: Some(true),
        seed: Some(u64::MAX),
        ..Parameters::default()
    };
    assert_eq!(parse(TEXTS).challenges[0].challenge.parameters, expected);
    let typed: String = TEXTS
        .lines()
        .map(|line| match line.split_once(" = ") {
            Some((_, "\"2n\"" | "\"18446744073709551615\"")) | None => line.to_owned(),
            Some((key, value)) => {
                let bare = value.trim_matches('"');
                let items: Vec<_> = bare.split(", ").map(|item| format!("{item:?}")).collect();
                match key.trim() {
                    "nodes" | "nemesis" | "partition-shapes" | "kill-targets"
                    | "consistency-models" => {
                        format!("{key} = [{}]", items.join(", "))
                    }
                    _ if bare.starts_with(|c: char| c.is_ascii_digit()) => {
                        format!("{key} = {bare}")
                    }
                    _ if bare == "true" || bare == "false" => format!("{key} = {bare}"),
                    _ => line.to_owned(),
                }
            }
        })
        .collect::<Vec<_>>()
        .join("\n");
    assert!(typed.contains("node-count = 2") && typed.contains("nemesis = [\"partition\"]"));
    assert_eq!(parse(&typed).challenges[0].challenge.parameters, expected);
    let none = parse("[challenge.3c]\nnemesis = []").challenges.remove(0).challenge.parameters;
    assert_eq!(none.nemesis, Some(Faults::default()));
}

#[test]
fn wrong_keys_are_located_and_the_right_ones_listed() {
    assert_snapshot!(error("# a comment\nbulid = 'make'"), @"glomers.toml:2:1: unknown key bulid (did you mean build?)");
    assert_snapshot!(error("[challenge.echo]\n  node_count = 3"), @"glomers.toml:2:3: unknown key node_count (did you mean node-count?)");
    assert_snapshot!(error("[challenge.echo]\ntargets = { msgs = 3 }"), @r#"glomers.toml:2:13: invalid value "msgs": expected one of 20 names (did you mean msgs-per-op?)"#);
    assert_snapshot!(error("rate = 3"), @"glomers.toml:1:1: rate is not read here: it belongs in a [challenge.NAME] table");
    assert_snapshot!(error("[challenge]\nrate = 3"), @"glomers.toml:2:1: rate is not read here: it belongs in a [challenge.NAME] table, since [challenge] holds only those");
    assert_snapshot!(error("[challenges.echo]\nrate = 3"), @"glomers.toml:1:2: unknown key challenges (did you mean challenge?)");
    assert_snapshot!(error("[challenge.echo]\nrate = 3\nmaelstrom = '.'"), @"glomers.toml:3:1: maelstrom is not read here: it belongs at the top of the file, above every [challenge.NAME]");
    assert_snapshot!(error("[challenge.echo]\nrate = 3\nrate = 4"), @"glomers.toml:3:1: duplicate key");
    assert_snapshot!(error("[challenge.echo"), @"glomers.toml:1:16: unclosed table, expected `]`");
}

#[test]
fn wrong_values_are_located_and_what_is_allowed_is_said() {
    assert_snapshot!(error("args = 'x'"), @r#"glomers.toml:1:8: invalid value for args: expected a list of texts: args = ["--verbose"]"#);
    assert_snapshot!(error("args = ['x', 3]"), @r#"glomers.toml:1:8: invalid value for args: expected a list of texts: args = ["--verbose"]"#);
    let flag = |text: &str| error(&format!("[challenge.echo]\nrate = 1\n{text}"));
    assert_snapshot!(flag("workload = 'ecko'"), @r#"glomers.toml:3:12: workload: invalid value "ecko": expected one of broadcast, echo, g-counter, g-set, kafka, lin-kv, pn-counter, txn-list-append, txn-rw-register, unique-ids (did you mean echo?)"#);
    assert_snapshot!(flag("node-count = -1"), @r#"glomers.toml:3:14: node-count: invalid value "-1": expected a whole number from 0 to 4294967295"#);
    assert_snapshot!(flag("time-limit = nan"), @r#"glomers.toml:3:14: time-limit: invalid value "NaN": expected a number"#);
    assert_snapshot!(flag("log-stderr = 1"), @r#"glomers.toml:3:14: log-stderr: invalid value "1": expected true or false"#);
    assert_snapshot!(flag("nemesis = ['partition', 'flood']"), @r#"glomers.toml:3:11: nemesis: invalid value ["partition", "flood"]: expected none, or a comma-separated list of: partition, loss, duplicate, reorder, slow, kill, pause, skew"#);
    assert_snapshot!(flag("partition-shapes = []"), @"glomers.toml:3:20: partition-shapes: invalid value []: expected a comma-separated list of: one, minority-third, majority, majorities-ring, one-way");
    assert_snapshot!(flag("nemesis = [1]"), @r#"glomers.toml:3:11: invalid value for nemesis: expected texts in quotes in the list: nemesis = ["...", "..."]"#);
    assert_snapshot!(flag("latency = [1]"), @r#"glomers.toml:3:11: invalid value for latency: expected texts in quotes in the list: latency = ["...", "..."]"#);
    assert_snapshot!(flag("latency = ['1']"), @r#"glomers.toml:3:11: latency: invalid value ["1"]: expected a single value, not an array"#);
    assert_snapshot!(flag("seed = { a = 1 }"), @"glomers.toml:3:8: invalid value for seed: expected a single value, as --seed takes it");
    assert_snapshot!(flag("nodes = ''"), @r#"glomers.toml:3:9: nodes: invalid value "": expected one or more names"#);
    assert_snapshot!(flag("targets = { op-count = 'few' }"), @r#"glomers.toml:3:24: invalid value few for op-count: expected a number, 0 or more, or a comparison such as ">= 10""#);
    assert_snapshot!(flag("targets = { ok-fraction = nan }"), @r#"glomers.toml:3:27: invalid value NaN for ok-fraction: expected a number, 0 or more, or a comparison such as ">= 0.99""#);
    assert_snapshot!(flag("targets = { ok-fraction = -0.5 }"), @r#"glomers.toml:3:27: invalid value -0.5 for ok-fraction: expected a number, 0 or more, or a comparison such as ">= 0.99""#);
    assert_snapshot!(flag("targets = { ok-fraction = inf }"), @r#"glomers.toml:3:27: invalid value inf for ok-fraction: expected a number, 0 or more, or a comparison such as ">= 0.99""#);
    assert_snapshot!(flag("targets = { ok-fraction = '> 1' }"), @"glomers.toml:3:27: invalid value > 1 for ok-fraction: expected a limit that can be met: ok-fraction is never above 1");
    assert_snapshot!(flag("targets = { op-count = ['> 1'] }"), @r#"glomers.toml:3:24: invalid value for op-count: expected a number, or a comparison in quotes such as "< 12""#);
    assert_snapshot!(flag("targets = { op-count = true }"), @r#"glomers.toml:3:24: invalid value for op-count: expected a number, or a comparison in quotes such as "< 12""#);
}

#[test]
fn settings_that_cannot_be_run_are_located() {
    assert_snapshot!(error("[challenge.3b]\nnode-count = 0"), @"glomers.toml:2:14: invalid value 0 for node-count: expected a whole number from 1 to 1000");
    // The out-of-range value is in the section that is extended.
    let inherited = "[challenge.a]\nextends = 'b'\n[challenge.b]\nextends = '3b'\nrpc-timeout = 0";
    assert_snapshot!(error(inherited), @"glomers.toml:5:15: invalid value 0 for rpc-timeout: expected a positive whole number of milliseconds");
    assert_snapshot!(error("[challenge.3b]\nnodes = ['../../x']"), @r#"glomers.toml:2:9: invalid value "../../x" for nodes: expected a name that a folder can have, since every node has its own: without `/`"#);
    assert_snapshot!(error("[challenge.3b]\nnodes = ['a', 'b']\nnode-count = 3"), @"glomers.toml:2:9: `nodes` names 2, and `node-count` says 3: write one of them");
    // Out of range only in combination with the built-in challenge.
    assert_snapshot!(error("[challenge.3e]\nconcurrency = '9999n'"), @"glomers.toml:2:15: invalid value 9999n for concurrency: expected 1 to 100000 workers");
}

#[test]
fn challenges_that_extend_nothing_or_themselves_are_located() {
    assert_snapshot!(error("[challenge.mine]\nrate = 3"), @"glomers.toml:1:12: the new challenge mine needs `extends` (the name of another challenge) or `workload`; without either, the name must be that of a built-in challenge");
    assert_snapshot!(error("[challenge.3E]\nrate = 3"), @"glomers.toml:1:12: the new challenge 3E (did you mean 3e?) needs `extends` (the name of another challenge) or `workload`; without either, the name must be that of a built-in challenge");
    assert_snapshot!(error("[challenge.mine]\nextends = 'brodcast-c'"), @r#"glomers.toml:2:11: unknown challenge "brodcast-c" (did you mean broadcast-c?); challenges are echo, unique-ids, broadcast-a, broadcast-b, broadcast-c, broadcast-d, broadcast-e, g-counter, kafka-a, kafka-b, kafka-c, txn-a, txn-b, txn-c, broadcast, g-set, kafka, lin-kv, pn-counter, txn-list-append, txn-rw-register, mine"#);
    let circle = "[challenge.a]\nextends = 'b'\n[challenge.b]\nextends = 'c'\n\
                  [challenge.c]\nextends = 'a'";
    assert_snapshot!(error(circle), @"glomers.toml:6:11: `extends` goes in a circle: a -> b -> c -> a");
    assert_snapshot!(error("[challenge.3e]\nextends = 'broadcast-e'"), @"glomers.toml:2:11: broadcast-e is built in, and this table already changes it: leave `extends` out");
    assert_snapshot!(error("[challenge.3e]\n[challenge.broadcast-e]"), @"glomers.toml:2:12: the challenge broadcast-e is there twice, by its name and by its number");
    assert_snapshot!(error("[challenge.all]\nextends = '3e'"), @r#"glomers.toml:1:12: invalid name "all" for a challenge: expected letters, digits, `-`, `_` and `.`, no `-` in front, and not `all`"#);
    assert_snapshot!(error("[challenge.'-q']\nextends = '3e'"), @r#"glomers.toml:1:12: invalid name "-q" for a challenge: expected letters, digits, `-`, `_` and `.`, no `-` in front, and not `all`"#);
}

#[test]
fn the_nearest_file_upward_is_found() {
    let root = tempfile::tempdir().unwrap();
    let deep = root.path().join("a/b/c");
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::write(root.path().join("glomers.toml"), "bin = 'outer'").unwrap();
    let found = |start: &Path| ProjectFile::find(start).unwrap().unwrap();
    assert_eq!(found(&deep).node.bin.as_deref(), Some(Path::new("outer")));
    let inner = root.path().join("a/b/glomers.toml");
    std::fs::write(&inner, "bin = 'inner'").unwrap();
    assert_eq!(found(&deep).node.bin.as_deref(), Some(Path::new("inner")));
    assert_eq!(found(&deep).node.dir, root.path().join("a/b"));
    assert_eq!(found(root.path()).path, root.path().join("glomers.toml"));
    // A file that exists and cannot be read is an error; the search does not continue upward.
    std::fs::remove_file(&inner).unwrap();
    std::fs::create_dir(&inner).unwrap();
    let error = ProjectFile::find(&deep).unwrap_err();
    assert!(matches!(error, FileError::Unreadable(InputError::Folder(path)) if path == inner));
}
