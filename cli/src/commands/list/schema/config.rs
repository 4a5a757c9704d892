//! The schema of glomers.toml.

use super::{DIALECT, properties};
use crate::setting_flags::default_of;
use glomers_config::{KeyKind, Metric, Parameters, ProjectFile, Setting};
use serde_json::{Value, json};

pub(super) fn schema() -> Value {
    json!({
        "$schema": DIALECT,
        "title": "glomers.toml",
        "description": "Which node `glomers run` builds and starts, and challenges of your own",
        "type": "object",
        "properties": properties(ProjectFile::KEYS.iter().map(|key| (*key, of_key(key)))),
        "additionalProperties": false,
    })
}

/// The schema of the value of a key.
fn of_key(key: &str) -> Value {
    let mut schema = match KeyKind::of(key) {
        KeyKind::Text => json!({ "type": "string", "minLength": 1 }),
        KeyKind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        KeyKind::Targets => targets(),
        KeyKind::Challenges => json!({ "type": "object", "additionalProperties": challenge() }),
        KeyKind::Flag => return Setting::find(key).map_or(json!(true), of_setting),
    };
    if let Some(about) = about(key) {
        schema["description"] = json!(about);
    }
    schema
}

/// What a key that is no setting means.
fn about(key: &str) -> Option<&'static str> {
    Some(match key {
        "build" => {
            "Command line for the shell that builds the node, run in the folder of this file"
        }
        "bin" => "The node's program, relative to this file",
        "args" => "Arguments of the node",
        "store" => "Folder of run directories, relative to this file",
        "maelstrom" => "The real Maelstrom: its script, folder or jar",
        "challenge" => "Challenges of your own, and changes of those that are built in, by name",
        "extends" => {
            "The challenge whose settings and targets are taken where this table is silent"
        }
        "targets" => "Limits that metrics must keep to",
        _ => return None,
    })
}

fn challenge() -> Value {
    json!({
        "type": "object",
        "properties":
            properties(ProjectFile::CHALLENGE_KEYS.iter().map(|key| (*key, of_key(key)))),
        "additionalProperties": false,
    })
}

fn targets() -> Value {
    let limit = |metric: &Metric| {
        let about = format!("{} A number, or a comparison such as \"< 12\".", metric.meaning());
        (metric.name(), json!({ "type": ["number", "string"], "description": about }))
    };
    json!({
        "type": "object",
        "properties": properties(Metric::ALL.iter().map(limit)),
        "additionalProperties": false,
    })
}

fn of_setting(setting: Setting) -> Value {
    let description = setting.description();
    let accepts = |text: &str| Parameters::default().set(setting, text).is_ok();
    // Every value may be written as a string, as the flag takes it.
    let mut types = vec!["string"];
    if setting.is_list() {
        types.push("array");
    } else if description.is_switch() {
        types.push("boolean");
    } else if accepts("0.5") {
        types.push("number");
    } else if accepts("1") {
        types.push("integer");
    }
    let range = setting.range().map_or_else(String::new, |range| format!(": {range}"));
    let default =
        default_of(setting).map_or_else(String::new, |text| format!(" (default: {text})"));
    let mut schema = json!({
        "type": types,
        "description": format!("{}{range}{default}", description.help),
    });
    if setting.is_list() {
        schema["items"] = json!({ "type": "string" });
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_a_type_and_a_description() {
        let keys = ProjectFile::KEYS.iter().chain(ProjectFile::CHALLENGE_KEYS);
        for key in keys {
            let schema = of_key(key);
            assert!(schema["type"].is_string() || schema["type"].is_array(), "{key}");
            assert!(schema["description"].as_str().is_some_and(|text| !text.is_empty()), "{key}");
        }
    }

    #[test]
    fn types_are_those_of_the_table() {
        for (key, types) in [
            ("rate", json!(["string", "number"])),
            ("node-count", json!(["string", "integer"])),
            ("concurrency", json!(["string", "integer"])),
            ("log-stderr", json!(["string", "boolean"])),
            ("nemesis", json!(["string", "array"])),
            ("nodes", json!(["string", "array"])),
            ("topology", json!(["string"])),
            ("availability", json!(["string", "number"])),
        ] {
            assert_eq!(of_key(key)["type"], types, "{key}");
        }
    }
}
