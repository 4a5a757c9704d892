//! How much a metric differs between runs of the same node.

use glomers_config::{Metric, MetricKind};

/// How much the runs of one node with different seeds differ, in percent: in 99.5 % of all pairs of 60
/// simulated runs of glomers' own node, no metric of the kind differed by more. `None` if they may differ
/// by more than their value.
#[derive(Debug, Clone, Copy)]
struct Spread {
    challenge: &'static str,
    rates: Option<f64>,
    medians: Option<f64>,
}

const fn spread(challenge: &'static str, rates: Option<f64>, medians: Option<f64>) -> Spread {
    Spread { challenge, rates, medians }
}

const SPREADS: [Spread; 14] = [
    spread("echo", Some(1.0), Some(5.0)),
    spread("unique-ids", Some(1.0), Some(5.0)),
    spread("broadcast-a", Some(1.0), Some(5.0)),
    spread("broadcast-b", Some(20.0), Some(5.0)),
    spread("broadcast-c", Some(32.0), None),
    spread("broadcast-d", Some(5.0), Some(5.0)),
    spread("broadcast-e", Some(5.0), Some(5.0)),
    spread("g-counter", None, Some(5.0)),
    spread("kafka-a", Some(2.0), Some(5.0)),
    spread("kafka-b", Some(14.0), Some(5.0)),
    spread("kafka-c", Some(14.0), Some(5.0)),
    spread("txn-a", Some(1.0), Some(5.0)),
    spread("txn-b", None, Some(5.0)),
    spread("txn-c", None, Some(5.0)),
];
/// The same for a test that is not among those, in percent.
const USUAL_SPREAD: f64 = 20.0;

/// Differences that mean nothing, whatever they are in percent: messages per operation, part of the
/// operations, milliseconds.
const LEAST_RATE: f64 = 0.05;
const LEAST_FRACTION: f64 = 0.005;
const LEAST_MILLIS: f64 = 5.0;
/// The smallest difference that counts with several runs on each side, in percent.
const SEVERAL_PERCENT: f64 = 3.0;

/// Differences that are not taken for a change of the node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Noise {
    /// In percent of the baseline; `None` if all are, since a single run does not show it.
    pub(crate) percent: Option<f64>,
    /// In the metric's unit.
    pub(crate) least: f64,
}

impl Noise {
    /// The noise between single runs of a challenge.
    pub(crate) fn of_one(metric: Metric, challenge: Option<&str>) -> Self {
        let known = SPREADS.iter().find(|spread| Some(spread.challenge) == challenge);
        let percent = match metric.kind() {
            MetricKind::Rate => known.map_or(Some(USUAL_SPREAD), |spread| spread.rates),
            MetricKind::Median => known.map_or(Some(USUAL_SPREAD), |spread| spread.medians),
            MetricKind::Tail | MetricKind::Maximum => Some(USUAL_SPREAD),
            MetricKind::Fraction | MetricKind::Count => Some(0.0),
        };
        Self { percent, least: least(metric) }
    }

    /// The noise between the medians of several runs.
    pub(crate) fn of_several(metric: Metric) -> Self {
        let percent = match metric.kind() {
            MetricKind::Fraction | MetricKind::Count => 0.0,
            _ => SEVERAL_PERCENT,
        };
        Self { percent: Some(percent), least: least(metric) }
    }

    /// What the user takes for noise.
    pub(crate) fn tolerated(percent: f64) -> Self {
        Self { percent: Some(percent), least: 0.0 }
    }

    /// Whether a difference is noise.
    pub(crate) fn covers(self, baseline: f64, difference: f64) -> bool {
        let size = difference.abs();
        let relative = self.percent.map(|percent| baseline.abs() * percent / 100.0);
        size <= self.least || relative.is_none_or(|relative| size <= relative)
    }
}

fn least(metric: Metric) -> f64 {
    match metric.kind() {
        MetricKind::Rate => LEAST_RATE,
        MetricKind::Fraction => LEAST_FRACTION,
        MetricKind::Median | MetricKind::Tail | MetricKind::Maximum => LEAST_MILLIS,
        MetricKind::Count => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glomers_config::challenges;

    #[test]
    fn every_challenge_has_a_known_spread() {
        let names: Vec<String> = challenges().iter().map(|it| it.name.clone()).collect();
        let known: Vec<&str> = SPREADS.iter().map(|spread| spread.challenge).collect();
        assert_eq!(names, known);
    }

    #[test]
    fn small_differences_are_noise_in_percent_or_by_themselves() {
        let noise = Noise::of_one(Metric::ServerMsgsPerOp, Some("broadcast-d"));
        assert!(noise.covers(20.0, 1.0) && !noise.covers(20.0, 1.1));
        assert!(noise.covers(0.0, 0.05) && !noise.covers(0.0, 0.06));
        let median = Noise::of_one(Metric::StableLatencyP50, Some("broadcast-d"));
        assert!(median.covers(1.0, 5.0) && !median.covers(100.0, 5.1));
        // Faults at other times change it by any factor.
        let unknown = Noise::of_one(Metric::ServerMsgsPerOp, Some("g-counter"));
        assert!(unknown.covers(1.0, 50.0));
        assert!(!Noise::of_several(Metric::ServerMsgsPerOp).covers(1.0, 0.06));
        assert!(!Noise::tolerated(5.0).covers(1.0, 0.06));
    }
}
