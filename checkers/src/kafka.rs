//! Kafka: logs by key, to which clients send messages, and which they poll from an offset on.
//!
//! All sends and polls must be consistent with one log per key: one message at each offset, each
//! message at one offset. Polls must not skip or reorder messages, and must eventually return every
//! message that was sent.

mod anomaly;
mod cycles;
mod error;
mod explanation;
mod lag;
mod logs;
mod losses;
mod offsets;
mod operations;
mod pattern;
mod result;
mod skips;
mod strays;

pub use anomaly::KafkaAnomaly;
pub use error::KafkaError;
pub use explanation::KafkaProblem;
pub use lag::Lag;
pub use strays::KafkaStray;

use crate::CheckerError;
use crate::checker_error::require_pairs;
use crate::excerpt::json;
use crate::number::NONE;
use cycles::Cycle;
use glomers_history::{Function, History, Kind, Operation, Validity, Value};
use indexmap::IndexSet;
use logs::Logs;
use losses::{AbortedRead, LostWrite, PrecommittedRead, Unseen};
use offsets::{Duplicate, InconsistentOffset};
use operations::Operations;
use rustc_hash::FxBuildHasher;
use skips::Jump;
use std::collections::BTreeMap;

/// The result of [`kafka`].
#[derive(Debug)]
pub struct Kafka<'h> {
    operations: Operations<'h>,
    logs: Logs,
    found: BTreeMap<KafkaAnomaly, Cases>,
    /// The longest time that a poll was behind; a lower bound.
    pub worst_lag: Option<Lag>,
    /// Different errors of sends and polls with an unknown outcome, in order of appearance.
    pub info_causes: Vec<Value>,
}

/// The cases found of an anomaly.
#[derive(Debug)]
enum Cases {
    AbortedReads(Vec<AbortedRead>),
    Cycles(Vec<Cycle>),
    /// The components of the cycles.
    CyclesExist(Vec<Cycle>),
    Duplicates(Vec<Duplicate>),
    Unconnected,
    InconsistentOffsets(Vec<InconsistentOffset>),
    /// Jumps within an operation.
    Internal(Vec<Jump>),
    /// Jumps between two operations of a process.
    External(Vec<Jump>),
    LostWrites(Vec<LostWrite>),
    PrecommittedReads(Vec<PrecommittedRead>),
    Unseen(Unseen),
}

impl Cases {
    fn count(&self) -> usize {
        match self {
            Self::AbortedReads(cases) => cases.len(),
            Self::Cycles(cases) | Self::CyclesExist(cases) => cases.len(),
            Self::Duplicates(cases) => cases.len(),
            Self::Unconnected => 1,
            Self::InconsistentOffsets(cases) => cases.len(),
            Self::Internal(cases) | Self::External(cases) => cases.len(),
            Self::LostWrites(cases) => cases.len(),
            Self::PrecommittedReads(cases) => cases.len(),
            Self::Unseen(unseen) => unseen.keys.iter().map(|key| key.count).sum(),
        }
    }
}

/// Looks for all anomalies of sends and polls.
///
/// Fails where the reference gives up: entries without a counterpart, a poll of a message that was
/// never sent, a key that was polled but never with a message, values of the wrong shape, keys or
/// messages that cannot be compared.
pub fn kafka(history: &History) -> Result<Kafka<'_>, CheckerError> {
    check_logs(history).kafka
}

/// The result of [`kafka`], and what is doubtful even if there is none.
pub(crate) struct CheckedLogs<'h> {
    pub(crate) kafka: Result<Kafka<'h>, CheckerError>,
    pub(crate) strays: Vec<KafkaStray>,
}

/// As [`kafka`], with polled messages that should not be there.
pub(crate) fn check_logs(history: &History) -> CheckedLogs<'_> {
    match Operations::read(history) {
        Ok(operations) => {
            let strays = strays::strays(&operations);
            CheckedLogs { kafka: judge(history, operations), strays }
        }
        // Entries of another form have no strays: the verdict reports them.
        Err(error) => {
            let kafka = require_pairs_of_polls(history).and(Err(error.into()));
            CheckedLogs { kafka, strays: Vec::new() }
        }
    }
}

fn judge<'h>(history: &'h History, operations: Operations<'h>) -> Result<Kafka<'h>, CheckerError> {
    require_pairs_of_polls(history)?;
    check_senders(history, &operations)?;
    let logs = Logs::of(&operations);
    let found = find(history, &operations, &logs)?;
    let worst_lag = lag::worst_lag(&operations);
    Ok(Kafka { operations, logs, found, worst_lag, info_causes: info_causes(history) })
}

/// The reference matches completions to invocations if a poll succeeded.
fn require_pairs_of_polls(history: &History) -> Result<(), CheckerError> {
    let asks_for_pairs = |operation: &Operation| {
        operation.kind == Kind::Ok && matches!(operation.f, Function::Poll | Function::Txn)
    };
    if history.client_operations().any(|(_, operation)| asks_for_pairs(operation)) {
        require_pairs(history)?;
    }
    Ok(())
}

