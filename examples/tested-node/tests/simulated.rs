//! Tests of the node in virtual time: an hour of it takes seconds.

use glomers_simulator::{Fault, Metric, Simulation};
use std::time::Duration;
use tested_node::Gossip;

#[test]
fn every_value_arrives_whatever_is_cut_or_lost() {
    Simulation::of("broadcast-c")
        .faults([Fault::Partition, Fault::Loss])
        .seeds(0..60)
        .node::<Gossip>()
        .assert_valid();
}

#[test]
fn values_that_come_twice_and_late_do_no_harm() {
    Simulation::of("broadcast-c")
        .faults([Fault::Duplicate, Fault::Reorder, Fault::Pause])
        .latency(Duration::from_millis(20))
        .seeds(0..20)
        .node::<Gossip>()
        .assert_valid();
}

#[test]
fn a_value_costs_one_message_and_one_answer_for_each_other_node() {
    let outcome = Simulation::of("broadcast-b").node::<Gossip>().run();
    // Half of the operations are broadcasts, the others are reads.
    let messages = outcome.metric(Metric::ServerMsgsPerOp).unwrap();
    assert!((3.0..5.0).contains(&messages), "{messages}");
    assert!(outcome.is_valid(), "{outcome}");
}

/// Shows the output of a failing test. Its last line, pasted over the test, runs only that seed.
#[test]
#[should_panic(
    expected = r#"Simulation::of("broadcast-c").faults([Fault::Loss]).seed(0).node::<Gossip<false>>().assert_valid();"#
)]
fn a_node_that_tells_only_once_is_found_out() {
    Simulation::of("broadcast-c")
        .faults([Fault::Loss])
        .seeds(0..60)
        .node::<Gossip<false>>()
        .assert_valid();
}
