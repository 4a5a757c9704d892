//! Guesses which workload made a history, from the functions and arguments of its operations.

use crate::independent::{has_independent_keys, is_transaction, keyed_transaction, tuple};
use glomers_config::Workload;
use glomers_history::{Function, History, Kind, Operation, Value};

/// The workload that made a history; `None` if several could have made it, or no workload did.
///
/// A counter that never shrank is taken for a [`Workload::GCounter`]: both counters are judged in
/// the same way.
#[must_use]
pub fn guess_workload(history: &History) -> Option<Workload> {
    let operations = || history.client_operations().map(|(_, operation)| operation);
    let asks = |f: &Function| operations().any(|operation| operation.f == *f);
    if other_test(history).is_some() {
        return None;
    }
    if asks(&Function::Txn) {
        // An operation of a transaction is [f key value].
        let appends = |operation: &Operation| {
            let transaction = keyed_transaction(&operation.value).unwrap_or(&operation.value);
            let parts = transaction.elements().unwrap_or_default();
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
    let has_adds = asks(&Function::Add);
    // Sets are tested first: their pairs look like those of a counter too.
    let is_keyed = has_adds && !has_independent_keys(Workload::GSet, history);
    let is_keyed = is_keyed && has_independent_keys(Workload::PnCounter, history);
    let amount = |value: &'_ Value| {
        let value = if is_keyed { tuple(value).map_or(value, |(_, value)| value) } else { value };
        matches!(value, Value::Int(_) | Value::BigNumber(_)).then(|| value.clone())
    };
    let mut reads = operations()
        .filter(|operation| operation.f == Function::Read && operation.kind == Kind::Ok);
    match reads.next().map(|read| &read.value) {
        Some(value) if amount(value).is_some() => {
            let shrinks = |operation: &Operation| {
                let added = amount(&operation.value).and_then(|amount| amount.as_int());
                operation.f == Function::Add && added.is_some_and(|n| n < 0)
            };
            let is_pn = operations().any(shrinks);
            Some(if is_pn { Workload::PnCounter } else { Workload::GCounter })
        }
        // An independent key and its value.
        Some(Value::Vector(pair)) if !has_adds && pair.len() == 2 => Some(Workload::LinKv),
        Some(value) if value.is_collection() || tuple(value).is_some() => Some(Workload::GSet),
        _ => None,
    }
}

/// A Jepsen test that no workload here can judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherTest {
    /// Its name, with an article.
    pub name: &'static str,
    /// The checker that judges it.
    pub judge: &'static str,
}

/// Functions that only one of these tests calls.
const OTHERS: [(&[&str], OtherTest); 5] = [
    (
        &["transfer"],
        OtherTest { name: "a bank test", judge: "Jepsen's bank checker (`elle-cli --model bank`)" },
    ),
    (
        &["enqueue", "dequeue", "drain"],
        OtherTest {
            name: "a queue test",
            judge: "Jepsen's total-queue checker, or Knossos with a queue as its model",
        },
    ),
    (
        &["acquire", "release", "lock", "unlock"],
        OtherTest {
            name: "a lock test",
            judge: "Knossos with a mutex as its model (`elle-cli --model mutex`)",
        },
    ),
    (
        &["insert", "upsert"],
        OtherTest {
            name: "a test of rows that are inserted",
            judge: "the checker of the Jepsen test that made it",
        },
    ),
    (
        &["start-transaction", "begin", "commit", "rollback", "abort"],
        OtherTest {
            name: "a log of the steps of transactions",
            judge: "none here: a history has one entry for the invocation of a whole transaction, \
                    and one for its completion",
        },
    ),
];

/// The test that made a history of none of the workloads.
#[must_use]
pub fn other_test(history: &History) -> Option<OtherTest> {
    let operations = || history.client_operations().map(|(_, operation)| operation);
    let calls = |names: &[&str]| operations().any(|entry| names.contains(&entry.f.name()));
    if let Some((_, test)) = OTHERS.into_iter().find(|(names, _)| calls(names)) {
        return Some(test);
    }
    // Reads and writes of several keys at once, though they are not transactions.
    let is_group = |entry: &Operation| {
        let has_parts = entry.value.elements().is_some_and(|parts| !parts.is_empty());
        matches!(entry.f, Function::Read | Function::Write)
            && has_parts
            && is_transaction(&entry.value)
    };
    operations().any(is_group).then_some(OtherTest {
        name: "a long-fork test",
        judge: "Jepsen's long-fork checker (`elle-cli --model long-fork`)",
    })
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
            ("invoke 0 add [0 1]\n invoke 1 read [0 nil]\n ok 1 read [0 [1]]", Workload::GSet),
            ("invoke 0 add [0 1]\n invoke 1 read [0 nil]\n ok 1 read [0 1]", Workload::GCounter),
            ("invoke 0 add [0 -1]\n invoke 1 read [0 nil]\n ok 1 read [0 1]", Workload::PnCounter),
            ("invoke 0 txn [0 [[:append 1 2]]]", Workload::TxnListAppend),
            ("invoke 0 txn [0 [[:r 1 nil]]]", Workload::TxnRwRegister),
        ] {
            assert_eq!(guess_workload(&sample(lines)), Some(workload), "{lines}");
        }
        for lines in ["", "invoke 0 add 1", "invoke 0 read nil\n ok 0 read {}"] {
            assert_eq!(guess_workload(&sample(lines)), None, "{lines}");
        }
    }

    #[test]
    fn histories_of_other_tests_are_recognized() {
        for (lines, name) in [
            ("invoke 0 read nil\n invoke 1 transfer {:from 0, :to 1, :amount 5}", "a bank test"),
            ("invoke 0 enqueue 1\n ok 0 enqueue 1", "a queue test"),
            ("invoke 0 acquire nil", "a lock test"),
            ("invoke 0 write [[:w 1 1]]\n invoke 1 read [[:r 1 nil]]", "a long-fork test"),
        ] {
            let history = sample(lines);
            assert!(other_test(&history).unwrap().name.starts_with(name), "{lines}");
            assert_eq!(guess_workload(&history), None, "{lines}");
        }
        assert_eq!(other_test(&sample("invoke 0 write 1\n invoke 0 read [1 nil]")), None);
    }
}
