//! A comparison as text, JSON and CSV.

use super::change::{Change, JudgedChange};
use super::{Comparison, TargetChange};
use crate::metrics::{json_number, shown, shown_number};
use crate::table_style::{Look, TableBuilder, Tone, fits as narrow, plain, shown_lines};
use crate::targets::{TargetState, shown_limit};
use glomers_config::Metric;
use glomers_history::Validity;
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::fmt::Write as _;

/// The columns that are shown, by their indices, and whether ranges are: less where there is less room.
const SHAPES: [(&[usize], bool); 4] = [
    (&[0, 1, 2, 3, 4, 5, 6], true),
    (&[0, 1, 2, 4, 5, 6], true),
    (&[0, 1, 2, 4, 6], true),
    (&[0, 1, 2, 4, 6], false),
];

impl Comparison {
    /// Lines about the two sides, their verdicts and targets, the table of metrics, and what is worse. In a
    /// terminal of a width (in characters), columns that do not fit are left out.
    #[must_use]
    pub fn table(&self, look: Look, width: Option<u16>) -> String {
        let fits = |(columns, ranges): &(&[usize], bool)| {
            // Colours take no room.
            let plain = self.metrics_table(Look::Terminal { colour: false }, columns, *ranges);
            width.is_none_or(|width| narrow(&plain, width))
        };
        let (columns, ranges) = SHAPES.into_iter().find(fits).unwrap_or(SHAPES[SHAPES.len() - 1]);
        let metrics = self.metrics_table(look, columns, ranges);
        format!("{}\n{metrics}\n{}", lines(&self.heading(), look), lines(&self.conclusion(), look))
    }

    fn metrics_table(&self, look: Look, columns: &[usize], ranges: bool) -> String {
        const HEADINGS: [&str; 7] =
            ["metric", "baseline", "candidate", "change", "%", "noise", "judged"];
        let headings: Vec<&str> = columns.iter().map(|column| HEADINGS[*column]).collect();
        let mut table = TableBuilder::new(look, &headings);
        for judged in &self.metrics {
            let JudgedChange { change, .. } = judged;
            let side = |values: &[f64], value: Option<f64>| match value {
                Some(value) if ranges => plain(with_range(change.metric, values, value)),
                Some(value) => plain(shown(change.metric, value)),
                None => plain("-"),
            };
            let cells = [
                plain(change.metric.name()),
                side(&judged.baseline, change.baseline),
                side(&judged.candidate, change.candidate),
                plain(change.difference().map(signed).unwrap_or_default()),
                plain(change.percent().map(signed_percent).unwrap_or_default()),
                plain(judged.noise_text()),
                judged.judgement_cell(),
            ];
            table.row(columns.iter().map(|column| cells[*column].clone()).collect());
        }
        table.align_right(1..columns.len() - 1);
        table.finish()
    }

    fn verdict_line(&self) -> String {
        let (before, now) = self.verdicts();
        let (before, now) = (verdict_word(before), verdict_word(now));
        match self.verdict() {
            Change::Same => format!("verdict: {now}, as before"),
            change => format!("verdict: {before}, now {now}: {}", change.name()),
        }
    }

    fn heading(&self) -> Vec<String> {
        let mut lines = vec![self.verdict_line()];
        lines.extend(self.targets.iter().filter_map(TargetChange::line));
        if !self.targets.is_empty() && self.targets.iter().all(|it| it.now == TargetState::Met) {
            lines.push("targets: all met".to_owned());
        }
        lines.push(format!("baseline: {}", self.baseline));
        lines.push(format!("candidate: {}", self.candidate));
        if let Some(mismatch) = &self.mismatch {
            lines.push(format!("these are different tests: {mismatch}"));
        }
        lines
    }

    /// The verdicts, and what is better or worse, one line for each thing.
    #[must_use]
    pub fn changes(&self) -> Vec<String> {
        let mut lines = vec![self.verdict_line()];
        let changed = self.targets.iter().filter(|target| target.change() != Change::Same);
        lines.extend(changed.filter_map(TargetChange::line));
        // What a wrong node costs is no measure.
        if self.verdict() == Change::Better {
            return lines;
        }
        let judged = |change| {
            let metrics = self.metrics.iter().filter(move |metric| metric.decides);
            metrics.filter(move |metric| metric.judgement == Some(change))
        };
        let before = lines.len();
        for change in [Change::Better, Change::Worse] {
            let text = |metric: &JudgedChange| format!("{}: {}", change.name(), metric.text());
            lines.extend(judged(change).map(text));
        }
        if lines.len() == before {
            lines.push("no metric differs beyond noise".to_owned());
        }
        lines
    }

    /// What is worse, or that nothing is.
    fn conclusion(&self) -> Vec<String> {
        let mut worse = self.reasons();
        if worse.is_empty() {
            worse.push("nothing is worse beyond noise".to_owned());
        }
        if self.has_few_runs() {
            worse.push(
                "one run a side shows large differences only: `glomers run --repeat 5` shows more"
                    .to_owned(),
            );
        }
        worse
    }

