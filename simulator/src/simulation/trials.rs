//! The runs of a simulation with one kind of node, and their assertions.

use super::repeated::{WHY_NOT_REPEATABLE, difference};
use super::search::first;
use super::{Outcome, Simulation};
use crate::{NodeSpec, SimulationError, Trial};
use glomers_config::Plan;
use glomers_history::Validity;
use glomers_node::Program;
use glomers_results::TargetOutcome;

/// One run for each seed of a [`Simulation`], made on demand.
///
/// Questions about all seeds are answered on all cores, and stop at the first answer. Assertions
/// panic with the outcome of the first seed that violates them, and with the line that repeats it.
#[derive(Debug, Clone)]
#[must_use = "nothing is run before something is asked"]
pub struct Trials {
    simulation: Simulation,
    spec: NodeSpec,
}

/// A property that a run is checked for.
#[derive(Debug, Clone, Copy)]
enum Question {
    IsValid,
    MeetsTargets,
}

impl Question {
    fn holds(self, trial: &Trial) -> bool {
        self.is_answered(trial.assessment.valid, &trial.assessment.targets)
    }

    fn holds_of(self, outcome: &Outcome) -> bool {
        self.is_answered(outcome.verdict(), outcome.targets())
    }

    fn is_answered(self, valid: Validity, targets: &[TargetOutcome]) -> bool {
        valid == Validity::Valid
            && match self {
                Self::IsValid => true,
                Self::MeetsTargets => targets.iter().all(TargetOutcome::is_met),
            }
    }

    /// The name of the method that asserts it for all runs.
    fn assertion(self) -> &'static str {
        match self {
            Self::IsValid => "assert_valid",
            Self::MeetsTargets => "assert_targets",
        }
    }
}

impl Trials {
    pub(super) fn new(simulation: Simulation, program: Program) -> Self {
        let spec = NodeSpec::sdk(program, simulation.is_durable);
        Self { simulation, spec }
    }

    /// The run of the first seed.
    ///
    /// # Panics
    /// If there is no outcome, whatever the nodes do: for example, if a setting is out of its
    /// range. [`try_run`](Self::try_run) does not.
    #[must_use]
    #[track_caller]
    pub fn run(&self) -> Outcome {
        self.try_run().unwrap_or_else(|error| panic!("{}", error_text(&error)))
    }

    /// As [`run`](Self::run), but returns an error if there is no outcome.
    pub fn try_run(&self) -> Result<Outcome, SimulationError> {
        self.outcome(self.simulation.seeds[0])
    }

    /// The runs of all seeds, one after the other, each made when the iterator reaches it.
    pub fn outcomes(&self) -> impl Iterator<Item = Result<Outcome, SimulationError>> + '_ {
        self.simulation.seeds.iter().map(|seed| self.outcome(*seed))
    }

    /// The first seed whose run is not valid: invalid or unknown.
    pub fn first_failure(&self) -> Result<Option<Outcome>, SimulationError> {
        let position = self.first_that_does_not(Question::IsValid);
        position.map(|position| self.outcome(self.simulation.seeds[position])).transpose()
    }

    /// Every run must be valid, as the challenge's checkers see it. Targets do not count; see
    /// [`assert_targets`](Self::assert_targets).
    ///
    /// # Panics
    /// If one is invalid or unknown, or cannot be made.
    #[track_caller]
    pub fn assert_valid(&self) {
        if let Err(text) = self.check(Question::IsValid) {
            panic!("{text}");
        }
    }

    /// Every run must be valid, and meet all targets of its challenge.
    ///
    /// # Panics
    /// If one does not, or cannot be made.
    #[track_caller]
    pub fn assert_targets(&self) {
        if let Err(text) = self.check(Question::MeetsTargets) {
            panic!("{text}");
        }
    }

    /// One of the runs must be invalid, which shows that the test can fail; returns the first.
    ///
    /// # Panics
    /// If all are valid, or if the first other one is unknown or cannot be made.
    #[track_caller]
    #[expect(clippy::must_use_candidate, reason = "that it returns says enough")]
    pub fn assert_invalid(&self) -> Outcome {
        match self.first_failure() {
            Ok(Some(outcome)) if outcome.is_invalid() => outcome,
            Ok(Some(outcome)) => panic!("{outcome}"),
            Ok(None) => {
                panic!("{}: all {} seeds are valid", self.name(), self.simulation.seeds.len())
            }
            Err(error) => panic!("{}", error_text(&error)),
        }
    }

    fn check(&self, question: Question) -> Result<(), String> {
        let Some(position) = self.first_that_does_not(question) else { return Ok(()) };
        let seeds = &self.simulation.seeds;
        let outcome = self.outcome(seeds[position]).map_err(|error| error_text(&error))?;
        let before = match position {
            0 => String::new(),
            1 => format!("seed {} was fine\n", seeds[0]),
            _ => format!("{position} seeds before it were fine\n"),
        };
        let line = format!("{}.{}();", outcome.recipe(), question.assertion());
        let promise = match self.what_differs(question, &outcome)? {
            None => format!("to see it again: {line}"),
            Some(difference) => format!(
                "this node is not repeatable, so that no line can bring this run back: {difference}\n\
                 {WHY_NOT_REPEATABLE}\nto try this seed anyway: {line}"
            ),
        };
        Err(format!("{outcome}\n{before}{promise}"))
    }

    /// The difference when a run that violates an assertion is repeated; `None` if there is no
    /// difference.
    fn what_differs(
        &self,
        question: Question,
        outcome: &Outcome,
    ) -> Result<Option<String>, String> {
        let seed = outcome.seed();
        if question.holds_of(outcome) {
            return Ok(Some(format!(
                "seed {seed} failed at first, and a second run of it is fine"
            )));
        }
        let again = self.outcome(seed).map_err(|error| error_text(&error))?;
        let described = |difference| format!("two runs of seed {seed} differ: {difference}");
        Ok(difference(outcome, &again).map(described))
    }

    /// The index of the first seed for which it does not hold, or which cannot be run.
    fn first_that_does_not(&self, question: Question) -> Option<usize> {
        let seeds = &self.simulation.seeds;
        first(seeds.len(), |position| {
            let trial = self
                .simulation
                .plan(seeds[position])
                .and_then(|plan| self.trial(&Plan { journal: false, ..plan }));
            // It is run once more, and shows its error then.
            trial.map_or(true, |trial| !question.holds(&trial))
        })
    }

    fn outcome(&self, seed: u64) -> Result<Outcome, SimulationError> {
        let plan = self.simulation.plan(seed)?;
        let trial = self.trial(&plan)?;
        Ok(Outcome::new(trial, plan, &self.simulation.recipe))
    }

    fn trial(&self, plan: &Plan) -> Result<Trial, SimulationError> {
        Trial::run(plan, &self.spec, self.simulation.scenario.as_ref())
    }

    fn name(&self) -> String {
        format!("{} with {}", self.simulation.challenge.name, self.simulation.recipe.node_name())
    }
}

/// An error with its causes.
fn error_text(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
