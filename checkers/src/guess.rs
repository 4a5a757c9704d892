//! Guesses which workload made a history, from what its operations ask for.

use glomers_config::Workload;
use glomers_history::{Function, History, Kind, Operation, Value};

/// The workload that a history shows; none when several could have made it, or none did.
///
/// A counter that never shrank is taken for a [`Workload::GCounter`]: both counters are judged alike.
#[must_use]
pub fn guess_workload(history: &History) -> Option<Workload> {
    let operations = || history.client_operations().map(|(_, operation)| operation);
    let asks = |f: &Function| operations().any(|operation| operation.f == *f);
    if asks(&Function::Txn) {
        // An operation of a transaction is [f key value].
        let appends = |operation: &Operation| {
            let parts = operation.value.elements().unwrap_or_default();
            let f = |part: &Value| part.elements().and_then(<[Value]>::first).cloned();
            parts.iter().any(|part| f(part) == Some(Value::keyword("append")))
        };
        let is_append = operations().any(appends);
        return Some(if is_append { Workload::TxnListAppend } else { Workload::TxnRwRegister });
    }
    let signs = [
        (Function::Echo, Workload::Echo),
        (Function::Generate, Workload::UniqueIds),
        (Function::Broadcast, Workload::Broadcast),
        (Function::Send, Workload::Kafka),
        (Function::Poll, Workload::Kafka),
        (Function::Cas, Workload::LinKv),
        (Function::Write, Workload::LinKv),
    ];
    if let Some((_, workload)) = signs.into_iter().find(|(f, _)| asks(f)) {
        return Some(workload);
    }
    let mut reads = operations()
        .filter(|operation| operation.f == Function::Read && operation.kind == Kind::Ok);
    match reads.next().map(|read| &read.value) {
        // An independent key and its value.
        Some(Value::Vector(pair)) if !asks(&Function::Add) && pair.len() == 2 => {
            Some(Workload::LinKv)
        }
        Some(value) if value.is_collection() => Some(Workload::GSet),
        Some(Value::Int(_) | Value::BigNumber(_)) => {
            let shrinks = |operation: &Operation| {
                operation.f == Function::Add && operation.value.as_int().is_some_and(|n| n < 0)
            };
            let is_pn = operations().any(shrinks);
            Some(if is_pn { Workload::PnCounter } else { Workload::GCounter })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::sample;

    #[test]
    fn operations_tell_their_workload() {
        for (lines, workload) in [
            ("invoke 0 echo \"a\"", Workload::Echo),
            ("invoke 0 generate nil", Workload::UniqueIds),
            ("invoke 0 read nil\n invoke 1 broadcast 0", Workload::Broadcast),
            ("invoke 0 assign []\n invoke 1 poll [[:poll]]", Workload::Kafka),
            ("invoke 0 read [0 nil]\n invoke 1 cas [0 [1 2]]", Workload::LinKv),
            ("invoke 0 read [0 nil]\n ok 0 read [0 nil]", Workload::LinKv),
            ("invoke 0 txn [[:r 1 nil]]", Workload::TxnRwRegister),
            ("invoke 0 txn [[:r 1 nil] [:append 1 2]]", Workload::TxnListAppend),
            ("invoke 0 add 1\n invoke 1 read nil\n ok 1 read [1 2]", Workload::GSet),
            ("invoke 0 add 1\n invoke 1 read nil\n ok 1 read 1", Workload::GCounter),
            ("invoke 0 add -1\n invoke 1 read nil\n ok 1 read -1", Workload::PnCounter),
        ] {
            assert_eq!(guess_workload(&sample(lines)), Some(workload), "{lines}");
        }
        for lines in ["", "invoke 0 add 1", "invoke 0 read nil\n ok 0 read {}"] {
            assert_eq!(guess_workload(&sample(lines)), None, "{lines}");
        }
    }
}
