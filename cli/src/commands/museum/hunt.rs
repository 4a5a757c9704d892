//! Hunts one wrong node: tries seeds until a run is invalid, then shrinks that run.

use crate::failure::{CommandFailure, Context as _, Result};
use glomers_config::{Catalogue, Fault, Parameters, Plan, Setting};
use glomers_museum::Exhibit;
use glomers_node::Program;
use glomers_simulator::shrink::{Size, shrink};
use glomers_simulator::{NodeSpec, Trial};
use glomers_solutions::Solutions;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// The result of a hunt.
pub(super) struct Catch {
    pub(super) exhibit: &'static Exhibit,
    /// The first failing run, if any, and the cost of finding and shrinking it.
    pub(super) found: Option<Found>,
    /// Number of seeds that the correct node was run with.
    pub(super) right_runs: u64,
    /// The seeds with which the correct node failed.
    pub(super) right_failures: Vec<u64>,
}

/// A failing run.
pub(super) struct Found {
    pub(super) seed: u64,
    /// Wall time until the run was found, with one thread.
    pub(super) time: Duration,
    /// Size of the smallest failing run.
    pub(super) size: Size,
    /// Wall time that shrinking took.
    pub(super) shrinking: Duration,
}

impl Catch {
    /// Whether the wrong node failed, and the correct one always passed.
    pub(super) fn is_good(&self) -> bool {
        self.found.is_some() && self.right_failures.is_empty()
    }
}

/// Hunts a wrong node, and runs the correct one with the same seeds. An interrupt ends it early.
pub(super) fn hunt(
    exhibit: &'static Exhibit,
    seeds: u64,
    most_tries: u64,
    is_interrupted: &dyn Fn() -> bool,
) -> Result<Catch> {
    let plan = plan(exhibit)?;
    let wrong = NodeSpec::sdk(exhibit.program, exhibit.durable);
    let start = Instant::now();
    let mut found = None;
    for seed in (0..seeds).take_while(|_| !is_interrupted()) {
        let plan = Plan { seed, ..plan.clone() };
        if Trial::run(&plan, &wrong, None)?.is_invalid() {
            let (time, start) = (start.elapsed(), Instant::now());
            let watch = &mut |_: &_| {
                if is_interrupted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let shrunk = shrink(&plan, &wrong, None, most_tries, watch)?
                .with_context(|| format!("{}: seed {seed} fails only once", exhibit.name))?;
            found = Some(Found { seed, time, size: shrunk.size, shrinking: start.elapsed() });
            break;
        }
    }
    // Without a disk, no node survives kills.
    let is_durable = exhibit.durable || plan.faults.contains(Fault::Kill);
    let right = NodeSpec::sdk(Program::of::<Solutions>(), is_durable);
    let (mut right_runs, mut right_failures) = (0, Vec::new());
    for seed in (0..seeds).take_while(|_| !is_interrupted()) {
        let trial = Trial::run(&Plan { seed, ..plan.clone() }, &right, None)?;
        right_runs += 1;
        if trial.is_invalid() {
            right_failures.push(seed);
        }
    }
    Ok(Catch { exhibit, found, right_runs, right_failures })
}

/// The plan of the hunt: the exhibit's challenge, with the flags of its hunt.
fn plan(exhibit: &Exhibit) -> Result<Plan> {
    let given = settings(exhibit.hunt)
        .with_context(|| format!("failed to read how {} is hunted", exhibit.name))?;
    let catalogue = Catalogue::new(None);
    let challenge = &catalogue.find(exhibit.challenge)?.challenge;
    let plan = Plan::resolve(challenge, given, 0)?;
    Ok(Plan { journal: false, ..plan })
}

/// The settings that flags of `glomers run` set.
fn settings(flags: &[&str]) -> Result<Parameters> {
    let mut parameters = Parameters::default();
    let mut words = flags.iter();
    while let Some(flag) = words.next() {
        let setting = flag.strip_prefix("--").and_then(Setting::find);
        let setting = setting.with_context(|| format!("{flag} is no flag of a setting"))?;
        let text = if setting.description().is_switch() {
            "true"
        } else {
            words.next().with_context(|| format!("{flag} has no value"))?
        };
        let invalid = |error| CommandFailure::crash(format!("{flag} {text}: {error}"));
        parameters.set(setting, text).map_err(invalid)?;
    }
    Ok(parameters)
}
