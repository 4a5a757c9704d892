//! The result map of the kafka checker.

use super::cycles::{Cycle, Step};
use super::losses::{LostWrite, Unseen};
use super::offsets::{Duplicate, offsets_of};
use super::skips::Jump;
use super::{Cases, Kafka, KafkaAnomaly};
use crate::clojure_order::{hash_rank, order_as_map};
use crate::result_map::{result_map, valid_entry};
use glomers_history::{Operation, Value, Verdict};

/// Maximum number of jumps and cycles of a kind that a result lists ...
const FEW: usize = 8;
/// ... and of duplicates and inconsistent offsets.
const MORE: usize = 32;
/// Lost writes and aborted reads are listed until the operations listed with them have this many
/// messages. The reference lists all, which can be a multiple of the history.
const LISTED_MESSAGES: usize = 1 << 18;
const NANOS_PER_SECOND: f64 = 1e9;

impl From<&Kafka<'_>> for Verdict {
    fn from(kafka: &Kafka<'_>) -> Self {
        let valid = kafka.validity();
        let names = |anomalies: Vec<&KafkaAnomaly>| {
            let names = anomalies.into_iter().map(|anomaly| Value::keyword(anomaly.name()));
            Value::List(names.collect())
        };
        let bad = kafka.found.keys().filter(|anomaly| !anomaly.is_allowed()).collect();
        let mut entries = vec![
            valid_entry(valid),
            ("worst-realtime-lag", kafka.lag_value()),
            ("bad-error-types", names(bad)),
            ("error-types", names(kafka.found.keys().collect())),
            ("info-txn-causes", Value::List(kafka.info_causes.clone())),
        ];
        let found = kafka.found.iter();
        entries.extend(
            found.map(|(anomaly, cases)| (anomaly.name(), kafka.cases_value(*anomaly, cases))),
        );
        order_as_map(&mut entries, |(name, _)| hash_rank(&Value::keyword(name)));
        Self { valid, map: result_map(entries) }
    }
}

