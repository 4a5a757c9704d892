//! The course of shrinking: what is made smaller, in which order.

use super::candidate::{Candidate, Size};
use super::laboratory::{Laboratory, Watch};
use super::symptom::Symptom;
use super::{faults, nodes, operations, times, workers};
use crate::run::{Cast, simulate_quietly};
use crate::{SimulationError, Trial};
use glomers_config::Plan;
use glomers_engine::Scenario;

/// A round makes everything smaller once; what one made possible the next does.
const MOST_ROUNDS: usize = 6;

/// A smaller run that fails as a larger one did.
pub struct Shrunk {
    /// Its plan; the seed may be another than the original's.
    pub plan: Plan,
    /// What clients and the nemesis do in it.
    pub scenario: Scenario,
    /// The run itself, judged, with its journal.
    pub trial: Trial,
    /// How large it is.
    pub size: Size,
    /// How large the original was.
    pub original: Size,
    /// Runs that were made to find it.
    pub tries: u64,
    /// Whether somebody stopped the search; then it may not be the smallest.
    pub is_stopped: bool,
}

/// Shrinks a run that failed: that of the scenario, or what the plan's seed draws. None if it does
/// not fail (any more).
///
/// Makes at most about so many runs. The same arguments give the same result. `watch` is called
/// before each run, and can end the search: the smallest run so far is the result then.
///
/// # Errors
/// When the plan itself cannot be run.
pub fn shrink(
    plan: &Plan,
    cast: Cast,
    scenario: Option<&Scenario>,
    most_tries: u64,
    watch: Watch<'_>,
) -> Result<Option<Shrunk>, SimulationError> {
    let mut simulated = simulate_quietly(&without_journal(plan), cast, scenario)?;
    let Some(symptom) = Symptom::of(&mut simulated) else { return Ok(None) };
    let mut plan = plan.clone();
    plan.journal = true;
    // A smaller run is no try of the challenge.
    plan.targets = Vec::new();
    let original = Candidate { plan, scenario: simulated.core.scenario() };
    let mut repeated =
        simulate_quietly(&without_journal(&original.plan), cast, Some(&original.scenario))?;
    if !Symptom::of(&mut repeated).is_some_and(|it| symptom.is_like(&it)) {
        return Ok(None);
    }
    let size = original.size();
    let mut laboratory = Laboratory::new(original, cast, symptom, most_tries, watch);
    run_course(&mut laboratory);
    let Candidate { plan, scenario } = laboratory.best().clone();
    let trial = Trial::run(&plan, cast, Some(&scenario))?;
    Ok(Some(Shrunk {
        size: laboratory.best().size(),
        original: size,
        tries: laboratory.tries(),
        is_stopped: laboratory.is_stopped(),
        plan,
        scenario,
        trial,
    }))
}

/// Cheap and large steps first: they make those after them cheap, too.
fn run_course(laboratory: &mut Laboratory<'_>) {
    operations::end_early(laboratory);
    for _ in 0..MOST_ROUNDS {
        let before = laboratory.accepted();
        faults::drop_some(laboratory);
        operations::drop_workers(laboratory);
        operations::drop_keys(laboratory);
        times::crowd(laboratory);
        operations::drop_some(laboratory);
        operations::gamble(laboratory);
        nodes::drop_some(laboratory);
        nodes::merge(laboratory);
        faults::simplify(laboratory);
        workers::renumber(laboratory);
        workers::merge(laboratory);
        times::cut_tail(laboratory);
        times::pull_together(laboratory);
        if laboratory.is_over() || laboratory.accepted() == before {
            break;
        }
    }
    operations::simplify_values(laboratory);
    times::round(laboratory);
    times::wait_less(laboratory);
    nodes::rename(laboratory);
}

fn without_journal(plan: &Plan) -> Plan {
    Plan { journal: false, ..plan.clone() }
}
