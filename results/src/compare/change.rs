//! The difference of a metric between two sides, and what it means.

use super::noise::Noise;
use super::rules::Rules;
use super::runs::Runs;
use crate::metrics::json_number;
use crate::run_dir::Run;
use crate::significance::{rank_sum, signed_rank};
use glomers_config::{Better, Metric, MetricKind};
use glomers_history::quantile_index;
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::cmp::Ordering;

/// How improbable a difference must be by chance alone to count, between pairs of runs with the same seed
/// (five that all agree are enough), and between other runs. There are some eight metrics to judge.
const SIGNIFICANCE_OF_PAIRS: f64 = 0.05;
const SIGNIFICANCE: f64 = 0.01;
/// Number of runs on each side from which chance is judged: with fewer, no difference is improbable
/// enough.
pub(crate) const SEVERAL: usize = 5;

/// The meaning of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The candidate is better.
    Better,
    /// The candidate is worse.
    Worse,
    /// Both are the same.
    Same,
    /// They differ by no more than runs of the same node do.
    Noise,
    /// They differ, and neither direction is better.
    Neutral,
}

impl Change {
    /// The displayed name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Same => "same",
            Self::Noise => "noise",
            Self::Neutral => "neutral",
        }
    }
}

/// One metric of two runs; at least one of them has a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MetricChange {
    /// The metric.
    pub metric: Metric,
    /// Its value in the baseline, or the median of several.
    pub baseline: Option<f64>,
    /// Its value in the candidate, or the median of several.
    pub candidate: Option<f64>,
}

impl MetricChange {
    /// Every metric that at least one of the two runs has.
    pub(crate) fn all(baseline: &Run, candidate: &Run) -> Vec<Self> {
        let of = |&metric| Self {
            metric,
            baseline: baseline.metrics.get(metric),
            candidate: candidate.metrics.get(metric),
        };
        let changes = Metric::ALL.iter().map(of);
        changes.filter(|it| it.baseline.is_some() || it.candidate.is_some()).collect()
    }

    /// Candidate minus baseline; `None` if one of them has no value.
    #[must_use]
    pub fn difference(&self) -> Option<f64> {
        Some(self.candidate? - self.baseline?)
    }

    /// The difference in percent of the baseline; `None` if the baseline is zero.
    #[must_use]
    pub fn percent(&self) -> Option<f64> {
        let baseline = self.baseline.filter(|baseline| *baseline != 0.0)?;
        Some(self.difference()? / baseline.abs() * 100.0)
    }
}

/// A metric of two sides, judged.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedChange {
    /// The values, or their medians.
    pub change: MetricChange,
    /// All values of the baseline, ascending.
    pub baseline: Vec<f64>,
    /// All values of the candidate, ascending.
    pub candidate: Vec<f64>,
    /// What the difference means; `None` if one side has no value.
    pub judgement: Option<Change>,
    /// Whether the metric decides about the comparison.
    pub decides: bool,
    /// `None` with too few runs.
    pub by_chance: Option<Chance>,
    pub(crate) noise: Noise,
}

impl JudgedChange {
    /// Judges every metric that at least one of the sides has.
    pub(crate) fn all(baseline: &Runs, candidate: &Runs, rules: &Rules) -> Vec<Self> {
        let judge = |metric: &Metric| Self::of(*metric, baseline, candidate, rules);
        Metric::ALL.iter().filter_map(judge).collect()
    }

    fn of(metric: Metric, baseline: &Runs, candidate: &Runs, rules: &Rules) -> Option<Self> {
        let (before, now) = (baseline.values(metric), candidate.values(metric));
        if before.is_empty() && now.is_empty() {
            return None;
        }
        let has_several = before.len().min(now.len()) >= SEVERAL;
        let noise = rules.noise(metric, baseline.challenge(), has_several);
        let change = MetricChange { metric, baseline: median(&before), candidate: median(&now) };
        let is_paired = before.len() == now.len()
            && baseline.seeds().is_some_and(|seeds| candidate.seeds() == Some(seeds));
        let by_chance = has_several.then(|| Chance::of(&before, &now, is_paired));
        let judgement = judge(&change, scale(metric, baseline, candidate), noise, by_chance);
        Some(Self {
            change,
            baseline: sorted(before),
            candidate: sorted(now),
            judgement,
            decides: rules.decides(metric, has_several),
            by_chance,
            noise,
        })
    }

