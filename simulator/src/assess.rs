//! The judgement of a run of glomers' engine, in real or virtual time: verdict, metrics, reasons.

use crate::{conduct, failure, lost_values, observed};
use glomers_checkers::{Criteria, duplicates, explain, judge, warnings};
use glomers_config::{Metric, Workload};
use glomers_engine::{Core, Failure, LastLines};
use glomers_history::{Judgement, Validity, Value, Verdict};
use glomers_results::{
    EngineLateness, Metrics, Results, ResultsError, TargetOutcome, TargetState, judge_targets,
    op_latencies,
};

/// The judgement of a run.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// The map of `results.edn`.
    pub results_value: Value,
    /// The same results, parsed.
    pub results: Results,
    /// The verdict, which may be stricter than the results: duplicates can be made to fail a run.
    pub valid: Validity,
    /// All measured metrics.
    pub metrics: Metrics,
    /// The targets, and whether they were met.
    pub targets: Vec<TargetOutcome>,
    /// Why it is not valid, a block of lines for each reason.
    pub reasons: Vec<String>,
    /// Why it ended before its time, if it did.
    pub failure: Option<String>,
    /// Whether it was interrupted.
    pub is_interrupted: bool,
    /// Warnings: findings that do not make the run invalid.
    pub warnings: Vec<String>,
}

/// The reason why a run with duplicated elements fails, if that was requested.
pub const DUPLICATES: &str = "reads showed values more than once, and --fail-on-duplicates is set";

/// Judges the run of a core, given the last lines of each node, and how late the machine made it,
/// if time was real.
pub fn assess(
    core: &mut Core,
    last_lines: &[LastLines],
    lateness: Option<EngineLateness>,
) -> Result<Assessment, ResultsError> {
    let traffic = core.journal().traffic();
    let (plan, history) = (core.plan(), core.history());
    let failure = core.failure();
    let criteria = Criteria::of(plan);
    let mut judgement = judge(&criteria, history, Some(traffic));
    let failure_text = failure.map(|failure| failure::describe(failure, core, last_lines));
    if let Some(text) = &failure_text {
        judgement.verdicts.push(("failure", failure_verdict(failure, text)));
    }
    let is_interrupted = failure == Some(&Failure::Interrupted);
    let is_inconclusive = failure.is_some_and(failure::is_inconclusive);
    let results_value = results_value(&judgement, is_inconclusive);
    let results = Results::from_value(results_value.clone())?;

    let duplicated = (plan.workload == Workload::Broadcast).then(|| duplicates(history).len());
    let metrics = metrics(Metrics::from_results(&results), core, duplicated);
    let mut targets = judge_targets(&plan.targets, &metrics);
    if let Some(lateness) = lateness {
        lateness.doubt(&mut targets, plan);
    }

    let mut reasons = match (failure, &failure_text) {
        (Some(failure), Some(text)) => vec![ending(failure, text, &plan.nodes, last_lines)],
        // There is nothing to explain, and finding that out takes as long as judging.
        _ if results.valid == Validity::Valid => Vec::new(),
        _ => explain(&criteria, history).iter().map(ToString::to_string).collect(),
    };
    if failure.is_none() && results.valid == Validity::Invalid {
        reasons.extend(lost_values::explain(core, &traffic));
        reasons.extend(observed::stale_answers(core));
    }
    let is_hopeless = failure.is_some_and(failure::is_hopeless);
    if is_hopeless || (failure.is_none() && results.valid == Validity::Invalid) {
        reasons.extend(failure::first_stderr(&plan.nodes, last_lines));
    }
    let fails_on_duplicates = plan.fail_on_duplicates && duplicated.is_some_and(|count| count > 0);
    if fails_on_duplicates {
        reasons.push(DUPLICATES.to_owned());
    }
    let mut warned = conduct::warnings(core, failure_text.as_deref());
    warned.extend(observed::warnings(core));
    // A run that ended early cannot have met its targets.
    if failure.is_none() {
        reasons.extend(missed(&targets));
        let checked = warnings(&criteria, history, Some(&traffic));
        warned.extend(checked.iter().map(ToString::to_string));
        warned.extend(lateness.and_then(|late| late.warning(&metrics, &targets, plan)));
    }
    let valid = if fails_on_duplicates { Validity::Invalid } else { results.valid };
    Ok(Assessment {
        results_value,
        results,
        valid,
        metrics,
        targets,
        reasons,
        failure: failure_text,
        is_interrupted,
        warnings: warned,
    })
}

/// The targets that were not met, in words.
pub fn missed(targets: &[TargetOutcome]) -> impl Iterator<Item = String> {
    targets.iter().filter(|outcome| !outcome.is_met()).map(|outcome| {
        let what = match outcome.state() {
            TargetState::Unknown => "target unknown, as this machine was busy",
            TargetState::Met | TargetState::Missed => "target missed",
        };
        let metric = outcome.target.metric;
        let (value, limit) = (outcome.shown_value(), outcome.shown_limit());
        format!("{what}: {metric} is {value}, and should be {limit}")
    })
}

/// The metrics in the results, and those that only the engine has.
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

/// Why a run ended early, with the last output of the node concerned.
fn ending(failure: &Failure, text: &str, nodes: &[String], last_lines: &[LastLines]) -> String {
    let mut lines = vec![text.to_owned()];
    if let Some(node) = failure::node_of(failure) {
        lines.extend(failure::last_words(&nodes[node], &last_lines[node]));
    }
    lines.join("\n")
}

/// The reference writes no results when a node crashes; glomers' results report it under a separate
/// key.
fn failure_verdict(failure: Option<&Failure>, text: &str) -> Verdict {
    let is_inconclusive = failure.is_some_and(failure::is_inconclusive);
    let valid = if is_inconclusive { Validity::Unknown } else { Validity::Invalid };
    let map = Value::Map(vec![
        (Value::keyword("valid?"), valid.to_value()),
        (Value::keyword("reason"), Value::str(text)),
    ]);
    Verdict { valid, map }
}

/// The results map. An interrupted run is unknown, whatever its checkers find in the recorded part.
fn results_value(judgement: &Judgement, is_inconclusive: bool) -> Value {
    let mut value = judgement.to_value();
    if is_inconclusive
        && let Value::Map(entries) = &mut value
        && let Some((_, valid)) = entries.last_mut()
    {
        *valid = Validity::Unknown.to_value();
    }
    value
}
