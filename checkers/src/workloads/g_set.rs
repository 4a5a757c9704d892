//! The g-set workload: set-full, whose last reads are not marked as final.

use super::final_reads::disagreement;
use super::set_explanation::explain_set;
use super::{Rules, strays};
use crate::checker_error::verdict_of;
use crate::{Criteria, Explanation, Warning, duplicates, set_full};
use glomers_history::{Function, History, Kind, Operation, Traffic, Value, Verdict};
use rustc_hash::FxHashSet;

pub(super) struct GSet;

impl Rules for GSet {
    fn check(&self, history: &History, _: &Criteria) -> Verdict {
        verdict_of(set_full(history, &Function::Add))
    }

    fn explain(&self, history: &History, _: &Criteria) -> Vec<Explanation> {
        explain_set(history, &Function::Add)
    }

    fn warn(
        &self,
        history: &History,
        traffic: Option<&Traffic>,
        node_count: usize,
    ) -> Vec<Warning> {
        let mut warnings = Warning::unsuccessful(history);
        warnings.extend(Warning::duplicated(duplicates(history)));
        warnings.extend(strays::warnings(history, &Function::Add));
        warnings.extend(disagreement(reads_after_the_adds(history), same_elements));
        warnings.extend(Warning::silent(traffic, node_count));
        warnings
    }
}

/// Successful reads that began when all adds had ended, and the recovery wait with them.
fn reads_after_the_adds(history: &History) -> impl Iterator<Item = &Operation> {
    let is_add = |(_, operation): &(usize, &Operation)| operation.f == Function::Add;
    let last_add = history.client_operations().filter(is_add).last().map(|(_, add)| add.index);
    history.client_operations().filter_map(move |(position, read)| {
        let is_read = read.kind == Kind::Ok && read.f == Function::Read;
        let invocation = history.counterpart(position).filter(|_| is_read)?;
        (Some(invocation.index) > last_add).then_some(read)
    })
}

fn same_elements(a: &Operation, b: &Operation) -> bool {
    let set = |operation: &'_ Operation| -> FxHashSet<Value> {
        operation.value.elements().unwrap_or_default().iter().cloned().collect()
    };
    a.value == b.value || set(a) == set(b)
}
