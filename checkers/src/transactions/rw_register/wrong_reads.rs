//! Reads of aborted and intermediate versions.

use crate::number::NONE;
use crate::transactions::finding::{Finding, OpPosition};
use crate::transactions::reading::{MicroOp, TransactionHistory, Writers};

/// Reads of transactions that succeeded, with their locations.
fn reads(history: &TransactionHistory) -> impl Iterator<Item = (OpPosition, MicroOp)> {
    history.oks().flat_map(|(transaction, micro_ops)| {
        let reads = (0..).zip(micro_ops.iter().copied()).filter(|(_, read)| !read.is_write());
        reads.map(move |(micro_op, read)| (OpPosition { transaction, micro_op }, read))
    })
}

/// G1a: reads of versions whose write failed.
pub(super) fn aborted(history: &TransactionHistory, writers: &Writers) -> Vec<Finding> {
    let aborted = |(reader, read): (OpPosition, MicroOp)| {
        let writer = writers.failed[read.version() as usize];
        (writer != NONE).then(|| {
            let writer = history.entry(writer).position;
            Finding::Aborted { reader, writer, element: None }
        })
    };
    reads(history).filter_map(aborted).collect()
}

/// G1b: reads of versions that their own writer overwrote.
pub(super) fn intermediate(history: &TransactionHistory, writers: &Writers) -> Vec<Finding> {
    let intermediate = |(reader, read): (OpPosition, MicroOp)| {
        let writer = writers.intermediate[read.version() as usize];
        // A transaction may see its own versions.
        let is_own = writer == history.entry(reader.transaction).position;
        (writer != NONE && !is_own).then_some(Finding::Intermediate {
            reader,
            writer,
            element: None,
        })
    };
    reads(history).filter_map(intermediate).collect()
}
