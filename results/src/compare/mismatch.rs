//! Runs that cannot be compared.

use super::runs::Runs;
use crate::run_dir::Run;
use crate::workload::WorkloadResults;
use serde_json::Value;
use std::path::PathBuf;

/// Why two sides are not compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompareError {
    /// Runs of different tests.
    #[error("these are different tests: {0} (--force compares them all the same)")]
    Different(String),
    /// Nothing to compare with.
    #[error("{} has no metric to compare with: give a results.edn or a run directory", .0.display())]
    NoMetrics(PathBuf),
}

/// Settings that may differ: they change nothing that is measured, or are the seed.
const MAY_DIFFER: [&str; 11] = [
    "seed",
    "nodes",
    "schedule",
    "log-stderr",
    "log-net-send",
    "log-net-recv",
    "no-journal",
    "journal-limit",
    "keep-going",
    "search-budget",
    "init-timeout",
];

/// How the tests of two sides differ; `None` if they do not, or if that is unknown.
pub(crate) fn difference(baseline: &Runs, candidate: &Runs) -> Option<String> {
    let (before, now) = (baseline.runs().first()?, candidate.runs().first()?);
    let inside =
        |side: &Runs| side.runs().iter().skip(1).find_map(|run| between(&side.runs()[0], run));
    between(before, now).or_else(|| inside(baseline)).or_else(|| inside(candidate))
}

fn between(before: &Run, now: &Run) -> Option<String> {
    let (workload_before, workload_now) = (Workloads::of(before), Workloads::of(now));
    if !workload_before.may_be(&workload_now) {
        return Some(format!("{} and {}", workload_before.name(), workload_now.name()));
    }
    let (before, now) = (before.record.as_ref()?, now.record.as_ref()?);
    let mut differing = before.plan.iter().filter_map(|(key, value)| {
        let other = now.plan.get(key)?;
        let differs = value != other && !MAY_DIFFER.contains(&key.as_str());
        differs.then(|| format!("{key} {} and {}", shown(value), shown(other)))
    });
    let first = differing.next()?;
    Some(match differing.count() {
        0 => first,
        more => format!("{first}, and {more} other settings"),
    })
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "unset".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// The workloads that a run may be of: results without a record do not name it, but show its kind.
enum Workloads {
    Named(String),
    Kind(&'static [&'static str]),
    /// One whose results cannot be distinguished from others.
    Other,
    /// The results have no such part.
    Any,
}

/// Workloads whose results can be distinguished from others.
const SETS: &[&str] = &["broadcast", "g-set"];
const IDS: &[&str] = &["unique-ids"];
const ECHOES: &[&str] = &["echo"];

impl Workloads {
    fn of(run: &Run) -> Self {
        let recorded = run.record.as_ref().map(|record| &record.workload);
        if let Some(name) = recorded.filter(|name| !name.is_empty()) {
            return Self::Named(name.clone());
        }
        match &run.results.workload {
            Some(WorkloadResults::SetFull(_)) => Self::Kind(SETS),
            Some(WorkloadResults::UniqueIds(_)) => Self::Kind(IDS),
            Some(WorkloadResults::Echo(_)) => Self::Kind(ECHOES),
            Some(WorkloadResults::Other(_)) => Self::Other,
            None => Self::Any,
        }
    }

    fn may_be(&self, other: &Self) -> bool {
        let all = [SETS, IDS, ECHOES].concat();
        match (self, other) {
            (Self::Named(a), Self::Named(b)) => a == b,
            (Self::Kind(a), Self::Kind(b)) => a == b,
            (Self::Named(name), Self::Kind(kind)) | (Self::Kind(kind), Self::Named(name)) => {
                kind.contains(&name.as_str())
            }
            (Self::Kind(_), Self::Other) | (Self::Other, Self::Kind(_)) => false,
            (Self::Named(name), Self::Other) | (Self::Other, Self::Named(name)) => {
                !all.contains(&name.as_str())
            }
            (Self::Other, Self::Other) | (Self::Any, _) | (_, Self::Any) => true,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Named(name) => name.clone(),
            Self::Kind(kind) => kind.join(" or "),
            Self::Other | Self::Any => "another workload".to_owned(),
        }
    }
}
