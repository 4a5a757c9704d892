//! Texts about the anomalies of a kafka history.

use super::cycles::{Cycle, Step};
use super::losses::{LostWrite, UnseenKey};
use super::offsets::{InconsistentOffset, offsets_of};
use super::result::worst;
use super::skips::Jump;
use super::{Cases, Kafka, KafkaAnomaly};
use crate::Moment;
use crate::examples::EXAMPLES;
use crate::excerpt::json;
use crate::number::NONE;
use crate::plural::plural;
use glomers_history::Value;
use std::fmt;

/// Maximum number of messages that an example names.
const NAMED: usize = 8;
/// Maximum number of sends that an example names, each with process and time.
const SENDS: usize = 3;

/// An anomaly that makes a kafka history invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KafkaProblem {
    /// The anomaly.
    pub anomaly: KafkaAnomaly,
    /// Number of cases.
    pub count: usize,
    /// The worst or first few cases, a line each.
    pub examples: Vec<String>,
    /// Number of cases, or of keys with cases, that the examples are taken from.
    pub example_count: usize,
    /// What a node should do instead.
    pub advice: Option<String>,
}

impl Kafka<'_> {
    /// Why the history is invalid, with the operations concerned, likely causes first; empty when it is
    /// valid.
    #[must_use]
    pub fn problems(&self) -> Vec<KafkaProblem> {
        let bad = self.found.iter().filter(|(anomaly, _)| !anomaly.is_allowed());
        let problem = |(anomaly, cases): (&KafkaAnomaly, &Cases)| {
            // Other explanations show a cycle of each of these components.
            if let Cases::CyclesExist(_) = cases {
                return None;
            }
            let (anomaly, count) = (*anomaly, cases.count());
            let example_count =
                if let Cases::Unseen(unseen) = cases { unseen.keys.len() } else { count };
            Some(KafkaProblem {
                anomaly,
                count,
                examples: self.examples(anomaly, cases),
                example_count,
                advice: anomaly.advice().map(str::to_owned),
            })
        };
        let mut problems: Vec<KafkaProblem> = bad.filter_map(problem).collect();
        // An offset that is given twice is the cause of most others.
        problems.sort_by_key(|problem| problem.anomaly != KafkaAnomaly::InconsistentOffsets);
        if let Some(pattern) = self.pattern() {
            // The others are its consequences.
            for problem in &mut problems {
                problem.advice = None;
            }
            if let Some(first) = problems.first_mut() {
                first.advice = Some(pattern);
            }
        }
        problems
    }

    fn examples(&self, anomaly: KafkaAnomaly, cases: &Cases) -> Vec<String> {
        match cases {
            Cases::AbortedReads(cases) => first(cases, |case| {
                let message = self.named(case.message);
                let (writer, reader) = (self.writer_moment(case.message), self.moment(case.reader));
                format!("{message}: its send failed ({writer}), and it was polled ({reader})")
            }),
            Cases::Cycles(cycles) => {
                let mut cycles: Vec<_> = cycles.iter().collect();
                cycles.sort_by_key(|cycle| cycle.steps.len());
                first(&cycles, |cycle| self.cycle(cycle))
            }
            Cases::CyclesExist(_) | Cases::Unconnected => Vec::new(),
            Cases::Duplicates(cases) => first(cases, |case| {
                let offsets = offsets_of(&self.operations, &self.logs, case.message);
                let offsets = named(offsets.len(), offsets.iter().map(i64::to_string));
                let message = self.named(case.message);
                format!(
                    "{message}: at offsets {offsets}; sent by {}",
                    self.writer_moment(case.message)
                )
            }),
            Cases::InconsistentOffsets(cases) => first(cases, |case| self.inconsistent(case)),
            Cases::Internal(cases) | Cases::External(cases) => {
                let mut worst = worst(anomaly, cases);
                if worst.first().is_some_and(|jump| jump.delta > 1) {
                    worst.reverse();
                }
                first(&worst, |jump| self.jump(anomaly, jump))
            }
            Cases::LostWrites(cases) => first(cases, |case| self.lost(case)),
            Cases::PrecommittedReads(cases) => first(cases, |case| {
                format!("{}: by {}", self.named(case.message), self.moment(case.entry))
            }),
            Cases::Unseen(unseen) => first(&unseen.keys, |key| self.unseen(key)),
        }
    }

    fn moment(&self, entry: u32) -> Moment {
        self.operations.operation(entry).into()
    }

    fn writer_moment(&self, message: u32) -> Moment {
        self.moment(self.operations.message(message).writer)
    }

    fn text(&self, message: u32) -> String {
        json(self.operations.message(message).value)
    }

    fn key(&self, key: u32) -> String {
        json(self.operations.key(key).value)
    }

    pub(super) fn named(&self, message: u32) -> String {
        let key = self.key(self.operations.message(message).key);
        format!("message {} of key {key}", self.text(message))
    }

    fn lost(&self, case: &LostWrite) -> String {
        let writer = self.writer_moment(case.message);
        let slots = self.logs.slots(self.operations.message(case.message).key);
        let offset = |index: u32| slots.get(index as usize).map_or(0, |slot| slot.offset);
        let though = case.max_read.map_or_else(String::new, |reader| {
            let moment = self.moment(reader);
            format!(", though offset {} was: by {moment}", offset(case.highest))
        });
        format!(
            "{}: sent by {writer}, at offset {}; never polled{though}",
            self.named(case.message),
            offset(self.logs.position(case.message).first)
        )
    }

    fn unseen(&self, unseen: &UnseenKey) -> String {
        let messages = unseen.messages.iter().map(|message| self.text(*message));
        format!("key {}: {}", self.key(unseen.key), named(unseen.count, messages))
    }

    /// The offset that the reply to its send named, if the send succeeded.
    pub(super) fn given_offset(&self, message: u32) -> Option<i64> {
        let message = self.operations.message(message);
        if !message.acknowledged {
            return None;
        }
        let sent = self.operations.operation(message.writer);
        let offset = |part: &Value| match part.elements()? {
            [Value::Keyword(name), _, Value::Vector(pair)] if name == "send" => {
                let [offset, value] = pair.as_slice() else { return None };
                offset.as_int().filter(|_| value == message.value)
            }
            _ => None,
        };
        sent.value.elements()?.iter().find_map(offset)
    }

    fn inconsistent(&self, case: &InconsistentOffset) -> String {
        let is_given = |message: &&u32| self.given_offset(**message) == Some(case.offset);
        let given: Vec<u32> = case.messages.iter().filter(is_given).copied().collect();
        if given.len() > 1 {
            let sends = given.iter().take(SENDS).map(|message| {
                format!("{}, sent by {}", self.text(*message), self.writer_moment(*message))
            });
            let sends = sends.collect::<Vec<_>>().join("; ");
            let more = match given.len().saturating_sub(SENDS) {
                0 => String::new(),
                more => format!("; and {more} more"),
            };
            let (offset, key) = (case.offset, self.key(case.key));
            return format!(
                "offset {offset} of key {key} was given {} times: to {sends}{more}",
                given.len()
            );
        }
        let seen = case.messages.iter().map(|number| {
            let message = self.operations.message(*number);
            let text = self.text(*number);
            match message.first_reader {
                NONE => format!("{text}, sent by {}", self.moment(message.writer)),
                reader => format!("{text}, polled by {}", self.moment(reader)),
            }
        });
        let seen: Vec<String> = seen.take(NAMED).collect();
        format!("offset {} of key {}: {}", case.offset, self.key(case.key), seen.join("; "))
    }

    fn jump(&self, anomaly: KafkaAnomaly, jump: &Jump) -> String {
        let key = self.key(self.operations.message(jump.from).key);
        let (from, to) = (self.text(jump.from), self.text(jump.to));
        let (earlier, later) = (self.moment(jump.earlier), self.moment(jump.later));
        let skipped = || {
            let count = usize::try_from(jump.delta - 1).unwrap_or_default();
            let messages = self.skipped(jump).take(NAMED).map(|message| self.text(message));
            named(count, messages)
        };
        let back = match jump.delta {
            0 => "the same place of the log".to_owned(),
            delta => format!("{} back in the log", delta.unsigned_abs()),
        };
        match anomaly {
            KafkaAnomaly::IntPollSkip | KafkaAnomaly::IntSendSkip => {
                format!("key {key}: {to} right after {from}, without {} ({later})", skipped())
            }
            KafkaAnomaly::PollSkip => format!(
                "key {key}: {from} ended one poll ({earlier}) and {to} began the next ({later}), \
                 without {}",
                skipped()
            ),
            KafkaAnomaly::NonmonotonicPoll => format!(
                "key {key}: {from} ended one poll ({earlier}) and {to} began the next ({later}), \
                 {back}"
            ),
            KafkaAnomaly::NonmonotonicSend => {
                format!("key {key}: first {from} ({earlier}), then {to} ({later}), {back}")
            }
            _ => format!("key {key}: {to} right after {from}, {back} ({later})"),
        }
    }

    fn cycle(&self, cycle: &Cycle) -> String {
        let next = cycle.steps.iter().skip(1).chain(cycle.steps.first());
        let steps = cycle.steps.iter().zip(next).map(|((entry, step), (next, _))| {
            let (moment, next_moment) = (self.moment(*entry), self.moment(*next));
            match step {
                Step::Polled(message) => {
                    format!("{moment}, sent {}, which {next_moment}, polled", self.named(*message))
                }
                Step::Realtime => {
                    let began = self.operations.invocation(*next).map_or(next_moment, Moment::from);
                    format!("{moment}, ended before {began}, began")
                }
            }
        });
        steps.collect::<Vec<_>>().join("; ")
    }
}