impl Kafka<'_> {
    fn lag_value(&self) -> Value {
        let seconds = |nanos: i64| Value::Float(nanos as f64 / NANOS_PER_SECOND);
        match &self.worst_lag {
            None => result_map([("time", seconds(0)), ("lag", seconds(0))]),
            Some(lag) => result_map([
                ("time", seconds(lag.time)),
                ("process", lag.process.into()),
                ("key", lag.key.clone()),
                ("lag", seconds(lag.lag)),
            ]),
        }
    }

    fn cases_value(&self, anomaly: KafkaAnomaly, cases: &Cases) -> Value {
        let errors = match cases {
            Cases::Unseen(unseen) => return self.unseen_value(unseen),
            Cases::Unconnected => Value::Bool(true),
            Cases::AbortedReads(cases) => {
                let cases = self.while_listed(cases, |case| {
                    [Some(self.operations.message(case.message).writer), Some(case.reader)]
                });
                list(cases, |case| {
                    result_map([
                        ("key", self.key_of(case.message)),
                        ("value", self.value(case.message)),
                        ("writer", self.writer(case.message)),
                        ("reader", self.operation(case.reader)),
                    ])
                })
            }
            Cases::LostWrites(cases) => {
                let cases = self.while_listed(cases, |case| {
                    [Some(self.operations.message(case.message).writer), case.max_read]
                });
                list(cases, |case| self.lost_value(case))
            }
            Cases::PrecommittedReads(cases) => Value::Vector(
                cases
                    .iter()
                    .map(|case| {
                        result_map([
                            ("op", self.operation(case.entry)),
                            ("key", self.key_of(case.message)),
                            ("value", self.value(case.message)),
                        ])
                    })
                    .collect(),
            ),
            Cases::Duplicates(cases) => {
                let mut cases = cases.clone();
                cases.sort_by_key(|case| case.count);
                list(cases.iter().take(MORE), |case| self.duplicate_value(*case))
            }
            Cases::InconsistentOffsets(cases) => {
                let mut cases: Vec<_> = cases.iter().collect();
                cases.sort_by_key(|case| case.messages.len());
                list(cases.into_iter().take(MORE), |case| {
                    let values = case.messages.iter().map(|message| self.value(*message));
                    result_map([
                        ("key", self.operations.key(case.key).value.clone()),
                        ("offset", Value::Int(case.offset)),
                        ("index", Value::Int(case.index.into())),
                        ("values", Value::Set(values.collect())),
                    ])
                })
            }
            Cases::Internal(cases) => {
                list(worst(anomaly, cases).iter(), |jump| self.jump_value(anomaly, jump))
            }
            Cases::External(cases) => {
                list(worst(anomaly, cases).iter(), |jump| self.jump_value(anomaly, jump))
            }
            Cases::Cycles(cycles) => {
                let mut cycles: Vec<_> = cycles.iter().collect();
                cycles.sort_by_key(|cycle| cycle.steps.len());
                list(cycles.into_iter().take(FEW), |cycle| self.cycle_value(anomaly, cycle))
            }
            Cases::CyclesExist(cycles) => Value::Vector(
                cycles.iter().map(|cycle| self.component_value(anomaly, cycle)).collect(),
            ),
        };
        result_map([("count", cases.count().into()), ("errs", errors)])
    }

    fn value(&self, message: u32) -> Value {
        self.operations.message(message).value.clone()
    }

    fn key_of(&self, message: u32) -> Value {
        self.operations.key(self.operations.message(message).key).value.clone()
    }

    fn operation(&self, entry: u32) -> Value {
        self.operations.operation(entry).to_value()
    }

    fn writer(&self, message: u32) -> Value {
        self.operation(self.operations.message(message).writer)
    }

    /// The cases until the entries that they show have [`LISTED_MESSAGES`] messages, and at least
    /// one.
    fn while_listed<'c, T>(
        &self,
        cases: &'c [T],
        shown: impl Fn(&T) -> [Option<u32>; 2],
    ) -> impl Iterator<Item = &'c T> {
        let mut listed = 0;
        cases.iter().take_while(move |case| {
            let more = listed < LISTED_MESSAGES;
            for entry in shown(case).into_iter().flatten() {
                let entry = &self.operations.entries[entry as usize];
                let groups =
                    [&entry.sent, &entry.polled].map(|range| self.operations.groups(range));
                listed +=
                    groups.iter().flat_map(|g| g.iter()).map(|g| g.records.len()).sum::<usize>();
            }
            more
        })
    }

    fn lost_value(&self, case: &LostWrite) -> Value {
        result_map([
            ("key", self.key_of(case.message)),
            ("value", self.value(case.message)),
            ("index", Value::Int(self.logs.position(case.message).first.into())),
            ("max-read-index", Value::Int(case.highest.into())),
            ("writer", self.writer(case.message)),
            ("max-read", case.max_read.map_or(Value::Nil, |entry| self.operation(entry))),
        ])
    }

    fn duplicate_value(&self, case: Duplicate) -> Value {
        let offsets = offsets_of(&self.operations, &self.logs, case.message);
        result_map([
            ("key", self.key_of(case.message)),
            ("value", self.value(case.message)),
            ("count", Value::Int(case.count.into())),
            ("offsets", Value::Vector(offsets.into_iter().map(Value::Int).collect())),
        ])
    }

    fn jump_value(&self, anomaly: KafkaAnomaly, jump: &Jump) -> Value {
        let between_operations = matches!(
            anomaly,
            KafkaAnomaly::NonmonotonicPoll
                | KafkaAnomaly::NonmonotonicSend
                | KafkaAnomaly::PollSkip
        );
        let mut entries = vec![("key", self.key_of(jump.from))];
        if anomaly != KafkaAnomaly::PollSkip {
            let values = vec![self.value(jump.from), self.value(jump.to)];
            entries.push(("values", Value::Vector(values)));
        }
        entries.push(("delta", Value::Int(jump.delta)));
        if jump.delta > 1 {
            let skipped = self.skipped(jump).map(|message| self.value(message));
            entries.push(("skipped", Value::List(skipped.collect())));
        }
        if between_operations {
            let operations = vec![self.operation(jump.earlier), self.operation(jump.later)];
            entries.push(("ops", Value::Vector(operations)));
        } else {
            entries.push(("op", self.operation(jump.later)));
        }
        result_map(entries)
    }

    /// The messages that a forward jump skips.
    pub(super) fn skipped(&self, jump: &Jump) -> impl Iterator<Item = u32> {
        let [from, to] = [jump.from, jump.to].map(|message| self.logs.position(message).index);
        self.logs.standing(self.operations.message(jump.from).key, from + 1..to)
    }

    fn unseen_value(&self, unseen: &Unseen) -> Value {
        let key = |key: u32| self.operations.key(key).value.clone();
        let counts = unseen.keys.iter().map(|unseen| (key(unseen.key), unseen.count.into()));
        let mut keys: Vec<_> = unseen.keys.iter().collect();
        order_as_map(&mut keys, |unseen| self.operations.key(unseen.key).rank);
        let messages = keys.into_iter().map(|unseen| {
            (key(unseen.key), list(&unseen.messages, |message| self.value(*message)))
        });
        result_map([
            ("time", Value::Int(unseen.time)),
            ("unseen", Value::Map(counts.collect())),
            ("messages", Value::Map(messages.collect())),
        ])
    }

    fn cycle_value(&self, anomaly: KafkaAnomaly, cycle: &Cycle) -> Value {
        let entries = cycle.steps.iter().chain(cycle.steps.first()).map(|(entry, _)| *entry);
        let next = cycle.steps.iter().skip(1).chain(cycle.steps.first()).map(|(entry, _)| *entry);
        let steps = cycle.steps.iter().zip(next).map(|((entry, step), next)| match step {
            Step::Polled(message) => result_map([
                ("type", Value::keyword("wr")),
                ("key", self.key_of(*message)),
                ("value", self.value(*message)),
                ("a-mop-index", self.part_index(*entry, *message)),
                ("b-mop-index", self.part_index(next, *message)),
            ]),
            Step::Realtime => result_map([
                ("type", Value::keyword("realtime")),
                ("a'", self.operation(*entry)),
                ("b", self.operations.invocation(next).map_or(Value::Nil, Operation::to_value)),
            ]),
        });
        result_map([
            ("cycle", Value::Vector(entries.map(|entry| self.operation(entry)).collect())),
            ("steps", Value::List(steps.collect())),
            ("type", Value::keyword(anomaly.name())),
        ])
    }

    /// Index of the part of the transaction that sent or polled the message.
    fn part_index(&self, entry: u32, message: u32) -> Value {
        let message = self.operations.message(message);
        let key = self.operations.key(message.key).value;
        let is_pair =
            |pair: &Value| pair.elements().is_some_and(|pair| pair.get(1) == Some(message.value));
        let has_message = |part: &Value| match part.elements() {
            Some([_, Value::Map(polled)]) => polled.iter().any(|(polled, pairs)| {
                polled == key && pairs.elements().is_some_and(|pairs| pairs.iter().any(is_pair))
            }),
            Some([_, sent, value]) => sent == key && (value == message.value || is_pair(value)),
            _ => false,
        };
        let parts = self.operations.operation(entry).value.elements().unwrap_or_default();
        parts.iter().position(has_message).map_or(Value::Nil, Value::from)
    }

    fn component_value(&self, anomaly: KafkaAnomaly, cycle: &Cycle) -> Value {
        let (model, realtime) = match anomaly {
            KafkaAnomaly::CycleExists => ("read-committed", None),
            _ => ("strong-read-committed", Some("realtime")),
        };
        let edges = ["union", "ww", "wwp", "wr", "wrp"].into_iter().chain(realtime);
        let mut indices: Vec<u64> =
            cycle.component.iter().map(|entry| self.operations.operation(*entry).index).collect();
        indices.sort_unstable();
        result_map([
            ("type", Value::keyword(anomaly.name())),
            ("not", Value::keyword(model)),
            ("subgraph", Value::Vector(edges.map(Value::keyword).collect())),
            ("scc-size", cycle.component.len().into()),
            ("scc", Value::Set(indices.into_iter().map(Value::from).collect())),
        ])
    }
}

fn list<T>(items: impl IntoIterator<Item = T>, value: impl Fn(T) -> Value) -> Value {
    Value::List(items.into_iter().map(value).collect())
}

/// The jumps that a result lists: the longest skips, the farthest back.
pub(super) fn worst(anomaly: KafkaAnomaly, jumps: &[Jump]) -> Vec<Jump> {
    let mut jumps = jumps.to_vec();
    jumps.sort_by_key(|jump| jump.delta);
    let is_skip = matches!(
        anomaly,
        KafkaAnomaly::IntPollSkip | KafkaAnomaly::IntSendSkip | KafkaAnomaly::PollSkip
    );
    if is_skip {
        jumps.drain(..jumps.len().saturating_sub(FEW));
    } else {
        jumps.truncate(FEW);
    }
    jumps
}
