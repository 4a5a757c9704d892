//! The diagram of messages: time runs downwards, each node has a column, each message is an arrow.

use super::chart::{subtitle, title};
use super::columns::Columns;
use super::document::{Document, Path};
use super::fault_lanes::lane_name;
use super::message_choice::Chosen;
use super::message_rows::{MessageRows, ROW, Rows, Side};
use super::message_types::{Types, arrow};
use super::outcome::SECOND;
use super::palette;
use super::picture::Scope;
use glomers_history::{shortened, visible};
use glomers_timeline::{Fate, FaultKind, Heading, Message, Timeline, described};
use std::fmt::Write as _;

/// Room for the times at the left, in pixels.
const GUTTER: f64 = 84.0;
/// Lines of text above the diagram, and their height.
const TITLE: f64 = 28.0;
const SUBTITLE: f64 = 46.0;
const NOTES: f64 = 68.0;
const LINE: f64 = 18.0;
/// Room for the names of the columns above the first row.
const NAMES: f64 = 30.0;
const MARGIN: f64 = 24.0;
/// Least width, so that the lines above have room.
const LEAST_WIDTH: f64 = 860.0;
/// Roughly how wide a character of a small text and of a text is.
const SMALL: f64 = 5.6;
const CHARACTER: f64 = 6.7;
/// How far a text is from its column, and above its row.
const AWAY: f64 = 8.0;
const ABOVE: f64 = 3.0;
/// How far the base line of a text beside a cross is below it: the next row's text is close below.
const BESIDE: f64 = 1.0;
/// How much of the distance between columns a fault shades, and a short arrow takes.
const SHADED: f64 = 0.3;
const SHORT: f64 = 0.9;
/// Maximum number of characters of a body in a hint.
const HINT: usize = 400;
/// How long a message may be under way, in ns, before its receipt is missed: only if the end of the
/// journal was not read.
const UNDER_WAY: i64 = 1_000_000_000;

/// The picture; `None` without messages.
pub(super) fn draw(timeline: &Timeline<'_>, heading: &Heading, scope: &Scope) -> Option<String> {
    let chosen = scope.messages.choose(timeline);
    if chosen.positions.is_empty() && chosen.left_out == 0 {
        return None;
    }
    let columns = Columns::new(timeline, &chosen.positions);
    let rows = Rows::new(timeline, &chosen.positions, &columns);
    let types = Types::new(timeline, &chosen.positions);
    let notes = notes(&chosen, scope);
    let known_until = scope.counts.as_ref().and_then(|_| timeline.messages().last());
    let known_until = known_until.map(|message| message.sent.saturating_sub(UNDER_WAY));
    let title = title("messages", heading);
    let width = GUTTER + columns.distance * (columns.names.len() as f64 + 0.5) + MARGIN;
    let width = width.max(LEAST_WIDTH);
    let legend = types.lines(width);
    let top = NOTES + LINE * (notes.len() + legend.len()) as f64 + NAMES;
    let height = top + rows.height() + MARGIN;
    let colours = palette::rules()
        + ".message{stroke-width:1.3}.dashes{stroke-dasharray:5 3}.column{stroke-width:1.5}\
           .wide{stroke-width:9px}";
    let mut document = Document::new(width, height, &title, &colours);
    document.text("title", MARGIN, TITLE, &title);
    document.text("minor", MARGIN, SUBTITLE, &subtitle(heading));
    let mut y = NOTES;
    for note in &notes {
        document.text("minor", MARGIN, y, note);
        y += LINE;
    }
    for line in &legend {
        types.draw(&mut document, line, y);
        y += LINE;
    }
    let mut diagram =
        Diagram { timeline, columns, rows, types, top, document, texts: Vec::new(), known_until };
    diagram.shade_faults();
    diagram.draw_columns();
    for (number, position) in chosen.positions.iter().enumerate() {
        diagram.draw_message(number, &timeline.messages()[*position]);
    }
    diagram.draw_texts();
    Some(diagram.document.finish())
}

