//! Reads of values that were never written, or only later, and completions that do not match their
//! invocation. They often do not affect the verdict.

use crate::malformed::unlike_request;
use crate::number::NONE;
use crate::transactions::finding::Entries;
use crate::transactions::reading::{Stray, TransactionHistory};
use crate::{Moment, Warning};
use rustc_hash::FxHashSet;

impl TransactionHistory {
    /// At most one warning for values that were never written, and one for values read too early.
    pub(in crate::transactions) fn stray_reads(&self, entries: &dyn Entries) -> Vec<Warning> {
        let warning = |(count, first): (usize, &Stray)| self.warning(count, first, entries);
        self.distinct_strays().filter_map(warning).collect()
    }

    /// Values that were never written, and then values that were written later: the number of
    /// distinct ones, and the first.
    fn distinct_strays(&self) -> impl Iterator<Item = (usize, &Stray)> {
        let mut seen = FxHashSet::default();
        let first_reads = self.strays.iter().filter(|stray| seen.insert((stray.key, stray.atom)));
        let (early, unknown): (Vec<&Stray>, Vec<&Stray>) =
            first_reads.partition(|stray| self.written(stray).is_some());
        [unknown, early].into_iter().filter_map(|strays| Some((strays.len(), *strays.first()?)))
    }

    /// Positions of the entries that [`stray_reads`](Self::stray_reads) quotes.
    pub(in crate::transactions) fn stray_positions(&self) -> Vec<usize> {
        let positions = |(_, first): (usize, &Stray)| [Some(first.position), self.written(first)];
        self.distinct_strays().flat_map(positions).flatten().map(|p| p as usize).collect()
    }

    /// A warning for transactions whose completion does not match their invocation.
    pub(in crate::transactions) fn unlike_requests(
        &self,
        entries: &dyn Entries,
    ) -> Option<Warning> {
        let (count, Some(positions)) = self.unlike else { return None };
        let [completion, invocation] = positions.map(|position| entries.entry(position as usize));
        Some(Warning::Malformed(unlike_request(count, completion?, invocation?)))
    }

    /// Positions of the entries that [`unlike_requests`](Self::unlike_requests) quotes.
    pub(in crate::transactions) fn unlike_positions(&self) -> impl Iterator<Item = usize> {
        self.unlike.1.into_iter().flatten().map(|position| position as usize)
    }

    /// Position of the first entry that wrote the value.
    fn written(&self, stray: &Stray) -> Option<u32> {
        let version = self.versions.get(stray.key, stray.atom)?;
        self.first_writes.get(version as usize).copied().filter(|&position| position != NONE)
    }

    fn warning(&self, count: usize, first: &Stray, entries: &dyn Entries) -> Option<Warning> {
        let moment = |position: u32| Some(Moment::from(entries.entry(position as usize)?));
        Some(Warning::StrayRead {
            count,
            key: self.versions.key_value(first.key),
            value: self.versions.atoms.value(first.atom),
            read: moment(first.position)?,
            written: self.written(first).and_then(moment),
        })
    }
}
