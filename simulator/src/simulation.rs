//! Simulations as tests of Rust code: specifies runs in a line or two, and their expected outcomes.
//!
//! This is for `cargo test`; the `glomers` command has separate code. Nothing is written to disk.

mod outcome;
mod recipe;
mod repeated;
mod search;
mod trials;

pub use outcome::Outcome;
pub use repeated::WHY_NOT_REPEATABLE;
pub use trials::Trials;

use crate::SimulationError;
use glomers_config::{
    Catalogue, Challenge, Fault, Faults, Parameters, Plan, Setting, UnknownChallenge, Workload,
};
use glomers_engine::Scenario;
use glomers_node::{Node, Program};
use glomers_results::{PlanJsonError, plan_json, plan_parameters};
use recipe::Recipe;
use std::time::Duration;

/// The specification of runs, without the nodes.
///
/// It begins with a challenge ([`of`](Self::of)) or another constructor that defines what clients
/// do; each call after that changes one setting. The default is seed 0. [`node`](Self::node) comes
/// last, and returns the runs themselves.
#[derive(Debug, Clone)]
#[must_use = "nothing is run before there is a node, and something is asked of its runs"]
pub struct Simulation {
    challenge: Challenge,
    given: Parameters,
    seeds: Vec<u64>,
    scenario: Option<Scenario>,
    is_durable: bool,
    recipe: Recipe,
}

impl Simulation {
    /// A built-in challenge, by its name (`broadcast-c`) or its number (`3c`).
    ///
    /// # Panics
    /// If there is no challenge of that name; [`try_of`](Self::try_of) does not.
    #[track_caller]
    pub fn of(challenge: &str) -> Self {
        Self::try_of(challenge).unwrap_or_else(|error| panic!("{error}"))
    }

    /// As [`of`](Self::of), for a name from external input.
    pub fn try_of(challenge: &str) -> Result<Self, UnknownChallenge> {
        let found = Catalogue::new(None).find(challenge)?.challenge.clone();
        Ok(Self::begin(found, Recipe::begin(&format!("of({challenge:?})"))))
    }

    /// A custom challenge: settings and targets, under a name.
    pub fn of_challenge(challenge: Challenge) -> Self {
        Self::begin(challenge, Recipe::begin("of_challenge(challenge)"))
    }

    /// A workload with the reference's defaults: 5 nodes, 5 operations a second, a minute, no
    /// faults.
    pub fn of_workload(workload: Workload) -> Self {
        let parameters = Parameters { workload: Some(workload), ..Parameters::default() };
        let challenge = named(workload.to_string(), parameters);
        Self::begin(challenge, Recipe::begin(&format!("of_workload(Workload::{workload:?})")))
    }

    /// A plan that was made elsewhere, with its seed.
    pub fn of_plan(plan: &Plan) -> Result<Self, PlanJsonError> {
        let mut parameters = plan_parameters(&plan_json(plan))?;
        // In a plan it is a fixed number; here it could still change with the number of nodes.
        parameters.concurrency = Some(plan.concurrency);
        parameters.seed = None;
        let mut challenge = named(plan.challenge.clone(), parameters);
        challenge.targets.clone_from(&plan.targets);
        Ok(Self {
            seeds: vec![plan.seed],
            ..Self::begin(challenge, Recipe::begin("of_plan(&plan)?"))
        })
    }

    fn begin(challenge: Challenge, recipe: Recipe) -> Self {
        Self {
            seeds: vec![challenge.parameters.seed.unwrap_or(0)],
            challenge,
            given: Parameters::default(),
            scenario: None,
            is_durable: false,
            recipe,
        }
    }

    /// The faults that are injected, instead of the challenge's own. [`Setting`]s define their
    /// strength: [`Setting::Loss`] and so on.
    pub fn faults(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        let faults = Faults::new(faults.into_iter().collect());
        let names: Vec<String> = faults.iter().map(|fault| format!("Fault::{fault:?}")).collect();
        self.recipe.step(&format!("faults([{}])", names.join(", ")));
        self.given.nemesis = Some(faults);
        self
    }

