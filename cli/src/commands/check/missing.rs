//! Finds what is missing of a run that was killed, cut off, stopped, or whose files are damaged.

use crate::in_progress::InProgress;
use crate::recorded::{Recorded, RunFolder};
use glomers_checkers::{availability, stats};
use glomers_config::{Metric, Workload};
use glomers_history::{History, Kind};
use glomers_results::{RECORD_FILE, RESULTS_FILE};

/// What is missing of the run, a sentence each; empty if the run is complete. `cut` describes where
/// the history ends, if it ends within an entry.
pub(super) fn missing(
    folder: Option<&RunFolder>,
    workload: Workload,
    history: &History,
    cut: Option<String>,
) -> Vec<String> {
    let mut missing: Vec<String> = cut.into_iter().collect();
    let Some(folder) = folder else { return missing };
    match (&folder.record, &folder.results) {
        (Recorded::Absent, Recorded::Absent) if folder.is_built_in => {
            let why = if InProgress::is_marked(&folder.path) {
                "the run is still going on"
            } else {
                "the run was killed"
            };
            missing.push(format!("neither {RECORD_FILE} nor {RESULTS_FILE} is there: {why}"));
        }
        (record, results) => {
            if folder.is_built_in {
                missing.extend(state(record, RECORD_FILE));
            } else if let Recorded::Damaged(why) = record {
                missing.push(damaged(RECORD_FILE, why));
            }
            missing.extend(state(results, RESULTS_FILE));
        }
    }
    missing.extend(ended_early(folder));
    missing.extend(other_counts(folder, history));
    if !missing.is_empty() {
        missing.extend(final_reads(workload, history));
    }
    missing
}

/// What is wrong with a file that every completed run has.
fn state<T>(file: &Recorded<T>, name: &str) -> Option<String> {
    match file {
        Recorded::Found(_) => None,
        Recorded::Absent => Some(format!(
            "{name} is not there: the run did not come to its end, or the file was removed"
        )),
        Recorded::Damaged(why) => Some(damaged(name, why)),
    }
}

fn damaged(name: &str, why: &str) -> String {
    format!("{name} is damaged: {why}")
}

/// Whether the record or the results show that the run ended early, as a sentence.
fn ended_early(folder: &RunFolder) -> Option<String> {
    let record = folder.record.found();
    if record.is_some_and(|record| record.interrupted) {
        return Some("the run was stopped before its end (Ctrl-C)".to_owned());
    }
    let of_results = folder.results.found().and_then(|results| results.failure.as_deref());
    let failure = record.and_then(|record| record.failure.as_deref()).or(of_results);
    failure.map(|failure| format!("the run ended early: {failure}"))
}

/// Compares the history with the operation counts of the results.
fn other_counts(folder: &RunFolder, history: &History) -> Option<String> {
    let counts = stats(history).all;
    let here = counts.total();
    let of_results = folder.results.found().and_then(|results| results.stats.as_ref());
    let of_record = || {
        let record = folder.record.found()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count below 2^53"
        )]
        let count = record.metrics.get(Metric::OpCount)? as u64;
        Some((RECORD_FILE, count))
    };
    let counted = of_results.and_then(|stats| Some((RESULTS_FILE, stats.all.count?)));
    let (file, there) = counted.or_else(of_record)?;
    if there != here {
        let which = if here < there {
            "entries of the history are missing"
        } else {
            "they are not of the same run"
        };
        return Some(format!(
            "{file} counts {there} completed operations, the history {here}: {which}"
        ));
    }
    let ok = of_results.and_then(|stats| stats.all.ok_count);
    if let Some(ok) = ok.filter(|ok| *ok != counts.ok) {
        return Some(format!(
            "{RESULTS_FILE} counts {ok} operations that succeeded, the history {}: they are not of \
             the same run",
            counts.ok
        ));
    }
    let fraction = folder.results.found()?.availability?.ok_fraction?;
    let fraction_here = f64::from(availability(history, None).ok_fraction().unwrap_or(1.0));
    ((fraction - fraction_here).abs() > ROUNDING).then(|| {
        format!(
            "{RESULTS_FILE} says that {fraction} of the operations succeeded, the history \
             {fraction_here}: invocations are missing"
        )
    })
}

/// Tolerance: one fraction was computed in single precision, the other was read from text.
const ROUNDING: f64 = 1e-6;

/// Reports missing final reads, which show the final state of the nodes.
fn final_reads(workload: Workload, history: &History) -> Option<String> {
    let has_final =
        matches!(workload, Workload::Broadcast | Workload::GCounter | Workload::PnCounter);
    let is_final_read =
        |entry: &glomers_history::Operation| entry.is_final && entry.kind == Kind::Ok;
    let is_missing = has_final && !history.operations().iter().any(is_final_read);
    is_missing.then(|| "no final read is in the history".to_owned())
}
