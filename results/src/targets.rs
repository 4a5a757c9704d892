//! Whether the targets of a run were met.

use crate::metrics::{Metrics, json_number, shown};
use glomers_config::{Comparison, Limit, Metric, Target};
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, ser::SerializeStruct, ser::Serializer};
use std::fmt;

/// A target, and the value that was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TargetOutcome {
    /// The target.
    pub target: Target,
    /// The value; `None` if it was not measured.
    pub value: Option<f64>,
    /// Whether it was missed by no more than the lateness that the machine may have added, so that
    /// it is unknown whether the node would have met it.
    pub is_doubtful: bool,
}

/// The outcome of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetState {
    /// The value meets the limit.
    Met,
    /// The value does not meet the limit, or was not measured.
    Missed,
    /// The value does not meet the limit, possibly only because the machine was busy.
    Unknown,
}

impl TargetState {
    /// The word that tables show.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Met => "yes",
            Self::Missed => "no",
            Self::Unknown => "unknown",
        }
    }

    /// The outcome of all targets together: missed if one was missed for certain.
    #[must_use]
    pub fn of_all(targets: &[TargetOutcome]) -> Self {
        let has = |state| targets.iter().any(|outcome| outcome.state() == state);
        if has(Self::Missed) {
            Self::Missed
        } else if has(Self::Unknown) {
            Self::Unknown
        } else {
            Self::Met
        }
    }
}

impl TargetOutcome {
    /// Whether the value meets the limit; false without a value.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.value.is_some_and(|value| self.target.limit.is_met(value))
    }

    /// The outcome.
    #[must_use]
    pub fn state(&self) -> TargetState {
        match (self.is_met(), self.is_doubtful) {
            (true, _) => TargetState::Met,
            (false, false) => TargetState::Missed,
            (false, true) => TargetState::Unknown,
        }
    }

    /// The displayed form of the limit: `< 30`, `< 400 ms`, `>= 0.99`.
    #[must_use]
    pub fn shown_limit(&self) -> String {
        shown_limit(&self.target)
    }

    /// That it was not met, in words; `None` if it was.
    #[must_use]
    pub fn missed_text(&self) -> Option<String> {
        let what = match self.state() {
            TargetState::Met => return None,
            TargetState::Unknown => "target unknown, as this machine was busy",
            TargetState::Missed => "target missed",
        };
        let (metric, value, limit) = (self.target.metric, self.shown_value(), self.shown_limit());
        Some(format!("{what}: {metric} is {value}, and should be {limit}"))
    }

    /// The displayed form of the value.
    #[must_use]
    pub fn shown_value(&self) -> String {
        self.value.map_or_else(|| "not measured".to_owned(), |it| shown(self.target.metric, it))
    }
}

/// The displayed form of a target's limit: `< 30`, `< 400 ms`, `>= 0.99`.
#[must_use]
pub fn shown_limit(target: &Target) -> String {
    let Limit { comparison, bound } = target.limit;
    format!("{} {}", comparison.sign(), shown(target.metric, bound))
}

/// The outcome of each target.
#[must_use]
pub fn judge_targets(targets: &[Target], metrics: &Metrics) -> Vec<TargetOutcome> {
    let outcome = |target: &Target| TargetOutcome {
        target: *target,
        value: metrics.get(target.metric),
        is_doubtful: false,
    };
    targets.iter().map(outcome).collect()
}

impl Serialize for TargetOutcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Limit { comparison, bound } = self.target.limit;
        let mut fields = serializer.serialize_struct("target", 5)?;
        fields.serialize_field("metric", self.target.metric.name())?;
        fields.serialize_field("comparison", comparison.sign())?;
        fields.serialize_field("limit", &json_number(bound))?;
        fields.serialize_field("value", &self.value.map(json_number))?;
        match self.state() {
            TargetState::Unknown => fields.serialize_field("met", TargetState::Unknown.word())?,
            state => fields.serialize_field("met", &(state == TargetState::Met))?,
        }
        fields.end()
    }
}

