use glomers_simulator::{Kind, Metric, Simulation};
use glomers_solutions::Broadcast as MyNode;

#[test]
fn values_are_everywhere_soon_and_nothing_fails() {
    let outcome = Simulation::of("broadcast-d").seed(7).node::<MyNode>().run();
    assert!(outcome.is_valid(), "{outcome}");
    assert!(outcome.metric(Metric::StableLatencyP50).unwrap() < 400.0);
    let failed = outcome.history().operations().iter().filter(|entry| entry.kind == Kind::Fail);
    assert_eq!(failed.count(), 0);
}
