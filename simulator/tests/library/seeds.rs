//! The meaning of a seed: one seed is one run to the byte, and each concern has its own random
//! numbers.

use crate::dice::Dice;
use glomers_config::challenges;
use glomers_results::pretty;
use glomers_simulator::{Fault, Kind, Operation, Outcome, Process, Setting, Simulation, Value};
use glomers_solutions::Solutions;
use std::time::Duration;

/// All output of a run.
#[derive(PartialEq)]
struct Traces {
    history: Vec<u8>,
    journal: Vec<u8>,
    results: String,
    logs: Vec<String>,
}

fn traces(outcome: &Outcome) -> Traces {
    let mut history = Vec::new();
    for operation in outcome.history().operations() {
        glomers_history::print_operation(operation, &mut history);
    }
    Traces {
        history,
        journal: outcome.journal().to_vec(),
        results: pretty(outcome.results_value()),
        logs: outcome.node_logs().to_vec(),
    }
}

fn short(challenge: &str, seed: u64) -> Simulation {
    Simulation::of(challenge).time_limit(Duration::from_secs(3)).seed(seed)
}

#[test]
fn one_seed_is_one_run_and_another_seed_is_another() {
    for challenge in challenges() {
        let name = &challenge.name;
        let run = |seed| traces(&short(name, seed).node::<Solutions>().run());
        let first = run(1);
        assert!(!first.history.is_empty() && !first.journal.is_empty(), "{name}");
        assert!(first == run(1), "{name}: two runs of one seed differ");
        let other = run(2);
        assert!(first.history != other.history && first.journal != other.journal, "{name}");
    }
}

#[test]
fn all_faults_together_are_repeated_too() {
    let run = |seed| {
        let simulation = short("broadcast-c", seed).faults(Fault::ALL.iter().copied()).durable();
        traces(&simulation.node::<Solutions>().run())
    };
    assert!(run(1) == run(1));
    assert!(run(1) != run(2));
}

/// Invocations of the load, without their positions in the history.
fn invocations(outcome: &Outcome) -> Vec<Operation> {
    let invocations = outcome.history().operations().iter().filter(|operation| {
        operation.is_client() && operation.kind == Kind::Invoke && !operation.is_final
    });
    invocations.map(|operation| Operation { index: 0, ..operation.clone() }).collect()
}

/// The partitions of the nemesis, also without positions, and without the two entries of the last
/// healing, which comes when the last operation has ended.
fn partitions(outcome: &Outcome) -> Vec<Operation> {
    let entries = outcome.history().operations().iter().filter(|operation| {
        operation.process == Process::Nemesis && operation.f.name().ends_with("-partition")
    });
    let mut entries: Vec<Operation> =
        entries.map(|operation| Operation { index: 0, ..operation.clone() }).collect();
    entries.truncate(entries.len().saturating_sub(2));
    entries
}

#[test]
fn a_fault_more_shifts_neither_operations_nor_other_faults() {
    let run = |faults: &[Fault]| {
        Simulation::of("broadcast-c")
            .faults(faults.iter().copied())
            .set(Setting::NemesisInterval, "2")
            .latency(Duration::from_millis(20))
            .seed(5)
            .node::<Solutions>()
            .run()
    };
    let alone = run(&[Fault::Partition]);
    assert!(!invocations(&alone).is_empty() && partitions(&alone).len() > 10);
    for more in [Fault::Loss, Fault::Duplicate, Fault::Reorder, Fault::Slow, Fault::Skew] {
        let both = run(&[Fault::Partition, more]);
        assert_eq!(invocations(&both), invocations(&alone), "{more}");
        assert_eq!(partitions(&both), partitions(&alone), "{more}");
        assert!(both.journal() != alone.journal(), "{more} changes nothing");
    }
}

#[test]
fn what_nodes_see_and_draw_comes_from_the_seed() {
    let ids = |seed| -> Vec<Operation> {
        let outcome = short("unique-ids", seed).node::<Dice<{ u64::MAX }, true>>().run();
        assert!(outcome.is_valid(), "{outcome}");
        let ends = outcome.history().operations().iter();
        ends.filter(|operation| operation.is_client() && operation.kind == Kind::Ok)
            .cloned()
            .collect()
    };
    let drawn = ids(1);
    assert_eq!(drawn, ids(1));
    assert_ne!(drawn, ids(2));
    for operation in &drawn {
        let Value::Vector(id) = &operation.value else { panic!("{operation:?}") };
        let Value::Int(micros) = id[1] else { panic!("{id:?}") };
        // Its clock began with the run, a moment before the history's, and it answered at once.
        let late = operation.time / 1000 - micros;
        assert!((-1000..=0).contains(&late), "{late} us: {operation:?}");
    }
}
