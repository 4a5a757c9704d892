//! Adds what entries of other tools omit: `:f`, if the value shows it, and `:process`.

use crate::edn::operation::OperationProblem;
use crate::{Detail, Function, Kind, Operation, Process, Value};

/// Names of micro-operations in transactions and in logs.
const TRANSACTION: [&str; 3] = ["append", "r", "w"];
const SEND: &str = "send";
const POLL: &str = "poll";

/// An entry as read from its file.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) index: Option<u64>,
    pub(crate) time: i64,
    pub(crate) kind: Kind,
    pub(crate) process: Option<Process>,
    pub(crate) f: Option<Function>,
    pub(crate) value: Value,
    pub(crate) is_final: bool,
    pub(crate) detail: Option<Box<Detail>>,
}

/// State from earlier entries that is used to complete later ones.
#[derive(Debug, Default)]
pub(crate) struct Gaps {
    /// The function of entries that have none, and whose value does not show it.
    f: Option<Function>,
    /// Whether some client entry has a process.
    has_process: bool,
    /// Number of the next process to assign.
    next_process: u64,
    /// Open invocations without a process in their file.
    open: Vec<Operation>,
}

impl Gaps {
    /// The initial state; `f` is the function of entries that have none, and whose value does not
    /// show it.
    pub(crate) fn new(f: Option<Function>) -> Self {
        Self { f, ..Self::default() }
    }

    /// Completes the entry with index `position`, counted from 0.
    pub(crate) fn fill(
        &mut self,
        entry: Entry,
        position: u64,
    ) -> Result<Operation, OperationProblem> {
        let Entry { index, time, kind, process, f, value, is_final, detail } = entry;
        let f = match f {
            Some(f) => f,
            None => self.function(&value).ok_or(OperationProblem::Missing("f"))?,
        };
        let index = index.unwrap_or(position);
        let mut operation = Operation {
            index,
            time,
            kind,
            process: process.unwrap_or(Process::Nemesis),
            f,
            value,
            is_final,
            detail,
        };
        match process {
            Some(Process::Nemesis) => {}
            Some(Process::Client(_)) if self.next_process == 0 => self.has_process = true,
            None if !self.has_process => self.give_process(&mut operation),
            _ => return Err(OperationProblem::MixedProcesses),
        }
        Ok(operation)
    }

    /// The function of an entry: shown by its value, or else that of earlier entries.
    fn function(&mut self, value: &Value) -> Option<Function> {
        match called(value) {
            Some(f) => {
                // Entries of a log have different functions; those of transactions all have the
                // same.
                if f == Function::Txn {
                    self.f = Some(Function::Txn);
                }
                Some(f)
            }
            None => self.f.clone(),
        }
    }

    /// Gives each operation a separate process, since nothing shows which operations belong to the
    /// same client.
    fn give_process(&mut self, operation: &mut Operation) {
        if operation.kind != Kind::Invoke {
            let begun = self.open.iter().position(|invocation| completes(operation, invocation));
            if let Some(index) = begun {
                operation.process = self.open.remove(index).process;
                return;
            }
        }
        operation.process = Process::Client(self.next_process);
        self.next_process += 1;
        if operation.kind == Kind::Invoke {
            self.open.push(operation.clone());
        }
    }
}

/// The function that the value shows: a transaction, or an operation on a log.
fn called(value: &Value) -> Option<Function> {
    let parts = value.elements()?;
    let name = |part: &Value| match part.elements()?.first()? {
        Value::Keyword(name) => Some(name.clone()),
        _ => None,
    };
    let all = |names: &[&str]| {
        !parts.is_empty()
            && parts
                .iter()
                .all(|part| name(part).is_some_and(|name| names.contains(&name.as_str())))
    };
    if all(&TRANSACTION) {
        return Some(Function::Txn);
    }
    if all(&[SEND]) {
        return Some(Function::Send);
    }
    if all(&[POLL]) {
        return Some(Function::Poll);
    }
    if all(&[SEND, POLL]) {
        return Some(Function::Txn);
    }
    // A key, and what was done to it.
    match parts {
        [_, inner] => called(inner).filter(|f| *f == Function::Txn),
        _ => None,
    }
}

/// Whether this may be the completion of the invocation.
fn completes(completion: &Operation, invocation: &Operation) -> bool {
    completion.f == invocation.f && fits(&completion.value, &invocation.value)
}

/// Whether the result matches the argument, in which reads have nil.
fn fits(done: &Value, asked: &Value) -> bool {
    if done == asked || *asked == Value::Nil || *done == Value::Nil {
        return true;
    }
    match (done, asked) {
        (Value::Vector(done) | Value::List(done), Value::Vector(asked) | Value::List(asked)) => {
            done.len() == asked.len()
                && done.iter().zip(asked).all(|(done, asked)| fits(done, asked))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_history;

    fn processes(text: &str) -> Vec<u64> {
        let history = read_history(text.as_bytes()).unwrap();
        let process = |operation: &Operation| match operation.process {
            Process::Client(number) => number,
            Process::Nemesis => u64::MAX,
        };
        history.operations().iter().map(process).collect()
    }

    #[test]
    fn the_value_shows_what_is_called() {
        let called = |text: &str| called(&crate::read_value(text).unwrap());
        for (text, f) in [
            ("[[:append 7 1] [:r 8 nil]]", Some(Function::Txn)),
            ("([:w 7 1])", Some(Function::Txn)),
            ("[0 [[:append 7 1]]]", Some(Function::Txn)),
            ("[[:send \"a\" 1]]", Some(Function::Send)),
            ("[[:poll]]", Some(Function::Poll)),
            ("[[:poll {\"a\" [[0 1]]}] [:send \"a\" 1]]", Some(Function::Txn)),
            ("[]", None),
            ("nil", None),
            ("[1 2]", None),
            ("[[:add 1]]", None),
        ] {
            assert_eq!(called(text), f, "{text}");
        }
    }

    #[test]
    fn entries_that_show_nothing_call_what_the_others_do() {
        let text = "{:type :invoke, :process 0, :value [[:r 1 nil]]}\n\
                    {:type :info, :process 0, :value nil}";
        let history = read_history(text.as_bytes()).unwrap();
        assert!(history.operations().iter().all(|operation| operation.f == Function::Txn));
        let error = read_history(&b"{:type :info, :process 0, :value nil}"[..]).unwrap_err();
        assert_eq!(error.to_string(), "line 1: operation has no :f");
    }

    #[test]
    fn operations_without_a_process_are_paired_by_their_values() {
        let entry =
            |kind: &str, value: &str| format!("{{:type :{kind}, :f :txn, :value {value}}}\n");
        let text = [
            entry("invoke", "[[:append 1 1]]"),
            entry("invoke", "[[:append 1 2] [:r 1 nil]]"),
            entry("ok", "[[:append 1 2] [:r 1 [1 2]]]"),
            entry("info", "nil"),
            entry("ok", "[[:append 3 3]]"),
            "{:type :info, :f :kill, :process :nemesis}".to_owned(),
        ];
        assert_eq!(processes(&text.concat()), [0, 1, 1, 0, 2, u64::MAX]);
    }

    #[test]
    fn either_all_operations_have_a_process_or_none_has() {
        for text in [
            "{:type :invoke, :f :read}\n{:type :invoke, :f :read, :process 0}",
            "{:type :invoke, :f :read, :process 0}\n{:type :invoke, :f :read}",
        ] {
            let error = read_history(text.as_bytes()).unwrap_err().to_string();
            assert_eq!(error, "line 2: operation has no :process, as others have, or the reverse");
        }
    }
}
