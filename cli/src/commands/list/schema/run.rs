//! The schema of what `glomers run --format json` prints.

use super::{DIALECT, object};
use glomers_config::{Comparison, Metric, Workload};
use glomers_results::{Clock, Engine};
use serde_json::{Value, json};

pub(super) fn schema() -> Value {
    let run = json!({ "$ref": "#/$defs/run" });
    let both = json!({ "$ref": "#/$defs/both" });
    json!({
        "$schema": DIALECT,
        "title": "glomers run --format json",
        "description": "One run, or with --engine both two; an array if several challenges or seeds were asked for",
        "anyOf": [run, both, { "type": "array", "items": { "anyOf": [run, both] } }],
        "$defs": { "run": one(), "both": pair(), "verdict": verdict() },
    })
}

fn verdict() -> Value {
    json!({ "enum": [true, false, "unknown"], "description": "Whether the history is valid" })
}

fn number() -> Value {
    json!({ "type": ["number", "null"] })
}

/// One run.
fn one() -> Value {
    let names = Workload::ALL.map(Workload::name);
    let engines = [Engine::Embedded, Engine::Maelstrom].map(|engine| json!(engine));
    let clocks = [Clock::Real, Clock::Virtual].map(|clock| json!(clock));
    let texts = |about: &str| json!({ "type": "array", "items": { "type": "string" }, "description": about });
    object(vec![
        ("challenge", json!({ "type": "string" })),
        ("workload", json!({ "enum": names })),
        ("engine", json!({ "enum": engines })),
        ("clock", json!({ "enum": clocks })),
        (
            "seed",
            json!({
                "type": ["integer", "null"],
                "minimum": 0,
                "description": "Of every random choice; null if the engine takes none",
            }),
        ),
        ("valid", json!({ "$ref": "#/$defs/verdict" })),
        ("targets", json!({ "type": "array", "items": target() })),
        ("metrics", metrics()),
        ("store", json!({ "type": "string", "description": "The run directory" })),
        (
            "wall_seconds",
            json!({ "type": "number", "description": "Without the build of the node" }),
        ),
        ("warnings", texts("What is odd, and does not change the verdict")),
        ("reasons", texts("Why the run is not valid")),
    ])
}

fn target() -> Value {
    let signs = Comparison::ALL.map(Comparison::sign);
    object(vec![
        ("metric", metric_name()),
        ("comparison", json!({ "enum": signs })),
        ("limit", json!({ "type": "number" })),
        ("value", number()),
        (
            "met",
            json!({
                "enum": [true, false, "unknown"],
                "description": "Unknown if a busy machine may have missed it",
            }),
        ),
    ])
}

fn metric_name() -> Value {
    let names: Vec<&str> = Metric::ALL.iter().map(|metric| metric.name()).collect();
    json!({ "enum": names })
}

fn metrics() -> Value {
    let of = |metric: &Metric| {
        let unit = match metric.unit() {
            "" => String::new(),
            unit => format!(" In {unit}."),
        };
        let about = format!("{}{unit}", metric.meaning());
        (metric.name(), json!({ "type": ["number", "null"], "description": about }))
    };
    object(Metric::ALL.iter().map(of).collect())
}

/// The same run by both engines.
fn pair() -> Value {
    let verdict = json!({ "anyOf": [{ "$ref": "#/$defs/verdict" }, { "type": "null" }] });
    let part = object(vec![
        ("part", json!({ "type": "string" })),
        ("embedded", verdict.clone()),
        ("maelstrom", verdict),
    ]);
    let metric = object(vec![
        ("metric", metric_name()),
        ("embedded", number()),
        ("maelstrom", number()),
        ("difference", number()),
        ("percent", number()),
    ]);
    let differences = object(vec![
        ("verdicts", json!({ "type": "array", "items": part })),
        ("metrics", json!({ "type": "array", "items": metric })),
    ]);
    object(vec![
        ("embedded", json!({ "$ref": "#/$defs/run" })),
        ("maelstrom", json!({ "$ref": "#/$defs/run" })),
        ("agree", json!({ "type": "boolean" })),
        ("differences", differences),
    ])
}
