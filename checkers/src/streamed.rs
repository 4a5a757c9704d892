//! Judges a history of transactions while it is read, without keeping its values, for very large
//! histories. Entries that a result quotes are read a second time.

use crate::check::General;
use crate::transactions::{Datatype, TransactionHistory, select};
use crate::{Criteria, Explanation, Warning};
use glomers_history::{Function, History, Judgement, Kind, Operation, Traffic, Value};
use rustc_hash::FxHashMap;

/// A history that was judged as it was read.
#[derive(Debug)]
pub struct Streamed {
    /// The judgement, as [`check`](crate::check()) returns it.
    pub judgement: Judgement,
    /// The explanations, as those of [`check`](crate::check()).
    pub explanations: Vec<Explanation>,
    /// The warnings, as those of [`check`](crate::check()).
    pub warnings: Vec<Warning>,
    /// The history without the values of transactions that succeeded: process, function and time of
    /// each entry.
    pub outline: History,
}

/// Judges the history that `read` yields. It is called once, and again for quoted entries: it must
/// yield the same each time.
pub fn judge_transactions<I, E>(
    criteria: &Criteria,
    datatype: Datatype,
    traffic: Option<Traffic>,
    read: impl Fn() -> Result<I, E>,
) -> Result<Streamed, E>
where
    I: Iterator<Item = Result<Operation, E>>,
{
    let mut transactions = TransactionHistory::new(datatype);
    let mut outline = History::new();
    for operation in read()? {
        let mut operation = operation?;
        transactions.push(&operation);
        // Texts about single operations only concern those that did not succeed.
        let may_be_quoted = matches!(operation.kind, Kind::Fail | Kind::Info);
        if operation.f == Function::Txn && !may_be_quoted {
            operation.value = Value::Nil;
        }
        outline.push(operation);
    }
    let result = transactions.judge_within(
        &criteria.consistency_models,
        criteria.referee,
        criteria.search_budget,
    );
    let entries = quoted(&result.quoted(), read)?;

    let general = General::of(criteria, &outline, traffic);
    let judgement = general.judgement(result.verdict(&entries));
    let mut explanations = general.explanations();
    explanations.extend(result.explanations(&entries));
    let mut warnings = Warning::malformed(criteria.workload, &outline);
    let of_any_workload = Warning::of_any_workload(&outline);
    if of_any_workload.is_empty() {
        if criteria.availability.is_none() {
            warnings.extend(Warning::unsuccessful(&outline, &general.stats));
        }
        warnings.extend(result.warnings(&entries));
        warnings.extend(Warning::silent(traffic.as_ref(), &criteria.cluster));
    }
    warnings.extend(of_any_workload);
    Ok(Streamed { judgement, explanations, warnings, outline })
}

/// Reads the entries at these positions, which are sorted.
fn quoted<I, E>(
    positions: &[usize],
    read: impl Fn() -> Result<I, E>,
) -> Result<FxHashMap<usize, Operation>, E>
where
    I: Iterator<Item = Result<Operation, E>>,
{
    if positions.is_empty() {
        return Ok(FxHashMap::default());
    }
    let mut failed = None;
    let operations = read()?.map_while(|operation| operation.map_err(|e| failed = Some(e)).ok());
    let selected = select(positions, operations);
    failed.map_or(Ok(selected), Err)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::sample;
    use crate::{Checked, check};
    use glomers_config::Workload;
    use std::convert::Infallible;

    #[test]
    fn it_says_what_is_said_of_the_whole_history() {
        let unlike = "invoke 0 txn [[:r 1 nil]]\n ok 0 txn [[:append 1 7]]\n ok 0 txn [[:r 1 [7]]]";
        let stray = "invoke 0 txn [[:r 1 nil]]\n ok 0 txn [[:r 1 [7]]]";
        let skew = "invoke 0 txn [[:r 1 nil] [:append 2 1]]
                    invoke 1 txn [[:r 2 nil] [:append 1 1]]
                    ok 0 txn [[:r 1 []] [:append 2 1]]
                    ok 1 txn [[:r 2 []] [:append 1 1]]
                    invoke 0 txn [[:r 1 nil] [:r 2 nil]]
                    fail 0 txn [[:r 1 nil] [:r 2 nil]], :error [:txn-conflict \"x\"]
                    invoke 0 txn [[:r 1 nil] [:r 2 nil]]
                    ok 0 txn [[:r 1 [1]] [:r 2 [1]]]";
        let unread = "invoke 0 txn [[:append 1 1]]
                      ok 0 txn [[:append 1 1]]
                      invoke 0 txn [[:r 1 nil]]
                      ok 0 txn [[:r 1 nil]]";
        for lines in ["", unlike, stray, skew, unread] {
            let history = sample(lines);
            let criteria = Criteria::new(Workload::TxnListAppend);
            let read = || Ok::<_, Infallible>(history.operations().iter().cloned().map(Ok));
            let streamed = judge_transactions(&criteria, Datatype::ListAppend, None, read).unwrap();
            let Checked { judgement, findings } = check(&criteria, &history, None);
            assert_eq!(streamed.judgement.to_value(), judgement.to_value(), "{lines}");
            assert_eq!(streamed.explanations, findings.explanations(), "{lines}");
            assert_eq!(streamed.warnings, findings.warnings(), "{lines}");
        }
    }
}
