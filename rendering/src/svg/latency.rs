//! Each operation as a point: when it began, and how long it took.

use super::chart::{Chart, Entry, Plot, Sign, Subject};
use super::document::Path;
use super::outcome::{Outcome, SECOND, Series, latency, requests, series};
use crate::value_text::value_text;
use glomers_timeline::{Heading, Operation, Timeline};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Maximum number of operations of which each has a hint.
const MOST_HINTS: usize = 2_500;
/// Of points that are in the same square of this size in pixels, one is drawn.
const SQUARE: f64 = 2.5;
/// Maximum number of characters of an argument or a result in a hint.
const SHOWN: usize = 120;

/// The picture; `None` without operations.
pub(super) fn draw(timeline: &Timeline<'_>, heading: &Heading) -> Option<String> {
    let series = series(timeline);
    if series.is_empty() {
        return None;
    }
    let entry = |series: &Series<'_>| Entry {
        class: series.class.clone(),
        sign: sign(series.outcome),
        name: series.name(),
    };
    let legend: Vec<Entry> = series.iter().map(entry).collect();
    let count = requests(timeline).count();
    let is_hinted = count <= MOST_HINTS;
    let mut notes = Vec::new();
    if !is_hinted {
        notes.push(format!(
            "Of the {count} operations, those that would hide one another are drawn as one point."
        ));
    }
    let values = requests(timeline).map(|operation| latency(timeline, operation)).collect();
    let plot = Plot { axis: "latency (ms)", values, from_zero: false };
    let subject = Subject { title: "latency of each operation", heading, notes: &notes };
    let mut chart = Chart::new(timeline, &subject, &legend, &[plot]);
    for (series, entry) in series.iter().zip(&legend) {
        let class = format!("{} {}", entry.class, entry.sign.class());
        let mut path = Path::default();
        let mut taken = BTreeSet::new();
        for operation in &series.operations {
            let ms = latency(timeline, operation);
            let x = chart.x.pixel(operation.invoked as f64 / SECOND);
            let point = (x, chart.y[0].pixel(ms));
            if is_hinted {
                let mut path = Path::default();
                entry.sign.mark(&mut path, point);
                chart.document.path(&class, &path, Some(&hint(timeline, operation, ms)));
            } else if taken.insert(square(point)) {
                entry.sign.mark(&mut path, point);
            }
        }
        if !path.is_empty() {
            chart.document.path(&class, &path, None);
        }
    }
    Some(chart.document.finish())
}

fn sign(outcome: Outcome) -> Sign {
    match outcome {
        Outcome::Ok => Sign::Dot,
        Outcome::Failed => Sign::Cross,
        Outcome::Unknown | Outcome::Open => Sign::Plus,
    }
}

/// The square of a point; points are within the picture.
#[expect(clippy::cast_possible_truncation, reason = "pixels of a picture are small")]
fn square((x, y): (f64, f64)) -> (i32, i32) {
    ((x / SQUARE) as i32, (y / SQUARE) as i32)
}

fn hint(timeline: &Timeline<'_>, operation: &Operation<'_>, ms: f64) -> String {
    let Operation { entry, process, f, argument, invoked, .. } = operation;
    let at = *invoked as f64 / SECOND;
    let node = operation.node.and_then(|node| timeline.nodes().get(node));
    let node = node.map_or_else(String::new, |node| format!(" at {node}"));
    let mut text =
        format!("entry {entry}: {f} {} by process {process}{node}", value_text(argument, SHOWN));
    let _ = write!(text, "\nat {at:.3} s, {ms:.3} ms: {}", Outcome::of(operation).name());
    if let Some(end) = &operation.completion {
        text.push(' ');
        text += &value_text(end.error.unwrap_or(end.value), SHOWN);
    }
    text
}
