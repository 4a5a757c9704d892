//! Against a model that tries every order of every prefix.

use crate::script::{history, steps};
use glomers_checkers::{Linearizability, linearizable_registers};
use glomers_history::{Function, History, Kind, Operation, Value};
use proptest::prelude::*;

pub(crate) struct ModelCall<'h> {
    f: &'h Function,
    value: &'h Value,
    begins: usize,
    ends: Option<usize>,
}

/// The calls of a prefix; those that end later are open.
pub(crate) fn calls(history: &History, length: usize) -> Vec<ModelCall<'_>> {
    let call = |(begins, invocation): (usize, &'_ Operation)| -> Option<ModelCall<'_>> {
        let end = history.counterpart(begins);
        let ok = end.filter(|end| end.kind == Kind::Ok);
        let begun = invocation.kind == Kind::Invoke;
        (begun && end.is_none_or(|end| end.kind != Kind::Fail)).then(|| ModelCall {
            f: &history.operations()[begins].f,
            value: ok.map_or(&history.operations()[begins].value, |ok| &ok.value),
            begins,
            ends: ok.map(|ok| usize::try_from(ok.index).unwrap()).filter(|ends| *ends < length),
        })
    };
    history.operations()[..length].iter().enumerate().filter_map(call).collect()
}

/// Whether these calls have an order from that value on.
pub(crate) fn has_order(calls: &[ModelCall<'_>], done: u32, held: &Value) -> bool {
    let open = |number: &usize| done >> number & 1 == 0;
    let waiting = || (0..calls.len()).filter(open).map(|number| &calls[number]);
    let Some(first_end) = waiting().filter_map(|call| call.ends).min() else { return true };
    (0..calls.len()).filter(open).filter(|number| calls[*number].begins < first_end).any(|number| {
        let call = &calls[number];
        let after = match (call.f, call.value.elements()) {
            (Function::Write, _) => call.value,
            (Function::Cas, Some([old, new])) if old == held => new,
            (Function::Read, _) if call.value == held || *call.value == Value::Nil => held,
            _ => return false,
        };
        has_order(calls, done | 1 << number, after)
    })
}

/// Index of the first completion such that the history until then has no order.
fn first_failure(history: &History) -> Option<u64> {
    let ends = history.operations().iter().filter(|operation| operation.kind == Kind::Ok);
    ends.map(|end| end.index).find(|index| {
        let length = usize::try_from(*index).unwrap() + 1;
        !has_order(&calls(history, length), 0, &Value::Nil)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn the_failing_operation_is_that_of_the_shortest_prefix(steps in steps(4, 3, 26)) {
        let history = history(&steps, true);
        let registers = linearizable_registers(&history).unwrap();
        let outcome = registers.keys.first().map(|key| key.outcome.clone().unwrap());
        let failed = match outcome {
            Some(Linearizability::NotLinearizable(failure)) => Some(failure.operation.index),
            Some(Linearizability::Linearizable(_)) | None => None,
            Some(Linearizability::Undecided) => panic!("undecided"),
        };
        prop_assert_eq!(failed, first_failure(&history));
    }
}
