//! The judgement of a run of glomers' engine, in real or virtual time: verdict, metrics, reasons.

use crate::history::history_metrics;
use crate::plan::{Demands, demands};
use crate::{conduct, failure, lost_values, missed_targets, observed};
use glomers_checkers::{Checked, Criteria, Explanation, Findings, check};
use glomers_config::Metric;
use glomers_engine::{Core, Failure, LastLines};
use glomers_history::{Judgement, Validity, Value, Verdict};
use glomers_results::{EngineLateness, Metrics, Results, ResultsError, TargetOutcome};

/// Number of lost values that the checker shows if the network explains them.
const FEW_EXAMPLES: usize = 2;

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
    let Checked { mut judgement, findings } = check(&criteria, history, Some(traffic));
    let failure_text = failure.map(|failure| failure::describe(failure, core, last_lines));
    if let Some(text) = &failure_text {
        judgement.verdicts.push(("failure", failure_verdict(failure, text)));
    }
    let is_interrupted = failure == Some(&Failure::Interrupted);
    let is_inconclusive = failure.is_some_and(failure::is_inconclusive);
    let results_value = results_value(&judgement, is_inconclusive);
    let results = Results::from_value(results_value.clone())?;

    let metrics = metrics(Metrics::from_results(&results), core);
    let demands = demands(plan, results.valid, &metrics, lateness);

    let is_judged_invalid = failure.is_none() && results.valid == Validity::Invalid;
    let network = is_judged_invalid.then(|| lost_values::explain(core, &traffic)).flatten();
    let mut reasons = match (failure, &failure_text) {
        (Some(failure), Some(text)) => vec![ending(failure, text, &plan.nodes, last_lines)],
        _ => named(&criteria, &explanations(&findings, network.is_some())),
    };
    reasons.extend(network);
    if is_judged_invalid {
        reasons.extend(observed::stale_answers(core));
        reasons.extend(observed::kills(core));
        reasons.extend(observed::drops(core, &traffic));
    }
    let is_hopeless = failure.is_some_and(failure::is_hopeless);
    if is_hopeless || is_judged_invalid {
        reasons.extend(failure::first_stderr(&plan.nodes, last_lines));
    }
    reasons.extend(demands.duplicates.map(str::to_owned));
    let mut warned = conduct::warnings(core, failure_text.as_deref());
    warned.extend(observed::warnings(core));
    // A run that ended early cannot have met its targets.
    if failure.is_none() {
        reasons.extend(demands.missed());
        reasons.extend(missed_targets::explain(core, &traffic, &demands.targets));
        warned.extend(named(&criteria, &findings.warnings()));
        warned.extend(lateness.and_then(|late| late.warning(&metrics, &demands.targets, plan)));
    }
    let Demands { valid, targets, .. } = demands;
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

/// The explanations of the checkers. Of lost values, few examples are left where the network explains them
/// better.
fn explanations(findings: &Findings, is_explained: bool) -> Vec<Explanation> {
    let mut explanations = findings.explanations();
    for explanation in &mut explanations {
        if let Explanation::LostElements { examples, .. } = explanation
            && is_explained
        {
            examples.truncate(FEW_EXAMPLES);
        }
    }
    explanations
}

/// Texts with the nodes that processes talked to.
fn named<T: std::fmt::Display>(criteria: &Criteria, texts: &[T]) -> Vec<String> {
    let named = |text: &T| criteria.cluster.name_nodes(&text.to_string()).into_owned();
    texts.iter().map(named).collect()
}

/// The metrics in the results, and those that only the engine has.
fn metrics(stored: Metrics, core: &Core) -> Metrics {
    let mut metrics = stored.or(&history_metrics(core.plan().workload, core.history()));
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
