//! Each fault has its documented effect, as seen by two nodes with scripted clients and faults.

use crate::probe::{
    LATENCY, ShowsClock, ShowsDelays, ShowsNotes, ShowsOwn, Step, completions, nemesis, reads,
    scripted,
};
use glomers_config::PartitionShape;
use glomers_engine::InjectedFault;
use glomers_simulator::{Kind, Outcome, Trials};
use std::collections::{BTreeMap, BTreeSet};

/// A number is sent to n0 before, during and after a fault that lasts from 1 s to 2 s; n1 is read.
fn around(injected: InjectedFault) -> glomers_simulator::Simulation {
    let steps = [
        Step::Give(500, 0, 1),
        Step::Give(1500, 0, 2),
        Step::Give(2500, 0, 3),
        Step::Read(3500, 1),
    ];
    scripted(&steps, &[(1000, 2000, injected)])
}

fn run(trials: &Trials) -> Outcome {
    let outcome = trials.run();
    // No fault affects messages of clients, so every operation that a running node could answer
    // succeeded.
    assert!(outcome.failure().is_none(), "{outcome}");
    outcome
}

#[test]
fn loss_loses_what_nodes_say_while_it_lasts() {
    let outcome = run(&around(InjectedFault::Loss { probability: 1.0 }).node::<ShowsNotes>());
    assert_eq!(reads(&outcome, 1), [[1, 3]]);
    assert_eq!(
        nemesis(&outcome),
        ["start-loss 1.0", "start-loss :started", "stop-loss nil", "stop-loss :stopped"]
    );
    assert!(completions(outcome.history(), 0).all(|operation| operation.kind == Kind::Ok));
}

#[test]
fn duplicate_delivers_twice_while_it_lasts() {
    let outcome = run(&around(InjectedFault::Duplicate { probability: 1.0 }).node::<ShowsNotes>());
    assert_eq!(reads(&outcome, 1), [[1, 2, 2, 3]]);
}

#[test]
fn slow_multiplies_the_latency_while_it_lasts() {
    let outcome = run(&around(InjectedFault::Slow { factor: 10.0 }).node::<ShowsDelays>());
    let latency = i64::try_from(LATENCY.as_millis()).unwrap();
    assert_eq!(reads(&outcome, 1), [[latency, 10 * latency, latency]]);
}

#[test]
fn a_partition_cuts_the_links_that_it_names_and_only_these() {
    // n1 drops messages from n0.
    let cut = BTreeMap::from([(1, BTreeSet::from([0]))]);
    let injected = InjectedFault::Partition { shape: PartitionShape::OneWay, cut };
    let outcome = run(&around(injected.clone()).node::<ShowsNotes>());
    assert_eq!(reads(&outcome, 1), [[1, 3]]);
    assert_eq!(
        nemesis(&outcome),
        [
            "start-partition :one-way",
            "start-partition [:isolated {\"n1\" #{\"n0\"}}]",
            "stop-partition nil",
            "stop-partition :network-healed"
        ]
    );
    let other_way = [Step::Give(1500, 1, 2), Step::Read(1900, 0)];
    let outcome = run(&scripted(&other_way, &[(1000, 2000, injected)]).node::<ShowsNotes>());
    assert_eq!(reads(&outcome, 0), [[2]]);
}

#[test]
fn reorder_lets_messages_overtake_each_other_while_it_lasts() {
    let burst = |from: u64, first: i64| {
        (0..20).map(move |number| Step::Give(from + 5 * number, 0, first + number.cast_signed()))
    };
    let steps: Vec<Step> = burst(500, 0)
        .chain([Step::Read(900, 1)])
        .chain(burst(1500, 20))
        .chain([Step::Read(2500, 1)])
        .collect();
    let faults = [(1000, 2000, InjectedFault::Reorder { mean_ms: 100 })];
    let outcome = run(&scripted(&steps, &faults).node::<ShowsNotes>());
    let reads = reads(&outcome, 1);
    let in_order: Vec<i64> = (0..20).collect();
    assert_eq!(reads[0], in_order);
    let late = &reads[1][20..];
    assert!(!late.is_sorted(), "{late:?}");
    assert_eq!(late.iter().copied().collect::<BTreeSet<_>>(), (20..40).collect());
    // The longest extra delay is twice the mean.
    let outcome = run(&scripted(&steps, &faults).node::<ShowsDelays>());
    let delays = &crate::probe::reads(&outcome, 1)[1];
    assert!(delays[..20].iter().all(|delay| *delay == 20), "{delays:?}");
    assert!(delays[20..].iter().all(|delay| (20..=220).contains(delay)), "{delays:?}");
    assert!(delays[20..].iter().any(|delay| *delay > 100), "{delays:?}");
}

