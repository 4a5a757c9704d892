//! Reads the values of operations: `[[:send key [offset message]]]`,
//! `[[:poll {key [[offset message] ...]}]]`.

use super::{Entry, Group, Operations, Record, Role};
use crate::clojure_order::order_as_map;
use crate::excerpt::edn;
use crate::interner::Interner;
use crate::kafka::error::KafkaError;
use crate::number::{NONE, number};
use glomers_history::{Function, History, Kind, Operation, Process, Value};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use std::ops::Range;

const NIL: &Value = &Value::Nil;

/// A part of a transaction.
enum Part<'h> {
    /// Key, offset, message.
    Send(&'h Value, &'h Value, &'h Value),
    /// Messages by key.
    Poll(&'h [(Value, Value)]),
}

/// The highest offset sent to each key.
type Tops = IndexMap<u32, i64, FxBuildHasher>;

impl<'h> Operations<'h> {
    /// Reads all completions of clients.
    pub(in crate::kafka) fn read(history: &'h History) -> Result<Self, KafkaError> {
        let mut operations = Self {
            history,
            entries: Vec::new(),
            groups: Vec::new(),
            records: Vec::new(),
            tops: Vec::new(),
            assigned: Vec::new(),
            keys: Vec::new(),
            messages: Vec::new(),
            processes: Vec::new(),
            polled_keys: Vec::new(),
            key_numbers: Interner::default(),
            process_numbers: Interner::default(),
        };
        // The open invocation of each process, by process number.
        let mut open: Vec<u32> = Vec::new();
        for (position, operation) in history.client_operations() {
            let Process::Client(process) = operation.process else { continue };
            let process = operations.process_number(process);
            open.resize(operations.processes.len(), NONE);
            let open = &mut open[process as usize];
            if operation.kind == Kind::Invoke {
                *open = number(position);
                continue;
            }
            let invoked = std::mem::replace(open, NONE);
            operations.read_completion(operation, number(position), invoked, process)?;
        }
        Ok(operations)
    }

    fn read_completion(
        &mut self,
        operation: &'h Operation,
        position: u32,
        invoked: u32,
        process: u32,
    ) -> Result<(), KafkaError> {
        let role = match (&operation.f, operation.f.name()) {
            (Function::Poll | Function::Send | Function::Txn, _) => Role::Transaction,
            (Function::Assign, _) => Role::Assign,
            (_, "subscribe") => Role::Subscribe,
            _ => return Ok(()),
        };
        let mut entry = Entry {
            position,
            invoked,
            kind: operation.kind,
            role,
            process,
            polled: 0..0,
            sent: 0..0,
            tops: 0..0,
            assigned: 0..0,
        };
        match role {
            Role::Transaction => self.read_transaction(operation, &mut entry)?,
            // Failed operations change nothing.
            Role::Assign | Role::Subscribe if operation.kind == Kind::Fail => return Ok(()),
            Role::Assign | Role::Subscribe => {
                let start = number(self.assigned.len());
                for key in sequence(operation, &operation.value, "a list of keys")? {
                    let key = self.key_number(key);
                    self.assigned.push(key);
                }
                entry.assigned = start..number(self.assigned.len());
            }
        }
        self.entries.push(entry);
        Ok(())
    }

    fn read_transaction(
        &mut self,
        operation: &'h Operation,
        entry: &mut Entry,
    ) -> Result<(), KafkaError> {
        let (mut sent, mut polled) = (Vec::new(), Vec::new());
        let mut sent_tops = Tops::default();
        let parts = sequence(operation, &operation.value, "a list of sends and polls")?;
        for part in parts {
            match part_of(operation, part)? {
                Some(Part::Send(key, offset, value)) if operation.f != Function::Poll => {
                    let key = self.key_number(key);
                    let message = self.message_number(key, value);
                    let offset = offset_of(operation, offset)?;
                    match offset {
                        Some(offset) => {
                            let top: &mut i64 = sent_tops.entry(key).or_default();
                            *top = offset.max(*top);
                        }
                        // The reference also discards the earlier ones in this case.
                        None => sent_tops.clear(),
                    }
                    let start = number(self.records.len());
                    self.records.push(Record { offset, message });
                    sent.push(Group { key, records: start..start + 1 });
                }
                Some(Part::Poll(messages)) if operation.f != Function::Send => {
                    for (key, pairs) in messages {
                        polled.push(self.read_polled(operation, key, pairs)?);
                    }
                }
                _ => {}
            }
        }
        if parts.len() > 1 {
            self.join_groups(&mut sent);
            self.join_groups(&mut polled);
        }
        self.note(entry, &sent, &polled);
        if matches!(operation.kind, Kind::Ok | Kind::Info) {
            entry.tops = self.add_tops(&polled, sent_tops);
        }
        entry.sent = self.add_groups(sent);
        entry.polled = self.add_groups(polled);
        Ok(())
    }

    fn read_polled(
        &mut self,
        operation: &'h Operation,
        key: &'h Value,
        pairs: &'h Value,
    ) -> Result<Group, KafkaError> {
        let key = self.key_number(key);
        let start = number(self.records.len());
        for pair in sequence(operation, pairs, "a list of [offset message]")? {
            let Some([offset, value, ..]) = pair.elements() else {
                return Err(malformed(operation, pair, "[offset message]"));
            };
            let offset = offset_of(operation, offset)?;
            let message = self.message_number(key, value);
            self.records.push(Record { offset, message });
        }
        Ok(Group { key, records: start..number(self.records.len()) })
    }

    /// Joins groups of the same key, each at the position of its first.
    fn join_groups(&mut self, groups: &mut Vec<Group>) {
        let mut joined: IndexMap<u32, Vec<Range<u32>>, FxBuildHasher> = IndexMap::default();
        for group in groups.drain(..) {
            joined.entry(group.key).or_default().push(group.records);
        }
        for (key, ranges) in joined {
            let records = if let [range] = &ranges[..] {
                range.clone()
            } else {
                let start = number(self.records.len());
                for range in ranges {
                    self.records.extend_from_within(range.start as usize..range.end as usize);
                }
                start..number(self.records.len())
            };
            groups.push(Group { key, records });
        }
    }

    /// Records what this entry shows about keys and messages.
    fn note(&mut self, entry: &Entry, sent: &[Group], polled: &[Group]) {
        let next = number(self.entries.len());
        if entry.kind == Kind::Ok {
            for group in sent.iter().chain(polled) {
                let key = &mut self.keys[group.key as usize];
                key.first_ok = key.first_ok.min(next);
            }
            for group in polled {
                let key = &mut self.keys[group.key as usize];
                if !std::mem::replace(&mut key.polled, true) {
                    self.polled_keys.push(group.key);
                }
            }
        }
        for group in sent {
            for record in &self.records[group.records.start as usize..group.records.end as usize] {
                let message = &mut self.messages[record.message as usize];
                message.writer = next;
                message.acknowledged |= entry.kind == Kind::Ok;
                message.failed |= entry.kind == Kind::Fail;
            }
        }
        for group in polled {
            for record in &self.records[group.records.start as usize..group.records.end as usize] {
                let message = &mut self.messages[record.message as usize];
                message.polled |= entry.kind == Kind::Ok;
                message.first_reader = message.first_reader.min(next);
            }
        }
    }

    /// Adds the highest offset of each key, -1 if a poll returned no message.
    fn add_tops(&mut self, polled: &[Group], sent: Tops) -> Range<u32> {
        let start = self.tops.len();
        for group in polled {
            let offsets = self.records(group).iter().filter_map(|record| record.offset);
            self.tops.push((group.key, offsets.max().unwrap_or(-1).max(-1)));
        }
        for (key, top) in sent {
            let of_polls = &self.tops[start..start + polled.len()];
            let known = of_polls.iter().position(|(known, _)| *known == key);
            match known {
                Some(index) => self.tops[start + index].1 = self.tops[start + index].1.max(top),
                None => self.tops.push((key, top)),
            }
        }
        let keys = &self.keys;
        order_as_map(&mut self.tops[start..], |(key, _)| keys[*key as usize].rank);
        number(start)..number(self.tops.len())
    }

    /// Adds groups in the order in which a map by key lists them.
    fn add_groups(&mut self, mut groups: Vec<Group>) -> Range<u32> {
        order_as_map(&mut groups, |group| self.key(group.key).rank);
        let start = number(self.groups.len());
        self.groups.append(&mut groups);
        start..number(self.groups.len())
    }
}

/// One part of a transaction; `None` if it does not count.
fn part_of<'h>(operation: &Operation, part: &'h Value) -> Result<Option<Part<'h>>, KafkaError> {
    match part.elements() {
        Some([Value::Keyword(name), key, rest @ ..]) if name == "send" => {
            // A vector is [offset message], anything else a message whose offset is not known.
            let (offset, value) = match rest.first().unwrap_or(NIL) {
                Value::Vector(pair) => (pair.first().unwrap_or(NIL), pair.get(1).unwrap_or(NIL)),
                value => (NIL, value),
            };
            Ok(Some(Part::Send(key, offset, value)))
        }
        Some([Value::Keyword(name), rest @ ..]) if name == "poll" => match rest.first() {
            Some(Value::Map(messages)) => Ok(Some(Part::Poll(messages))),
            None | Some(Value::Nil) => Ok(None),
            Some(other) => Err(malformed(operation, other, "a map from keys to messages")),
        },
        // A failed operation did nothing, so its arguments do not matter.
        Some([_, ..]) if operation.kind == Kind::Fail => Ok(None),
        _ => Err(malformed(operation, part, "[:send key message] or [:poll messages]")),
    }
}

fn offset_of(operation: &Operation, value: &Value) -> Result<Option<i64>, KafkaError> {
    match value {
        Value::Nil => Ok(None),
        Value::Int(offset) => Ok(Some(*offset)),
        other => Err(malformed(operation, other, "an offset, which is an integer of 64 bits,")),
    }
}

/// The elements of a list; nil counts as an empty list.
fn sequence<'h>(
    operation: &Operation,
    value: &'h Value,
    expected: &'static str,
) -> Result<&'h [Value], KafkaError> {
    match value {
        Value::Nil => Ok(&[]),
        // An empty map counts as an empty list.
        Value::Map(entries) if entries.is_empty() => Ok(&[]),
        Value::Str(text) if text.is_empty() => Ok(&[]),
        value => value.elements().ok_or_else(|| malformed(operation, value, expected)),
    }
}

fn malformed(operation: &Operation, value: &Value, expected: &'static str) -> KafkaError {
    KafkaError::Malformed { index: operation.index, value: edn(value), expected }
}
