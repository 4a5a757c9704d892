//! Which transaction depends on which, and why.

use super::order::{Orders, Previous};
use crate::graph::CompactGraph;
use crate::number::{NONE, number};
use crate::transactions::dependency_graph::{Edge, GraphBuilder};
use crate::transactions::finding::{PAIRED, Reason};
use crate::transactions::reading::{ListRef, MicroOp, TransactionHistory, Writers};
use glomers_history::Kind;

/// The tables that dependencies are derived from.
#[derive(Debug)]
pub(crate) struct Dependencies<'a> {
    history: &'a TransactionHistory,
    orders: &'a Orders,
    writers: &'a Writers,
    /// Transactions that read a state: those of versions, then the initial ones of keys.
    readers: CompactGraph,
}

impl<'a> Dependencies<'a> {
    /// Groups reads by the state that they show.
    pub(crate) fn of(
        history: &'a TransactionHistory,
        orders: &'a Orders,
        writers: &'a Writers,
    ) -> Self {
        let states = history.versions.count() + history.versions.key_count();
        let reads = || {
            history.possible().flat_map(|(reader, micro_ops)| {
                let states = micro_ops.iter();
                let states = states.filter_map(move |&read| shown_state(history, reader, read));
                states.map(move |state| (state, reader))
            })
        };
        Self { history, orders, writers, readers: CompactGraph::of(states, reads) }
    }

    /// Adds the dependencies of all transactions; returns whether some had to be left out.
    pub(crate) fn add_to(&self, graph: &mut GraphBuilder) -> bool {
        let mut unread = vec![0_usize; self.history.versions.key_count()];
        let mut is_partial = false;
        for (transaction, micro_ops) in self.history.possible() {
            for &micro_op in micro_ops {
                if !micro_op.is_write() {
                    if let Some(writer) = self.writer_read(micro_op)
                        && writer != transaction
                    {
                        graph.add(writer, transaction, Edge::Wr);
                    }
                    continue;
                }
                let (writer, mut readers) = self.before(micro_op);
                if self.orders.position(micro_op.version()).is_none() {
                    // All that were never read follow the same state.
                    let unread = &mut unread[micro_op.key() as usize];
                    *unread += 1;
                    if *unread > PAIRED && readers.len() > PAIRED {
                        readers = &readers[..PAIRED];
                        is_partial = true;
                    }
                }
                if writer != NONE && writer != transaction {
                    graph.add(writer, transaction, Edge::Ww);
                }
                for &reader in readers.iter().filter(|&&reader| reader != transaction) {
                    graph.add(reader, transaction, Edge::Rw);
                }
            }
        }
        is_partial
    }

    /// The transaction that appended the last element that a read shows.
    pub(crate) fn writer_read(&self, read: MicroOp) -> Option<u32> {
        let &last = self.history.elements(read).last()?;
        let version = self.history.versions.get(read.key(), last)?;
        Some(self.writers.possible[version as usize]).filter(|&writer| writer != NONE)
    }

    /// The transaction that made the state to which an element is appended ([`NONE`] if unknown),
    /// and those that read that state.
    fn before(&self, append: MicroOp) -> (u32, &[u32]) {
        let (writer, state) = match self.orders.previous(append.key(), append.version()) {
            Previous::Initial => (NONE, self.initial(append.key())),
            Previous::Version(NONE) => return (NONE, &[]),
            Previous::Version(version) => (self.writers.possible[version as usize], version),
        };
        (writer, self.readers.targets(state))
    }

    fn initial(&self, key: u32) -> u32 {
        initial_state(self.history, key)
    }

    /// Why one transaction comes before another by that edge: the first reason that the later one's
    /// operations give.
    pub(crate) fn explain(&self, earlier: u32, later: u32, edge: Edge) -> Option<Reason> {
        let [first, second] = [earlier, later].map(|number| self.history.micro_ops(number));
        let position = |found: &dyn Fn(&MicroOp) -> bool| first.iter().position(found);
        second.iter().enumerate().find_map(|(later_position, &later_op)| {
            let key = later_op.key();
            let is_write_of = |version: u32| {
                move |op: &MicroOp| op.is_write() && op.key() == key && op.version() == version
            };
            match (edge, later_op.is_write()) {
                (Edge::Wr, false) if self.writer_read(later_op) == Some(earlier) => {
                    let last = *self.history.elements(later_op).last()?;
                    let version = self.history.versions.get(key, last)?;
                    let earlier_position = position(&is_write_of(version))?;
                    Some(Reason {
                        key,
                        value: Some(version),
                        next: None,
                        earlier_position,
                        later_position,
                    })
                }
                (Edge::Ww, true) if self.before(later_op).0 == earlier => {
                    let Previous::Version(version) = self.orders.previous(key, later_op.version())
                    else {
                        return None;
                    };
                    let earlier_position = position(&is_write_of(version))?;
                    let next = Some(later_op.version());
                    Some(Reason {
                        key,
                        value: Some(version),
                        next,
                        earlier_position,
                        later_position,
                    })
                }
                (Edge::Rw, true) if self.before(later_op).1.contains(&earlier) => {
                    let previous = self.orders.previous(key, later_op.version());
                    let state = match previous {
                        Previous::Initial => self.initial(key),
                        Previous::Version(version) => version,
                    };
                    let shows = |op: &MicroOp| {
                        op.key() == key && shown_state(self.history, earlier, *op) == Some(state)
                    };
                    let earlier_position = position(&shows)?;
                    let value = match previous {
                        Previous::Initial => None,
                        Previous::Version(version) => Some(version),
                    };
                    let next = Some(later_op.version());
                    Some(Reason { key, value, next, earlier_position, later_position })
                }
                _ => None,
            }
        })
    }
}

fn initial_state(history: &TransactionHistory, key: u32) -> u32 {
    number(history.versions.count()) + key
}

/// The state that a read shows; `None` for a write, a state that ends with an element that was
/// never appended, or a `nil` of a transaction with an unknown outcome.
fn shown_state(history: &TransactionHistory, reader: u32, read: MicroOp) -> Option<u32> {
    if read.is_write() {
        return None;
    }
    if read.list() == ListRef::NIL && history.entry(reader).kind == Kind::Info {
        return None;
    }
    match history.elements(read).last() {
        Some(&last) if !last.is_falsy() => history.versions.get(read.key(), last),
        _ => Some(initial_state(history, read.key())),
    }
}
