//! The lin-kv workload: each key is a linearizable register.

use super::Rules;
use crate::checker_error::verdict_of;
use crate::explanation::EXAMPLES;
use crate::independent::tuple;
use crate::linearizability::{Linearizability, conflict, linearizable_registers};
use crate::{Criteria, Explanation, Moment, Warning};
use glomers_history::{Function, History, Kind, Traffic, Value, Verdict};

pub(super) struct LinKv;

impl Rules for LinKv {
    fn check(&self, history: &History, _: &Criteria) -> Verdict {
        verdict_of(linearizable_registers(history))
    }

    fn explain(&self, history: &History, _: &Criteria) -> Vec<Explanation> {
        let registers = match linearizable_registers(history) {
            Ok(registers) => registers,
            Err(error) => return vec![Explanation::NotJudged(error)],
        };
        let mut explanations = Vec::new();
        let (mut failed, mut undecided) = (Vec::new(), Vec::new());
        let keys = registers.keys.len();
        for verdict in registers.keys {
            match verdict.outcome {
                Ok(Linearizability::Linearizable(_)) => {}
                Ok(Linearizability::NotLinearizable(_)) => failed.push(verdict.key),
                Ok(Linearizability::Undecided) => undecided.push(verdict.key),
                Err(error) => explanations.push(Explanation::NotJudged(error)),
            }
        }
        if !failed.is_empty() {
            let examples = failed
                .iter()
                .take(EXAMPLES)
                .filter_map(|key| Some((key.clone(), conflict(history, key.as_ref())?)));
            let examples = examples.collect();
            explanations.push(Explanation::NotLinearizable { count: failed.len(), keys, examples });
        }
        if !undecided.is_empty() {
            explanations.push(Explanation::Undecided { count: undecided.len(), keys: undecided });
        }
        explanations
    }

    fn warn(
        &self,
        history: &History,
        traffic: Option<&Traffic>,
        node_count: usize,
    ) -> Vec<Warning> {
        let null_reads = null_reads(history);
        null_reads.into_iter().chain(Warning::silent(traffic, node_count)).collect()
    }
}

/// Looks for reads of nothing, which the verdict takes for reads of anything.
fn null_reads(history: &History) -> Option<Warning> {
    let is_null = |value: &Value| *tuple(value).map_or(value, |(_, value)| value) == Value::Nil;
    let (mut count, mut total, mut first) = (0, 0, None);
    for (_, read) in history.client_operations() {
        if read.kind == Kind::Ok && read.f == Function::Read {
            total += 1;
            if is_null(&read.value) {
                count += 1;
                first.get_or_insert(read);
            }
        }
    }
    Some(Warning::NullReads { count, total, read: Moment::from(first?) })
}
