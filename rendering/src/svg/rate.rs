//! Operations and messages per second, over time.

use super::chart::{Chart, Entry, Plot, Sign, Subject};
use super::message_counts::MessageCounts;
use super::outcome::{Outcome, series};
use super::palette;
use super::windows::Windows;
use glomers_timeline::{Heading, Timeline};

/// The picture; `None` without operations and messages.
pub(super) fn draw(
    timeline: &Timeline<'_>,
    heading: &Heading,
    counts: &MessageCounts,
) -> Option<String> {
    let windows = Windows::of(timeline);
    let per_second = |counts: &[u64]| -> Vec<Option<(f64, f64)>> {
        let point = |(window, count): (usize, &u64)| {
            Some((windows.middle(window, timeline), *count as f64 / windows.seconds))
        };
        counts.iter().enumerate().map(point).collect()
    };
    let mut curves = Vec::new();
    for series in series(timeline) {
        let mut counts = vec![0_u64; windows.count];
        for operation in &series.operations {
            counts[windows.at(operation.invoked)] += 1;
        }
        let sign = if series.outcome == Outcome::Ok { Sign::Line } else { Sign::Dashes };
        let entry = Entry { class: series.class.clone(), sign, name: series.name() };
        curves.push((0, entry, per_second(&counts)));
    }
    let has_operations = !curves.is_empty();
    let notes = [format!(
        "In windows of {} s, by the time at which operations began and messages were sent.",
        super::scale::label(windows.seconds)
    )];
    let kinds = [
        ("messages between nodes and services", 6, &counts.server),
        ("messages of clients", 5, &counts.client),
    ];
    let has_messages = kinds.iter().any(|(.., counts)| counts.iter().any(|count| *count > 0));
    for (name, colour, counts) in kinds.into_iter().filter(|_| has_messages) {
        let name = format!("{name} ({})", counts.iter().sum::<u64>());
        let entry = Entry { class: palette::series(colour), sign: Sign::Line, name };
        curves.push((usize::from(has_operations), entry, per_second(counts)));
    }
    if curves.is_empty() {
        return None;
    }
    let values = |plot: usize| -> Vec<f64> {
        let its = curves.iter().filter(|(its, ..)| *its == plot);
        its.flat_map(|(_, _, points)| points.iter().flatten().map(|(_, value)| *value)).collect()
    };
    let names = [("operations per second", has_operations), ("messages per second", has_messages)];
    let plots: Vec<Plot> = names
        .iter()
        .filter(|(_, is_shown)| *is_shown)
        .enumerate()
        .map(|(position, (axis, _))| Plot { axis, values: values(position), from_zero: true })
        .collect();
    let legend: Vec<Entry> = curves
        .iter()
        .map(|(_, Entry { class, sign, name }, _)| Entry {
            class: class.clone(),
            sign: *sign,
            name: name.clone(),
        })
        .collect();
    let subject = Subject { title: "rate of operations and messages", heading, notes: &notes };
    let mut chart = Chart::new(timeline, &subject, &legend, &plots);
    for (plot, entry, points) in &curves {
        chart.curve(*plot, entry, points);
    }
    Some(chart.document.finish())
}