/// Reads a list of outcomes. Unknown metrics and comparisons, which a newer version wrote, are
/// ignored. Older versions wrote no comparison, since all were `<`.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<TargetOutcome>, D::Error> {
    #[derive(Deserialize)]
    struct Written {
        metric: String,
        #[serde(default)]
        comparison: Option<String>,
        limit: f64,
        #[serde(default)]
        value: Option<f64>,
        #[serde(default)]
        met: serde_json::Value,
    }
    struct Outcomes;
    impl<'de> Visitor<'de> for Outcomes {
        type Value = Vec<TargetOutcome>;

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("a list of targets")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut outcomes = Vec::new();
            while let Some(Written { metric, comparison, limit: bound, value, met }) =
                list.next_element()?
            {
                let comparison = comparison.as_deref().unwrap_or(Comparison::Below.sign());
                if let (Ok(metric), Some(comparison)) =
                    (metric.parse::<Metric>(), Comparison::find(comparison))
                {
                    let target = Target { metric, limit: Limit { comparison, bound } };
                    let is_doubtful = met == TargetState::Unknown.word();
                    outcomes.push(TargetOutcome { target, value, is_doubtful });
                }
            }
            Ok(outcomes)
        }
    }
    deserializer.deserialize_seq(Outcomes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_met_below_its_limit_only() {
        let target = Target::new(Metric::ServerMsgsPerOp, 30.0);
        for (value, is_met) in [(Some(29.9), true), (Some(30.0), false), (None, false)] {
            let mut metrics = Metrics::new();
            metrics.put(Metric::ServerMsgsPerOp, value);
            let [outcome] = judge_targets(&[target], &metrics)[..] else { panic!("one outcome") };
            assert_eq!((outcome.is_met(), outcome.value), (is_met, value));
        }
        let missed = TargetOutcome { target, value: None, is_doubtful: false };
        assert_eq!(missed.shown_limit(), "< 30");
        let json = serde_json::to_string(&missed).unwrap();
        assert_eq!(
            json,
            r#"{"metric":"server-msgs-per-op","comparison":"<","limit":30,"value":null,"met":false}"#
        );
        let older = json.replace(r#""comparison":"<","#, "");
        let list = format!("[{json},{older},{{\"metric\":\"joules\",\"limit\":1}}]");
        let read = deserialize(&mut serde_json::Deserializer::from_str(&list)).unwrap();
        assert_eq!(read, [missed, missed]);
        let doubtful = TargetOutcome { value: Some(31.0), is_doubtful: true, ..missed };
        let json = serde_json::to_string(&[doubtful]).unwrap();
        assert!(json.ends_with("\"value\":31,\"met\":\"unknown\"}]"), "{json}");
        let read = deserialize(&mut serde_json::Deserializer::from_str(&json)).unwrap();
        assert_eq!(read, [doubtful]);
        let met = TargetOutcome { value: Some(29.0), ..doubtful };
        assert_eq!(TargetState::of_all(&[met, doubtful]), TargetState::Unknown);
        assert_eq!(TargetState::of_all(&[met, doubtful, missed]), TargetState::Missed);
        assert_eq!(TargetState::of_all(&[met]), TargetState::Met);
    }

    #[test]
    fn more_is_better_for_a_fraction_of_successes() {
        let target = Target::new(Metric::OkFraction, 1.0);
        for (value, is_met) in [(1.0, true), (0.999_999, false)] {
            let outcome = TargetOutcome { target, value: Some(value), is_doubtful: false };
            assert_eq!(outcome.is_met(), is_met);
            assert_eq!(outcome.shown_limit(), ">= 1");
            let json = format!("[{}]", serde_json::to_string(&outcome).unwrap());
            let read = deserialize(&mut serde_json::Deserializer::from_str(&json)).unwrap();
            assert_eq!(read, [outcome]);
        }
        let value =
            TargetOutcome { target, value: Some(0.999_999), is_doubtful: false }.shown_value();
        assert_eq!(value, "0.999999");
    }
}
