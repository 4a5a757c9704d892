//! The result of the workload's own checker.

use crate::map_reader::{Section, UnknownKey};
use glomers_history::{Validity, Value};

/// `:workload`, recognized by its keys.
#[derive(Debug, Clone, PartialEq)]
pub enum WorkloadResults {
    /// Elements of a set: broadcast and g-set.
    SetFull(SetFull),
    /// Generated ids.
    UniqueIds(UniqueIds),
    /// Echoes.
    Echo(Echo),
    /// Another workload's map.
    Other(Value),
}

/// Elements that were added to a set, and whether reads returned them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SetFull {
    /// The verdict.
    pub valid: Option<Validity>,
    /// Elements whose addition was attempted.
    pub attempt_count: Option<u64>,
    /// Elements that every read returned from some time on.
    pub stable_count: Option<u64>,
    /// Known elements that some read did not return, and later reads did.
    pub stale_count: Option<u64>,
    /// Known elements that no later read returned.
    pub lost_count: Option<u64>,
    /// Elements that are neither stable nor lost.
    pub never_read_count: Option<u64>,
    /// Elements that one read returned more than once: the reference always writes 0.
    pub duplicated_count: Option<u64>,
    /// The lost elements.
    pub lost: Vec<Value>,
    /// The stale elements.
    pub stale: Vec<Value>,
    /// The elements that are neither stable nor lost.
    pub never_read: Vec<Value>,
    /// The stale elements with the longest delays, and their operations.
    pub worst_stale: Vec<Value>,
    /// Duplicated elements and how often they occurred.
    pub duplicated: Option<Value>,
    /// Time from known to stable, in ms.
    pub stable_latencies: Option<Quantiles>,
    /// Time from known to lost, in ms.
    pub lost_latencies: Option<Quantiles>,
}

/// Ids that were generated.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UniqueIds {
    /// The verdict.
    pub valid: Option<Validity>,
    /// Number of requests.
    pub attempted_count: Option<u64>,
    /// Ids that were returned.
    pub acknowledged_count: Option<u64>,
    /// Ids that were returned more than once.
    pub duplicated_count: Option<u64>,
    /// Some of the duplicated ids, and how often they were returned.
    pub duplicated: Option<Value>,
    /// The smallest and the largest id.
    pub range: Option<Value>,
}

/// Replies that differ from the request.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Echo {
    /// The verdict.
    pub valid: Option<Validity>,
    /// The expected and the actual reply of each of them.
    pub errors: Vec<Value>,
}

/// Quantiles: pairs of a fraction (0 to 1) and the value at that fraction of the sorted list.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantiles(Vec<(f64, f64)>);

impl Quantiles {
    /// The value at this fraction.
    #[must_use]
    pub fn at(&self, fraction: f64) -> Option<f64> {
        /// Tolerance for fractions, which have two digits.
        const NEAR: f64 = 1e-6;
        self.0.iter().find(|(at, _)| (at - fraction).abs() < NEAR).map(|(_, value)| *value)
    }

    fn from_value(value: &Value) -> Option<Self> {
        let Value::Map(entries) = value else { return None };
        let numbers = entries.iter().map(|(at, value)| Some((at.as_float()?, value.as_float()?)));
        numbers.collect::<Option<_>>().map(Self)
    }
}

impl WorkloadResults {
    pub(crate) fn take(mut section: Section, map: &Value, unknown: &mut Vec<UnknownKey>) -> Self {
        let has = |key| map.get(key).is_some();
        let taken = if has("stable-count") && has("lost-count") {
            Self::SetFull(SetFull::take(&mut section))
        } else if has("attempted-count") && has("acknowledged-count") {
            Self::UniqueIds(UniqueIds::take(&mut section))
        } else if matches!(map, Value::Map(keys) if keys.len() == 2) && has("errors") {
            Self::Echo(Echo {
                valid: section.valid(),
                errors: section.elements("errors").unwrap_or_default(),
            })
        } else {
            return Self::Other(map.clone());
        };
        section.end(unknown);
        taken
    }

    /// The verdict of the workload's checker.
    #[must_use]
    pub fn valid(&self) -> Option<Validity> {
        match self {
            Self::SetFull(set) => set.valid,
            Self::UniqueIds(ids) => ids.valid,
            Self::Echo(echo) => echo.valid,
            Self::Other(map) => map.get("valid?").and_then(Validity::from_value),
        }
    }
}

impl SetFull {
    fn take(section: &mut Section) -> Self {
        Self {
            valid: section.valid(),
            attempt_count: section.count("attempt-count"),
            stable_count: section.count("stable-count"),
            stale_count: section.count("stale-count"),
            lost_count: section.count("lost-count"),
            never_read_count: section.count("never-read-count"),
            duplicated_count: section.count("duplicated-count"),
            lost: section.elements("lost").unwrap_or_default(),
            stale: section.elements("stale").unwrap_or_default(),
            never_read: section.elements("never-read").unwrap_or_default(),
            worst_stale: section.elements("worst-stale").unwrap_or_default(),
            duplicated: section.value("duplicated"),
            stable_latencies: section.take("stable-latencies", Quantiles::from_value),
            lost_latencies: section.take("lost-latencies", Quantiles::from_value),
        }
    }
}

impl UniqueIds {
    fn take(section: &mut Section) -> Self {
        Self {
            valid: section.valid(),
            attempted_count: section.count("attempted-count"),
            acknowledged_count: section.count("acknowledged-count"),
            duplicated_count: section.count("duplicated-count"),
            duplicated: section.value("duplicated"),
            range: section.value("range"),
        }
    }
}
