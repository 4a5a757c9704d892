//! Compares the metrics and verdicts of two runs.

use crate::metrics::{json_number, shown, shown_number};
use crate::run_dir::Run;
use crate::table_style::{Look, TableBuilder, Tone, plain, shown_lines};
use crate::validity;
use glomers_config::{Better, Metric};
use glomers_history::Validity;
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::cmp::Ordering;
use std::fmt;

/// The meaning of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The candidate is better.
    Better,
    /// The candidate is worse.
    Worse,
    /// Both are the same.
    Same,
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
            Self::Neutral => "neutral",
        }
    }

    fn tone(self) -> Tone {
        match self {
            Self::Better => Tone::Good,
            Self::Worse => Tone::Bad,
            Self::Same | Self::Neutral => Tone::Plain,
        }
    }
}

/// One metric of two runs; at least one of them has a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MetricChange {
    /// The metric.
    pub metric: Metric,
    /// Its value in the baseline.
    pub baseline: Option<f64>,
    /// Its value in the candidate.
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

    /// The meaning of the difference; `None` if one of them has no value.
    #[must_use]
    pub fn change(&self) -> Option<Change> {
        let order = self.difference()?.partial_cmp(&0.0)?;
        Some(match (order, self.metric.better()) {
            (Ordering::Equal, _) => Change::Same,
            (_, Better::Neither) => Change::Neutral,
            (Ordering::Less, Better::Lower) | (Ordering::Greater, Better::Higher) => Change::Better,
            (Ordering::Less, Better::Higher) | (Ordering::Greater, Better::Lower) => Change::Worse,
        })
    }
}

/// A baseline and a candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The run to compare with.
    pub baseline: Side,
    /// The run that is compared.
    pub candidate: Side,
    /// The metrics that at least one run has, in the order of tables.
    pub metrics: Vec<MetricChange>,
}

/// One of the two runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// Name of the challenge, if there is a `run.json` with it.
    pub challenge: Option<String>,
    /// The path that was opened.
    pub path: String,
    /// The verdict.
    pub valid: Validity,
}

impl Side {
    fn of(run: &Run) -> Self {
        let challenge = run.record.as_ref().map(|record| record.challenge.clone());
        let path = run.path.display().to_string();
        Self { challenge, path, valid: run.valid() }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.challenge {
            Some(challenge) => write!(out, "{challenge}, {}", self.path),
            None => out.write_str(&self.path),
        }
    }
}

impl Comparison {
    /// Compares two runs.
    #[must_use]
    pub fn new(baseline: &Run, candidate: &Run) -> Self {
        Self {
            baseline: Side::of(baseline),
            candidate: Side::of(candidate),
            metrics: MetricChange::all(baseline, candidate),
        }
    }

    /// How the verdict changed: valid is better than unknown, and unknown is better than invalid.
    #[must_use]
    pub fn verdict(&self) -> Change {
        let rank = |valid| match valid {
            Validity::Invalid => 0,
            Validity::Unknown => 1,
            Validity::Valid => 2,
        };
        match rank(self.candidate.valid).cmp(&rank(self.baseline.valid)) {
            Ordering::Less => Change::Worse,
            Ordering::Equal => Change::Same,
            Ordering::Greater => Change::Better,
        }
    }

    /// Whether the verdict or any metric is worse.
    #[must_use]
    pub fn any_worse(&self) -> bool {
        let is_worse = |change: &MetricChange| change.change() == Some(Change::Worse);
        self.verdict() == Change::Worse || self.metrics.iter().any(is_worse)
    }

    /// Lines about the two runs and their verdicts, and the table of metrics.
    #[must_use]
    pub fn table(&self, look: Look) -> String {
        let mut text = self.heading(look);
        text.push('\n');
        let header = ["metric", "baseline", "candidate", "change", "%", "judgement"];
        let mut table = TableBuilder::new(look, &header);
        for change in &self.metrics {
            let value = |value: Option<f64>| match value {
                Some(value) => plain(shown(change.metric, value)),
                None => plain("-"),
            };
            table.row(vec![
                plain(change.metric.name()),
                value(change.baseline),
                value(change.candidate),
                plain(change.difference().map(signed).unwrap_or_default()),
                plain(change.percent().map(signed_percent).unwrap_or_default()),
                match change.change() {
                    None | Some(Change::Neutral) => plain(""),
                    Some(change) => (change.name().to_owned(), change.tone()),
                },
            ]);
        }
        table.align_right(1..=4);
        text + &table.finish()
    }

    fn heading(&self, look: Look) -> String {
        let (baseline, candidate) = (&self.baseline, &self.candidate);
        let (before, now) = (verdict_word(baseline.valid), verdict_word(candidate.valid));
        let mut lines = vec![
            match self.verdict() {
                Change::Same => format!("verdict: {now}, as before"),
                change => format!("verdict: {before}, now {now}: {}", change.name()),
            },
            format!("baseline: {baseline}"),
            format!("candidate: {candidate}"),
        ];
        if let (Some(before), Some(now)) = (&baseline.challenge, &candidate.challenge)
            && before != now
        {
            lines.push(format!("these are different tests: {before} and {now}"));
        }
        let mark = if look == Look::Markdown { "- " } else { "" };
        let lines: Vec<String> = lines.iter().map(|line| shown_lines(line, look)).collect();
        lines.iter().flat_map(|line| [mark, line, "\n"]).collect()
    }
}

/// The word for a verdict.
#[must_use]
pub fn verdict_word(valid: Validity) -> &'static str {
    match valid {
        Validity::Valid => "valid",
        Validity::Unknown => "unknown",
        Validity::Invalid => "invalid",
    }
}

/// The displayed form of a difference, with its sign.
pub(crate) fn signed(difference: f64) -> String {
    // Differences of single-precision numbers have noise after the sixth digit.
    let rounded = (difference * 1e6).round() / 1e6;
    let sign = if rounded > 0.0 { "+" } else { "" };
    format!("{sign}{}", shown_number(rounded))
}

pub(crate) fn signed_percent(percent: f64) -> String {
    if percent == 0.0 {
        return "0".to_owned();
    }
    // Decimals are only shown for small changes.
    let decimals = usize::from(percent.abs() < 10.0);
    format!("{percent:+.decimals$}")
}

impl Serialize for Side {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("run", 3)?;
        fields.serialize_field("challenge", &self.challenge)?;
        fields.serialize_field("path", &self.path)?;
        fields.serialize_field("valid", &validity::to_json(self.valid))?;
        fields.end()
    }
}

impl Serialize for MetricChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("metric", 6)?;
        fields.serialize_field("metric", self.metric.name())?;
        fields.serialize_field("baseline", &self.baseline.map(json_number))?;
        fields.serialize_field("candidate", &self.candidate.map(json_number))?;
        fields.serialize_field("change", &self.difference().map(json_number))?;
        fields.serialize_field("percent", &self.percent().map(json_number))?;
        fields.serialize_field("judgement", &self.change().map(Change::name))?;
        fields.end()
    }
}

impl Serialize for Comparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("comparison", 5)?;
        fields.serialize_field("baseline", &self.baseline)?;
        fields.serialize_field("candidate", &self.candidate)?;
        fields.serialize_field("verdict", self.verdict().name())?;
        fields.serialize_field("worse", &self.any_worse())?;
        fields.serialize_field("metrics", &self.metrics)?;
        fields.end()
    }
}
