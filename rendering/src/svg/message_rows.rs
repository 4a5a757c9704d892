//! The rows of a diagram: what happens, from above to below, so that no two texts meet.
//!
//! Each moment begins a row. What is simultaneous shares it where there is room: a node that sends
//! to several sends from one row; two messages that arrive from the same side have two.

use super::columns::Columns;
use glomers_timeline::Timeline;
use rustc_hash::{FxHashMap, FxHashSet};

/// Number of rows after which the names of the columns are repeated.
const ROWS_OF_NAMES: usize = 45;
/// Maximum number of beginnings and ends of faults that are shown.
const MOST_FAULTS: usize = 200;
/// Time that passes unseen, in ns: what takes longer widens the space between two rows.
const SHORT: f64 = 1e6;
/// By how many pixels, for each power of ten.
const WIDENED: f64 = 5.0;
/// Height of a row in pixels.
pub(super) const ROW: f64 = 14.0;

/// The side of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Side {
    Left,
    Right,
}

impl Side {
    /// The side of a column on which another is.
    pub(super) fn towards(column: usize, other: usize) -> Self {
        if other < column { Self::Left } else { Self::Right }
    }
}

/// The rows of a message.
#[derive(Debug, Clone, Default)]
pub(super) struct MessageRows {
    /// Where it leaves; for a message of a client, where the node has it.
    pub(super) sent: usize,
    /// Where it arrives, each time; of one that does not, where its arrow ends.
    pub(super) ends: Vec<usize>,
}

/// The beginning or the end of a fault.
pub(super) struct FaultRow {
    pub(super) row: usize,
    /// Position of the fault.
    pub(super) fault: usize,
    pub(super) begins: bool,
}

/// All rows.
#[derive(Default)]
pub(super) struct Rows {
    /// By position among the chosen messages.
    pub(super) messages: Vec<MessageRows>,
    pub(super) faults: Vec<FaultRow>,
    /// Rows with the names of the columns.
    pub(super) names: Vec<usize>,
    /// The first row of each moment, with its time in ns.
    pub(super) moments: Vec<(usize, i64)>,
    /// Pixels from the first row to each.
    offsets: Vec<f64>,
}

/// Something that needs a row. Simultaneous events are in the order of the variants, and a message
/// that takes no time arrives directly after it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Fault { fault: usize, begins: bool },
    Delayed { message: usize },
    Message { message: usize, arrives: bool },
}

impl Rows {
    /// The rows of these messages, and of the faults meanwhile.
    pub(super) fn new(timeline: &Timeline<'_>, positions: &[usize], columns: &Columns) -> Self {
        let mut laying = Laying {
            timeline,
            positions,
            columns,
            rows: Self {
                messages: vec![MessageRows::default(); positions.len()],
                ..Self::default()
            },
            next: 0,
            last: FxHashMap::default(),
            taken: FxHashSet::default(),
            named: 0,
        };
        let mut before = None;
        for (time, event) in events(timeline, positions, columns) {
            if before != Some(time) {
                laying.begin(before, time);
                before = Some(time);
            }
            laying.lay(event);
        }
        laying.end();
        laying.rows.fill_offsets(laying.next);
        laying.rows
    }

    /// Pixels from the first row to this one.
    pub(super) fn offset(&self, row: usize) -> f64 {
        self.offsets.get(row).or(self.offsets.last()).copied().unwrap_or(0.0)
    }

    /// Pixels from the first row to behind the last.
    pub(super) fn height(&self) -> f64 {
        self.offsets.last().map_or(0.0, |last| last + ROW)
    }

    /// Moments far from one another have more space between them.
    fn fill_offsets(&mut self, count: usize) {
        let mut wider: FxHashMap<usize, f64> = FxHashMap::default();
        for pair in self.moments.windows(2) {
            let passed = pair[1].1 as f64 - pair[0].1 as f64;
            wider.insert(pair[1].0, WIDENED * (passed / SHORT).max(1.0).log10());
        }
        // Above what follows the name of a fault is a text, too.
        for row in self.faults.iter().map(|it| it.row).chain(self.names.iter().copied()) {
            *wider.entry(row + 1).or_default() += ROW / 2.0;
        }
        let mut offset = 0.0;
        for row in 0..count {
            offset += wider.get(&row).copied().unwrap_or(0.0);
            self.offsets.push(offset);
            offset += ROW;
        }
    }
}

