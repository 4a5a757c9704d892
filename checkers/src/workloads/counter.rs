//! The pn-counter workload, and g-counter, which differs only in the operations of clients.

use super::final_reads::{disagreement, final_reads, missing_final_reads};
use super::{WorkloadFindings, WorkloadResult, not_judged};
use crate::checker_error::verdict_of;
use crate::counter::{Amount, adds_by_node};
use crate::examples::EXAMPLES;
use crate::{
    BoundedRead, CheckerError, Criteria, Explanation, Moment, Stats, Warning, WrongSum,
    bounded_counter, counter,
};
use glomers_history::{Function, History, Kind, Operation, Traffic};

#[derive(Debug)]
struct CounterFindings<'h> {
    history: &'h History,
    criteria: &'h Criteria,
    reason: CounterReason,
}

/// Why a counter is not valid.
#[derive(Debug)]
enum CounterReason {
    /// It is.
    Valid,
    /// Final reads that are not a possible sum: their number, the number of all final reads, the
    /// first few, and the possible sums.
    WrongSums { count: usize, reads: usize, first: Vec<Operation>, acceptable: Vec<(i128, i128)> },
    /// Reads out of bounds: their number, the number of all reads, and the first few.
    OutOfBounds { count: usize, reads: usize, first: Vec<BoundedRead> },
    /// The history cannot be judged.
    NotJudged(CheckerError),
}

/// Runs the checker.
pub(super) fn check<'h>(history: &'h History, criteria: &'h Criteria) -> WorkloadResult<'h> {
    let (verdict, reason) = if is_bounded(history, criteria) {
        let counter = bounded_counter(history);
        let reason = CounterReason::of(&counter, |counter| {
            let (count, reads) = (counter.errors().count(), counter.reads.len());
            let first = counter.errors().take(EXAMPLES).copied().collect();
            (count > 0).then_some(CounterReason::OutOfBounds { count, reads, first })
        });
        (verdict_of(counter), reason)
    } else {
        let counter = counter(history);
        let reason = CounterReason::of(&counter, |counter| {
            let (count, reads) = (counter.errors.len(), counter.final_reads.len());
            let first = counter.errors.iter().take(EXAMPLES).cloned().collect();
            let acceptable = counter.acceptable.clone();
            (count > 0).then_some(CounterReason::WrongSums { count, reads, first, acceptable })
        });
        (verdict_of(counter), reason)
    };
    WorkloadResult::new(verdict, CounterFindings { history, criteria, reason })
}

/// Whether every read is to be judged, as Jepsen's own checker does: none is marked as final.
fn is_bounded(history: &History, criteria: &Criteria) -> bool {
    let has_final = || history.operations().iter().any(|operation| operation.is_final);
    criteria.every_read && !has_final()
}

impl CounterReason {
    fn of<T>(result: &Result<T, CheckerError>, wrong: impl FnOnce(&T) -> Option<Self>) -> Self {
        match result {
            Ok(counter) => wrong(counter).unwrap_or(Self::Valid),
            Err(error) => Self::NotJudged(error.clone()),
        }
    }
}

impl WorkloadFindings for CounterFindings<'_> {
    fn explanations(&self) -> Vec<Explanation> {
        match &self.reason {
            CounterReason::Valid => Vec::new(),
            CounterReason::WrongSums { count, reads, first, acceptable } => {
                let cluster = &self.criteria.cluster;
                let adds = adds_by_node(self.history, cluster);
                let example = |read| WrongSum::of(read, acceptable, &adds, cluster);
                vec![Explanation::WrongSums {
                    count: *count,
                    reads: *reads,
                    examples: first.iter().map(example).collect(),
                    acceptable: acceptable.clone(),
                }]
            }
            CounterReason::OutOfBounds { count, reads, first } => {
                let (count, reads, examples) = (*count, *reads, first.clone());
                vec![Explanation::ReadsOutOfBounds { count, reads, examples }]
            }
            CounterReason::NotJudged(error) => not_judged(error),
        }
    }

    fn warnings(&self, stats: &Stats, traffic: Option<&Traffic>) -> Vec<Warning> {
        let history = self.history;
        let mut warnings = Warning::unsuccessful(history, stats);
        warnings.extend(missing_final_reads(history));
        warnings.extend(impossible_sums(history));
        warnings.extend(disagreement(final_reads(history, Kind::Ok), |a, b| a.value == b.value));
        warnings.extend(Warning::silent(traffic, &self.criteria.cluster));
        warnings
    }
}

/// Looks for reads outside the possible sums of all adds that began before the reads ended.
fn impossible_sums(history: &History) -> Option<Warning> {
    let (mut least, mut greatest) = (0_i128, 0_i128);
    let mut count = 0;
    let mut first = None;
    for (_, operation) in history.client_operations() {
        let Some(Amount(amount)) = Amount::of(&operation.value) else { continue };
        match (&operation.f, operation.kind) {
            (Function::Add, Kind::Invoke) => {
                least = least.saturating_add(amount.min(0));
                greatest = greatest.saturating_add(amount.max(0));
            }
            (Function::Read, Kind::Ok) if !(least..=greatest).contains(&amount) => {
                count += 1;
                first.get_or_insert((operation, least, greatest));
            }
            _ => {}
        }
    }
    let (read, least, greatest) = first?;
    Some(Warning::ImpossibleSums {
        count,
        value: read.value.clone(),
        read: Moment::from(read),
        least: Amount(least).to_value(),
        greatest: Amount(greatest).to_value(),
    })
}
