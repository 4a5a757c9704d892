//! Whether the targets of a run were met.

use crate::metrics::{Metrics, json_number, shown};
use glomers_config::{Metric, Target};
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, ser::SerializeStruct, ser::Serializer};
use std::fmt;

/// A target, and what was reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TargetOutcome {
    /// What was aimed at.
    pub target: Target,
    /// What was reached, if it could be measured.
    pub value: Option<f64>,
}

impl TargetOutcome {
    /// Whether the value is below the limit. Without a value it is not met.
    #[must_use]
    pub fn is_met(&self) -> bool {
        self.value.is_some_and(|value| value < self.target.limit)
    }

    /// The limit for people: `< 30`, `< 400 ms`.
    #[must_use]
    pub fn shown_limit(&self) -> String {
        format!("< {}", shown(self.target.metric, self.target.limit))
    }
}

/// What became of each target.
#[must_use]
pub fn judge_targets(targets: &[Target], metrics: &Metrics) -> Vec<TargetOutcome> {
    let outcome =
        |target: &Target| TargetOutcome { target: *target, value: metrics.get(target.metric) };
    targets.iter().map(outcome).collect()
}

impl Serialize for TargetOutcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("target", 4)?;
        fields.serialize_field("metric", self.target.metric.name())?;
        fields.serialize_field("limit", &json_number(self.target.limit))?;
        fields.serialize_field("value", &self.value.map(json_number))?;
        fields.serialize_field("met", &self.is_met())?;
        fields.end()
    }
}

/// Reads a list of outcomes. Metrics that are unknown here are left out: a newer version wrote
/// them.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<TargetOutcome>, D::Error> {
    #[derive(Deserialize)]
    struct Written {
        metric: String,
        limit: f64,
        #[serde(default)]
        value: Option<f64>,
    }
    struct Outcomes;
    impl<'de> Visitor<'de> for Outcomes {
        type Value = Vec<TargetOutcome>;

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("a list of targets")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut outcomes = Vec::new();
            while let Some(Written { metric, limit, value }) = list.next_element()? {
                if let Ok(metric) = metric.parse::<Metric>() {
                    outcomes.push(TargetOutcome { target: Target { metric, limit }, value });
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
        let target = Target { metric: Metric::ServerMsgsPerOp, limit: 30.0 };
        for (value, is_met) in [(Some(29.9), true), (Some(30.0), false), (None, false)] {
            let mut metrics = Metrics::new();
            metrics.put(Metric::ServerMsgsPerOp, value);
            let [outcome] = judge_targets(&[target], &metrics)[..] else { panic!("one outcome") };
            assert_eq!((outcome.is_met(), outcome.value), (is_met, value));
        }
        let missed = TargetOutcome { target, value: None };
        assert_eq!(missed.shown_limit(), "< 30");
        let json = serde_json::to_string(&missed).unwrap();
        assert_eq!(json, r#"{"metric":"server-msgs-per-op","limit":30,"value":null,"met":false}"#);
        let list = format!("[{json},{{\"metric\":\"joules\",\"limit\":1}}]");
        let read = deserialize(&mut serde_json::Deserializer::from_str(&list)).unwrap();
        assert_eq!(read, [missed]);
    }
}
