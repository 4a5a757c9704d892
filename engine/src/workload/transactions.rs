//! The common part of the transaction workloads: their operations, and the client that submits
//! them.
//!
//! A transaction is a list of micro-operations `[f, key, value]`; a read's value is null until the
//! node fills it in.

use super::definition::{
    Client, ClientRequest, Completion, FreeWorker, Generator, Invocation, Next, Step, take_field,
};
use super::key_pool::{Access, KeyPool};
use crate::Random;
use crate::rpc::Rpc;
use glomers_config::Plan;
use glomers_history::json::write_json;
use glomers_history::{Function, Value};

/// Generates transactions of random length over the keys in use.
pub(super) struct TransactionGenerator {
    keys: KeyPool,
    max_length: u64,
    /// The function name of a write.
    write: Value,
}

impl TransactionGenerator {
    pub(super) fn new(plan: &Plan, write: &str) -> Self {
        Self {
            keys: KeyPool::new(plan),
            max_length: u64::from(plan.max_txn_length),
            write: Value::keyword(write),
        }
    }
}

impl Generator for TransactionGenerator {
    fn next(&mut self, _: FreeWorker, random: &mut Random) -> Next {
        let length = 1 + random.below(self.max_length);
        let operations = (0..length).map(|_| {
            let Access { key, write } = self.keys.access(random);
            let (f, value) = match write {
                None => (Value::keyword("r"), Value::Nil),
                Some(value) => (self.write.clone(), Value::Int(value)),
            };
            Value::Vector(vec![f, Value::Int(key), value])
        });
        Next::Invoke(Invocation::new(Function::Txn, Value::Vector(operations.collect())))
    }
}

/// Submits a transaction in one request.
pub(super) struct TransactionClient {
    pub(super) rpc: &'static Rpc,
}

impl Client for TransactionClient {
    fn invoke(&mut self, invocation: &Invocation) -> Step {
        Step::Call(ClientRequest { rpc: self.rpc, fields: vec![("txn", invocation.value.clone())] })
    }

    fn reply(&mut self, invocation: &Invocation, reply: Value) -> Step {
        if let Some(problem) = mismatch(&invocation.value, reply.get("txn")) {
            return Step::Malformed { problem, reply };
        }
        let mut transaction = take_field(reply, "txn");
        if let Some(Value::Vector(operations)) = &mut transaction {
            for operation in operations {
                name_as_in_history(operation);
            }
        }
        Step::Complete(Completion::ok(transaction))
    }
}

/// Replaces the function name by a keyword: names are strings in messages, and keywords in a
/// history.
fn name_as_in_history(operation: &mut Value) {
    if let Value::Vector(parts) = operation
        && let Some(Value::Str(name)) = parts.first()
    {
        parts[0] = Value::Keyword(name.clone());
    }
}

/// Describes how the answer is not the transaction that was requested. The reference does not check
/// that, but judging the answer to another request would be meaningless.
fn mismatch(asked: &Value, answer: Option<&Value>) -> Option<String> {
    let asked = asked.elements().unwrap_or_default();
    let answer = answer.and_then(Value::elements).unwrap_or_default();
    if asked.len() != answer.len() {
        return Some(format!(
            "txn has {} operations, and {} were asked for",
            answer.len(),
            asked.len()
        ));
    }
    asked.iter().zip(answer).enumerate().find_map(|(position, (asked, answer))| {
        (!answers(asked, answer)).then(|| {
            let (asked, answer) = (json(asked), json(answer));
            format!("operation {position} of txn, {answer}, does not answer {asked}")
        })
    })
}

/// Whether the function and the key are the same.
fn answers(asked: &Value, answer: &Value) -> bool {
    let (Some([f, key, _]), Some([answer_f, answer_key, _])) =
        (asked.elements(), answer.elements())
    else {
        return false;
    };
    let same_name = match (f, answer_f) {
        (Value::Keyword(asked), Value::Str(answer)) => asked == answer,
        _ => false,
    };
    same_name && key == answer_key
}

fn json(value: &Value) -> String {
    let mut out = Vec::new();
    write_json(value, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Time;
    use crate::workload::testing::plan;
    use glomers_config::Parameters;
    use glomers_history::json::read_body;
    use proptest::prelude::*;

    fn lengths(max_length: u32, count: usize, seed: u64) -> Vec<usize> {
        let given = Parameters { max_txn_length: Some(max_length), ..Parameters::default() };
        let mut generator = TransactionGenerator::new(&plan("txn-a", given), "w");
        let mut random = Random::stream(seed, "test");
        let free_worker = FreeWorker { worker: 0, process: 0, now: Time::default() };
        let lengths = (0..count).map(|_| match generator.next(free_worker, &mut random) {
            Next::Invoke(invocation) => invocation.value.elements().unwrap().len(),
            other => panic!("{other:?}"),
        });
        lengths.collect()
    }

    #[test]
    fn every_length_is_equally_likely() {
        let lengths = lengths(4, 40_000, 1);
        for length in 1..=4 {
            let count = lengths.iter().filter(|other| **other == length).count();
            assert!((9_500..10_500).contains(&count), "{length}: {count}");
        }
    }

    proptest! {
        #[test]
        fn lengths_stay_in_bounds(max_length in 1_u32..50, seed: u64) {
            let bounds = 1..=max_length as usize;
            prop_assert!(lengths(max_length, 100, seed).iter().all(|length| bounds.contains(length)));
        }
    }

    #[test]
    fn an_answer_to_another_transaction_is_malformed() {
        let operation =
            |f: &str, key, value| Value::Vector(vec![Value::keyword(f), Value::Int(key), value]);
        let asked = vec![operation("r", 1, Value::Nil), operation("w", 2, Value::Int(3))];
        let invocation = Invocation::new(Function::Txn, Value::Vector(asked));
        let mut client = TransactionClient { rpc: &crate::workload::txn_rw_register::TXN };
        let mut answer = |txn: &str| {
            client.reply(&invocation, read_body(&format!("{{\"txn\":{txn}}}")).unwrap())
        };
        let Step::Complete(completion) = answer(r#"[["r",1,5],["w",2,3]]"#) else { panic!() };
        let filled = vec![operation("r", 1, Value::Int(5)), operation("w", 2, Value::Int(3))];
        assert_eq!(completion, Completion::ok(Some(Value::Vector(filled))));
        for (txn, expected) in [
            ("[]", "txn has 0 operations, and 2 were asked for"),
            ("null", "txn has 0 operations, and 2 were asked for"),
            (
                r#"[["r","1",5],["w",2,3]]"#,
                r#"operation 0 of txn, ["r","1",5], does not answer ["r",1,null]"#,
            ),
            (
                r#"[["r",1,5],["r",2,3]]"#,
                r#"operation 1 of txn, ["r",2,3], does not answer ["w",2,3]"#,
            ),
        ] {
            let Step::Malformed { problem, .. } = answer(txn) else { panic!("{txn}") };
            assert_eq!(problem, expected);
        }
    }
}
