//! A metric over runs, as a small picture.

use super::escape::escaped;
use super::overview::Trend;
use std::fmt::Write as _;

const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 110.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 92.0;
const LEFT: f64 = 10.0;
/// Where the dots begin: at their left are the least and the greatest value.
const DOTS: f64 = 72.0;
/// From the middle of a text to its base line.
const HALF: f64 = 4.0;
const RIGHT: f64 = 290.0;

/// The picture: a dot for each run, from the oldest to the newest.
pub(super) fn svg(trend: &Trend) -> String {
    let values: Vec<f64> = trend.points.iter().filter_map(|point| point.value).collect();
    let (Some(least), Some(most)) =
        (values.iter().copied().reduce(f64::min), values.iter().copied().reduce(f64::max))
    else {
        return String::new();
    };
    let range = if most > least { most - least } else { 1.0 };
    let steps = (trend.points.len().max(2) - 1) as f64;
    let place = |at: usize, value: f64| {
        let x = DOTS + (RIGHT - DOTS) * at as f64 / steps;
        let part = if most > least { (value - least) / range } else { 0.5 };
        (x, BOTTOM - (BOTTOM - TOP) * part)
    };
    let mut path = String::new();
    let mut dots = String::new();
    for (at, point) in trend.points.iter().enumerate() {
        let Some(value) = point.value else { continue };
        let (x, y) = place(at, value);
        let _ = write!(path, "{}{x:.1} {y:.1}", if path.is_empty() { "M" } else { " L" });
        let class = if point.is_bad { "svg-dot bad" } else { "svg-dot" };
        let _ = write!(
            dots,
            "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"><title>{}</title></circle>",
            escaped(&format!("{}: {}", point.run, point.shown))
        );
    }
    let shown_of = |value: f64| {
        let point = trend.points.iter().find(|point| point.value == Some(value));
        escaped(point.map_or("", |point| point.shown.as_str()))
    };
    let mut scale = String::new();
    for value in if most > least { vec![most, least] } else { vec![most] } {
        let (_, y) = place(0, value);
        let _ = write!(
            scale,
            "<text class=\"svg-soft\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            DOTS - 10.0,
            y + HALF,
            shown_of(value)
        );
    }
    let first = trend.points.iter().find(|point| point.value.is_some());
    let newest = trend.points.iter().rev().find(|point| point.value.is_some());
    let shown = newest.map_or("", |point| point.shown.as_str());
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">\
         <text class=\"svg-text\" x=\"{LEFT}\" y=\"14\">{}</text>\
         <text class=\"svg-text\" x=\"{RIGHT}\" y=\"14\" text-anchor=\"end\">{}</text>\
         {scale}<path class=\"svg-line\" d=\"{path}\"/>{dots}</svg>\n",
        escaped(&format!(
            "{}, {} runs: from {} to {shown}",
            trend.name,
            values.len(),
            first.map_or("", |point| point.shown.as_str())
        )),
        escaped(&trend.name),
        escaped(shown)
    )
}
