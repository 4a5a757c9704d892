//! Against another checker, which only supports complete histories.

use crate::script::{history, steps};
use glomers_checkers::linearizable_registers;
use glomers_history::{Function, History, Kind, Operation, Process, Validity, Value};
use proptest::prelude::*;
use todc_utils::linearizability::WGLChecker;
use todc_utils::linearizability::history::{Action, History as OracleHistory};
use todc_utils::specifications::Specification;

#[derive(Debug, Clone)]
struct Register;

impl Specification for Register {
    type State = Option<i64>;
    type Operation = (Function, Option<i64>, Option<i64>);

    fn init() -> Self::State {
        None
    }

    fn apply((f, first, second): &Self::Operation, state: &Self::State) -> (bool, Self::State) {
        match f {
            Function::Write => (true, *first),
            Function::Cas => (first == state, *second),
            _ => (first == state, *state),
        }
    }
}

fn operation(operation: &Operation) -> <Register as Specification>::Operation {
    let numbers = match operation.value.elements() {
        Some([old, new]) => (old.as_int(), new.as_int()),
        _ => (operation.value.as_int(), None),
    };
    (operation.f.clone(), numbers.0, numbers.1)
}

fn oracle(history: &History) -> bool {
    let action = |entry: &Operation| {
        let Process::Client(process) = entry.process else { panic!("{entry:?}") };
        let action = if entry.kind == Kind::Invoke { Action::Call } else { Action::Response };
        (usize::try_from(process).unwrap(), action(operation(entry)))
    };
    let actions = history.operations().iter().map(action).collect();
    WGLChecker::<Register>::is_linearizable(OracleHistory::from_actions(actions))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn verdicts_are_those_of_another_checker(steps in steps(4, 2, 30)) {
        let history = history(&steps, false);
        prop_assume!(!history.is_empty());
        let valid = linearizable_registers(&history).unwrap().validity() == Validity::Valid;
        prop_assert_eq!(valid, oracle(&history), "{:?}", history.operations());
    }
}

#[test]
fn the_oracle_sees_the_initial_value() {
    let read = |kind, value| crate::script::entry(0, kind, 0, Function::Read, value);
    let history = [read(Kind::Invoke, Value::Nil), read(Kind::Ok, Value::Int(0))];
    assert!(!oracle(&history.into_iter().collect()));
}