    /// The number of nodes.
    pub fn nodes(mut self, count: u32) -> Self {
        self.given.node_count = Some(count);
        self.recipe.step(&format!("nodes({count})"));
        self
    }

    /// Operations per second, over all clients.
    pub fn rate(mut self, rate: f64) -> Self {
        self.given.rate = Some(rate);
        self.recipe.step(&format!("rate({rate:?})"));
        self
    }

    /// The duration for which operations are issued.
    pub fn time_limit(mut self, time: Duration) -> Self {
        self.given.time_limit = Some(time.as_secs_f64());
        self.recipe.step(&format!("time_limit({})", recipe::duration(time)));
        self
    }

    /// The mean latency between nodes, in whole milliseconds.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.given.latency = Some(u64::try_from(latency.as_millis()).unwrap_or(u64::MAX));
        self.recipe.step(&format!("latency({})", recipe::duration(latency)));
        self
    }

    /// Any setting, in the notation of `glomers.toml` or a flag; lists are separated by commas.
    ///
    /// # Panics
    /// If the text is not one of its values. Ranges are checked when it runs.
    #[track_caller]
    pub fn set(mut self, setting: Setting, text: &str) -> Self {
        if let Err(problem) = self.given.set(setting, text) {
            panic!("{text:?} is no value of the setting {}: {problem}", setting.flag());
        }
        self.recipe.step(&format!("set(Setting::{setting:?}, {text:?})"));
        self.with_its_seed()
    }

    /// Settings that override all previous ones.
    pub fn parameters(mut self, parameters: Parameters) -> Self {
        self.given = parameters.over(&self.given);
        self.recipe.step("parameters(parameters)");
        self.with_its_seed()
    }

    /// Uses a seed among the settings as the only seed.
    fn with_its_seed(mut self) -> Self {
        if let Some(seed) = self.given.seed.take() {
            self.seeds = vec![seed];
        }
        self
    }

    /// Gives every node a disk, which survives a kill. Without one, a killed node loses its state.
    pub fn durable(mut self) -> Self {
        self.is_durable = true;
        self.recipe.step("durable()");
        self
    }

    /// The actions of clients and the nemesis, given explicitly instead of drawn from the seed,
    /// which still decides everything else.
    pub fn scenario(mut self, scenario: Scenario) -> Self {
        self.scenario = Some(scenario);
        self.recipe.step("scenario(scenario)");
        self
    }

    /// Sets a single seed.
    pub fn seed(self, seed: u64) -> Self {
        self.seeds([seed])
    }

    /// The seeds, in order of priority: of several that fail, the first is reported.
    ///
    /// # Panics
    /// If there are no seeds: a test that runs nothing cannot fail.
    #[track_caller]
    pub fn seeds(mut self, seeds: impl IntoIterator<Item = u64>) -> Self {
        self.seeds = seeds.into_iter().collect();
        assert!(!self.seeds.is_empty(), "no seeds: a test that runs nothing cannot fail");
        self
    }

    /// The runs of these nodes.
    pub fn node<N: Node>(mut self) -> Trials {
        self.recipe.node(std::any::type_name::<N>());
        Trials::new(self, Program::of::<N>())
    }

    /// The runs of nodes of which only the program is known.
    pub fn program(mut self, program: Program) -> Trials {
        self.recipe.program();
        Trials::new(self, program)
    }

    /// The plan for a seed.
    fn plan(&self, seed: u64) -> Result<Plan, SimulationError> {
        let plan = Plan::resolve(&self.challenge, self.given.clone(), seed)?;
        plan.check_flags(&self.given).map_err(SimulationError::Useless)?;
        Ok(Plan { seed, ..plan })
    }
}

/// A challenge that requires nothing beyond a valid history.
fn named(name: String, parameters: Parameters) -> Challenge {
    Challenge { name, alias: "", parameters, order: &[], targets: Vec::new() }
}