/// All events, in order.
fn events(timeline: &Timeline<'_>, positions: &[usize], columns: &Columns) -> Vec<(i64, Event)> {
    let mut events = Vec::new();
    for (number, position) in positions.iter().enumerate() {
        let message = &timeline.messages()[*position];
        let (src, dest) = (columns.of(message.src), columns.of(message.dest));
        let sent = Event::Message { message: number, arrives: false };
        match (src, dest) {
            (None, None) => {}
            // A message of a client is a short arrow where the node has it.
            (None, Some(_)) => events.push((message.received.unwrap_or(message.sent), sent)),
            (Some(_), None) => events.push((message.sent, sent)),
            (Some(_), Some(_)) => {
                events.push((message.sent, sent));
                for time in message.arrivals() {
                    let event = if time == message.sent {
                        Event::Message { message: number, arrives: true }
                    } else {
                        Event::Delayed { message: number }
                    };
                    events.push((time, event));
                }
            }
        }
    }
    let (Some(first), Some(last)) =
        (events.iter().map(|it| it.0).min(), events.iter().map(|it| it.0).max())
    else {
        return events;
    };
    let mut of_faults = Vec::new();
    for (fault, it) in timeline.faults().iter().enumerate() {
        of_faults.push((it.from, Event::Fault { fault, begins: true }));
        of_faults.extend(it.until.map(|until| (until, Event::Fault { fault, begins: false })));
    }
    of_faults.retain(|(time, _)| (first..=last).contains(time));
    of_faults.truncate(MOST_FAULTS);
    events.extend(of_faults);
    events.sort_unstable();
    events
}

/// The work on rows.
struct Laying<'a> {
    timeline: &'a Timeline<'a>,
    positions: &'a [usize],
    columns: &'a Columns,
    rows: Rows,
    /// The first row that is free in all columns.
    next: usize,
    /// By column: the last row in which something happens there.
    last: FxHashMap<usize, usize>,
    /// Rows with a text between two columns, given by the right one.
    taken: FxHashSet<(usize, usize)>,
    /// The last row with the names of the columns.
    named: usize,
}

impl Laying<'_> {
    /// Begins a moment.
    fn begin(&mut self, before: Option<i64>, time: i64) {
        if before.is_some() && self.next >= self.named + ROWS_OF_NAMES {
            self.named = self.next;
            self.rows.names.push(self.next);
            self.next += 1;
        }
        self.end();
        self.rows.moments.push((self.next, time));
        self.last.clear();
        self.taken.clear();
    }

    /// Ends a moment. One with faults alone has no separate row.
    fn end(&mut self) {
        self.rows.moments.pop_if(|(row, _)| *row == self.next);
    }

    fn lay(&mut self, event: Event) {
        match event {
            Event::Fault { fault, begins } => {
                self.rows.faults.push(FaultRow { row: self.next, fault, begins });
                self.next += 1;
                // What happens at the same time happens below.
                if let Some(moment) = self.rows.moments.last_mut() {
                    moment.0 = self.next;
                }
            }
            Event::Delayed { message } | Event::Message { message, arrives: true } => {
                self.arrive(message);
            }
            Event::Message { message, arrives: false } => self.send(message),
        }
    }

    fn send(&mut self, number: usize) {
        let message = &self.timeline.messages()[self.positions[number]];
        let (src, dest) = (self.columns.of(message.src), self.columns.of(message.dest));
        let row = match (src, dest) {
            (None, None) => return,
            // Clients are at the left of their node.
            (None, Some(node)) | (Some(node), None) => self.place(node, Side::Left, 0),
            (Some(src), Some(dest)) => {
                let row = self.earliest(src, 0);
                self.happens(src, row);
                if message.received.is_none() {
                    let end = self.free(src, Side::towards(src, dest), row + 1);
                    self.rows.messages[number].ends.push(end);
                }
                row
            }
        };
        self.rows.messages[number].sent = row;
    }

    fn arrive(&mut self, number: usize) {
        let message = &self.timeline.messages()[self.positions[number]];
        let ends = (self.columns.of(message.src), self.columns.of(message.dest));
        let (Some(src), Some(dest)) = ends else { return };
        let after = self.rows.messages[number].sent + 1;
        let row = self.place(dest, Side::towards(dest, src), after);
        self.rows.messages[number].ends.push(row);
    }

    /// The first row in which something more can happen in a column at this moment.
    fn earliest(&self, column: usize, at_least: usize) -> usize {
        let begin = self.rows.moments.last().map_or(0, |moment| moment.0);
        let last = self.last.get(&column).copied().unwrap_or(0);
        begin.max(last).max(at_least)
    }

    /// Something with a text happens in a column.
    fn place(&mut self, column: usize, side: Side, at_least: usize) -> usize {
        let row = self.free(column, side, self.earliest(column, at_least));
        self.happens(column, row);
        row
    }

    /// Takes the first row with room for a text.
    fn free(&mut self, column: usize, side: Side, at_least: usize) -> usize {
        let gap = if side == Side::Left { column } else { column + 1 };
        let mut row = at_least;
        while !self.taken.insert((row, gap)) {
            row += 1;
        }
        self.next = self.next.max(row + 1);
        row
    }

    fn happens(&mut self, column: usize, row: usize) {
        self.last.insert(column, row);
        self.next = self.next.max(row + 1);
    }
}
