//! Judges a history of transactions while it is read, without keeping its values, for very large
//! histories. Entries that a result quotes are read a second time.

use crate::explanation::general_explanations;
use crate::judge::judgement;
use crate::transactions::{Datatype, TransactionHistory, pick};
use crate::{Criteria, Explanation, Warning};
use glomers_history::{Function, History, Judgement, Kind, Operation, Traffic, Validity, Value};

/// A history that was judged as it was read.
#[derive(Debug)]
pub struct Streamed {
    /// The judgement, as [`judge`](crate::judge()) returns it.
    pub judgement: Judgement,
    /// The explanations, as [`explain`](crate::explain()) returns them.
    pub explanations: Vec<Explanation>,
    /// The warnings, as [`warnings`](crate::warnings()) returns them.
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
    let quoted = |positions: &[usize]| -> Result<_, E> {
        if positions.is_empty() {
            return Ok(pick(positions, []));
        }
        let mut failed = None;
        let operations =
            read()?.map_while(|operation| operation.map_err(|e| failed = Some(e)).ok());
        let picked = pick(positions, operations);
        failed.map_or(Ok(picked), Err)
    };

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

    let mut warnings = Warning::malformed(criteria.workload, &outline);
    let general = crate::warning::of_any_workload(&outline);
    if general.is_empty() {
        if criteria.availability.is_none() {
            warnings.extend(Warning::unsuccessful(&outline));
        }
        let entries = quoted(&transactions.unlike_positions())?;
        warnings.extend(transactions.unlike_requests(&entries));
        let mut positions = transactions.stray_positions();
        positions.extend(transactions.unread_positions());
        positions.sort_unstable();
        positions.dedup();
        let entries = quoted(&positions)?;
        warnings.extend(transactions.stray_reads(&entries));
        warnings.extend(transactions.unread_writes(&entries));
        warnings.extend(Warning::silent(traffic.as_ref(), &criteria.cluster));
    }
    warnings.extend(general);
    let mut explanations = general_explanations(criteria, &outline);
    let verdict = match transactions.judge_within(
        &criteria.consistency_models,
        criteria.referee,
        criteria.search_budget,
    ) {
        Ok(result) => {
            let entries = quoted(&result.quoted())?;
            if result.validity() != Validity::Valid {
                explanations.extend(result.explanations(&entries));
            }
            result.verdict(&entries)
        }
        Err(error) => {
            explanations.push(Explanation::NotJudged(error.clone()));
            error.into()
        }
    };
    let judgement = judgement(criteria, &outline, traffic, verdict);
    Ok(Streamed { judgement, explanations, warnings, outline })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::sample;
    use crate::{explain, judge, warnings};
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
            assert_eq!(
                streamed.judgement.to_value(),
                judge(&criteria, &history, None).to_value(),
                "{lines}"
            );
            assert_eq!(streamed.explanations, explain(&criteria, &history), "{lines}");
            let all = warnings(&criteria, &history, None);
            assert_eq!(streamed.warnings, all, "{lines}");
        }
    }
}
