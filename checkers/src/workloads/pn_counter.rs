//! The pn-counter workload, and g-counter, which differs only in the operations of clients.

use super::Rules;
use super::final_reads::{disagreement, final_reads, missing_final_reads};
use crate::checker_error::verdict_of;
use crate::counter::{Amount, adds_by_node};
use crate::explanation::EXAMPLES;
use crate::{Cluster, Criteria, Explanation, Moment, Warning, WrongSum, bounded_counter, counter};
use glomers_history::{Function, History, Kind, Traffic, Verdict};

pub(super) struct PnCounter;

impl Rules for PnCounter {
    fn check(&self, history: &History, criteria: &Criteria) -> Verdict {
        if is_bounded(history, criteria) {
            return verdict_of(bounded_counter(history));
        }
        verdict_of(counter(history))
    }

    fn explain(&self, history: &History, criteria: &Criteria) -> Vec<Explanation> {
        if is_bounded(history, criteria) {
            return explain_bounded(history);
        }
        match counter(history) {
            Ok(counter) if counter.errors.is_empty() => Vec::new(),
            Ok(counter) => {
                let cluster = &criteria.cluster;
                let adds = adds_by_node(history, cluster);
                let examples = counter.errors.iter().take(EXAMPLES);
                let example = |read| WrongSum::of(read, &counter.acceptable, &adds, cluster);
                vec![Explanation::WrongSums {
                    count: counter.errors.len(),
                    reads: counter.final_reads.len(),
                    examples: examples.map(example).collect(),
                    acceptable: counter.acceptable,
                }]
            }
            Err(error) => vec![Explanation::NotJudged(error)],
        }
    }

    fn warn(
        &self,
        history: &History,
        traffic: Option<&Traffic>,
        cluster: &Cluster,
    ) -> Vec<Warning> {
        let mut warnings = Warning::unsuccessful(history);
        warnings.extend(missing_final_reads(history));
        warnings.extend(impossible_sums(history));
        warnings.extend(disagreement(final_reads(history, Kind::Ok), |a, b| a.value == b.value));
        warnings.extend(Warning::silent(traffic, cluster));
        warnings
    }
}

/// Whether every read is to be judged, as Jepsen's own checker does: none is marked as final.
fn is_bounded(history: &History, criteria: &Criteria) -> bool {
    let has_final = || history.operations().iter().any(|operation| operation.is_final);
    criteria.every_read && !has_final()
}

fn explain_bounded(history: &History) -> Vec<Explanation> {
    match bounded_counter(history) {
        Ok(counter) => {
            let errors: Vec<_> = counter.errors().copied().collect();
            let (count, reads) = (errors.len(), counter.reads.len());
            let examples = errors.into_iter().take(EXAMPLES).collect();
            let wrong = Explanation::ReadsOutOfBounds { count, reads, examples };
            (count > 0).then_some(wrong).into_iter().collect()
        }
        Err(error) => vec![Explanation::NotJudged(error)],
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
