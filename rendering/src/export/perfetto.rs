//! Trace events as Chrome defined them, and as Perfetto reads them: a track for each client, node and
//! service, and tracks of faults; arrows from where a message is sent to where it arrives.

use super::SHOWN;
use super::message_events::{MessageEvent, loss, message_events};
use crate::value_text::value_text;
use glomers_history::{Kind, shortened, visible};
use glomers_timeline::{Fault, Heading, Operation, Timeline};
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// The groups of tracks.
const FAULTS: u64 = 1;
const CLIENTS: u64 = 2;
const NODES: u64 = 3;
/// A message takes a moment of a track, in ns: this long if there is room before the next. Slices of a
/// track must not overlap.
const LONGEST: i64 = 1_000;
/// How much longer an operation is shown than it took, in ns: an answer that a node sends after others
/// of the same moment is a little later, and its arrow must not go back in time.
const LONGER: i64 = 1_000;

/// A trace event; times are in µs.
#[derive(Serialize)]
struct Event<'a> {
    name: &'a str,
    ph: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cat: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<f64>,
    pid: u64,
    tid: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
    /// The arrow ends at the slice around it.
    #[serde(skip_serializing_if = "Option::is_none")]
    bp: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    args: Option<Map<String, Value>>,
}

/// Where something is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Track {
    pid: u64,
    tid: u64,
}

/// A slice of a track, in ns.
#[derive(Debug, Clone, Copy)]
struct Slice {
    track: Track,
    from: i64,
    length: i64,
}

/// Writes the run as trace events.
pub fn perfetto(timeline: &Timeline<'_>, heading: &Heading, out: &mut dyn Write) -> io::Result<()> {
    let about = json!({
        "challenge": heading.workload, "node": heading.node, "seed": heading.seed,
    });
    write!(out, "{{\"displayTimeUnit\":\"ms\",\"otherData\":{about},\"traceEvents\":[")?;
    let mut writer = Writer { out, is_first: true };
    writer.names(timeline)?;
    writer.faults(timeline)?;
    let operations = operation_slices(timeline);
    for (operation, slice) in timeline.operations().iter().zip(&operations) {
        writer.slice(operation.f.name(), "operation", *slice, operation_args(operation))?;
    }
    writer.messages(timeline, &operations)?;
    writeln!(writer.out, "\n]}}")
}

/// Operations of one process follow one another.
fn operation_slices(timeline: &Timeline<'_>) -> Vec<Slice> {
    let mut free: FxHashMap<u64, i64> = FxHashMap::default();
    let slice = |operation: &Operation<'_>| {
        let free = free.entry(operation.process).or_insert(i64::MIN);
        let from = operation.invoked.max(*free);
        let end = operation.completion.as_ref().map_or(timeline.end(), |end| end.time);
        let length = end.saturating_sub(from).max(0).saturating_add(LONGER);
        *free = from.saturating_add(length);
        // Processes are numbered from 0, tracks from 1.
        Slice {
            track: Track { pid: CLIENTS, tid: operation.process.saturating_add(1) },
            from,
            length,
        }
    };
    timeline.operations().iter().map(slice).collect()
}

fn operation_args(operation: &Operation<'_>) -> Map<String, Value> {
    let mut args = Map::new();
    args.insert("entry".to_owned(), operation.entry.into());
    args.insert("argument".to_owned(), value_text(operation.argument, SHOWN).into());
    let outcome = match &operation.completion {
        None => "unfinished",
        Some(end) => {
            let (key, value) = match end.error {
                Some(error) => ("error", error),
                None => ("result", end.value),
            };
            args.insert(key.to_owned(), value_text(value, SHOWN).into());
            match end.kind {
                Kind::Ok => "ok",
                Kind::Fail => "failed",
                Kind::Info | Kind::Invoke => "unknown",
            }
        }
    };
    args.insert("outcome".to_owned(), outcome.into());
    args
}

struct Writer<'a> {
    out: &'a mut dyn Write,
    is_first: bool,
}