    /// What is worse, one line for each thing.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        if self.verdict() == Change::Worse {
            let (before, now) = self.verdicts();
            let (before, now) = (verdict_word(before), verdict_word(now));
            reasons.push(format!("worse: the verdict was {before} and is {now}"));
        }
        let targets = self.targets.iter().filter(|target| target.change() == Change::Worse);
        reasons.extend(targets.map(|target| format!("worse: {}", target.text())));
        reasons.extend(self.worse_metrics().map(|metric| format!("worse: {}", metric.text())));
        reasons
    }

    /// The metrics as lines of comma-separated values, with a heading.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut text = String::from(
            "metric,baseline,candidate,change,percent,noise_percent,probability,judgement,decides\n",
        );
        let number = |value: Option<f64>| value.map(|it| json_number(it).to_string());
        for judged in &self.metrics {
            let change = &judged.change;
            let fields = [
                Some(change.metric.name().to_owned()),
                number(change.baseline),
                number(change.candidate),
                number(change.difference()),
                number(change.percent()),
                number(judged.noise.percent),
                number(judged.by_chance.map(|chance| chance.probability)),
                judged.judgement.map(|it| it.name().to_owned()),
                Some(judged.decides.to_string()),
            ];
            let fields: Vec<String> = fields.into_iter().map(Option::unwrap_or_default).collect();
            text += &fields.join(",");
            text.push('\n');
        }
        text
    }
}

fn lines(lines: &[String], look: Look) -> String {
    let mark = if look == Look::Markdown { "- " } else { "" };
    let lines: Vec<String> = lines.iter().map(|line| shown_lines(line, look)).collect();
    lines.iter().flat_map(|line| [mark, line, "\n"]).collect()
}

/// A value, and half of the range of the values if there are several.
fn with_range(metric: Metric, values: &[f64], value: f64) -> String {
    match values {
        [first, .., last] if first.total_cmp(last).is_ne() => {
            let (number, half) = (shown_number(value), shown_number(rounded((last - first) / 2.0)));
            let unit = metric.unit();
            let space = if unit.is_empty() { "" } else { " " };
            format!("{number} ±{half}{space}{unit}")
        }
        _ => shown(metric, value),
    }
}

/// A positive number, to two digits unless those are fewer than it has before the point.
fn rounded(number: f64) -> f64 {
    const DIGITS: i32 = 2;
    #[expect(clippy::cast_possible_truncation, reason = "the exponent of a double")]
    let exponent = number.log10().floor() as i32;
    let step = 10_f64.powi((exponent - DIGITS + 1).min(0));
    (number / step).round() * step
}

impl JudgedChange {
    fn noise_text(&self) -> String {
        match (self.judgement, self.noise.percent) {
            (None | Some(Change::Neutral), _) => String::new(),
            (_, Some(0.0)) => shown_number(self.noise.least),
            (_, Some(percent)) => format!("{} %", shown_number(percent)),
            (_, None) => "any".to_owned(),
        }
    }

    fn judgement_cell(&self) -> (String, Tone) {
        let Some(judgement) = self.judgement.filter(|it| *it != Change::Neutral) else {
            return plain("");
        };
        let tone = match judgement {
            _ if !self.decides => Tone::Plain,
            Change::Better => Tone::Good,
            Change::Worse => Tone::Bad,
            Change::Same | Change::Noise | Change::Neutral => Tone::Plain,
        };
        match judgement {
            Change::Same | Change::Noise => plain(judgement.name()),
            // What does not decide is in parentheses.
            _ if !self.decides => plain(format!("({})", judgement.name())),
            _ => (judgement.name().to_owned(), tone),
        }
    }

    fn text(&self) -> String {
        let change = &self.change;
        let value = |value: Option<f64>| {
            value.map_or_else(|| "-".to_owned(), |it| shown(change.metric, it))
        };
        let mut text = format!(
            "{} {}, now {}",
            change.metric,
            value(change.baseline),
            value(change.candidate)
        );
        if let Some(percent) = change.percent() {
            let _ = write!(text, " ({} %)", signed_percent(percent));
        }
        text
    }
}

impl TargetChange {
    fn line(&self) -> Option<String> {
        let change = self.change();
        match (change, self.now) {
            (Change::Same, TargetState::Met) => None,
            (Change::Same, state) => {
                let word = if state == TargetState::Missed { "missed" } else { "unknown" };
                Some(format!("target {}: {word}, as before", self.name()))
            }
            _ => Some(format!("target {}: {}", self.text(), change.name())),
        }
    }

    fn name(&self) -> String {
        format!("{} {}", self.target.metric, shown_limit(&self.target))
    }

    fn text(&self) -> String {
        let word = |state| match state {
            TargetState::Met => "met",
            TargetState::Missed => "missed",
            TargetState::Unknown => "unknown",
        };
        format!("{} was {} and is {}", self.name(), word(self.before), word(self.now))
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

impl Serialize for TargetChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("target", 4)?;
        fields.serialize_field("metric", self.target.metric.name())?;
        fields.serialize_field("limit", &shown_limit(&self.target))?;
        fields.serialize_field("before", self.before.word())?;
        fields.serialize_field("now", self.now.word())?;
        fields.end()
    }
}

impl Serialize for Comparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("comparison", 8)?;
        fields.serialize_field("baseline", &self.baseline)?;
        fields.serialize_field("candidate", &self.candidate)?;
        fields.serialize_field("different-tests", &self.mismatch)?;
        fields.serialize_field("verdict", self.verdict().name())?;
        fields.serialize_field("targets", &self.targets)?;
        fields.serialize_field("worse", &self.is_worse())?;
        fields.serialize_field("reasons", &self.reasons())?;
        fields.serialize_field("metrics", &self.metrics)?;
        fields.end()
    }
}