fn notes(chosen: &Chosen, scope: &Scope) -> Vec<String> {
    let mut notes = vec![
        "Time runs downwards, not to scale: each moment has a row. Short arrows at the left of a node are \
         requests of clients and their answers."
            .to_owned(),
    ];
    let shown = chosen.positions.len();
    let counted = scope.counts.as_ref().map(|it| it.server.iter().chain(&it.client).sum::<u64>());
    let all = counted.unwrap_or((shown + chosen.left_out) as u64);
    if all > shown as u64 {
        let mut note = format!("{shown} of {all} messages (without the set-up).");
        if let Some(time) = chosen.continues {
            let from = (time as f64 / SECOND * 1000.0).floor() / 1000.0;
            let _ = write!(note, " For the next: `glomers export --pictures DIR --from {from}`");
        } else if counted.is_some() {
            note += " For the others: `glomers export --pictures DIR`";
        }
        notes.push(note);
    }
    notes
}

/// The diagram while it is drawn.
struct Diagram<'a> {
    timeline: &'a Timeline<'a>,
    columns: Columns,
    rows: Rows,
    types: Types,
    /// Pixel of the first row.
    top: f64,
    document: Document,
    /// Whether a message that was sent later arrived is not known, in ns.
    known_until: Option<i64>,
    /// Texts that are drawn last, over all lines: class, place, text.
    texts: Vec<(String, (f64, f64), String)>,
}

