//! `run.json`, which is stored next to `results.edn`: how the run was made, and results without a
//! key there.

use crate::metrics::Metrics;
use crate::plan::JsonObject;
use crate::targets::{self, TargetOutcome};
use crate::validity;
use crate::write::{WriteError, write_atomically};
use glomers_history::Validity;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Name of the `run.json` in a run directory.
pub const RECORD_FILE: &str = "run.json";

/// The engine that ran the nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// The embedded engine of glomers.
    #[default]
    Embedded,
    /// The real Maelstrom.
    Maelstrom,
    /// An engine that is unknown to this version.
    #[serde(other)]
    Unknown,
}

impl Engine {
    /// The displayed name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Maelstrom => "maelstrom",
            Self::Unknown => "unknown",
        }
    }
}

/// The kind of time in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Clock {
    /// The clock of the machine.
    #[default]
    Real,
    /// Simulated time.
    Virtual,
    /// A kind of time that is unknown to this version.
    #[serde(other)]
    Unknown,
}

/// The program under test.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NodeRecord {
    /// The executable and its arguments.
    pub command: Vec<String>,
    /// Whether it is a node that is included in glomers.
    pub own: bool,
    /// Its name, if it is included in glomers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it has a disk that survives a restart; only known of nodes that are included in
    /// glomers.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub durable: bool,
}

/// How the program was built.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BuildRecord {
    /// The command.
    pub command: String,
    /// Build time in seconds.
    pub seconds: f64,
}

/// The Maelstrom that made the run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MaelstromRecord {
    /// Path of its script, program or jar.
    pub path: String,
    /// Its version; `None` if its jar has no version.
    pub version: Option<String>,
    /// Its command line in shell syntax.
    pub command: String,
    /// The Java on the `PATH`; `None` if there is none that runs.
    pub java: Option<JavaRecord>,
}

/// A Java installation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct JavaRecord {
    /// Path of the program.
    pub path: String,
    /// Its version, if it prints one.
    pub version: Option<String>,
}

/// The content of `run.json`. When it is read, unknown keys are ignored, and missing ones are
/// empty.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RunRecord {
    /// Name of the challenge.
    pub challenge: String,
    /// Name of the workload.
    pub workload: String,
    /// The engine that made the run.
    pub engine: Engine,
    /// The kind of time in the run.
    pub clock: Clock,
    /// Seed of every random choice; `None` if the engine takes no seed.
    pub seed: Option<u64>,
    /// The verdict: true, false or "unknown"; `None` if the run was not judged.
    #[serde(with = "validity")]
    pub valid: Option<Validity>,
    /// Every setting, see [`plan_json`](crate::plan_json).
    pub plan: JsonObject,
    /// The program under test.
    pub node: NodeRecord,
    /// How the program was built, if it was.
    pub build: Option<BuildRecord>,
    /// The Maelstrom that made the run, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maelstrom: Option<MaelstromRecord>,
    /// Versions of glomers, the operating system, and other relevant software.
    pub versions: IndexMap<String, String>,
    /// Start time of the run, RFC 3339.
    pub start: String,
    /// Seconds from the end of the build to the end of the run.
    pub wall_seconds: f64,
    /// The outcomes of the targets.
    #[serde(deserialize_with = "targets::deserialize")]
    pub targets: Vec<TargetOutcome>,
    /// All metrics.
    pub metrics: Metrics,
    /// Why it is not valid, or missed a target: a block of lines for each reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// Warnings, which do not affect the validity.
    pub warnings: Vec<String>,
    /// Why the run ended early, if it did.
    pub failure: Option<String>,
    /// Whether the user interrupted it.
    pub interrupted: bool,
    /// The operations and faults of the run, unless they were drawn from the seed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<serde_json::Value>,
}

impl RunRecord {
    /// Writes the record to the run's directory.
    pub fn write(&self, directory: &Path) -> Result<(), WriteError> {
        let path = directory.join(RECORD_FILE);
        let mut text = serde_json::to_vec_pretty(self)
            .map_err(|error| WriteError { path: path.clone(), error: error.into() })?;
        text.push(b'\n');
        write_atomically(&path, &text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan_json;
    use glomers_config::{Metric, Parameters, Plan, challenges, find_challenge};

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let challenges = challenges();
        let challenge = find_challenge(&challenges, "broadcast-e").unwrap();
        let plan = Plan::resolve(challenge, Parameters::default(), u64::MAX).unwrap();
        let mut metrics = Metrics::new();
        metrics.put(Metric::StableLatencyP50, Some(455.0));
        let record = RunRecord {
            challenge: plan.challenge.clone(),
            workload: plan.workload.to_string(),
            seed: Some(plan.seed),
            valid: Some(Validity::Unknown),
            plan: plan_json(&plan),
            node: NodeRecord {
                command: vec!["./node".into(), "--x".into()],
                ..NodeRecord::default()
            },
            build: Some(BuildRecord { command: "make".into(), seconds: 0.5 }),
            versions: [("glomers".to_owned(), "0.1.0".to_owned())].into_iter().collect(),
            start: "2026-11-21T04:57:00Z".into(),
            wall_seconds: 31.25,
            targets: targets::judge_targets(&plan.targets, &metrics),
            metrics,
            warnings: vec!["no server messages".into()],
            failure: Some("node n3 exited".into()),
            interrupted: true,
            ..RunRecord::default()
        };
        let with_maelstrom = RunRecord {
            maelstrom: Some(MaelstromRecord {
                path: "/m/maelstrom".into(),
                version: None,
                command: "/m/maelstrom test -w echo".into(),
                java: Some(JavaRecord { path: "/bin/java".into(), version: Some("17".into()) }),
            }),
            ..record.clone()
        };
        let json = serde_json::to_string(&with_maelstrom).unwrap();
        assert_eq!(serde_json::from_str::<RunRecord>(&json).unwrap(), with_maelstrom);
        let json = serde_json::to_string_pretty(&record).unwrap();
        assert_eq!(serde_json::from_str::<RunRecord>(&json).unwrap(), record);
        insta::assert_snapshot!(json);
    }

    #[test]
    fn unknown_and_missing_keys_do_no_harm() {
        let json = r#"{"challenge": "echo", "engine": "quantum", "joules": [1], "valid": null,
                       "metrics": {"op-count": 3, "joules": 4}}"#;
        let record: RunRecord = serde_json::from_str(json).unwrap();
        assert_eq!((record.challenge.as_str(), record.engine), ("echo", Engine::Unknown));
        assert_eq!((record.valid, record.metrics.get(Metric::OpCount)), (None, Some(3.0)));
        assert!(serde_json::from_str::<RunRecord>(r#"{"valid": "maybe"}"#).is_err());
    }
}
