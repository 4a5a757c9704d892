//! The frame of a chart: title, legend, axes, and the faults of the run.

use super::document::{Document, Path};
use super::fault_lanes::FaultLanes;
use super::outcome::SECOND;
use super::palette;
use super::scale::{Scale, label};
use glomers_timeline::{Heading, Timeline};

/// Width of a chart, in pixels, and where its plots begin and end.
const WIDTH: f64 = 1000.0;
const LEFT: f64 = 84.0;
const RIGHT: f64 = WIDTH - 24.0;
/// Height of one plot, and of what is between two.
const PLOT: f64 = 300.0;
const BETWEEN: f64 = 34.0;
/// Lines of text above the plots.
const TITLE: f64 = 28.0;
const SUBTITLE: f64 = 46.0;
const LEGEND: f64 = 70.0;
const LINE: f64 = 18.0;
/// Roughly how wide a character of a legend is.
const CHARACTER: f64 = 6.7;
/// Room for the sign of a series, and between two entries of a legend.
const SIGN: f64 = 18.0;
const GAP: f64 = 20.0;
/// Room below the plots for the axis of time.
const AXIS: f64 = 48.0;
const MARGIN: f64 = 12.0;

/// How far the axis of time goes, of the length of a run: its last points are not at the border.
const BEHIND: f64 = 1.01;

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Dot,
    Cross,
    Plus,
    Line,
    Dashes,
}

impl Sign {
    /// The classes of a path that is drawn so.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Dot => "dots",
            Self::Cross | Self::Plus => "marks",
            Self::Line => "line",
            Self::Dashes => "line dashes",
        }
    }

    /// Adds a point to a path.
    pub(super) fn mark(self, path: &mut Path, point: (f64, f64)) {
        /// Size of crosses to each side, in pixels.
        const SIZE: f64 = 2.6;
        match self {
            Self::Dot | Self::Line | Self::Dashes => path.dot(point),
            Self::Cross => path.cross(point, SIZE),
            Self::Plus => path.plus(point, SIZE + 0.6),
        };
    }
}

/// An entry of a legend.
pub(super) struct Entry {
    pub(super) class: String,
    pub(super) sign: Sign,
    pub(super) name: String,
}

/// A plot of a chart: its values are on the vertical axis.
#[derive(Clone)]
pub(super) struct Plot {
    /// What the vertical axis shows.
    pub(super) axis: &'static str,
    /// All values that are shown.
    pub(super) values: Vec<f64>,
    /// Whether it begins at zero, however the values differ.
    pub(super) from_zero: bool,
}

/// A chart with its frame; series are drawn into it.
pub(super) struct Chart {
    pub(super) document: Document,
    /// Seconds to pixels.
    pub(super) x: Scale,
    /// For each plot, values to pixels.
    pub(super) y: Vec<Scale>,
}

/// What a chart is about.
pub(super) struct Subject<'a> {
    pub(super) title: &'a str,
    pub(super) heading: &'a Heading,
    /// What the reader has to know.
    pub(super) notes: &'a [String],
}

impl Chart {
    /// Draws the frame around these plots.
    pub(super) fn new(
        timeline: &Timeline<'_>,
        subject: &Subject<'_>,
        legend: &[Entry],
        plots: &[Plot],
    ) -> Self {
        let seconds = (timeline.end() as f64 / SECOND).max(0.0);
        let end = if seconds > 0.0 { seconds * BEHIND } else { 1.0 };
        let x = Scale::linear(0.0, end, (LEFT, RIGHT));
        let faults = FaultLanes::new(timeline, x);
        let rows = legend_rows(legend);
        let above = LEGEND + rows.len() as f64 * LINE + LINE;
        let bottom_of = |plot: usize| above + PLOT * (plot + 1) as f64 + BETWEEN * plot as f64;
        let bottom = bottom_of(plots.len().saturating_sub(1));
        let notes = bottom + AXIS + faults.height();
        let height = notes + subject.notes.len() as f64 * LINE + MARGIN;
        let title = title(subject.title, subject.heading);
        let colours = palette::rules()
            + ".dots{stroke-width:4.4;stroke-opacity:.75}.marks{stroke-width:1.4}\
               .line{stroke-width:1.7}.dashes{stroke-dasharray:5 3}";
        let mut document = Document::new(WIDTH, height, &title, &colours);
        document.text("title", LEFT, TITLE, &title);
        document.text("minor", LEFT, SUBTITLE, &subtitle(subject.heading));
        draw_legend(&mut document, &rows);
        let mut y = Vec::new();
        for (position, plot) in plots.iter().enumerate() {
            let bottom = bottom_of(position);
            let (top, pixels) = (bottom - PLOT, (bottom, bottom - PLOT));
            let scale = if plot.from_zero {
                Scale::from_zero(plot.values.iter().copied().fold(0.0, f64::max), pixels)
            } else {
                Scale::for_values(plot.values.iter().copied(), pixels)
            };
            faults.shade(&mut document, top, bottom);
            draw_values(&mut document, scale, plot.axis, top);
            y.push(scale);
        }
        draw_time(&mut document, x, bottom);
        faults.draw(&mut document, bottom + AXIS - 4.0, LEFT);
        for (position, note) in subject.notes.iter().enumerate() {
            document.text("minor", LEFT, notes + LINE * (position as f64 + 0.7), note);
        }
        Self { document, x, y }
    }

