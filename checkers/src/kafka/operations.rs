//! The sends and polls of a kafka history, with keys and messages as numbers.
//!
//! Keys, messages (a value of a key) and processes are numbered in order of appearance, so that
//! facts about them are stored in plain lists.

mod read;

use crate::CheckerError;
use crate::clojure_order::hash_rank;
use crate::interner::Interner;
use crate::number::{NONE, number};
use crate::value_order::sort_by_value;
use glomers_history::{Function, History, Kind, Operation, Value};
use std::ops::Range;

/// Messages that are integers below this are not hashed.
const FREE: usize = 16;

/// The role of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// `:poll`, `:send` or `:txn`.
    Transaction,
    /// `:assign`
    Assign,
    /// `:subscribe`
    Subscribe,
}

/// The completion of an operation.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// Its position in the history.
    pub(super) position: u32,
    /// Position of its invocation, or [`NONE`].
    pub(super) invoked: u32,
    pub(super) kind: Kind,
    pub(super) role: Role,
    /// Number of the process.
    pub(super) process: u32,
    /// The messages that it polled: a range of groups.
    pub(super) polled: Range<u32>,
    /// The messages that it sent: a range of groups.
    pub(super) sent: Range<u32>,
    /// The highest offset of each key that it saw: a range of [`Operations::tops`].
    pub(super) tops: Range<u32>,
    /// Keys that it assigns, a range of [`Operations::assigned`].
    pub(super) assigned: Range<u32>,
}

/// The messages that one entry sent to a key, or polled from it.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) key: u32,
    /// A range of [`Operations::records`].
    pub(super) records: Range<u32>,
}

/// A message at an offset, if that is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    pub(super) offset: Option<i64>,
    pub(super) message: u32,
}

/// A key.
#[derive(Debug)]
pub(super) struct Key<'h> {
    pub(super) value: &'h Value,
    /// Its rank in hash maps of the reference.
    pub(super) rank: u64,
    /// The first successful transaction that sent or polled it, or [`NONE`].
    pub(super) first_ok: u32,
    /// Whether it is in a successful poll, even if without messages.
    pub(super) polled: bool,
    /// Numbers of its messages.
    numbers: Interner<&'h Value, FREE>,
}

/// A value of a key, and how it was sent and polled. Entries are numbers in
/// [`Operations::entries`].
#[derive(Debug)]
pub(super) struct Message<'h> {
    pub(super) key: u32,
    pub(super) value: &'h Value,
    /// The last entry that sent it, or [`NONE`].
    pub(super) writer: u32,
    /// The first entry that polled it, or [`NONE`].
    pub(super) first_reader: u32,
    /// Whether a send of it succeeded.
    pub(super) acknowledged: bool,
    /// Whether a send of it failed.
    pub(super) failed: bool,
    /// Whether a successful poll returned it.
    pub(super) polled: bool,
}

/// All that was sent and polled.
#[derive(Debug)]
pub(super) struct Operations<'h> {
    history: &'h History,
    pub(super) entries: Vec<Entry>,
    pub(super) groups: Vec<Group>,
    pub(super) records: Vec<Record>,
    pub(super) tops: Vec<(u32, i64)>,
    pub(super) assigned: Vec<u32>,
    pub(super) keys: Vec<Key<'h>>,
    pub(super) messages: Vec<Message<'h>>,
    /// The processes, by number.
    pub(super) processes: Vec<u64>,
    /// Keys in successful polls, in order of appearance.
    pub(super) polled_keys: Vec<u32>,
    key_numbers: Interner<&'h Value, FREE>,
    process_numbers: Interner<u64, FREE>,
}

impl<'h> Operations<'h> {
    /// The entry's operation.
    pub(super) fn operation(&self, entry: u32) -> &'h Operation {
        &self.history.operations()[self.entries[entry as usize].position as usize]
    }

    /// Its invocation, if it has one.
    pub(super) fn invocation(&self, entry: u32) -> Option<&'h Operation> {
        self.history.operations().get(self.entries[entry as usize].invoked as usize)
    }

    /// Whether the entry is a transaction that may poll.
    pub(super) fn polls(&self, entry: u32) -> bool {
        matches!(self.operation(entry).f, Function::Poll | Function::Txn)
    }

    /// Entries of transactions, with their numbers.
    pub(super) fn transactions(&self) -> impl Iterator<Item = (u32, &Entry)> + Clone {
        (0..).zip(&self.entries).filter(|(_, entry)| entry.role == Role::Transaction)
    }

    pub(super) fn groups(&self, range: &Range<u32>) -> &[Group] {
        &self.groups[range.start as usize..range.end as usize]
    }

    pub(super) fn records(&self, group: &Group) -> &[Record] {
        &self.records[group.records.start as usize..group.records.end as usize]
    }

    pub(super) fn tops(&self, entry: &Entry) -> &[(u32, i64)] {
        &self.tops[entry.tops.start as usize..entry.tops.end as usize]
    }

    pub(super) fn assigned(&self, entry: &Entry) -> &[u32] {
        &self.assigned[entry.assigned.start as usize..entry.assigned.end as usize]
    }

    pub(super) fn key(&self, key: u32) -> &Key<'h> {
        &self.keys[key as usize]
    }

    pub(super) fn message(&self, message: u32) -> &Message<'h> {
        &self.messages[message as usize]
    }

    /// Whether its sends surely happened: it succeeded, or one of them was polled.
    pub(super) fn committed(&self, entry: &Entry) -> bool {
        let mut sent = self.groups(&entry.sent).iter().flat_map(|group| self.records(group));
        match entry.kind {
            Kind::Ok => true,
            Kind::Info => sent.any(|record| self.message(record.message).polled),
            Kind::Invoke | Kind::Fail => false,
        }
    }

    /// Sorts messages by their values; fails if these cannot be compared.
    pub(super) fn sort_messages(&self, messages: &mut [u32]) -> Result<(), CheckerError> {
        let mut valued: Vec<(&Value, u32)> =
            messages.iter().map(|message| (self.message(*message).value, *message)).collect();
        sort_by_value(&mut valued, |(value, _)| value, "messages")?;
        for (slot, (_, message)) in messages.iter_mut().zip(valued) {
            *slot = message;
        }
        Ok(())
    }

    /// Whether any operation sent this message.
    pub(super) fn is_sent(&self, key: u32, value: &Value) -> bool {
        let number = self.key(key).numbers.get(&value);
        number.is_some_and(|number| self.message(number).writer != NONE)
    }

    fn key_number(&mut self, value: &'h Value) -> u32 {
        let next = number(self.keys.len());
        let key = self.key_numbers.insert(&value, next);
        if key == next {
            self.keys.push(Key {
                value,
                rank: hash_rank(value),
                first_ok: NONE,
                polled: false,
                numbers: Interner::default(),
            });
        }
        key
    }

    fn message_number(&mut self, key: u32, value: &'h Value) -> u32 {
        let next = number(self.messages.len());
        let message = self.keys[key as usize].numbers.insert(&value, next);
        if message == next {
            self.messages.push(Message {
                key,
                value,
                writer: NONE,
                first_reader: NONE,
                acknowledged: false,
                failed: false,
                polled: false,
            });
        }
        message
    }

    fn process_number(&mut self, process: u64) -> u32 {
        let next = number(self.processes.len());
        let number = self.process_numbers.insert(&process, next);
        if number == next {
            self.processes.push(process);
        }
        number
    }
}