/// Texts of the first few cases.
fn first<T>(cases: &[T], text: impl Fn(&T) -> String) -> Vec<String> {
    cases.iter().take(EXAMPLES).map(text).collect()
}

/// Names separated by commas, and the number of further ones.
fn named(count: usize, names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.take(NAMED).collect();
    match count.saturating_sub(names.len()) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

impl KafkaProblem {
    /// A description of the anomaly, with the reference's name for it.
    #[must_use]
    pub fn headline(&self) -> String {
        let count = |one, more| plural(self.count, one, more);
        let text = match self.anomaly {
            KafkaAnomaly::AbortedRead => {
                count("poll of a message", "polls of messages") + " whose send had failed"
            }
            KafkaAnomaly::Cycle => {
                count("circle", "circles") + " of operations that polled from each other"
            }
            KafkaAnomaly::RealtimeCycle => {
                count("circle", "circles") + " of operations that polled what was only sent later"
            }
            KafkaAnomaly::CycleExists | KafkaAnomaly::RealtimeCycleExists => {
                count("group", "groups") + " of operations that depend on each other"
            }
            KafkaAnomaly::Duplicate => {
                count("message is", "messages are") + " at more than one offset of the key"
            }
            KafkaAnomaly::EmptyTransactionGraph => {
                "nothing is shown: no operation depends on another one".to_owned()
            }
            KafkaAnomaly::InconsistentOffsets => {
                count("offset has", "offsets have") + " more than one message"
            }
            KafkaAnomaly::IntNonmonotonicPoll => {
                count("time", "times") + " a single poll returned messages that go back in the log"
            }
            KafkaAnomaly::IntNonmonotonicSend => {
                count("time", "times") + " a single operation sent messages that go back in the log"
            }
            KafkaAnomaly::IntPollSkip => {
                count("time", "times") + " a single poll left out messages between others"
            }
            KafkaAnomaly::IntSendSkip => {
                count("time", "times") + " messages of others are between those of one operation"
            }
            KafkaAnomaly::LostWrite => {
                count("message was", "messages were")
                    + " lost: sent, and never polled, though a later one of the key was"
            }
            KafkaAnomaly::NonmonotonicPoll => {
                count("time", "times") + " a process went back in the log from one poll to the next"
            }
            KafkaAnomaly::NonmonotonicSend => {
                count("time", "times")
                    + " a process sent a message that came to stand before its last one"
            }
            KafkaAnomaly::PollSkip => {
                count("time", "times") + " a process left out messages from one poll to the next"
            }
            KafkaAnomaly::PrecommittedRead => {
                count("operation", "operations") + " polled messages of their own"
            }
            KafkaAnomaly::Unseen => {
                count("message was", "messages were") + " acknowledged, and never polled"
            }
        };
        format!("{text} ({})", self.anomaly.name())
    }
}

impl fmt::Display for KafkaProblem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.headline())?;
        for example in &self.examples {
            write!(out, "\n  {example}")?;
        }
        match self.example_count.saturating_sub(self.examples.len()) {
            0 => Ok(()),
            _ if self.examples.is_empty() => Ok(()),
            more => write!(out, "\n  and {more} more"),
        }
    }
}
