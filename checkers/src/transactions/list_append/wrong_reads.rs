//! Reads that should not occur: aborted and intermediate appends, and elements twice.

use crate::CheckerError;
use crate::number::{NONE, number};
use crate::transactions::finding::{Finding, OpPosition};
use crate::transactions::reading::{Atom, MicroOp, TransactionHistory, Writers};
use crate::value_order::compare;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Ordering;

/// Reads with their locations.
fn reads(
    (reader, micro_ops): (u32, &[MicroOp]),
) -> impl Iterator<Item = (OpPosition, MicroOp)> + '_ {
    let positions = (0..).map(move |micro_op| OpPosition { transaction: reader, micro_op });
    positions.zip(micro_ops.iter().copied()).filter(|(_, micro_op)| !micro_op.is_write())
}

/// G1a: reads of elements whose append failed.
pub(super) fn aborted(history: &TransactionHistory, writers: &Writers) -> Vec<Finding> {
    if !writers.some_failed {
        return Vec::new();
    }
    let failed = |key: u32, element: Atom| {
        let version = history.versions.get(key, element)?;
        Some(writers.failed[version as usize]).filter(|&writer| writer != NONE)
    };
    // Their positions on each key's spine, and the failed entries.
    let keys = 0..number(history.versions.key_count());
    let on_spine = |key| {
        let elements = history.lists.spine(key).iter().enumerate();
        let failed = elements.filter_map(|(i, &e)| Some((i, e, failed(key, e)?)));
        failed.collect::<Vec<_>>()
    };
    let spines: Vec<Vec<(usize, Atom, u32)>> = keys.map(on_spine).collect();
    let mut findings = Vec::new();
    for (reader, read) in history.oks().flat_map(reads) {
        let mut found = |element, writer: u32| {
            let writer = history.entry(writer).position;
            findings.push(Finding::Aborted { reader, writer, element: Some(element) });
        };
        match read.list().prefix() {
            Some(length) => {
                let spine = spines[read.key() as usize].iter();
                spine
                    .take_while(|(i, ..)| *i < length)
                    .for_each(|&(_, e, writer)| found(e, writer));
            }
            None => {
                for &element in history.elements(read) {
                    if let Some(writer) = failed(read.key(), element) {
                        found(element, writer);
                    }
                }
            }
        }
    }
    findings
}

/// G1b: reads that end with an element after which the same transaction appended another one.
pub(super) fn intermediate(history: &TransactionHistory, writers: &Writers) -> Vec<Finding> {
    let intermediate = |(reader, read): (OpPosition, MicroOp)| {
        let &element = history.elements(read).last()?;
        let version = history.versions.get(read.key(), element)?;
        let writer = writers.intermediate[version as usize];
        // A transaction may see its own appends.
        let is_own = writer == history.entry(reader.transaction).position;
        (writer != NONE && !is_own).then_some(Finding::Intermediate {
            reader,
            writer,
            element: Some(element),
        })
    };
    history.oks().flat_map(reads).filter_map(intermediate).collect()
}

/// Reads that show an element more than once.
pub(super) fn duplicates(history: &TransactionHistory) -> Result<Vec<Finding>, CheckerError> {
    let keys = 0..number(history.versions.key_count());
    // Length of the longest part of each spine in which every element is new.
    let mut seen = FxHashSet::default();
    let mut clean = |key| {
        seen.clear();
        let spine = history.lists.spine(key);
        let second = spine.iter().position(|&element| !seen.insert(element));
        second.unwrap_or(spine.len())
    };
    let clean: Vec<usize> = keys.map(&mut clean).collect();
    let mut findings = Vec::new();
    for (reader, read) in history.possible().flat_map(reads) {
        if read.list().prefix().is_some_and(|length| length <= clean[read.key() as usize]) {
            continue;
        }
        let mut counts: FxHashMap<Atom, usize> = FxHashMap::default();
        for &element in history.elements(read) {
            *counts.entry(element).or_default() += 1;
        }
        let mut repeated: Vec<(Atom, usize)> =
            counts.into_iter().filter(|&(_, count)| count > 1).collect();
        if repeated.is_empty() {
            continue;
        }
        // The reference puts them into a sorted map.
        let value = |&(atom, _): &(Atom, usize)| history.versions.atoms.value(atom);
        repeated.sort_unstable();
        repeated.sort_by_key(value);
        for pair in repeated.windows(2) {
            let _: Ordering = compare(&value(&pair[0]), &value(&pair[1]), "elements")?;
        }
        findings.push(Finding::Duplicates { reader, elements: repeated });
    }
    Ok(findings)
}
