//! Failures of wrong nodes become small, and the same each time.

use crate::shrink::{Shrunk, shrink};
use crate::{NodeSpec, Parameters, Plan, Trial, Workload};
use glomers_config::{challenges, find_challenge};
use glomers_museum::exhibit;
use glomers_node::{Body, Caller, Ctx, Node, Program, RpcError};
use glomers_solutions::Solutions;
use std::cell::Cell;
use std::ops::ControlFlow;
use std::rc::Rc;

fn plan(challenge: &str, given: Parameters, seed: u64) -> Plan {
    let challenges = challenges();
    Plan::resolve(find_challenge(&challenges, challenge).unwrap(), given, seed).unwrap()
}

fn spec(name: &str) -> NodeSpec {
    let exhibit = exhibit(name).unwrap();
    NodeSpec::sdk(exhibit.program, exhibit.durable)
}

fn shrunk(plan: &Plan, spec: &NodeSpec) -> Option<Shrunk> {
    shrink(plan, spec, None, 3000, &mut |_| ControlFlow::Continue(())).unwrap()
}

/// Number of operations and faults of the shrunk run, which fails again.
fn size(name: &str, given: &Parameters) -> (usize, usize) {
    let challenge = exhibit(name).unwrap().challenge;
    let mut seeds = 0..50;
    let shrunk = seeds.find_map(|seed| shrunk(&plan(challenge, given.clone(), seed), &spec(name)));
    let shrunk = shrunk.unwrap();
    let again = Trial::run(&shrunk.plan, &spec(name), Some(&shrunk.scenario)).unwrap();
    assert!(again.is_invalid() && shrunk.trial.is_invalid(), "{name}");
    assert_eq!(again.assessment.reasons, shrunk.trial.assessment.reasons);
    (shrunk.size.operations, shrunk.size.faults)
}

#[test]
fn little_is_left_of_a_failure() {
    let short = || Parameters { time_limit: Some(5.0), ..Parameters::default() };
    assert_eq!(
        size(
            "echo-mixes-up-requests",
            &Parameters { concurrency: "4n".parse().ok(), rate: Some(100.0), ..short() }
        ),
        (2, 0)
    );
    assert_eq!(size("unique-ids-draw-blocks-without-cas", &short()), (2, 0));
    assert_eq!(size("broadcast-passes-nothing-on", &short()), (2, 0));
    assert_eq!(size("broadcast-forgets-to-retry", &Parameters::default()), (2, 1));
    assert_eq!(size("g-counter-reads-then-writes", &short()), (3, 0));
    assert_eq!(size("kafka-appends-without-cas", &short()), (2, 0));
    assert_eq!(size("txn-runs-op-by-op", &short()), (2, 0));
}

#[test]
fn the_same_run_shrinks_to_the_same() {
    let plan = plan("broadcast-c", Parameters::default(), 3);
    let spec = spec("broadcast-gives-up");
    let (one, other) = (shrunk(&plan, &spec).unwrap(), shrunk(&plan, &spec).unwrap());
    assert_eq!((one.plan, one.scenario, one.tries), (other.plan, other.scenario, other.tries));
}

#[test]
fn what_does_not_fail_is_not_shrunk() {
    let plan = plan("echo", Parameters::default(), 0);
    let right = NodeSpec::sdk(Program::of::<Solutions>(), false);
    assert!(shrunk(&plan, &right).is_none());
}

#[test]
fn a_search_that_is_stopped_keeps_what_it_has() {
    let plan = plan("broadcast-b", Parameters::default(), 0);
    let spec = spec("broadcast-passes-nothing-on");
    let mut watch = |progress: &crate::shrink::ShrinkProgress| {
        if progress.tries < 10 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let shrunk = shrink(&plan, &spec, None, 3000, &mut watch).unwrap().unwrap();
    assert!(shrunk.is_stopped && shrunk.trial.is_invalid());
    assert_eq!(shrunk.plan.workload, Workload::Broadcast);
    assert!(shrunk.size.operations < shrunk.original.operations, "{:?}", shrunk.size);
}

/// A node that panics at the third message.
struct Fragile {
    left: Cell<u32>,
}

/// Any message.
struct Anything;

impl Body for Anything {
    fn parse(_: &str, _: &str) -> Result<Self, RpcError> {
        Ok(Self)
    }
}

impl Node for Fragile {
    type Request = Anything;

    async fn init(_: &Ctx) -> Result<Self, RpcError> {
        Ok(Self { left: Cell::new(2) })
    }

    async fn handle(self: Rc<Self>, _: &Ctx, _: &Caller, _: Self::Request) -> Result<(), RpcError> {
        self.left.set(self.left.get().checked_sub(1).expect("messages are at most two"));
        Ok(())
    }
}

#[test]
fn a_crash_stays_a_crash() {
    let plan = plan("unique-ids", Parameters::default(), 0);
    let spec = NodeSpec::sdk(Program::of::<Fragile>(), false);
    let shrunk = shrunk(&plan, &spec).unwrap();
    assert_eq!((shrunk.size.operations, shrunk.size.nodes, shrunk.size.faults), (3, 1, 0));
    assert!(shrunk.trial.assessment.failure.is_some_and(|text| text.contains("panicked")));
}
