//! Adopts Maelstrom's verdict, adds results from its history, and writes `run.json` next to it.

use super::execute::Execution;
use crate::exit::Exit;
use crate::failure::{CommandFailure, Context as _, Result};
use crate::pictures::draw_pictures;
use crate::run_outcome::{JudgedRun, RunContext, exit_of, results_of_failure};
use crate::start_time::StartTime;
use crate::terminal::shown_path;
use glomers_checkers::{Criteria, Streamed};
use glomers_config::Plan;
use glomers_history::{History, Validity, read_history};
use glomers_judgement::{Demands, demands, history_metrics, judge_history};
use glomers_maelstrom::{Console, Failure, Judged, judge_ending, oddities};
use glomers_results::{Engine, MaelstromRecord, Net, Run, RunRecord, verdict_word};
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Judges a completed run.
pub(super) fn conclude(
    execution: Execution,
    maelstrom: MaelstromRecord,
    start: StartTime,
    context: &RunContext<'_>,
) -> Result<JudgedRun> {
    let Execution { ended, console, folder, log, .. } = execution;
    let mut record = RunRecord {
        engine: Engine::Maelstrom,
        seed: None,
        plan: super::as_run(context.plan),
        start: start.to_string(),
        ..context.record()
    };
    let java = maelstrom.java.as_ref().and_then(|java| java.version.clone());
    for (name, version) in [("maelstrom", maelstrom.version.clone()), ("java", java)] {
        record.versions.extend(version.map(|version| (name.to_owned(), version)));
    }
    record.maelstrom = Some(maelstrom);
    let log_text = format!("its log: {}", shown_path(&log));
    let judged = match judge_ending(ended, &console) {
        Ok(judged) => judged,
        Err(failure) if failure.is_of_arguments() || failure.is_of_java() => {
            // The error message has the whole content of the log.
            let _ = fs::remove_file(&log);
            return Err(failure.into());
        }
        Err(failure) => {
            let ending = match failure {
                Failure::Stopped => Ending { valid: Validity::Unknown, exit: Exit::Interrupted },
                _ if failure.is_of_node() => Ending::NODE,
                _ => Ending::BROKEN,
            };
            let text = failure.to_string();
            return failed(record, ending, &text, &log_text, folder.unwrap_or(log));
        }
    };
    let Some(folder) = folder else {
        let text = "Maelstrom ended well, but its log names no run: is this Maelstrom?";
        return failed(record, Ending::BROKEN, text, &log_text, log);
    };
    match Run::open(&folder) {
        Ok(run) => finish(run, judged, &console, record, context.plan),
        Err(error) => {
            let text = format!(
                "Maelstrom ended well, but its results cannot be read: {}; the history is in the \
                 same folder",
                CommandFailure::from(error)
            );
            failed(record, Ending::BROKEN, &text, &log_text, folder)
        }
    }
}

/// A run with results.
fn finish(
    stored: Run,
    judged: Judged,
    console: &Console,
    record: RunRecord,
    plan: &Plan,
) -> Result<JudgedRun> {
    let Run { path, results, mut metrics, .. } = stored;
    let mut warned = oddities(judged, console);
    let said = match judged {
        Judged::Valid => Validity::Valid,
        Judged::Invalid => Validity::Invalid,
        Judged::Unknown => Validity::Unknown,
    };
    let mut valid = results.valid;
    if said != valid {
        warned.push(format!(
            "Maelstrom's exit status says {}, its results.edn {}: the verdict cannot be trusted",
            verdict_word(said),
            verdict_word(valid)
        ));
        valid = Validity::Unknown;
    } else if console.last_word().is_none() {
        valid = Validity::Unknown;
    }

    let mut reasons = Vec::new();
    match history(&path) {
        Err(error) => warned.push(format!("{error}; what is measured there is missing")),
        Ok(history) => {
            metrics = metrics.or(&history_metrics(plan.workload, &history));
            let traffic = results.net.as_ref().and_then(Net::traffic);
            let criteria = Criteria::of(plan);
            let Streamed { warnings, explanations, .. } =
                judge_history(&criteria, history, traffic);
            let named = |text: String| criteria.cluster.name_nodes(&text).into_owned();
            warned.extend(warnings.iter().map(|it| named(it.to_string())));
            reasons.extend(explanations.iter().map(|it| named(it.to_string())));
        }
    }
    let demands = demands(plan, valid, &metrics, None);
    reasons.extend(demands.duplicates.map(str::to_owned));
    reasons.extend(demands.missed());
    let Demands { valid, targets, .. } = demands;
    let exit = exit_of(valid, &targets);
    let mut record =
        RunRecord { valid: Some(valid), targets, metrics, reasons, warnings: warned, ..record };
    // The checkers took the history. Without one, a warning says so already.
    if let Ok(history) = history(&path) {
        record.warnings.extend(draw_pictures(&path, &record, &history));
    }
    record.write(&path)?;
    Ok(JudgedRun { run: Run::new(path, results, Some(record)), exit })
}

/// The verdict and exit of a run without results.
#[derive(Clone, Copy)]
struct Ending {
    valid: Validity,
    exit: Exit,
}

impl Ending {
    /// The node is at fault.
    const NODE: Self = Self { valid: Validity::Invalid, exit: Exit::Invalid };
    /// The verdict is unknown, and something other than the node failed.
    const BROKEN: Self = Self { valid: Validity::Unknown, exit: Exit::Crash };
}

/// Judges a run without results: its folder gets a record with the reason.
fn failed(
    record: RunRecord,
    ending: Ending,
    text: &str,
    log: &str,
    path: PathBuf,
) -> Result<JudgedRun> {
    let record = RunRecord {
        valid: Some(ending.valid),
        failure: Some(text.to_owned()),
        reasons: vec![format!("{text}\n  {log}")],
        interrupted: ending.exit == Exit::Interrupted,
        ..record
    };
    if path.is_dir() {
        record.write(&path)?;
    }
    let results = results_of_failure(ending.valid, text)?;
    Ok(JudgedRun { run: Run::new(path, results, Some(record)), exit: ending.exit })
}

/// The history that Maelstrom wrote.
fn history(folder: &Path) -> Result<History> {
    let path = folder.join("history.edn");
    let read = || Ok::<_, CommandFailure>(read_history(BufReader::new(File::open(&path)?))?);
    read().with_context(|| format!("failed to read {}", shown_path(&path)))
}
