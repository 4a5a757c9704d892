//! `glomers list --schema`: what glomers prints and reads fits the schemas, and what is wrong does not.

use crate::glomers::{Ended, Glomers, misbehaving_node, recordings, replay_maelstrom};
use crate::json_schema::JsonSchema;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

fn schema(of: &str) -> JsonSchema {
    JsonSchema(Glomers::new(&["list", "--schema", of]).end().exits(0).json())
}

#[track_caller]
fn fits(schema: &JsonSchema, instance: &Value) {
    assert_eq!(schema.problems(instance), Vec::<String>::new(), "{instance:#}");
}

/// What a run of this call prints as JSON.
fn printed(call: Glomers) -> Ended {
    call.with(&["--format", "json"]).end()
}

#[test]
fn runs_of_all_kinds_fit() {
    let schema = schema("run");
    for workload in ["unique-ids", "broadcast", "g-counter", "kafka", "txn-rw-register"] {
        let run = Glomers::new(&["run", workload, "--sim", "--time-limit", "2", "--seed", "1"]);
        fits(&schema, &printed(run).exits(0).json());
    }
    // Targets; an array; a run that is not valid.
    let several = Glomers::new(&["run", "broadcast-d", "broadcast-e", "--sim", "--seed", "1"]);
    let several = printed(several).exits(0).json();
    assert!(several[0]["targets"][0]["metric"].is_string(), "{several:#}");
    fits(&schema, &several);
    let repeated = Glomers::new(&["run", "echo", "--sim", "--repeat", "2", "--time-limit", "1"]);
    fits(&schema, &printed(repeated).exits(0).json());
    let broken = printed(Glomers::run("echo", "exits-later")).exits(1).json();
    assert!(broken["reasons"][0].is_string(), "{broken:#}");
    fits(&schema, &broken);
}

#[test]
fn runs_by_both_engines_fit() {
    let schema = schema("run");
    let (program, node) = (replay_maelstrom(), misbehaving_node());
    let both = |recording: &str| {
        let run = ["run", "echo", "--node-count", "1", "--time-limit", "1", "--rate", "20"];
        let run = Glomers::new(&run).with(&["--engine", "both", "--bin", node.to_str().unwrap()]);
        run.with(&["--maelstrom", program.to_str().unwrap(), "--format", "json"])
            .variable("REPLAY_RECORDING", recordings().join(recording))
            .with(&["--", "forks"])
            .end()
    };
    fits(&schema, &both("valid").exits(0).json());
    let apart = both("invalid").exits(1).json();
    assert_eq!(apart["agree"], false);
    fits(&schema, &apart);
}

#[test]
fn a_run_with_a_wrong_field_does_not_fit() {
    let schema = schema("run");
    let run = Glomers::new(&["run", "broadcast-d", "--sim", "--time-limit", "1", "--seed", "1"]);
    let run = printed(run).json();
    fits(&schema, &run);
    let wrong: [fn(&mut Value); 6] = [
        |run| run["joules"] = json!(1),
        |run| run["seed"] = json!(-1),
        |run| run["valid"] = json!("maybe"),
        |run| run["metrics"]["msgs-per-op"] = json!("many"),
        |run| run["targets"][0]["comparison"] = json!("~"),
        |run| {
            run.as_object_mut().unwrap().remove("store");
        },
    ];
    for make_wrong in wrong {
        let mut run = run.clone();
        make_wrong(&mut run);
        assert!(!schema.problems(&run).is_empty(), "{run:#}");
    }
}

/// A text of TOML as JSON.
fn toml(text: &str) -> Value {
    serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap()
}

#[test]
fn project_files_fit() {
    let schema = schema("config");
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let read = |path: &str| fs::read_to_string(repository.join(path)).unwrap();
    fits(&schema, &toml(&read("glomers.toml")));
    let readme = read("README.md");
    let block = readme.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    assert!(block.contains("[challenge.quick]"), "{block}");
    fits(&schema, &toml(block));
    for language in ["python", "go", "rust", "javascript", "java"] {
        fits(&schema, &toml(&read(&format!("cli/src/init/templates/{language}/glomers.toml"))));
    }
}

/// Every file is judged by the schema as glomers itself judges it.
#[test]
fn the_schema_agrees_with_glomers() {
    let schema = schema("config");
    for (text, is_good) in [
        ("[challenge.a]\nextends = '3d'\nnemesis = ['partition', 'kill']\nrate = '7'", true),
        ("[challenge.a]\nworkload = 'echo'\nconcurrency = '4n'\nlog-stderr = true", true),
        ("[challenge.a]\nextends = '3d'\nnodes = 'a,b'\ntargets = { ok-fraction = '> 0.5' }", true),
        ("[challenge.a]\nextends = '3d'\navailability = 0.5\nseed = 7", true),
        ("bni = 'node'", false),
        ("bin = ''", false),
        ("bin = 'x'\nargs = 'y'", false),
        ("rate = 5", false),
        ("challenge = 3", false),
        ("[challenge.a]\nextends = '3d'\nnode-count = 2.5", false),
        ("[challenge.a]\nextends = '3d'\ntopology = ['grid']", false),
        ("[challenge.a]\nextends = '3d'\nlog-stderr = 1", false),
        ("[challenge.a]\nextends = '3d'\ntargets = { joules = 3 }", false),
        ("[challenge.a]\nextends = '3d'\ntargets = { op-count = true }", false),
    ] {
        let status = if is_good { 0 } else { 254 };
        Glomers::new(&["list"]).file("glomers.toml", text).end().exits(status);
        let problems = schema.problems(&toml(text));
        assert_eq!(problems.is_empty(), is_good, "{text}: {problems:?}");
    }
}

#[test]
fn a_schema_is_printed_alone() {
    let refused = Glomers::new(&["list", "echo", "--schema", "run"]).end().exits(254);
    refused.says(&["cannot be used with"]);
    let refused = Glomers::new(&["list", "--schema", "run", "--format", "json"]).end();
    refused.exits(254).says(&["cannot be used with"]);
}