impl Writer<'_> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        self.out.write_all(if self.is_first { b"\n" } else { b",\n" })?;
        self.is_first = false;
        serde_json::to_writer(&mut *self.out, event).map_err(io::Error::from)
    }

    /// The names of tracks and of their groups.
    fn names(&mut self, timeline: &Timeline<'_>) -> io::Result<()> {
        for (pid, name) in
            [(FAULTS, "nemesis"), (CLIENTS, "clients"), (NODES, "nodes and services")]
        {
            self.name("process_name", Track { pid, tid: 0 }, name)?;
        }
        let mut processes: Vec<u64> = timeline.operations().iter().map(|it| it.process).collect();
        processes.sort_unstable();
        processes.dedup();
        for process in processes {
            let track = Track { pid: CLIENTS, tid: process.saturating_add(1) };
            self.name("thread_name", track, &format!("process {process}"))?;
        }
        for (participant, it) in timeline.participants().iter().enumerate() {
            if !it.is_client() {
                self.name("thread_name", node_track(participant), &visible(&it.name))?;
            }
        }
        Ok(())
    }

    fn name(&mut self, what: &str, track: Track, name: &str) -> io::Result<()> {
        let mut args = Map::new();
        args.insert("name".to_owned(), name.into());
        self.event(&Event { name: what, args: Some(args), ..event("M", track) })
    }

    fn slice(
        &mut self,
        name: &str,
        category: &'static str,
        slice: Slice,
        args: Map<String, Value>,
    ) -> io::Result<()> {
        self.event(&Event {
            name,
            cat: Some(category),
            ts: Some(micros(slice.from)),
            dur: Some(micros(slice.length)),
            args: Some(args),
            ..event("X", slice.track)
        })
    }

    /// Faults that overlap are on several tracks.
    fn faults(&mut self, timeline: &Timeline<'_>) -> io::Result<()> {
        let mut tracks: Vec<i64> = Vec::new();
        for Fault { from, until, kind } in timeline.faults() {
            let until = until.unwrap_or(timeline.end()).max(*from);
            let free = tracks.iter().position(|end| end <= from).unwrap_or_else(|| {
                tracks.push(0);
                tracks.len() - 1
            });
            tracks[free] = until;
            let track = Track { pid: FAULTS, tid: free as u64 + 1 };
            let slice = Slice { track, from: *from, length: until.saturating_sub(*from) };
            let mut args = Map::new();
            args.insert("what".to_owned(), kind.beginning(timeline.nodes()).into());
            self.slice(&visible(kind.name()), "fault", slice, args)?;
        }
        Ok(())
    }

    /// What nodes and services send and receive, with arrows.
    fn messages(&mut self, timeline: &Timeline<'_>, operations: &[Slice]) -> io::Result<()> {
        let mut of_message: FxHashMap<usize, usize> = FxHashMap::default();
        for (position, operation) in timeline.operations().iter().enumerate() {
            of_message.extend(operation.messages.iter().map(|message| (*message, position)));
        }
        let events = message_events(timeline);
        let places = places(timeline, &events, &of_message, operations);
        // By message: where its arrows begin.
        let mut begun: FxHashMap<usize, Slice> = FxHashMap::default();
        let mut arrows = 0;
        for (event, place) in events.iter().zip(places) {
            let Some(place) = place else { continue };
            let message = &timeline.messages()[event.message];
            let is_sent = event.arrival.is_none();
            // A client has no slices but its operations: arrows begin and end there.
            if place.track.pid == NODES {
                let (other, key) =
                    if is_sent { (message.dest, "to") } else { (message.src, "from") };
                let mut args = Map::new();
                args.insert(key.to_owned(), visible(timeline.name(other)).into());
                args.insert("body".to_owned(), shortened(message.body, SHOWN).into());
                args.insert("message".to_owned(), message.id.into());
                let loss = if is_sent { loss(timeline, message) } else { None };
                args.extend(loss.map(|loss| ("fate".to_owned(), loss.into())));
                let name = visible(message.kind);
                let verb = if is_sent { "send" } else { "receive" };
                self.slice(&format!("{verb} {name}"), "message", place, args)?;
            }
            if is_sent {
                begun.insert(event.message, place);
            } else if let Some(begin) = begun.get(&event.message)
                && begin.from <= place.from
            {
                arrows += 1;
                self.arrow("s", arrows, *begin)?;
                self.arrow("f", arrows, place)?;
            }
        }
        Ok(())
    }

    fn arrow(&mut self, ph: &'static str, id: u64, at: Slice) -> io::Result<()> {
        self.event(&Event {
            name: "message",
            cat: Some("message"),
            ts: Some(micros(at.from)),
            id: Some(id),
            bp: (ph == "f").then_some("e"),
            ..event(ph, at.track)
        })
    }
}

/// The slice of each event; on the side of a client, a moment of its operation, or `None`. On a track
/// they follow one another, as close as the ns that Perfetto counts, and no message arrives before it
/// was sent.
fn places(
    timeline: &Timeline<'_>,
    events: &[MessageEvent],
    of_message: &FxHashMap<usize, usize>,
    operations: &[Slice],
) -> Vec<Option<Slice>> {
    let mut places: Vec<Option<Slice>> = Vec::with_capacity(events.len());
    // By participant: its last slice.
    let mut last: FxHashMap<usize, usize> = FxHashMap::default();
    let mut sent: FxHashMap<usize, i64> = FxHashMap::default();
    for event in events {
        let message = &timeline.messages()[event.message];
        let participant = if event.arrival.is_none() { message.src } else { message.dest };
        let mut from = sent.get(&event.message).map_or(event.time, |sent| event.time.max(*sent));
        let track = if timeline.participants()[participant].is_client() {
            let Some(operation) = of_message.get(&event.message) else {
                places.push(None);
                continue;
            };
            let Slice { track, from: begin, length } = operations[*operation];
            from = from.clamp(begin, begin.saturating_add(length - 1));
            track
        } else {
            let before = last.insert(participant, places.len());
            if let Some(before) = before.and_then(|it| places[it].as_mut()) {
                from = from.max(before.from.saturating_add(1));
                before.length = from.saturating_sub(before.from).clamp(1, LONGEST);
            }
            node_track(participant)
        };
        if event.arrival.is_none() {
            sent.insert(event.message, from);
        }
        places.push(Some(Slice { track, from, length: LONGEST }));
    }
    places
}

