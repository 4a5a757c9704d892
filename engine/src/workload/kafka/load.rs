//! The load: sends and polls, assignments of their keys, and crashes of clients.

use super::offsets::{KnownOffset, NOTHING, Offsets, each_known_offset, name};
use crate::Random;
use crate::Time;
use crate::workload::definition::{Completion, FreeWorker, Generator, Invocation, Next};
use crate::workload::key_pool::{Access, KeyPool};
use glomers_config::Plan;
use glomers_history::{Function, Value};
use smol_str::SmolStr;
use std::cell::RefCell;
use std::rc::Rc;

/// Mean nanoseconds between two crashes of the same worker's client.
const CRASH_INTERVAL: u64 = 30_000_000_000;
/// One operation in N is replaced by an assignment.
const ASSIGN_ONE_IN: u64 = 64;
/// One assignment in N also includes keys with messages that were sent and not polled yet.
const CATCH_UP_ONE_IN: u64 = 3;

/// The operations of the load.
pub(super) struct Load {
    keys: KeyPool,
    /// The operation that follows an assignment: the send or poll whose key was assigned.
    after_assign: Option<Access>,
    /// When the next crash may happen.
    crash_due: Time,
    /// Twice the mean gap between crashes, in ns.
    longest_crash_gap: u64,
    unseen: Unseen,
    seen: Rc<RefCell<Offsets>>,
}

impl Load {
    pub(super) fn new(plan: &Plan, seen: Rc<RefCell<Offsets>>) -> Self {
        Self {
            keys: KeyPool::new(plan),
            after_assign: None,
            crash_due: Time::default(),
            longest_crash_gap: 2 * CRASH_INTERVAL / u64::from(plan.workers.max(1)),
            unseen: Unseen::default(),
            seen,
        }
    }

    fn assign(&mut self, key: i64, random: &mut Random) -> Invocation {
        let mut keys = Vec::new();
        let mut other = Vec::new();
        if random.below(CATCH_UP_ONE_IN) == 0 && !self.unseen.sent.is_empty() {
            keys.extend(self.unseen.sent.keys().copied());
            other.push((SmolStr::new_static("unseen"), self.unseen.to_value()));
        }
        if !keys.contains(&key) {
            keys.push(key);
        }
        let keys = keys.into_iter().map(|key| Value::Str(name(key))).collect();
        Invocation { other, ..Invocation::new(Function::Assign, Value::Vector(keys)) }
    }
}

impl Generator for Load {
    fn next(&mut self, free_worker: FreeWorker, random: &mut Random) -> Next {
        // As in the reference, a crash that is due is as likely as any other operation.
        if self.crash_due <= free_worker.now && random.below(2) == 0 {
            self.crash_due = free_worker.now.plus_nanos(random.below(self.longest_crash_gap));
            return Next::Invoke(Invocation::new(Function::Crash, Value::Nil));
        }
        let access = self.after_assign.take().unwrap_or_else(|| self.keys.access(random));
        if random.below(ASSIGN_ONE_IN) == 0 {
            self.after_assign = Some(access);
            return Next::Invoke(self.assign(access.key, random));
        }
        let (f, operation) = match access.write {
            Some(message) => {
                let key = Value::Str(name(access.key));
                (Function::Send, vec![Value::keyword("send"), key, Value::Int(message)])
            }
            None => (Function::Poll, vec![Value::keyword("poll")]),
        };
        Next::Invoke(Invocation::new(f, Value::Vector(vec![Value::Vector(operation)])))
    }

    fn ended(&mut self, _worker: u32, invocation: &Invocation, completion: &Completion) {
        let mut seen = self.seen.borrow_mut();
        each_known_offset(invocation, completion, |key, known| {
            let (KnownOffset::Sent(offset) | KnownOffset::Polled(offset)) = known;
            raise(&mut seen, key, offset);
            self.unseen.note(key, known);
        });
    }
}

/// Keys with messages that were sent and not polled yet.
#[derive(Debug, Default)]
struct Unseen {
    /// The highest offset that was sent.
    sent: Offsets,
    /// The highest offset that was polled since the key was added.
    polled: Offsets,
}

impl Unseen {
    fn note(&mut self, key: i64, known: KnownOffset) {
        match known {
            KnownOffset::Sent(offset) => raise(&mut self.sent, key, offset),
            KnownOffset::Polled(offset) => raise(&mut self.polled, key, offset),
        }
        let offset = |offsets: &Offsets| offsets.get(&key).copied().unwrap_or(NOTHING);
        if offset(&self.polled) >= offset(&self.sent) {
            self.sent.remove(&key);
            self.polled.remove(&key);
        }
    }

    /// The information that the reference adds to an assignment in the history.
    fn to_value(&self) -> Value {
        let entries = self.sent.iter().map(|(key, sent)| {
            let polled = self.polled.get(key).copied().unwrap_or(NOTHING);
            let offsets = vec![
                (Value::keyword("polled"), Value::Int(polled)),
                (Value::keyword("sent"), Value::Int(*sent)),
            ];
            (Value::Int(*key), Value::Map(offsets))
        });
        Value::Map(entries.collect())
    }
}

