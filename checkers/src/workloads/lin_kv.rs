//! The lin-kv workload: each key is a linearizable register.

use super::Rules;
use crate::checker_error::verdict_of;
use crate::explanation::EXAMPLES;
use crate::independent::tuple;
use crate::linearizability::{Linearizability, conflict, linearizable_registers_within};
use crate::{Cluster, Criteria, Explanation, Moment, Warning, stats};
use glomers_history::{ErrorCode, Function, History, Kind, Operation, Traffic, Value, Verdict};

pub(super) struct LinKv;

impl Rules for LinKv {
    fn check(&self, history: &History, criteria: &Criteria) -> Verdict {
        verdict_of(linearizable_registers_within(history, criteria.search_budget))
    }

    fn explain(&self, history: &History, criteria: &Criteria) -> Vec<Explanation> {
        let registers = match linearizable_registers_within(history, criteria.search_budget) {
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
            let examples = failed.iter().take(EXAMPLES).filter_map(|key| {
                Some((key.clone(), conflict(history, key.as_ref(), criteria.search_budget)?))
            });
            let examples = examples.collect();
            explanations.push(Explanation::NotLinearizable { count: failed.len(), keys, examples });
        }
        if !undecided.is_empty() {
            explanations.push(Explanation::Undecided {
                count: undecided.len(),
                keys: undecided,
                budget: criteria.search_budget,
            });
        }
        explanations
    }

    fn warn(
        &self,
        history: &History,
        traffic: Option<&Traffic>,
        cluster: &Cluster,
    ) -> Vec<Warning> {
        let null_reads = null_reads(history);
        let mut warnings: Vec<Warning> = mostly_refused(history).into_iter().collect();
        warnings.extend(null_reads);
        warnings.extend(Warning::silent(traffic, cluster));
        warnings
    }
}

/// Errors that are correct answers.
const CORRECT_REFUSALS: [ErrorCode; 2] =
    [ErrorCode::PRECONDITION_FAILED, ErrorCode::KEY_DOES_NOT_EXIST];

/// Looks for nodes that refuse, or do not answer, half of their requests or more. Failures because
/// a cas found another value, or a read no key, are correct answers and do not count.
fn mostly_refused(history: &History) -> Option<Warning> {
    let is_answer = |operation: &Operation| match operation.error() {
        Some(Value::Vector(parts)) => matches!(
            parts.first(),
            Some(Value::Keyword(name)) if CORRECT_REFUSALS.iter().any(|code| code.name == name)
        ),
        _ => false,
    };
    let ended = || {
        let entries = history.client_operations().map(|(_, operation)| operation);
        entries.filter(|operation| operation.kind != Kind::Invoke)
    };
    let mut refused =
        ended().filter(|operation| operation.kind != Kind::Ok && !is_answer(operation));
    let first = refused.next()?;
    let (count, total) = (1 + refused.count(), ended().count());
    (2 * count >= total).then(|| Warning::MostlyRefused {
        count,
        total,
        ok: stats(history).all.ok,
        first: first.into(),
    })
}

/// Looks for reads of null, which the verdict accepts as reads of any value.
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