fn node_track(participant: usize) -> Track {
    Track { pid: NODES, tid: participant as u64 + 1 }
}

fn event(ph: &'static str, Track { pid, tid }: Track) -> Event<'static> {
    Event { name: "", ph, cat: None, ts: None, dur: None, pid, tid, id: None, bp: None, args: None }
}

fn micros(nanos: i64) -> f64 {
    nanos as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_run::{TestRun, heading, odd};
    use proptest::prelude::*;
    use serde::Deserialize;
    use std::collections::{BTreeMap, BTreeSet};

    /// The documented fields.
    #[derive(Deserialize, Debug, Clone)]
    #[serde(deny_unknown_fields)]
    struct Read {
        name: String,
        ph: String,
        cat: Option<String>,
        ts: Option<f64>,
        dur: Option<f64>,
        pid: u64,
        tid: u64,
        id: Option<u64>,
        bp: Option<String>,
        args: Option<BTreeMap<String, Value>>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    #[expect(clippy::struct_field_names, reason = "the format names them")]
    struct Trace {
        display_time_unit: String,
        other_data: BTreeMap<String, Value>,
        trace_events: Vec<Read>,
    }

    fn text(run: &TestRun) -> String {
        let mut out = Vec::new();
        perfetto(&run.timeline(), &heading(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_small_run() {
        insta::assert_snapshot!(text(&TestRun::small()));
    }

    /// Checks what every trace must have.
    fn check(run: &TestRun) -> Result<(), TestCaseError> {
        let trace: Trace = serde_json::from_str(&text(run)).unwrap();
        prop_assert_eq!(trace.display_time_unit.as_str(), "ms");
        prop_assert_eq!(trace.other_data.len(), 3);
        let mut named = BTreeSet::new();
        let mut used = BTreeSet::new();
        let mut arrows: BTreeMap<u64, Vec<Read>> = BTreeMap::new();
        let mut slices: Vec<Read> = Vec::new();
        for event in trace.trace_events {
            match event.ph.as_str() {
                "M" => {
                    prop_assert!(event.args.unwrap().contains_key("name"));
                    named.insert((event.name, event.pid, event.tid));
                }
                "X" => {
                    prop_assert!(
                        event.dur.unwrap() >= 0.0 && event.ts.is_some() && event.cat.is_some()
                    );
                    used.insert((event.pid, event.tid));
                    slices.push(event);
                }
                "s" | "f" => arrows.entry(event.id.unwrap()).or_default().push(event),
                other => prop_assert!(false, "{}", other),
            }
        }
        for (pid, tid) in used {
            prop_assert!(named.contains(&("process_name".to_owned(), pid, 0)));
            prop_assert!(pid == FAULTS || named.contains(&("thread_name".to_owned(), pid, tid)));
        }
        for ends in arrows.values() {
            let [begin, end] = &ends[..] else {
                return Err(TestCaseError::fail(format!("an arrow has two ends: {ends:?}")));
            };
            prop_assert_eq!((begin.ph.as_str(), end.ph.as_str()), ("s", "f"));
            prop_assert_eq!(end.bp.as_deref(), Some("e"));
            prop_assert!(begin.ts <= end.ts, "{begin:?} {end:?}");
            for end in ends {
                let is_around = |slice: &&Read| {
                    let (from, at) = (slice.ts.unwrap(), end.ts.unwrap());
                    (slice.pid, slice.tid) == (end.pid, end.tid)
                        && from <= at
                        && at <= from + slice.dur.unwrap()
                };
                prop_assert!(slices.iter().any(|it| is_around(&it)), "{:?}", end);
            }
        }
        // Every message that nodes exchange and that arrives has an arrow.
        let timeline = run.timeline();
        let exchanged = timeline.messages().iter().filter(|it| !timeline.involves_client(it));
        let arrivals: usize = exchanged.map(|it| it.arrivals().count()).sum();
        prop_assert!(arrows.len() >= arrivals, "{} {}", arrows.len(), arrivals);
        Ok(())
    }

    #[test]
    fn every_arrow_has_two_ends() {
        check(&TestRun::small()).unwrap();
    }

    proptest! {
        #[test]
        fn odd_runs_are_traces_too(run in odd::run()) {
            check(&run)?;
        }
    }
}