#[test]
fn a_paused_node_answers_when_it_goes_on_and_has_lost_nothing() {
    const SECOND: i64 = 1_000_000_000;
    let steps = [
        Step::Give(500, 0, 1),
        Step::Give(1500, 0, 2),
        Step::Give(1600, 1, 9),
        Step::Read(3000, 1),
    ];
    let faults = [(1000, 2000, InjectedFault::Pause { node: 0 })];
    let outcome = run(&scripted(&steps, &faults).node::<ShowsNotes>());
    let ends: Vec<i64> = completions(outcome.history(), 0).map(|ended| ended.time).collect();
    assert!((SECOND / 2..SECOND * 6 / 10).contains(&ends[0]), "{ends:?}");
    assert!((2 * SECOND..SECOND * 21 / 10).contains(&ends[1]), "{ends:?}");
    // The other continues.
    let other = completions(outcome.history(), 1).next().unwrap();
    assert!((SECOND * 16 / 10..SECOND * 17 / 10).contains(&other.time));
    assert_eq!(reads(&outcome, 1), [[1, 2]]);
    assert_eq!(
        nemesis(&outcome),
        ["pause [\"n0\"]", "pause {\"n0\" :paused}", "resume nil", "resume {\"n0\" :resumed}"]
    );
}

#[test]
fn a_killed_node_begins_anew_with_what_its_disk_has() {
    let steps = [
        Step::Give(500, 0, 1),
        // No node is running to answer it.
        Step::Give(1500, 0, 2),
        Step::Read(8000, 0),
    ];
    let faults = [(1000, 2000, InjectedFault::Kill { node: 0 })];
    let simulation = scripted(&steps, &faults);
    let forgetful = run(&simulation.clone().node::<ShowsOwn>());
    // It got the topology again.
    assert_eq!(reads(&forgetful, 0), [[-1]]);
    let durable = run(&simulation.durable().node::<ShowsOwn>());
    assert_eq!(reads(&durable, 0), [[1, -1]]);
    for outcome in [&forgetful, &durable] {
        let kinds: Vec<Kind> = completions(outcome.history(), 0).map(|ended| ended.kind).collect();
        assert_eq!(kinds, [Kind::Ok, Kind::Info, Kind::Ok]);
        assert_eq!(
            nemesis(outcome),
            ["kill [\"n0\"]", "kill {\"n0\" :killed}", "start nil", "start {\"n0\" :started}"]
        );
    }
}

#[test]
fn messages_to_a_dead_node_are_lost() {
    let steps = [
        Step::Give(500, 1, 1),
        Step::Give(1500, 1, 2),
        Step::Give(2500, 1, 3),
        Step::Read(3500, 0),
    ];
    let faults = [(1000, 2000, InjectedFault::Kill { node: 0 })];
    let outcome = run(&scripted(&steps, &faults).node::<ShowsNotes>());
    // The first was lost when it was killed.
    assert_eq!(reads(&outcome, 0), [[3]]);
}

#[test]
fn a_skewed_clock_runs_at_another_rate_and_never_back() {
    let steps =
        [Step::Read(3000, 0), Step::Read(3000, 1), Step::Read(4000, 0), Step::Read(4000, 1)];
    for (rate, ahead) in [(2.0, 1000), (0.5, -500)] {
        let faults = [(1000, 2000, InjectedFault::Skew { node: 1, rate })];
        let outcome = run(&scripted(&steps, &faults).node::<ShowsClock>());
        for (right, skewed) in reads(&outcome, 0).iter().zip(reads(&outcome, 1)) {
            // Each answers within a tenth of a millisecond of the other.
            assert!((skewed[0] - right[0] - ahead).abs() <= 1, "{right:?} {skewed:?}");
        }
    }
}