impl Diagram<'_> {
    fn x(&self, column: usize) -> f64 {
        GUTTER + self.columns.distance * (column as f64 + 0.9)
    }

    fn y(&self, row: usize) -> f64 {
        self.top + self.rows.offset(row) + ROW / 2.0
    }

    fn bottom(&self) -> f64 {
        self.top + self.rows.height()
    }

    /// Shades each node while a fault concerns it.
    fn shade_faults(&mut self) {
        let first = self.rows.moments.first().map_or(0, |it| it.1);
        let last = self.rows.moments.last().map_or(0, |it| it.1);
        for (position, fault) in self.timeline.faults().iter().enumerate() {
            if !fault.overlaps(first, last) {
                continue;
            }
            let row = |begins| {
                let row =
                    self.rows.faults.iter().find(|it| it.fault == position && it.begins == begins);
                row.map(|it| self.y(it.row))
            };
            let (from, until) =
                (row(true).unwrap_or(self.top), row(false).unwrap_or(self.bottom()));
            // What hits single nodes is rarer, and matters more.
            let is_of_one = matches!(fault.kind, FaultKind::Kill(_) | FaultKind::Pause(_));
            let strength = if is_of_one { "node" } else { "shade" };
            let class = format!("{} {strength}", palette::fault(lane_name(&fault.kind)));
            let hint = fault.kind.beginning(self.timeline.nodes());
            for column in 0..self.columns.names.len() {
                if self.columns.nodes[column].is_some_and(|node| fault.concerns(node)) {
                    let wide = self.columns.distance * SHADED;
                    let place = [self.x(column) - wide / 2.0, from, wide, until - from];
                    self.document.rectangle(&class, place, Some(&hint));
                }
            }
        }
    }

    fn draw_columns(&mut self) {
        let (top, bottom) = (self.top - 6.0, self.bottom());
        for column in 0..self.columns.names.len() {
            let x = self.x(column);
            self.document.line("axis column", (x, top), (x, bottom));
        }
        let rows: Vec<f64> = self.rows.names.iter().map(|row| self.y(*row) + 4.0).collect();
        for y in std::iter::once(top - 6.0).chain(rows) {
            for column in 0..self.columns.names.len() {
                let name = fitting(&self.columns.names[column], self.columns.distance, CHARACTER);
                self.texts.push(("strong middle halo".to_owned(), (self.x(column), y), name));
            }
        }
        let mut before = String::new();
        for (row, time) in &self.rows.moments {
            let text = format!("{:.4} s", *time as f64 / SECOND);
            if text != before {
                self.texts.push((
                    "small minor end".to_owned(),
                    (GUTTER - 12.0, self.y(*row) + 3.5),
                    text.clone(),
                ));
                before = text;
            }
        }
        for it in &self.rows.faults {
            let (fault, y) = (&self.timeline.faults()[it.fault], self.y(it.row));
            let nodes = self.timeline.nodes();
            let text =
                if it.begins { fault.kind.beginning(nodes) } else { fault.kind.ending(nodes) };
            let class = format!("{} bar", palette::fault(lane_name(&fault.kind)));
            self.document.rectangle(
                &class,
                [GUTTER, y - 0.5, self.document.width() - GUTTER - MARGIN, 1.0],
                None,
            );
            let time = if it.begins { fault.from } else { fault.until.unwrap_or(fault.from) };
            let text = format!("{:.3} s: {text}", time as f64 / SECOND);
            let room = self.document.width() - GUTTER - MARGIN;
            self.texts.push((
                "small strong halo wide".to_owned(),
                (GUTTER, y + 3.5),
                fitting(&text, room, SMALL + 0.6),
            ));
        }
    }

    fn draw_message(&mut self, number: usize, message: &Message<'_>) {
        let rows = self.rows.messages[number].clone();
        let hint = self.hint(message);
        match (self.columns.of(message.src), self.columns.of(message.dest)) {
            // What clients send each other no node sees.
            (None, None) => {}
            (None, Some(node)) => self.draw_short(message, node, true, &rows, &hint),
            (Some(node), None) => self.draw_short(message, node, false, &rows, &hint),
            (Some(src), Some(dest)) if message.received.is_some() => {
                for row in &rows.ends {
                    self.draw_arrow(message, (src, rows.sent), (dest, *row), &hint);
                }
            }
            (Some(src), Some(dest)) => {
                let end = rows.ends.first().copied().unwrap_or(rows.sent);
                self.draw_dropped(message, (src, rows.sent), (dest, end), &hint);
            }
        }
    }

    /// A message that arrives.
    fn draw_arrow(
        &mut self,
        message: &Message<'_>,
        (src, sent): (usize, usize),
        (dest, row): (usize, usize),
        hint: &str,
    ) {
        let (from, to) = ((self.x(src), self.y(sent)), (self.x(dest), self.y(row)));
        let class = self.types.class(message.kind);
        let path = if src == dest { loop_of(from, to) } else { arrow(from, to) };
        self.document.path(&format!("{class} message"), &path, Some(hint));
        self.label(message, dest, Side::towards(dest, src), to.1, &class);
    }

    /// A message that does not arrive: it ends beside its sender.
    fn draw_dropped(
        &mut self,
        message: &Message<'_>,
        (src, sent): (usize, usize),
        (dest, row): (usize, usize),
        hint: &str,
    ) {
        /// Size of a cross to each side, in pixels.
        const SIZE: f64 = 4.0;
        let side = Side::towards(src, dest);
        let away = match side {
            Side::Left => -SHADED,
            Side::Right => SHADED,
        };
        let from = (self.x(src), self.y(sent));
        let to = (from.0 + away * self.columns.distance, self.y(row));
        let mut path = Path::default();
        path.move_to(from).line_to(to);
        let (class, cross) = match self.fate(message) {
            Fate::Cut(_) | Fate::Lost(_) => ("wrong", "wrong"),
            Fate::Dead(_) => ("wrong message dashes", "wrong"),
            Fate::Arrived | Fate::NotAwaited | Fate::Late => {
                ("axis message dashes", "axis message")
            }
        };
        self.document.path(class, &path, Some(hint));
        let mut end = Path::default();
        end.cross(to, SIZE);
        self.document.path(cross, &end, Some(hint));
        let room = self.columns.distance * (1.0 - SHADED) - AWAY - SIZE;
        let text = format!("to {}: {}", self.timeline.name(message.dest), content(message));
        let (align, x) = match side {
            Side::Left => (" end", to.0 - AWAY),
            Side::Right => ("", to.0 + AWAY),
        };
        let class = if class.starts_with("wrong") { "wrong" } else { "minor" };
        self.texts.push((
            format!("small {class} halo{align}"),
            (x, to.1 + BESIDE),
            fitting(&text, room, SMALL),
        ));
    }

    /// A request of a client, or an answer to one.
    fn draw_short(
        &mut self,
        message: &Message<'_>,
        node: usize,
        is_request: bool,
        rows: &MessageRows,
        hint: &str,
    ) {
        let (x, y) = (self.x(node), self.y(rows.sent));
        let class = self.types.class(message.kind);
        let outside = (x - self.columns.distance * SHORT * 0.5, y);
        let fate = self.fate(message);
        if fate == Fate::Arrived {
            let path = if is_request { arrow(outside, (x, y)) } else { arrow((x, y), outside) };
            self.document.path(&format!("{class} message"), &path, Some(hint));
        } else {
            let mut path = Path::default();
            let end = if is_request { x - AWAY } else { outside.0 + AWAY };
            path.move_to(outside).line_to((x, y)).cross((end, y), 4.0);
            let class = if fate.fault().is_some() { "wrong" } else { "axis message" };
            self.document.path(class, &path, Some(hint));
        }
        self.label(message, node, Side::Left, y, &class);
    }

    /// What a message says, beside the column where it arrives.
    fn label(&mut self, message: &Message<'_>, column: usize, side: Side, y: f64, class: &str) {
        let text = content(message);
        let text = fitting(&text, self.columns.distance - 2.0 * AWAY, SMALL);
        let (align, away) = match side {
            Side::Left => (" end", -AWAY),
            Side::Right => ("", AWAY),
        };
        let class = format!("small halo{align} {class}");
        self.texts.push((class, (self.x(column) + away, y - ABOVE), text));
    }

    fn hint(&self, message: &Message<'_>) -> String {
        let name = |participant| self.timeline.name(participant);
        let at = |time: i64| format!("{:.6} s", time as f64 / SECOND);
        let mut text = format!(
            "{} to {}, sent at {}",
            name(message.src),
            name(message.dest),
            at(message.sent)
        );
        for time in message.arrivals() {
            let _ = write!(text, ", received at {}", at(time));
        }
        let fate = match self.fate(message) {
            Fate::Arrived => "",
            Fate::Cut(_) => ", dropped: the link is cut",
            Fate::Lost(_) => ", lost",
            Fate::Dead(_) => ", dropped: its receiver is dead",
            Fate::NotAwaited => ", the client does not wait for it any more",
            Fate::Late if self.known_until.is_some() => ", not received in what was read",
            Fate::Late => ", the run ends before it arrives",
        };
        text + fate + "\n" + &shortened(message.body, HINT)
    }

    /// What became of a message, as far as the journal was read.
    fn fate(&self, message: &Message<'_>) -> Fate {
        match self.timeline.fate(message) {
            Fate::Arrived => Fate::Arrived,
            _ if self.known_until.is_some_and(|until| message.sent > until) => Fate::Late,
            fate => fate,
        }
    }

    fn draw_texts(&mut self) {
        for (class, (x, y), text) in std::mem::take(&mut self.texts) {
            self.document.text(&class, x, y, &text);
        }
    }
}

/// What a message says. A long body is not read: its first words would be all that is shown.
fn content(message: &Message<'_>) -> String {
    /// From this size in bytes on, a body is long.
    const LONG: usize = 600;
    /// Maximum number of characters of a type.
    const SHOWN: usize = 40;
    if message.body.len() < LONG {
        return described(message.kind, message.body);
    }
    format!("{} ({:.1} kB)", shortened(message.kind, SHOWN), message.body.len() as f64 / 1000.0)
}

/// A text cut to this width in pixels, if a character is so wide.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of characters"
)]
fn fitting(text: &str, room: f64, character: f64) -> String {
    let room = (room / character).max(1.0) as usize;
    let text = visible(text);
    if text.chars().count() <= room {
        return text.into_owned();
    }
    text.chars().take(room.saturating_sub(1)).chain(['…']).collect()
}

/// A message of a node to itself.
fn loop_of(from: (f64, f64), to: (f64, f64)) -> Path {
    const AROUND: f64 = 22.0;
    let middle = (from.0 + AROUND, f64::midpoint(from.1, to.1));
    let mut path = arrow(middle, to);
    path.move_to(from).line_to(middle);
    path
}
