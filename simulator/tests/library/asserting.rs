//! The output of failing tests, and rejected settings.

use crate::dice::Dice;
use glomers_simulator::{
    Metric, Parameters, Setting, Simulation, SimulationError, Target, Workload,
};
use glomers_solutions::{Broadcast, Echo, Solutions};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// The text of its panic.
pub(crate) fn panic_of(work: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(work)).expect_err("it does not panic");
    *panic.downcast::<String>().expect("a text")
}

/// Draws about thirty ids of ten thousand: two of them are the same in a run of twenty or so.
type Unlucky = Dice<10_000, false>;

fn a_few_ids() -> Simulation {
    Simulation::of("2").rate(10.0).time_limit(Duration::from_secs(3)).faults([])
}

#[test]
fn a_failing_seed_is_reported_with_the_line_that_repeats_it() {
    let trials = a_few_ids().seeds(100..300).node::<Unlucky>();
    let outcome = trials.first_failure().unwrap().expect("one of them fails");
    assert!(outcome.is_invalid());
    // The first in order, whichever core found it first; and not one of the first seeds.
    let seed = outcome.seed();
    let before = usize::try_from(seed).unwrap() - 100;
    assert!(before > 1, "choose other seeds, so that some come before it");
    assert!(trials.outcomes().take(before).all(|outcome| outcome.unwrap().is_valid()));
    let text = panic_of(|| trials.assert_valid());
    let head = format!("unique-ids: invalid (Dice<10000, false>, seed {seed}, faults none)\nwhy: ");
    assert!(text.starts_with(&head), "{text}");
    let tail = format!(
        "{before} seeds before it were fine\nto see it again: Simulation::of(\"2\").rate(10.0)\
         .time_limit(Duration::from_secs(3)).faults([]).seed({seed}).node::<Dice<10000, false>>()\
         .assert_valid();"
    );
    assert!(text.ends_with(&tail), "{text}");
    // And it repeats the failure.
    let again = a_few_ids().seed(seed).node::<Unlucky>();
    assert_eq!(again.assert_invalid().reasons(), outcome.reasons());
}

#[test]
fn a_missed_target_fails_one_assertion_and_not_the_other() {
    let mut challenge = glomers_config::challenges().swap_remove(3);
    challenge.targets = vec![Target::new(Metric::ServerMsgsPerOp, 0.5)];
    let trials = Simulation::of_challenge(challenge).node::<Broadcast>();
    trials.assert_valid();
    let text = panic_of(|| trials.assert_targets());
    assert!(text.contains("valid, but a target was missed"), "{text}");
    assert!(text.contains("why: target missed: server-msgs-per-op is"), "{text}");
    Simulation::of("broadcast-d").node::<Broadcast>().assert_targets();
}

#[test]
fn a_test_that_cannot_fail_is_found_out() {
    let trials = Simulation::of("echo").seeds(3..6).node::<Echo>();
    let text = panic_of(|| drop(trials.assert_invalid()));
    assert_eq!(text, "echo with Echo: all 3 seeds are valid");
    let panic = catch_unwind(|| Simulation::of("echo").seeds(5..5)).unwrap_err();
    let text = panic.downcast_ref::<&str>().unwrap();
    assert!(text.contains("cannot fail"), "{text}");
}

#[test]
fn what_cannot_be_run_is_refused_with_what_to_do() {
    let text = panic_of(|| drop(Simulation::of("brodcast-c")));
    assert!(text.contains("did you mean broadcast-c?"), "{text}");
    assert!(Simulation::try_of("brodcast-c").is_err());
    let text = panic_of(|| drop(Simulation::of("echo").set(Setting::Topology, "round")));
    assert!(text.starts_with("\"round\" is no value of the setting topology: "), "{text}");

    let error = Simulation::of("echo").nodes(0).node::<Echo>().try_run().unwrap_err();
    assert!(matches!(error, SimulationError::Plan(_)), "{error}");
    let lonely = Simulation::of("echo").set(Setting::Loss, "0.5").seeds(0..9).node::<Echo>();
    let text = panic_of(|| lonely.assert_valid());
    assert_eq!(
        text,
        "the setting loss has no effect without the fault loss: drop it, or add what it is about"
    );
}

#[test]
fn a_simulation_is_said_in_several_ways() {
    let outcome = short_unique_ids().node::<Solutions>().run();
    assert_eq!((outcome.plan().nodes.len(), outcome.plan().rate), (3, 7.0));
    assert_eq!(outcome.plan().time_limit, Duration::from_millis(1500));
    // A plan comes from elsewhere, and means the same.
    let planned = Simulation::of_plan(outcome.plan()).unwrap().node::<Solutions>().run();
    assert_eq!(planned.plan().seed, 9);
    assert_eq!(planned.history().operations(), outcome.history().operations());
    // The last setting counts.
    let given = Parameters { node_count: Some(2), seed: Some(4), ..Parameters::default() };
    let outcome = short_unique_ids().parameters(given).node::<Solutions>().run();
    assert_eq!((outcome.plan().nodes.len(), outcome.seed()), (2, 4));
    assert!(outcome.recipe().ends_with(".parameters(parameters).seed(4).node::<Solutions>()"));
}

fn short_unique_ids() -> Simulation {
    let time_limit = Duration::from_millis(1500);
    Simulation::of_workload(Workload::UniqueIds).nodes(3).rate(7.0).time_limit(time_limit).seed(9)
}

#[test]
fn a_scenario_that_was_drawn_can_be_played() {
    let simulation = Simulation::of("broadcast-c").seed(3);
    let drawn = simulation.clone().node::<Broadcast>().run();
    let played = simulation.scenario(drawn.scenario()).node::<Broadcast>().run();
    assert_eq!(played.scenario(), drawn.scenario());
    assert!(played.recipe().contains(".scenario(scenario).seed(3)"));
}
