//! Which version of a register comes before which.

use super::external::Externals;
use crate::graph::{CompactGraph, Components};
use crate::transactions::finding::Finding;
use crate::transactions::reading::{Atom, TransactionHistory};
use rustc_hash::FxHashMap;

/// The order of versions, besides `nil` which comes first.
#[derive(Debug)]
pub(crate) struct VersionOrder {
    /// By version: those that transactions wrote after they had read it.
    next: CompactGraph,
    /// Versions whose order is cyclic, by the first of each key.
    pub(super) cyclic: Vec<Finding>,
}

impl VersionOrder {
    /// Assumes that within a transaction writes follow reads. If that makes the order of versions
    /// cyclic anywhere, it is assumed nowhere.
    pub(crate) fn of(history: &TransactionHistory) -> Self {
        let count = history.versions.count();
        // Key, version that was read, version that was written then.
        let mut steps = Vec::new();
        let mut externals = Externals::new(history.versions.key_count());
        for (_, micro_ops) in history.oks() {
            for external in externals.of(micro_ops) {
                let (Some(read), Some(write)) = (external.read, external.write) else { continue };
                let atom = |version| history.versions.atom_of(version);
                if atom(read) != Atom::NIL && !atom(write).is_falsy() {
                    steps.push((external.key, read, write));
                }
            }
        }
        let graph = |steps: &[(u32, u32, u32)]| {
            CompactGraph::of(count, || steps.iter().map(|&(_, before, after)| (before, after)))
        };
        let next = graph(&steps);
        let cyclic = cycles(history, &steps, Components::of(&next).groups(|_| true));
        let next = if cyclic.is_empty() { next } else { graph(&[]) };
        Self { next, cyclic }
    }

    /// The versions right after one that is not `nil`.
    pub(crate) fn next(&self, version: u32) -> &[u32] {
        self.next.targets(version)
    }
}

/// Versions whose order is cyclic, by key and value.
fn cycles(
    history: &TransactionHistory,
    steps: &[(u32, u32, u32)],
    groups: Vec<Vec<u32>>,
) -> Vec<Finding> {
    let mut keys = FxHashMap::default();
    if !groups.is_empty() {
        keys.extend(steps.iter().map(|&(key, read, _)| (read, key)));
    }
    let cycle = |versions: Vec<u32>| {
        let key = *keys.get(versions.first()?)?;
        let mut versions: Vec<Atom> =
            versions.into_iter().map(|version| history.versions.atom_of(version)).collect();
        versions.sort_by_cached_key(|&atom| history.versions.atoms.value(atom));
        Some((key, versions))
    };
    let mut cycles: Vec<(u32, Vec<Atom>)> = groups.into_iter().filter_map(cycle).collect();
    cycles.sort_by_cached_key(|(key, versions)| {
        (*key, versions.first().map(|&atom| history.versions.atoms.value(atom)))
    });
    cycles.into_iter().map(|(key, versions)| Finding::CyclicVersions { key, versions }).collect()
}
