//! Judges a run that is over, and writes what it showed into its directory.

use crate::execute::Execution;
use crate::exit::Exit;
use crate::failure;
use crate::node_command::NodeCommand;
use crate::store::RunDirectory;
use crate::terminal::harmless;
use anyhow::Result;
use glomers_checkers::{duplicates, explain, judge, warnings};
use glomers_config::{Metric, Plan, Workload};
use glomers_engine::{Core, Failure, LastLines};
use glomers_history::{Judgement, Validity, Value, Verdict};
use glomers_results::{
    BuildRecord, Clock, Engine, Metrics, NodeRecord, Run, RunRecord, TargetOutcome, judge_targets,
    op_latencies, plan_json, write_results,
};
use std::time::Instant;

/// A run that was judged and stored.
pub(crate) struct JudgedRun {
    /// The run as everybody reads it from its directory; the record is there.
    pub(crate) run: Run,
    /// Why it is not valid, a block of lines for each reason.
    pub(crate) reasons: Vec<String>,
    pub(crate) exit: Exit,
}

/// What is known of a run besides its outcome.
pub(crate) struct Circumstances<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) node: &'a NodeCommand,
    pub(crate) build: Option<BuildRecord>,
    /// When the build was over.
    pub(crate) began: Instant,
}

/// Judges the history, writes `results.edn` and `run.json`, and lets `latest` point to the run.
pub(crate) fn conclude(
    execution: Execution,
    directory: &RunDirectory,
    circumstances: Circumstances<'_>,
) -> Result<JudgedRun> {
    let Circumstances { plan, node, build, began } = circumstances;
    let Execution { outcome, last_lines, unread_bytes, closed_nodes } = execution;
    let mut core = outcome.core;
    let traffic = core.journal().traffic();
    let failure = core.failure().cloned();
    let history = core.history();

    let mut judgement = judge(plan.workload, history, Some(traffic), plan.availability)?;
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
        _ => explain(plan.workload, history, plan.availability)
            .iter()
            .map(ToString::to_string)
            .collect(),
    };
    if failure.is_none() && stored.results.valid == Validity::Invalid {
        reasons.extend(failure::first_stderr(&plan.nodes, &last_lines));
    }
    let fails_on_duplicates = plan.fail_on_duplicates && duplicated.is_some_and(|count| count > 0);
    if fails_on_duplicates {
        reasons.push("reads showed values more than once, and --fail-on-duplicates is set".into());
    }
    // A run that ended early could not meet them.
    if failure.is_none() {
        reasons.extend(targets.iter().filter(|outcome| !outcome.is_met()).map(missed));
    }

    let mut warned = node_warnings(&core, plan, &unread_bytes, &closed_nodes);
    if failure.is_none() {
        let checked = warnings(plan.workload, core.history(), Some(&traffic), plan.nodes.len());
        warned.extend(checked.iter().map(ToString::to_string));
    }

    let valid = if fails_on_duplicates { Validity::Invalid } else { stored.results.valid };
    let targets_met = targets.iter().all(TargetOutcome::is_met);
    let exit = match valid {
        _ if interrupted => Exit::Interrupted,
        Validity::Unknown => Exit::Unknown,
        Validity::Valid if targets_met => Exit::Valid,
        Validity::Valid | Validity::Invalid => Exit::Invalid,
    };
    let mut record = RunRecord {
        challenge: plan.challenge.clone(),
        workload: plan.workload.to_string(),
        engine: Engine::Embedded,
        clock: Clock::Real,
        seed: Some(plan.seed),
        valid: Some(valid),
        plan: plan_json(plan),
        node: NodeRecord { command: node.command_line(), own: node.is_ours },
        build,
        versions: [
            ("glomers".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            ("os".to_owned(), std::env::consts::OS.to_owned()),
            ("arch".to_owned(), std::env::consts::ARCH.to_owned()),
        ]
        .into_iter()
        .collect(),
        start: directory.start.to_string(),
        wall_seconds: (began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
        targets,
        metrics,
        warnings: warned,
        failure: failure_text,
        interrupted,
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

/// A target that was not met, in words.
fn missed(outcome: &TargetOutcome) -> String {
    let metric = outcome.target.metric;
    let unit = metric.unit();
    let value = outcome.value.map_or("not measured".to_owned(), |v| format!("{v:.2} {unit}"));
    let limit = outcome.shown_limit();
    format!("target missed: {metric} is {}, and should be {limit}", value.trim_end())
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
