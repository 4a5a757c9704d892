//! Notes on a history that another tool recorded; they do not change the verdict.

use glomers_checkers::{Criteria, Referee, Warning, stats};
use glomers_config::Workload;
use glomers_history::{History, Kind, Value};
use glomers_results::Results;

/// The text of a warning about a run that cannot be repeated; `None` if another note covers it.
pub(super) fn text(warning: &Warning) -> Option<String> {
    match warning {
        Warning::NoOperations => None,
        warning => Some(warning.to_string()),
    }
}

/// What the history lacks, and what Maelstrom would require. `is_run`: the history is in a run's
/// folder, whose files show whether it is complete.
pub(super) fn notes(
    criteria: &Criteria,
    history: &History,
    results: &Results,
    is_run: bool,
) -> Vec<String> {
    let mut notes = Vec::new();
    let count = |kind| history.client_operations().filter(|(_, entry)| entry.kind == kind).count();
    let (invoked, ok) = (count(Kind::Invoke), count(Kind::Ok));
    let completed = ok + count(Kind::Fail) + count(Kind::Info);
    if invoked + completed == 0 {
        notes.push(
            "no operation of a client is in the history: the verdict says nothing".to_owned(),
        );
    } else if invoked == 0 {
        notes.push(format!(
            "no completion in the history ({completed}) has an invocation: nothing shows when \
             operations began, so order in real time and latencies are not judged"
        ));
    } else if ok > invoked {
        notes.push(format!(
            "{ok} completions say that an operation succeeded, and only {invoked} began: \
             invocations are missing from the history, and ok-fraction means nothing"
        ));
    }
    if !is_run {
        notes.extend(unfinished(history, invoked));
        notes.extend(unmarked_reads(criteria, history));
    }
    if criteria.referee == Referee::Checker {
        notes.extend(asked_by_maelstrom(history, results));
    }
    notes
}

/// Counts the operations that have no completion when the history ends.
fn unfinished(history: &History, invoked: usize) -> Option<String> {
    let is_open = |(position, entry): &(usize, &glomers_history::Operation)| {
        entry.kind == Kind::Invoke && history.counterpart(*position).is_none()
    };
    let open = history.client_operations().filter(is_open).count();
    (open > 0).then(|| {
        format!(
            "{open} of {invoked} operations have no completion: a history that was cut off looks so, \
             and the verdict is about this part only"
        )
    })
}

/// Reports that no read is marked as final, for workloads whose runs end with marked reads.
fn unmarked_reads(criteria: &Criteria, history: &History) -> Option<String> {
    let judges_final = match criteria.workload {
        Workload::Broadcast => true,
        // With `every_read`, the checker needs no final reads.
        Workload::GCounter | Workload::PnCounter => !criteria.every_read,
        _ => false,
    };
    let is_missing = judges_final
        && !history.is_empty()
        && !history.operations().iter().any(|entry| entry.is_final);
    is_missing.then(|| {
        "no read is marked as final (:final? true), as those at the end of a run are: a history \
         that was cut off looks so, too"
            .to_owned()
    })
}

/// What would make Maelstrom call the run invalid.
fn asked_by_maelstrom(history: &History, results: &Results) -> Vec<String> {
    let never = stats(history).never_succeeded().cloned().collect::<Vec<_>>();
    let mut notes: Vec<String> = never
        .into_iter()
        .map(|(f, counts)| {
            format!(
                "no {f} operation succeeded ({counts}): a run of Maelstrom is invalid then \
                 (--rules maelstrom)"
            )
        })
        .collect();
    let types = results.value().get("workload").and_then(|workload| workload.get("anomaly-types"));
    let types = types.and_then(Value::elements).unwrap_or_default();
    if types.contains(&Value::keyword("empty-transaction-graph"))
        && results
            .value()
            .get("workload")
            .is_some_and(|workload| workload.get("valid?") == Some(&Value::keyword("unknown")))
    {
        notes.push(
            "no transaction depends on another: a run of Maelstrom with registers is invalid then \
             (--rules maelstrom)"
                .to_owned(),
        );
    }
    notes
}
