//! Reads of values that were never written, or only later, and completions that do not match their
//! invocation. They often do not affect the verdict.

use super::finding::quotes::Entries;
use super::history::{Stray, TransactionHistory};
use super::versions::NONE;
use crate::malformed::unlike_request;
use crate::{Moment, Warning};
use rustc_hash::FxHashSet;

impl TransactionHistory {
    /// At most one warning for values that were never written, and one for values read too early.
    #[must_use]
    pub fn stray_reads(&self, entries: &dyn Entries) -> Vec<Warning> {
        let mut seen = FxHashSet::default();
        let first_reads = self.strays.iter().filter(|stray| seen.insert((stray.key, stray.atom)));
        let (early, unknown): (Vec<&Stray>, Vec<&Stray>) =
            first_reads.partition(|stray| self.written(stray).is_some());
        [unknown, early].iter().filter_map(|strays| self.warning(strays, entries)).collect()
    }

    /// Positions of the entries that [`stray_reads`](Self::stray_reads) quotes.
    #[must_use]
    pub fn stray_positions(&self) -> Vec<usize> {
        let positions = |stray: &Stray| [Some(stray.position), self.written(stray)];
        let mut positions: Vec<usize> =
            self.strays.iter().flat_map(positions).flatten().map(|p| p as usize).collect();
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    /// A warning for transactions whose completion does not match their invocation.
    #[must_use]
    pub fn unlike_requests(&self, entries: &dyn Entries) -> Option<Warning> {
        let (count, Some(positions)) = self.unlike else { return None };
        let [completion, invocation] = positions.map(|position| entries.entry(position as usize));
        Some(Warning::Malformed(unlike_request(count, completion?, invocation?)))
    }

    /// Positions of the entries that [`unlike_requests`](Self::unlike_requests) quotes, ascending.
    #[must_use]
    pub fn unlike_positions(&self) -> Vec<usize> {
        let mut positions: Vec<usize> =
            self.unlike.1.iter().flatten().map(|&position| position as usize).collect();
        positions.sort_unstable();
        positions
    }

    /// Position of the first entry that wrote the value.
    fn written(&self, stray: &Stray) -> Option<u32> {
        let version = self.versions.get(stray.key, stray.atom)?;
        self.first_writes.get(version as usize).copied().filter(|&position| position != NONE)
    }

    fn warning(&self, strays: &[&Stray], entries: &dyn Entries) -> Option<Warning> {
        let first = strays.first()?;
        let moment = |position: u32| Some(Moment::from(entries.entry(position as usize)?));
        Some(Warning::StrayRead {
            count: strays.len(),
            key: self.versions.key_value(first.key),
            value: self.versions.atoms.value(first.atom),
            read: moment(first.position)?,
            written: self.written(first).and_then(moment),
        })
    }
}
