//! The lin-kv workload: each key is a linearizable register.

use super::{WorkloadFindings, WorkloadResult, not_judged};
use crate::examples::EXAMPLES;
use crate::independent::tuple;
use crate::linearizability::{Linearizability, conflict, linearizable_registers_within};
use crate::{CheckerError, Criteria, Explanation, Moment, Registers, Stats, Warning};
use glomers_history::{ErrorCode, Function, History, Kind, Operation, Traffic, Value};

#[derive(Debug)]
struct LinKv<'h> {
    history: &'h History,
    criteria: &'h Criteria,
    reasons: Result<Reasons, CheckerError>,
}

/// The registers that are not linearizable.
#[derive(Debug, Default)]
struct Reasons {
    /// Number of all registers.
    keys: usize,
    failed: Vec<Option<Value>>,
    undecided: Vec<Option<Value>>,
    /// Why registers could not be judged.
    errors: Vec<CheckerError>,
}

/// Runs the checker.
pub(super) fn check<'h>(history: &'h History, criteria: &'h Criteria) -> WorkloadResult<'h> {
    let (verdict, reasons) = match linearizable_registers_within(history, criteria.search_budget) {
        Ok(registers) => {
            let reasons = Reasons::of(&registers);
            (registers.into(), Ok(reasons))
        }
        Err(error) => (error.clone().into(), Err(error)),
    };
    WorkloadResult::new(verdict, LinKv { history, criteria, reasons })
}

impl Reasons {
    fn of(registers: &Registers) -> Self {
        let mut reasons = Self { keys: registers.keys.len(), ..Self::default() };
        for verdict in &registers.keys {
            match &verdict.outcome {
                Ok(Linearizability::Linearizable(_)) => {}
                Ok(Linearizability::NotLinearizable(_)) => reasons.failed.push(verdict.key.clone()),
                Ok(Linearizability::Undecided) => reasons.undecided.push(verdict.key.clone()),
                Err(error) => reasons.errors.push(error.clone()),
            }
        }
        reasons
    }
}

impl WorkloadFindings for LinKv<'_> {
    fn explanations(&self) -> Vec<Explanation> {
        let Reasons { keys, failed, undecided, errors } = match &self.reasons {
            Ok(reasons) => reasons,
            Err(error) => return not_judged(error),
        };
        let budget = self.criteria.search_budget;
        let mut explanations: Vec<_> = errors.iter().flat_map(not_judged).collect();
        if !failed.is_empty() {
            let examples = failed.iter().take(EXAMPLES).filter_map(|key| {
                Some((key.clone(), conflict(self.history, key.as_ref(), budget)?))
            });
            let (count, examples) = (failed.len(), examples.collect());
            explanations.push(Explanation::NotLinearizable { count, keys: *keys, examples });
        }
        if !undecided.is_empty() {
            let (count, keys) = (undecided.len(), undecided.clone());
            explanations.push(Explanation::Undecided { count, keys, budget });
        }
        explanations
    }

    fn warnings(&self, stats: &Stats, traffic: Option<&Traffic>) -> Vec<Warning> {
        let mut warnings: Vec<Warning> = mostly_refused(self.history, stats).into_iter().collect();
        warnings.extend(null_reads(self.history));
        warnings.extend(Warning::silent(traffic, &self.criteria.cluster));
        warnings
    }
}

/// Errors that are correct answers.
const CORRECT_REFUSALS: [ErrorCode; 2] =
    [ErrorCode::PRECONDITION_FAILED, ErrorCode::KEY_DOES_NOT_EXIST];

/// Looks for nodes that refuse, or do not answer, half of their requests or more. Failures because
/// a cas found another value, or a read no key, are correct answers and do not count.
fn mostly_refused(history: &History, stats: &Stats) -> Option<Warning> {
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
        ok: stats.all.ok,
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
