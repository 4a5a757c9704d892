//! A log with vector clocks, as `ShiViz` reads it: a line for each message that is sent or received.

use super::SHOWN;
use super::message_events::{arrivals, loss, message_events};
use glomers_history::{shortened, visible};
use glomers_timeline::{Timeline, described};
use rustc_hash::{FxHashMap, FxHashSet};
use std::fmt::Write as _;
use std::io::{self, Write};

/// Maximum number of hosts that a log is worth writing for: each has a column, and each event a clock with
/// all hosts that it knows.
pub const SHIVIZ_HOSTS: usize = 500;

/// The regular expression with which `ShiViz` reads the lines.
pub const SHIVIZ_REGEX: &str = r"(?<host>\S+) (?<clock>\{[^}]*\}) (?<date>\S+) (?<event>.*)";

/// Nanoseconds per second.
const SECOND: f64 = 1e9;

/// Writes the messages of a run with vector clocks. The clocks follow from the messages alone: what a
/// node does without one is not seen.
pub fn shiviz(timeline: &Timeline<'_>, out: &mut dyn Write) -> io::Result<()> {
    let hosts = hosts(timeline);
    let mut clocks: Vec<Vec<u64>> = vec![vec![0; hosts.len()]; hosts.len()];
    // By message that is under way: the clock with which it was sent, and how often it will arrive.
    let mut sent: FxHashMap<usize, (Vec<u64>, usize)> = FxHashMap::default();
    let mut line = String::new();
    for event in message_events(timeline) {
        let message = &timeline.messages()[event.message];
        let host = if event.arrival.is_none() { message.src } else { message.dest };
        let text = described(message.kind, message.body);
        let text = if event.arrival.is_none() {
            let loss = loss(timeline, message);
            let loss = loss.map(|loss| format!(" ({loss})")).unwrap_or_default();
            format!("to {}: {text}{loss}", timeline.name(message.dest))
        } else {
            if let Some((clock, count)) = sent.get_mut(&event.message) {
                for (own, other) in clocks[host].iter_mut().zip(clock) {
                    *own = (*own).max(*other);
                }
                *count -= 1;
                if *count == 0 {
                    sent.remove(&event.message);
                }
            }
            format!("from {}: {text}", timeline.name(message.src))
        };
        clocks[host][host] += 1;
        if event.arrival.is_none() {
            let count = arrivals(message).count();
            if count > 0 {
                sent.insert(event.message, (clocks[host].clone(), count));
            }
        }
        line.clear();
        let _ = write!(line, "{} {{", hosts[host]);
        let known = hosts.iter().zip(&clocks[host]).filter(|(_, count)| **count > 0);
        for (number, (name, count)) in known.enumerate() {
            let comma = if number > 0 { "," } else { "" };
            let _ = write!(line, "{comma}\"{name}\":{count}");
        }
        let text = visible(&text);
        let _ = writeln!(line, "}} {:.9} {}", event.time as f64 / SECOND, shortened(&text, SHOWN));
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}

/// The names of participants, in characters that need no escape in clocks, each once.
fn hosts(timeline: &Timeline<'_>) -> Vec<String> {
    let mut taken = FxHashSet::default();
    let name = |(position, it): (usize, &glomers_timeline::Participant<'_>)| {
        let plain = |c: char| if c.is_alphanumeric() || "-_.:".contains(c) { c } else { '_' };
        let mut name: String = it.name.chars().map(plain).collect();
        if name.is_empty() {
            name.push('_');
        }
        while !taken.insert(name.clone()) {
            let _ = write!(name, "-{position}");
        }
        name
    };
    timeline.participants().iter().enumerate().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_run::{TestRun, odd};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    type Clock = BTreeMap<String, u64>;

    /// What the regular expression finds in a line: host, clock, date, event.
    fn matched(line: &str) -> Option<(&str, Clock, &str, &str)> {
        let (host, rest) = line.split_once(' ')?;
        let is_word = |text: &str| !text.is_empty() && !text.contains(char::is_whitespace);
        let end = rest.find('}')? + 1;
        let (clock, rest) = rest.split_at(end);
        let (date, event) = rest.strip_prefix(' ')?.split_once(' ')?;
        let clock = serde_json::from_str(clock).ok()?;
        (is_word(host) && is_word(date) && !event.is_empty()).then_some((host, clock, date, event))
    }

    fn text(run: &TestRun) -> String {
        let mut out = Vec::new();
        shiviz(&run.timeline(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_small_run() {
        assert_eq!(SHIVIZ_REGEX, r"(?<host>\S+) (?<clock>\{[^}]*\}) (?<date>\S+) (?<event>.*)");
        insta::assert_snapshot!(text(&TestRun::small()));
    }

    proptest! {
        /// Every line is one of the expression; a host counts its own events, and what it knows of
        /// others never gets less, and is never more than they did.
        #[test]
        fn clocks_are_consistent(run in odd::run()) {
            let text = text(&run);
            let mut known: BTreeMap<String, Clock> = BTreeMap::new();
            for line in text.lines() {
                let Some((host, clock, ..)) = matched(line) else {
                    return Err(TestCaseError::fail(format!("not matched: {line}")));
                };
                let before = known.get(host).cloned().unwrap_or_default();
                let own = before.get(host).copied().unwrap_or(0);
                prop_assert_eq!(clock[host], own + 1, "{}", line);
                for (name, count) in &before {
                    prop_assert!(clock[name] >= *count, "{}", line);
                }
                for (name, count) in clock.iter().filter(|(name, _)| *name != host) {
                    prop_assert!(known[name][name] >= *count, "{}", line);
                }
                known.insert(host.to_owned(), clock);
            }
            // Who receives a message knows that it was sent.
            let timeline = run.timeline();
            let lines = message_events(&timeline);
            prop_assert_eq!(lines.len(), text.lines().count());
            let clocks: Vec<(String, Clock)> =
                text.lines().filter_map(matched).map(|it| (it.0.to_owned(), it.1)).collect();
            let mut sent: BTreeMap<usize, (String, u64)> = BTreeMap::new();
            for (event, (host, clock)) in lines.iter().zip(&clocks) {
                if event.arrival.is_none() {
                    sent.insert(event.message, (host.clone(), clock[host]));
                } else {
                    let (sender, count) = &sent[&event.message];
                    prop_assert!(clock[sender] >= *count);
                }
            }
        }
    }
}