    /// Whether it makes the candidate worse.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.decides && self.judgement == Some(Change::Worse)
    }
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values
}

/// The median, as in all tables of glomers: a value that occurs.
fn median(values: &[f64]) -> Option<f64> {
    let values = sorted(values.to_vec());
    Some(values[quantile_index(values.len(), 0.5)?])
}

/// By what a value of the candidate is multiplied before it is compared: counts are compared per
/// operation.
fn scale(metric: Metric, baseline: &Runs, candidate: &Runs) -> f64 {
    if metric.kind() != MetricKind::Count || metric == Metric::OpCount {
        return 1.0;
    }
    let operations = |runs: &Runs| median(&runs.values(Metric::OpCount)).filter(|it| *it > 0.0);
    match (operations(baseline), operations(candidate)) {
        (Some(before), Some(now)) => before / now,
        _ => 1.0,
    }
}

/// Whether a difference may be one of chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    /// How probable the difference is by chance, in the direction in which it was seen.
    pub probability: f64,
    /// Whether each run was compared with that of the same seed.
    pub is_paired: bool,
}

impl Chance {
    fn of(before: &[f64], now: &[f64], is_paired: bool) -> Self {
        let probability = if is_paired {
            let differences: Vec<f64> = before.iter().zip(now).map(|(a, b)| b - a).collect();
            let opposite: Vec<f64> = differences.iter().map(|it| -it).collect();
            signed_rank(&differences).min(signed_rank(&opposite))
        } else {
            rank_sum(before, now).min(rank_sum(now, before))
        };
        Self { probability, is_paired }
    }

    /// Whether it is too probable to count.
    fn is_likely(self) -> bool {
        self.probability > if self.is_paired { SIGNIFICANCE_OF_PAIRS } else { SIGNIFICANCE }
    }
}

fn judge(
    metric: &MetricChange,
    scale: f64,
    noise: Noise,
    by_chance: Option<Chance>,
) -> Option<Change> {
    let (baseline, candidate) = (metric.baseline?, metric.candidate? * scale);
    let difference = candidate - baseline;
    let order = difference.partial_cmp(&0.0)?;
    let is_noise = noise.covers(baseline, difference) || by_chance.is_some_and(Chance::is_likely);
    Some(match (order, metric.metric.better()) {
        (Ordering::Equal, _) => Change::Same,
        (_, Better::Neither) => Change::Neutral,
        _ if is_noise => Change::Noise,
        (Ordering::Less, Better::Lower) | (Ordering::Greater, Better::Higher) => Change::Better,
        (Ordering::Less, Better::Higher) | (Ordering::Greater, Better::Lower) => Change::Worse,
    })
}

impl Serialize for JudgedChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let numbers = |values: &[f64]| values.iter().copied().map(json_number).collect::<Vec<_>>();
        let change = &self.change;
        let mut fields = serializer.serialize_struct("metric", 11)?;
        fields.serialize_field("metric", change.metric.name())?;
        fields.serialize_field("baseline", &change.baseline.map(json_number))?;
        fields.serialize_field("candidate", &change.candidate.map(json_number))?;
        fields.serialize_field("change", &change.difference().map(json_number))?;
        fields.serialize_field("percent", &change.percent().map(json_number))?;
        fields.serialize_field("noise-percent", &self.noise.percent.map(json_number))?;
        let probability = self.by_chance.map(|chance| json_number(chance.probability));
        fields.serialize_field("probability", &probability)?;
        fields.serialize_field("judgement", &self.judgement.map(Change::name))?;
        fields.serialize_field("decides", &self.decides)?;
        fields.serialize_field("baseline-values", &numbers(&self.baseline))?;
        fields.serialize_field("candidate-values", &numbers(&self.candidate))?;
        fields.end()
    }
}
