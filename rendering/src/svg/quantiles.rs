//! Latencies over time: the median and the slowest of each moment.

use super::chart::{Chart, Entry, Plot, Sign, Subject};
use super::outcome::{latency, requests};
use super::palette;
use super::windows::Windows;
use glomers_history::quantile_index;
use glomers_timeline::{Heading, Timeline};

/// The quantiles, with their names.
const QUANTILES: [(f64, &str); 4] = [(0.5, "p50"), (0.95, "p95"), (0.99, "p99"), (1.0, "max")];

/// The picture; `None` if no operation succeeded.
pub(super) fn draw(timeline: &Timeline<'_>, heading: &Heading) -> Option<String> {
    let windows = Windows::of(timeline);
    let mut latencies = vec![Vec::new(); windows.count];
    for operation in requests(timeline).filter(|operation| operation.is_ok()) {
        latencies[windows.at(operation.invoked)].push(latency(timeline, operation));
    }
    let all: Vec<f64> = latencies.iter().flatten().copied().collect();
    if all.is_empty() {
        return None;
    }
    for window in &mut latencies {
        window.sort_unstable_by(f64::total_cmp);
    }
    let curve = |quantile: f64| -> Vec<Option<(f64, f64)>> {
        let point = |(window, latencies): (usize, &Vec<f64>)| {
            let value = quantile_of(latencies, quantile)?;
            Some((windows.middle(window, timeline), value))
        };
        latencies.iter().enumerate().map(point).collect()
    };
    let curves: Vec<_> = QUANTILES.iter().map(|(quantile, _)| curve(*quantile)).collect();
    let legend: Vec<Entry> = QUANTILES
        .iter()
        .enumerate()
        .map(|(position, (_, name))| Entry {
            class: palette::series(position),
            sign: Sign::Line,
            name: (*name).to_owned(),
        })
        .collect();
    let seconds = super::scale::label(windows.seconds);
    let notes = [
        format!(
            "Of the {} operations that succeeded, by the time at which they began, in windows of {seconds} s.",
            all.len()
        ),
        "Where curves coincide, as those of few operations do, that of the lowest quantile is seen."
            .to_owned(),
    ];
    let shown = curves.iter().flatten().flatten().map(|(_, value)| *value).collect();
    let plot = Plot { axis: "latency (ms)", values: shown, from_zero: false };
    let subject = Subject { title: "quantiles of latency", heading, notes: &notes };
    let mut chart = Chart::new(timeline, &subject, &legend, &[plot]);
    // The highest first: where they are equal, the median is seen.
    for (entry, curve) in legend.iter().zip(&curves).rev() {
        chart.curve(0, entry, curve);
    }
    Some(chart.document.finish())
}

fn quantile_of(sorted: &[f64], quantile: f64) -> Option<f64> {
    sorted.get(quantile_index(sorted.len(), quantile)?).copied()
}
