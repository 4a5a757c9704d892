//! A scenario recorded from a run repeats the same run.

use crate::{NodeSpec, Trial};
use glomers_config::{Fault, Faults, Parameters, Plan, challenges};
use glomers_history::{Operation, Process, print_operation};
use glomers_node::Program;
use glomers_solutions::Solutions;
use proptest::prelude::*;

/// The history as clients saw it, as text, without the numbers of the entries: a drawn partition is
/// healed once more at the end, as in the reference, and a planned one is not.
fn seen_by_clients(trial: &Trial) -> String {
    let is_client = |operation: &&Operation| operation.process != Process::Nemesis;
    let mut text = Vec::new();
    for operation in trial.simulated.core.history().operations().iter().filter(is_client) {
        print_operation(&Operation { index: 0, ..operation.clone() }, &mut text);
    }
    String::from_utf8(text).unwrap()
}

/// Every message, sent or received.
fn messages(trial: &mut Trial) -> String {
    String::from_utf8(trial.simulated.core.journal().lines().clone()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn a_run_is_repeated_by_its_scenario(
        challenge in prop::sample::select(challenges()),
        seed: u64,
        faults in prop::collection::vec(prop::sample::select(Fault::ALL), 0..3),
        is_durable: bool,
        time_limit in 0.0_f64..3.0,
    ) {
        let given = Parameters {
            time_limit: Some(time_limit),
            nemesis: Some(Faults::new(faults)),
            nemesis_interval: Some(0.4),
            recovery: Some(glomers_config::Recovery(std::time::Duration::from_secs(10))),
            ..Parameters::default()
        };
        let plan = Plan::resolve(&challenge, given, seed).unwrap();
        let spec = NodeSpec::sdk(Program::of::<Solutions>(), is_durable);
        let mut original = Trial::run(&plan, &spec, None).unwrap();
        let scenario = original.simulated.core.scenario();
        let mut repeated = Trial::run(&plan, &spec, Some(&scenario)).unwrap();
        prop_assert_eq!(seen_by_clients(&original), seen_by_clients(&repeated));
        prop_assert_eq!(messages(&mut original), messages(&mut repeated));
        prop_assert_eq!(original.assessment.valid, repeated.assessment.valid);
        prop_assert_eq!(scenario, repeated.simulated.core.scenario());
    }
}
