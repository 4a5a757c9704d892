//! The order of the shrinking steps.

use super::candidate::{Candidate, Size};
use super::search::{Search, Watch};
use super::signature::FailureSignature;
use super::{faults, nodes, operations, times, workers};
use crate::run::{NodeSpec, simulate_quietly};
use crate::{SimulationError, Trial};
use glomers_config::Plan;
use glomers_engine::Scenario;

/// Maximum number of rounds. A round tries each step once; it may enable more in the next round.
const MOST_ROUNDS: usize = 6;

/// A smaller run that fails in the same manner as a larger one.
pub struct Shrunk {
    /// Its plan; the seed may differ from the original's.
    pub plan: Plan,
    /// The actions of clients and the nemesis in it.
    pub scenario: Scenario,
    /// The run itself, judged, with its journal.
    pub trial: Trial,
    /// Its size.
    pub size: Size,
    /// The size of the original.
    pub original: Size,
    /// Number of runs that were made to find it.
    pub tries: u64,
    /// Whether the search was stopped; then it may not be the smallest.
    pub is_stopped: bool,
}

/// Shrinks a run that failed: that of the scenario, or the one that the plan's seed draws. `None`
/// if it does not fail (any more).
///
/// Makes at most about the given number of runs. The same arguments give the same result. `watch`
/// is called before each run, and can end the search: the smallest run so far is the result then.
///
/// # Errors
/// When the plan itself cannot be run.
pub fn shrink(
    plan: &Plan,
    spec: &NodeSpec,
    scenario: Option<&Scenario>,
    most_tries: u64,
    watch: Watch<'_>,
) -> Result<Option<Shrunk>, SimulationError> {
    let mut simulated = simulate_quietly(&without_journal(plan), spec, scenario)?;
    let Some(signature) = FailureSignature::of(&mut simulated) else { return Ok(None) };
    let mut plan = plan.clone();
    plan.journal = true;
    // A smaller run is not an attempt at the challenge.
    plan.targets = Vec::new();
    let original = Candidate { plan, scenario: simulated.core.scenario() };
    let mut repeated =
        simulate_quietly(&without_journal(&original.plan), spec, Some(&original.scenario))?;
    if !FailureSignature::of(&mut repeated).is_some_and(|it| signature.is_like(&it)) {
        return Ok(None);
    }
    let size = original.size();
    let mut search = Search::new(original, spec, signature, most_tries, watch);
    run_course(&mut search);
    let Candidate { plan, scenario } = search.best().clone();
    let trial = Trial::run(&with_journal(&plan), spec, Some(&scenario))?;
    Ok(Some(Shrunk {
        size: search.best().size(),
        original: size,
        tries: search.tries(),
        is_stopped: search.is_stopped(),
        plan,
        scenario,
        trial,
    }))
}

/// Cheap and large steps first: they make later steps cheap, too.
fn run_course(search: &mut Search<'_>) {
    operations::end_early(search);
    for _ in 0..MOST_ROUNDS {
        let before = search.accepted();
        faults::drop_some(search);
        operations::drop_workers(search);
        operations::drop_keys(search);
        times::compress(search);
        operations::drop_some(search);
        operations::try_seeds(search);
        nodes::drop_some(search);
        nodes::merge(search);
        faults::simplify(search);
        workers::renumber(search);
        workers::merge(search);
        times::cut_tail(search);
        times::pull_together(search);
        if search.is_over() || search.accepted() == before {
            break;
        }
    }
    operations::simplify_values(search);
    times::round(search);
    times::wait_less(search);
    nodes::rename(search);
}

/// The plan of a run whose journal is read: a message whose arrival is not in it would seem lost.
pub(super) fn with_journal(plan: &Plan) -> Plan {
    Plan { journal: true, journal_limit: 0, ..plan.clone() }
}

fn without_journal(plan: &Plan) -> Plan {
    Plan { journal: false, ..plan.clone() }
}