fn find(
    history: &History,
    operations: &Operations<'_>,
    logs: &Logs,
) -> Result<BTreeMap<KafkaAnomaly, Cases>, CheckerError> {
    let within_polls = skips::within_polls(operations, logs);
    let within_sends = skips::within_sends(operations, logs);
    let between_polls = skips::between_polls(operations, logs);
    let between_sends = skips::between_sends(operations, logs);
    let inconsistent = offsets::inconsistent_offsets(operations, logs)?;
    let mut found: BTreeMap<KafkaAnomaly, Cases> = BTreeMap::from([
        (KafkaAnomaly::AbortedRead, Cases::AbortedReads(losses::aborted_reads(operations))),
        (KafkaAnomaly::Duplicate, Cases::Duplicates(offsets::duplicates(operations, logs))),
        (KafkaAnomaly::InconsistentOffsets, Cases::InconsistentOffsets(inconsistent)),
        (KafkaAnomaly::IntNonmonotonicPoll, Cases::Internal(within_polls.nonmonotonic)),
        (KafkaAnomaly::IntNonmonotonicSend, Cases::Internal(within_sends.nonmonotonic)),
        (KafkaAnomaly::IntPollSkip, Cases::Internal(within_polls.skips)),
        (KafkaAnomaly::IntSendSkip, Cases::Internal(within_sends.skips)),
        (KafkaAnomaly::LostWrite, Cases::LostWrites(losses::lost_writes(operations, logs)?)),
        (KafkaAnomaly::NonmonotonicPoll, Cases::External(between_polls.nonmonotonic)),
        (KafkaAnomaly::NonmonotonicSend, Cases::External(between_sends)),
        (KafkaAnomaly::PollSkip, Cases::External(between_polls.skips)),
        (
            KafkaAnomaly::PrecommittedRead,
            Cases::PrecommittedReads(losses::precommitted_reads(operations)),
        ),
    ]);
    let (realtime, polls): (Vec<_>, Vec<_>) =
        cycles::cycles(operations).into_iter().partition(Cycle::is_realtime);
    for (anomaly, exists, cycles) in [
        (KafkaAnomaly::Cycle, KafkaAnomaly::CycleExists, polls),
        (KafkaAnomaly::RealtimeCycle, KafkaAnomaly::RealtimeCycleExists, realtime),
    ] {
        found.insert(exists, Cases::CyclesExist(cycles.clone()));
        found.insert(anomaly, Cases::Cycles(cycles));
    }
    found.retain(|_, cases| cases.count() > 0);
    if let Some(unseen) = losses::unseen(operations)? {
        found.insert(KafkaAnomaly::Unseen, Cases::Unseen(unseen));
    }
    if history.client_operations().next().is_some() && cycles::is_unconnected(operations) {
        found.insert(KafkaAnomaly::EmptyTransactionGraph, Cases::Unconnected);
    }
    Ok(found)
}

/// Everything polled must have been sent.
fn check_senders(history: &History, operations: &Operations<'_>) -> Result<(), KafkaError> {
    let unsent = operations.messages.iter().filter(|message| message.writer == NONE);
    let Some(message) = unsent.min_by_key(|message| message.first_reader) else { return Ok(()) };
    let index = operations.operation(message.first_reader).index;
    let key = json(operations.key(message.key).value);
    let text = json(message.value);
    let sends_it = |part: &Value| {
        let part = part.elements().unwrap_or_default();
        matches!(part, [_, key, value] if key == operations.key(message.key).value
            && value == message.value)
    };
    // Its send may have begun, and have no completion.
    let began = history.operations().iter().find(|operation| {
        operation.kind == Kind::Invoke
            && matches!(operation.f, Function::Send | Function::Txn)
            && operation.value.elements().is_some_and(|parts| parts.iter().any(sends_it))
    });
    Err(match began {
        Some(began) => KafkaError::SendNeverEnded { index, key, message: text, send: began.index },
        None => KafkaError::NeverSent { index, key, message: text },
    })
}

fn info_causes(history: &History) -> Vec<Value> {
    let operations = history.operations().iter().filter(|operation| {
        operation.kind == Kind::Info
            && matches!(operation.f, Function::Poll | Function::Send | Function::Txn)
    });
    let errors = operations.map(|operation| operation.error().unwrap_or(&Value::Nil));
    errors.collect::<IndexSet<&Value, FxBuildHasher>>().into_iter().cloned().collect()
}

impl Kafka<'_> {
    /// The anomalies found, by name, each with its number of cases.
    pub fn anomalies(&self) -> impl Iterator<Item = (KafkaAnomaly, usize)> {
        self.found.iter().map(|(anomaly, cases)| (*anomaly, cases.count()))
    }

    /// Invalid if an anomaly was found that is not allowed.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.found.keys().all(|anomaly| anomaly.is_allowed()).into()
    }
}

#[cfg(test)]
mod tests;