fn raise(offsets: &mut Offsets, key: i64, offset: i64) {
    let highest = offsets.entry(key).or_insert(offset);
    *highest = offset.max(*highest);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::testing::plan;
    use glomers_config::Parameters;
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use std::time::Duration;

    fn load(given: Parameters) -> Load {
        Load::new(&plan("kafka-a", given), Rc::default())
    }

    /// Asks once per millisecond. Sends get the next offset of their key; polls return all messages
    /// of the keys that were assigned last.
    fn operations(load: &mut Load, count: u64, random: &mut Random) -> Vec<Invocation> {
        let mut offsets = Offsets::new();
        let mut assigned = Value::Nil;
        let ask = |ms: u64| {
            let now = Time::default() + Duration::from_millis(ms);
            let free_worker = FreeWorker { worker: 0, process: 0, now };
            let Next::Invoke(invocation) = load.next(free_worker, random) else { panic!("no end") };
            let message = |key: &Value, offsets: &mut Offsets, more: i64| {
                let Value::Str(name) = key else { panic!("{key:?}") };
                let offset = offsets.entry(name.parse().unwrap()).or_insert(NOTHING);
                *offset += more;
                Value::Vector(vec![Value::Int(*offset), Value::Nil])
            };
            let known = match invocation.f {
                Function::Send => {
                    let [f, key, _] = micro(&invocation) else { panic!("{invocation:?}") };
                    vec![f.clone(), key.clone(), message(key, &mut offsets, 1)]
                }
                Function::Poll => {
                    let keys = assigned.elements().unwrap_or_default().iter();
                    let messages = keys.map(|key| {
                        (key.clone(), Value::Vector(vec![message(key, &mut offsets, 0)]))
                    });
                    vec![Value::keyword("poll"), Value::Map(messages.collect())]
                }
                _ => Vec::new(),
            };
            if invocation.f == Function::Assign {
                assigned = invocation.value.clone();
            }
            let value = Value::Vector(vec![Value::Vector(known)]);
            load.ended(0, &invocation, &Completion::ok(Some(value)));
            invocation
        };
        (0..count).map(ask).collect()
    }

    fn micro(invocation: &Invocation) -> &[Value] {
        invocation.value.elements().unwrap()[0].elements().unwrap()
    }

    #[test]
    fn the_mix_is_the_reference_s() {
        let mut load = load(Parameters::default());
        let mut random = Random::stream(1, "test");
        let operations = operations(&mut load, 600_000, &mut random);
        let count = |f: Function| operations.iter().filter(|op| op.f == f).count();
        let (sends, polls) = (count(Function::Send), count(Function::Poll));
        // Equally likely, but one of 17 attempts to send meets a full key and is drawn again.
        assert!((sends * 17).abs_diff(polls * 16) < sends / 4, "{sends} {polls}");
        let assigns = count(Function::Assign);
        assert!((9_000..9_750).contains(&assigns), "{assigns}");
        let catching_up = operations.iter().filter(|op| !op.other.is_empty()).count();
        assert!((2_900..3_350).contains(&catching_up), "{catching_up}");
        // 2 workers crash every 15 s on average, for 600 s; the first crash comes immediately.
        let crashes = count(Function::Crash);
        assert!((30..50).contains(&crashes), "{crashes}");
        let first = operations.iter().position(|op| op.f == Function::Crash);
        assert!(first.is_some_and(|first| first < 10), "{first:?}");
    }

    #[test]
    fn an_assignment_is_about_the_operation_after_it() {
        let mut load = load(Parameters::default());
        let operations = operations(&mut load, 100_000, &mut Random::stream(2, "test"));
        let operations: Vec<_> = operations.iter().filter(|op| op.f != Function::Crash).collect();
        let mut looked_at = 0;
        for pair in operations.windows(2) {
            if pair[0].f == Function::Assign && pair[1].f == Function::Send {
                let keys = pair[0].value.elements().unwrap();
                assert!(keys.contains(&micro(pair[1])[1]));
                let distinct: BTreeSet<String> =
                    keys.iter().map(|key| format!("{key:?}")).collect();
                assert_eq!(distinct.len(), keys.len());
                looked_at += 1;
            }
        }
        assert!(looked_at > 500, "{looked_at}");
    }

    proptest! {
        /// Compares with the reference's definition: highest offsets; keys that are caught up are
        /// removed.
        #[test]
        fn unseen_is_what_was_sent_beyond_what_was_polled(
            known in prop::collection::vec((0_i64..4, any::<bool>(), -1_i64..6), 0..60)
        ) {
            let mut unseen = Unseen::default();
            let mut since = Vec::new();
            for (key, is_sent, offset) in known {
                let known = if is_sent { KnownOffset::Sent(offset.max(0)) } else { KnownOffset::Polled(offset) };
                unseen.note(key, known);
                since.push((key, known));
                let highest = |sent: bool| since.iter().filter_map(|(other, known)| match known {
                    KnownOffset::Sent(offset) if sent && *other == key => Some(*offset),
                    KnownOffset::Polled(offset) if !sent && *other == key => Some(*offset),
                    _ => None,
                }).max().unwrap_or(NOTHING);
                let (sent, polled) = (highest(true), highest(false));
                if polled < sent {
                    prop_assert_eq!(unseen.sent.get(&key), Some(&sent));
                    prop_assert_eq!(unseen.polled.get(&key).copied().unwrap_or(NOTHING), polled);
                } else {
                    prop_assert!(!unseen.sent.contains_key(&key));
                    since.retain(|(other, _)| *other != key);
                }
            }
        }
    }
}
