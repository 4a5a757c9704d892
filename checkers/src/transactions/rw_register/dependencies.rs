//! Which transaction depends on which, and why.

use super::external::Externals;
use super::version_order::VersionOrder;
use crate::CheckerError;
use crate::excerpt::json;
use crate::graph::CompactGraph;
use crate::number::number;
use crate::transactions::dependency_graph::{Edge, GraphBuilder};
use crate::transactions::finding::{PAIRED, Reason};
use crate::transactions::reading::{Atom, MicroOp, TransactionHistory};

/// The tables that dependencies are derived from.
#[derive(Debug)]
pub(crate) struct Dependencies<'a> {
    history: &'a TransactionHistory,
    order: &'a VersionOrder,
    /// By version: transactions that read it before they wrote its key.
    readers: CompactGraph,
    /// By version: transactions that wrote it as their last write of its key.
    writers: CompactGraph,
    /// By key: transactions that wrote it, with any value except `nil`.
    key_writers: CompactGraph,
}

impl<'a> Dependencies<'a> {
    /// Groups reads and writes by version.
    ///
    /// Fails if a version that is read was written by several transactions.
    pub(crate) fn of(
        history: &'a TransactionHistory,
        order: &'a VersionOrder,
    ) -> Result<Self, CheckerError> {
        let mut externals = Externals::new(history.versions.key_count());
        let (mut reads, mut written, mut written_keys) = (Vec::new(), Vec::new(), Vec::new());
        for (transaction, micro_ops) in history.oks() {
            for external in externals.of(micro_ops) {
                reads.extend(external.read.map(|version| (version, transaction)));
                let Some(write) = external.write else { continue };
                written.push((write, transaction));
                if history.versions.atom_of(write) != Atom::NIL {
                    written_keys.push((external.key, transaction));
                }
            }
        }
        let count = history.versions.count();
        let readers = CompactGraph::of(count, || reads.iter().copied());
        let writers = CompactGraph::of(count, || written.iter().copied());
        for &(version, reader) in &reads {
            if let [first, second, ..] = *writers.targets(version) {
                let micro_ops = history.micro_ops(reader).iter();
                let key = micro_ops.filter(|m| m.version() == version).map(|m| m.key()).next();
                return Err(CheckerError::WrittenTwice {
                    key: key.map_or_else(String::new, |key| json(&history.versions.key_value(key))),
                    value: json(&history.versions.value(version)),
                    first: history.entry(first).position.into(),
                    second: history.entry(second).position.into(),
                });
            }
        }
        let keys = history.versions.key_count();
        let key_writers = CompactGraph::of(keys, || written_keys.iter().copied());
        Ok(Self { history, order, readers, writers, key_writers })
    }

    /// Adds all dependencies; returns whether some had to be left out.
    pub(crate) fn add_to(&self, graph: &mut GraphBuilder) -> bool {
        let mut is_partial = false;
        for version in 0..number(self.history.versions.count()) {
            if let Some(&writer) = self.writers.targets(version).first() {
                let readers = self.readers.targets(version);
                link(graph, &[writer], readers, Edge::Wr);
                // It read a version that it wrote only later.
                if readers.contains(&writer) {
                    graph.add_loop(writer, Edge::Wr);
                }
            }
            let next = self.order.next(version);
            if !next.is_empty() {
                let next: Vec<u32> =
                    next.iter().flat_map(|&next| self.writers.targets(next)).copied().collect();
                is_partial |= link(graph, self.writers.targets(version), &next, Edge::Ww);
                is_partial |= link(graph, self.readers.targets(version), &next, Edge::Rw);
            }
        }
        for key in 0..number(self.history.versions.key_count()) {
            let Some(nil) = self.history.versions.get(key, Atom::NIL) else { continue };
            let next = self.key_writers.targets(key);
            is_partial |= link(graph, self.writers.targets(nil), next, Edge::Ww);
            is_partial |= link(graph, self.readers.targets(nil), next, Edge::Rw);
        }
        is_partial
    }

    /// Why one transaction comes before another by that edge: the first key of the earlier one that
    /// shows it.
    pub(crate) fn explain(&self, earlier: u32, later: u32, edge: Edge) -> Option<Reason> {
        let mut externals = Externals::new(self.history.versions.key_count());
        let [first, second] = [earlier, later].map(|number| self.history.micro_ops(number));
        let later_externals = externals.of(second).to_vec();
        let mut earlier_externals = externals.of(first).to_vec();
        if edge != Edge::Rw {
            // The reference examines writes in the order in which their keys were first written.
            let written = |key| first.iter().position(|m| m.is_write() && m.key() == key);
            earlier_externals.sort_by_key(|external| written(external.key));
        }
        earlier_externals.iter().find_map(|external| {
            let key = external.key;
            let other = later_externals.iter().find(|other| other.key == key)?;
            let value = if edge == Edge::Rw { external.read } else { external.write }?;
            let next = if edge == Edge::Wr {
                other.read.filter(|&read| read == value).map(|_| None)?
            } else {
                Some(other.write.filter(|&write| self.is_before(value, write))?)
            };
            let position = |micro_ops: &[MicroOp], is_write: bool, version: u32| {
                let is_it = |m: &MicroOp| {
                    m.is_write() == is_write && m.key() == key && m.version() == version
                };
                micro_ops.iter().position(is_it)
            };
            Some(Reason {
                key,
                value: Some(value),
                next,
                earlier_position: position(first, edge != Edge::Rw, value)?,
                later_position: position(second, next.is_some(), next.unwrap_or(value))?,
            })
        })
    }

    /// Whether a version of a key comes right before another one.
    fn is_before(&self, version: u32, next: u32) -> bool {
        let atom = |version| self.history.versions.atom_of(version);
        if atom(version) == Atom::NIL {
            atom(next) != Atom::NIL
        } else {
            self.order.next(version).contains(&next)
        }
    }
}

/// Links all of the first to all of the second, where the graph drops edges from a transaction to
/// itself; returns whether there were too many to do so.
fn link(graph: &mut GraphBuilder, from: &[u32], to: &[u32], edge: Edge) -> bool {
    let mut is_partial = false;
    for (position, &to) in to.iter().enumerate() {
        let is_too_many = position >= PAIRED && from.len() > PAIRED;
        is_partial |= is_too_many;
        let from = if is_too_many { &from[..PAIRED] } else { from };
        for &from in from {
            graph.add(from, to, edge);
        }
    }
    is_partial
}