    /// Draws a line through points, each a time in s with its value; `None` interrupts it.
    pub(super) fn curve(&mut self, plot: usize, entry: &Entry, points: &[Option<(f64, f64)>]) {
        let (mut path, mut dots) = (Path::default(), Path::default());
        let mut is_begun = false;
        for (position, point) in points.iter().enumerate() {
            let Some((time, value)) = point else {
                is_begun = false;
                continue;
            };
            let point = (self.x.pixel(*time), self.y[plot].pixel(*value));
            if is_begun {
                path.line_to(point);
            } else if points.get(position + 1).is_some_and(Option::is_some) {
                path.move_to(point);
            } else {
                // A point alone would be no line.
                dots.dot(point);
            }
            is_begun = true;
        }
        for (path, sign) in [(path, entry.sign), (dots, Sign::Dot)] {
            if !path.is_empty() {
                self.document.path(&format!("{} {}", entry.class, sign.class()), &path, None);
            }
        }
    }
}

/// `broadcast-e: latency of operations`.
pub(super) fn title(what: &str, heading: &Heading) -> String {
    if heading.workload.is_empty() {
        what.to_owned()
    } else {
        format!("{}: {what}", heading.workload)
    }
}

/// The node and the seed.
pub(super) fn subtitle(heading: &Heading) -> String {
    /// Maximum number of characters of a command line.
    const SHOWN: usize = 90;
    let mut parts = Vec::new();
    if !heading.node.is_empty() {
        parts.push(glomers_history::shortened(&heading.node, SHOWN).into_owned());
    }
    if let Some((ms, distribution)) = &heading.latency {
        parts.push(format!("latency {ms} ms ({distribution})"));
    }
    if let Some(seed) = heading.seed {
        parts.push(format!("seed {seed}"));
    }
    parts.join(", ")
}

/// Roughly how wide an entry of a legend is, in pixels.
fn width(name: &str) -> f64 {
    SIGN + name.chars().count() as f64 * CHARACTER + GAP
}

/// The entries of each line.
fn legend_rows(legend: &[Entry]) -> Vec<Vec<&Entry>> {
    let mut rows: Vec<Vec<&Entry>> = Vec::new();
    let mut x = f64::INFINITY;
    for entry in legend {
        let width = width(&entry.name);
        if x + width > RIGHT {
            rows.push(Vec::new());
            x = LEFT;
        }
        x += width;
        if let Some(row) = rows.last_mut() {
            row.push(entry);
        }
    }
    rows
}

fn draw_legend(document: &mut Document, rows: &[Vec<&Entry>]) {
    /// Height of the sign above the line of text.
    const ABOVE: f64 = 4.0;
    for (position, row) in rows.iter().enumerate() {
        let (mut x, y) = (LEFT, LEGEND + position as f64 * LINE);
        for entry in row {
            let mut path = Path::default();
            match entry.sign {
                Sign::Line | Sign::Dashes => {
                    path.move_to((x, y - ABOVE)).line_to((x + SIGN - 4.0, y - ABOVE));
                }
                sign => sign.mark(&mut path, (x + SIGN / 2.0 - 2.0, y - ABOVE)),
            }
            document.path(&format!("{} {}", entry.class, entry.sign.class()), &path, None);
            document.text("", x + SIGN, y, &entry.name);
            x += width(&entry.name);
        }
    }
}

fn draw_values(document: &mut Document, scale: Scale, axis: &str, top: f64) {
    for tick in scale.ticks() {
        let y = scale.pixel(tick);
        document.line("grid", (LEFT, y), (RIGHT, y));
        document.text("minor end", LEFT - 8.0, y + 4.0, &label(tick));
    }
    let y = scale.pixel(f64::NAN);
    document.line("axis", (LEFT, top), (LEFT, y));
    document.line("axis", (LEFT, y), (RIGHT, y));
    document.text("minor", LEFT - 60.0, top - 10.0, axis);
}

fn draw_time(document: &mut Document, x: Scale, bottom: f64) {
    for tick in x.ticks() {
        let at = x.pixel(tick);
        document.line("axis", (at, bottom), (at, bottom + 4.0));
        document.text("minor middle", at, bottom + 18.0, &label(tick));
    }
    document.text(
        "minor middle",
        f64::midpoint(LEFT, RIGHT),
        bottom + 34.0,
        "time since the start of the test (s)",
    );
}
