//! Judges a run that is over, and writes what it showed into its directory.

use super::execute::Execution;
use super::failure;
use crate::exit::Exit;
use crate::judged::{Circumstances, DUPLICATES, JudgedRun, exit_of, missed};
use crate::store::RunDirectory;
use crate::terminal::harmless;
use anyhow::Result;
use glomers_checkers::{Criteria, duplicates, explain, judge, warnings};
use glomers_config::{Metric, Plan, Workload};
use glomers_engine::{Core, Failure, LastLines};
use glomers_history::{Judgement, Validity, Value, Verdict};
use glomers_results::{
    Clock, Engine, Metrics, Run, RunRecord, judge_targets, op_latencies, write_results,
};

/// Judges the history, writes `results.edn` and `run.json`, and lets `latest` point to the run.
pub(super) fn conclude(
    execution: Execution,
    directory: &RunDirectory,
    circumstances: &Circumstances<'_>,
) -> Result<JudgedRun> {
    let plan = circumstances.plan;
    let Execution { outcome, last_lines, unread_bytes, closed_nodes } = execution;
    let mut core = outcome.core;
    let traffic = core.journal().traffic();
    let failure = core.failure().cloned();
    let history = core.history();

    let criteria = Criteria::of(plan);
    let mut judgement = judge(&criteria, history, Some(traffic));
    let failure_text = failure.as_ref().map(|failure| failure::describe(failure, &plan.nodes));
    if let Some(text) = &failure_text {
        judgement.verdicts.push(("failure", failure_verdict(failure.as_ref(), text)));
    }
    let interrupted = failure == Some(Failure::Interrupted);
    let results_value = results_value(&judgement, interrupted);
    let folder = directory.path();
    write_results(&folder, &results_value)?;
    // Read back what everybody else will read.
    let stored = Run::open(&folder)?;

    let duplicated = (plan.workload == Workload::Broadcast).then(|| duplicates(history).len());
    let metrics = metrics(stored.metrics, &core, duplicated);
    let targets = judge_targets(&plan.targets, &metrics);

    let mut reasons = match (&failure, &failure_text) {
        (Some(failure), Some(text)) => vec![ending(failure, text, plan, &last_lines)],
        _ => explain(&criteria, history).iter().map(ToString::to_string).collect(),
    };
    if failure.is_none() && stored.results.valid == Validity::Invalid {
        reasons.extend(failure::first_stderr(&plan.nodes, &last_lines));
    }
    let fails_on_duplicates = plan.fail_on_duplicates && duplicated.is_some_and(|count| count > 0);
    if fails_on_duplicates {
        reasons.push(DUPLICATES.to_owned());
    }
    // A run that ended early could not meet them.
    if failure.is_none() {
        reasons.extend(missed(&targets));
    }

    let mut warned = node_warnings(&core, plan, &unread_bytes, &closed_nodes);
    if failure.is_none() {
        let checked = warnings(plan.workload, core.history(), Some(&traffic), plan.nodes.len());
        warned.extend(checked.iter().map(ToString::to_string));
    }

    let valid = if fails_on_duplicates { Validity::Invalid } else { stored.results.valid };
    let exit = if interrupted { Exit::Interrupted } else { exit_of(valid, &targets) };
    let mut record = RunRecord {
        engine: Engine::Embedded,
        clock: Clock::Real,
        valid: Some(valid),
        start: directory.start.to_string(),
        targets,
        metrics,
        warnings: warned,
        failure: failure_text,
        interrupted,
        ..circumstances.record()
    };
    record.write(&folder)?;
    if let Err(error) = directory.finish() {
        record.warnings.push(format!("{error:#}"));
        record.write(&folder)?;
    }
    Ok(JudgedRun { run: Run::new(folder, stored.results, Some(record)), reasons, exit })
}

/// What the results say, and what only the engine knows.
fn metrics(stored: Metrics, core: &Core, duplicated: Option<usize>) -> Metrics {
    let mut metrics = stored.or(&op_latencies(core.history()));
    if let Some(duplicated) = duplicated {
        metrics.put_count(Metric::DuplicatedCount, Some(duplicated as u64));
    }
    metrics.put(Metric::LoadServerMsgsPerOp, core.load_server_msgs_per_op());
    if let Some(times) = core.propagation() {
        metrics.put(Metric::PropagationP50, Some(times.median_ms));
        metrics.put(Metric::PropagationMax, Some(times.max_ms));
    }
    metrics
}

/// Why a run ended early, with the last words of the node that it is about.
fn ending(failure: &Failure, text: &str, plan: &Plan, last_lines: &[LastLines]) -> String {
    let mut lines = vec![text.to_owned()];
    if let Some(node) = failure::node_of(failure) {
        lines.extend(failure::last_words(&plan.nodes[node], &last_lines[node]));
    }
    lines.join("\n")
}

/// The reference writes no results when a node crashes; ours say so under a key of their own.
fn failure_verdict(failure: Option<&Failure>, text: &str) -> Verdict {
    let valid =
        if failure == Some(&Failure::Interrupted) { Validity::Unknown } else { Validity::Invalid };
    let map = Value::Map(vec![
        (Value::keyword("valid?"), valid.to_value()),
        (Value::keyword("reason"), Value::str(text)),
    ]);
    Verdict { valid, map }
}

/// The results map. Of a run that was stopped nobody can tell whether it was right, whatever its
/// checkers say of the part that there is.
fn results_value(judgement: &Judgement, interrupted: bool) -> Value {
    let mut value = judgement.to_value();
    if interrupted
        && let Value::Map(entries) = &mut value
        && let Some((_, valid)) = entries.last_mut()
    {
        *valid = Validity::Unknown.to_value();
    }
    value
}

/// What nodes did that the protocol does not foresee.
fn node_warnings(
    core: &Core,
    plan: &Plan,
    unread_bytes: &[usize],
    closed_nodes: &[String],
) -> Vec<String> {
    let mut warnings: Vec<String> = core
        .bad_lines()
        .iter()
        .map(|((node, kind), lines)| {
            let times = if lines.count == 1 { "once" } else { &format!("{} times", lines.count) };
            let shown = harmless(&lines.excerpt);
            format!("{} {kind} ({times}; first: `{shown}`)", plan.nodes[*node])
        })
        .collect();
    warnings.extend(closed_nodes.iter().map(|node| {
        format!("{node} closed its stdout and lived on: it could not answer any more")
    }));
    for (node, bytes) in plan.nodes.iter().zip(unread_bytes) {
        if *bytes > 0 {
            warnings.push(format!(
                "{node} did not read its stdin: {bytes} bytes that it was sent were still unread \
                 at the end"
            ));
        }
    }
    warnings
}
