//! When which faults were active: a lane of bars for each kind, below a chart, and shades in it.

use super::document::Document;
use super::outcome::SECOND;
use super::palette;
use super::scale::Scale;
use glomers_timeline::{Fault, FaultKind, Timeline};
use std::fmt::Write as _;

/// Height of a lane in pixels, and of the bars in it.
const LANE: f64 = 16.0;
const BAR: f64 = 10.0;
/// Faults that are closer than this, in pixels, are shown as one.
const NEAR: f64 = 1.0;
/// Maximum number of faults that the hint of a bar names.
const NAMED: usize = 6;
/// The lane of faults that are not ours.
const OTHER: &str = "other";

/// A bar: faults of one kind that overlap.
struct Bar {
    left: f64,
    right: f64,
    hint: Vec<String>,
}

/// The faults of one kind.
struct Lane {
    name: String,
    bars: Vec<Bar>,
}

/// All lanes.
pub(super) struct FaultLanes {
    lanes: Vec<Lane>,
}

impl FaultLanes {
    /// The lanes of a run, on this scale of seconds.
    pub(super) fn new(timeline: &Timeline<'_>, x: Scale) -> Self {
        let mut lanes: Vec<Lane> = Vec::new();
        for fault in timeline.faults() {
            let name = lane_name(&fault.kind);
            let place = lanes.iter().position(|lane| lane.name == name).unwrap_or_else(|| {
                lanes.push(Lane { name: name.to_owned(), bars: Vec::new() });
                lanes.len() - 1
            });
            let pixel = |time: i64| x.pixel(time as f64 / SECOND);
            let right = pixel(fault.until.unwrap_or(i64::MAX));
            lanes[place].add(pixel(fault.from), right, hint(fault, timeline.nodes()));
        }
        Self { lanes }
    }

    /// Their height in pixels.
    pub(super) fn height(&self) -> f64 {
        self.lanes.len() as f64 * LANE
    }

    /// Shades a plot between these pixels.
    pub(super) fn shade(&self, document: &mut Document, top: f64, bottom: f64) {
        for Lane { name, bars } in &self.lanes {
            for bar in bars {
                let class = format!("{} shade", palette::fault(name));
                let place = [bar.left, top, (bar.right - bar.left).max(NEAR), bottom - top];
                document.rectangle(&class, place, Some(&bar.hint()));
            }
        }
    }

    /// Draws the lanes from this pixel downwards, their names left of the plot.
    pub(super) fn draw(&self, document: &mut Document, top: f64, left: f64) {
        for (position, Lane { name, bars }) in self.lanes.iter().enumerate() {
            let top = top + position as f64 * LANE;
            document.text("small minor end", left - 8.0, top + BAR, name);
            for bar in bars {
                let class = format!("{} bar", palette::fault(name));
                let place = [bar.left, top + 1.0, (bar.right - bar.left).max(NEAR), BAR];
                document.rectangle(&class, place, Some(&bar.hint()));
            }
        }
    }
}

impl Lane {
    /// Faults come in the order in which they began.
    fn add(&mut self, left: f64, right: f64, hint: String) {
        match self.bars.last_mut().filter(|last| left <= last.right + NEAR) {
            Some(last) => {
                last.right = last.right.max(right);
                last.hint.push(hint);
            }
            None => self.bars.push(Bar { left, right, hint: vec![hint] }),
        }
    }
}

impl Bar {
    fn hint(&self) -> String {
        let more = self.hint.len().saturating_sub(NAMED);
        let mut text = self.hint[..self.hint.len() - more].join("\n");
        if more > 0 {
            let _ = write!(text, "\nand {more} more");
        }
        text
    }
}

/// The name of the lane of a fault.
pub(super) fn lane_name(kind: &FaultKind) -> &str {
    match kind {
        FaultKind::Other(_) => OTHER,
        known => known.name(),
    }
}

fn hint(fault: &Fault, nodes: &[String]) -> String {
    let from = fault.from as f64 / SECOND;
    let begins = fault.kind.beginning(nodes);
    match fault.until {
        Some(until) => format!("{from:.3} s to {:.3} s: {begins}", until as f64 / SECOND),
        None => format!("{from:.3} s to the end: {begins}"),
    }
}
