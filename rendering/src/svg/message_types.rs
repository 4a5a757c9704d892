//! The types of the messages of a diagram: their colours, and the legend.

use super::document::{Document, Path};
use super::palette;
use glomers_history::{shortened, visible};
use glomers_timeline::Timeline;

/// Maximum number of types with a colour.
const TYPES: usize = 8;
/// Roughly how wide a character is, in pixels.
const CHARACTER: f64 = 6.7;
/// Space at both sides of the legend, in pixels.
const SIDE: f64 = 24.0;

/// The types of messages: requests and their answers have the same colour.
pub(super) struct Types {
    /// Each type, with the number of its messages.
    found: Vec<(String, usize)>,
}

impl Types {
    /// The types of these messages.
    pub(super) fn new(timeline: &Timeline<'_>, positions: &[usize]) -> Self {
        let mut found: Vec<(String, usize)> = Vec::new();
        for position in positions {
            let kind = request_of(timeline.messages()[*position].kind);
            let known = found.iter().take(TYPES).position(|(name, _)| name == kind);
            let place = known.unwrap_or_else(|| found.len().min(TYPES));
            if place == found.len() {
                let name = if place < TYPES { kind } else { "others" };
                found.push((name.to_owned(), 0));
            }
            found[place].1 += 1;
        }
        Self { found }
    }

    /// The class of a type.
    pub(super) fn class(&self, kind: &str) -> String {
        let kind = request_of(kind);
        let position = self.found.iter().take(TYPES).position(|(name, _)| name == kind);
        palette::series(position.unwrap_or(TYPES))
    }

    fn entry(&self, position: usize) -> String {
        /// Maximum number of characters of a type.
        const SHOWN: usize = 30;
        let (name, count) = &self.found[position];
        format!("{} ({count})", shortened(&visible(name), SHOWN))
    }

    /// The entries of each line of the legend.
    pub(super) fn lines(&self, width: f64) -> Vec<Vec<usize>> {
        let mut lines: Vec<Vec<usize>> = Vec::new();
        let mut x = f64::INFINITY;
        for position in 0..self.found.len() {
            let wide = entry_width(&self.entry(position));
            if x + wide > width - SIDE {
                lines.push(Vec::new());
                x = SIDE;
            }
            x += wide;
            if let Some(line) = lines.last_mut() {
                line.push(position);
            }
        }
        lines
    }

    /// Draws a line of the legend.
    pub(super) fn draw(&self, document: &mut Document, line: &[usize], y: f64) {
        let mut x = SIDE;
        for position in line {
            let text = self.entry(*position);
            let class = format!("{} message", palette::series(*position));
            document.path(&class, &arrow((x, y - 4.0), (x + 20.0, y - 4.0)), None);
            document.text("", x + 26.0, y, &text);
            x += entry_width(&text);
        }
    }
}

fn entry_width(text: &str) -> f64 {
    26.0 + text.chars().count() as f64 * CHARACTER + 18.0
}

/// `broadcast` for `broadcast_ok`.
fn request_of(kind: &str) -> &str {
    kind.strip_suffix("_ok").filter(|it| !it.is_empty()).unwrap_or(kind)
}

/// A line with a head.
pub(super) fn arrow(from: (f64, f64), to: (f64, f64)) -> Path {
    /// Length of the head, and its width to each side, in pixels.
    const LENGTH: f64 = 6.0;
    const HALF: f64 = 2.8;
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = (dx * dx + dy * dy).sqrt().max(1.0);
    let (ux, uy) = (dx / length, dy / length);
    let back = (to.0 - ux * LENGTH, to.1 - uy * LENGTH);
    let mut path = Path::default();
    path.move_to(from).line_to(to);
    path.move_to((back.0 - uy * HALF, back.1 + ux * HALF)).line_to(to);
    path.line_to((back.0 + uy * HALF, back.1 - ux * HALF));
    path
}
