//! The history of a run, and the counts of its operations.

use super::run_times::Moment;
use crate::workload::{Completion, Invocation};
use glomers_history::{Detail, Function, History, Kind, Operation, Process, Value};

/// Numbers of operations by how they ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Completions {
    pub(super) ok: u64,
    pub(super) fail: u64,
    pub(super) info: u64,
}

impl Completions {
    /// All that ended.
    pub(super) fn all(self) -> u64 {
        self.ok + self.fail + self.info
    }
}

/// The history so far.
#[derive(Debug)]
pub(super) struct HistoryRecord {
    history: History,
    invocations: u64,
    completions: Completions,
    /// Length of the history when the final operations began.
    before_final: Option<usize>,
}

impl HistoryRecord {
    pub(super) fn new() -> Self {
        Self {
            history: History::new(),
            invocations: 0,
            completions: Completions::default(),
            before_final: None,
        }
    }

    pub(super) fn history(&self) -> &History {
        &self.history
    }

    /// Number of client operations so far.
    pub(super) fn invocations(&self) -> u64 {
        self.invocations
    }

    /// Records that the final operations begin.
    pub(super) fn begin_final(&mut self) {
        self.before_final = Some(self.history.len());
    }

    /// Length of the history when the final operations began.
    pub(super) fn before_final(&self) -> Option<usize> {
        self.before_final
    }

    /// How the operations so far ended.
    pub(super) fn completions(&self) -> Completions {
        self.completions
    }

    /// Records that a client began an operation.
    pub(super) fn invoked(&mut self, at: Moment, process: u64, invocation: &Invocation) {
        self.invocations += 1;
        let value = invocation.value.clone();
        self.add(at, Kind::Invoke, Process::Client(process), invocation, value, None);
    }

    /// Records how an operation of a client ended.
    pub(super) fn completed(
        &mut self,
        at: Moment,
        process: u64,
        invocation: &Invocation,
        completion: Completion,
    ) {
        let Completion { kind, value, error, exception } = completion;
        match kind {
            Kind::Ok => self.completions.ok += 1,
            Kind::Fail => self.completions.fail += 1,
            Kind::Info | Kind::Invoke => self.completions.info += 1,
        }
        let detail = (error.is_some() || exception.is_some())
            .then(|| Box::new(Detail { error, exception, other: Vec::new() }));
        let value = value.unwrap_or_else(|| invocation.value.clone());
        self.add(at, kind, Process::Client(process), invocation, value, detail);
    }

    /// Records an action of the nemesis, as two entries: the request and the outcome.
    pub(super) fn fault(&mut self, at: Moment, f: Function, request: Value, outcome: Value) {
        let invocation = Invocation::new(f, Value::Nil);
        for value in [request, outcome] {
            self.add(at, Kind::Info, Process::Nemesis, &invocation, value, None);
        }
    }

    fn add(
        &mut self,
        at: Moment,
        kind: Kind,
        process: Process,
        invocation: &Invocation,
        value: Value,
        mut detail: Option<Box<Detail>>,
    ) {
        if !invocation.other.is_empty() {
            detail.get_or_insert_default().other.clone_from(&invocation.other);
        }
        self.history.push(Operation {
            index: self.history.len() as u64,
            time: at.in_test,
            kind,
            process,
            f: invocation.f.clone(),
            value,
            is_final: invocation.is_final,
            detail,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Time;

    fn at(in_test: i64) -> Moment {
        Moment { time: Time::default(), in_test }
    }

    #[test]
    fn entries_are_numbered_and_completions_counted() {
        let mut record = HistoryRecord::new();
        let invocation = Invocation {
            other: vec![("unseen".into(), Value::Int(3))],
            ..Invocation::last(Function::Echo, Value::str("x"))
        };
        record.invoked(at(1), 4, &invocation);
        let timeout = Completion::error(Kind::Info, Value::keyword("net-timeout"));
        record.completed(at(2), 4, &invocation, timeout);
        record.invoked(at(3), 5, &invocation);
        record.completed(at(4), 5, &invocation, Completion::ok(Some(Value::Int(1))));
        record.fault(at(5), Function::StopPartition, Value::Nil, Value::keyword("network-healed"));
        let entries = record.history().operations();
        assert!(entries.iter().map(|entry| entry.index).eq(0..6));
        assert!(entries.iter().map(|entry| entry.time).eq([1, 2, 3, 4, 5, 5]));
        assert!(entries[..4].iter().all(|entry| entry.is_final));
        assert_eq!(entries[1].value, Value::str("x"), "without a result, the argument");
        assert_eq!(entries[1].error(), Some(&Value::keyword("net-timeout")));
        assert_eq!(entries[3].value, Value::Int(1));
        let detail = entries[3].detail.as_ref().unwrap();
        assert_eq!(detail.other, invocation.other);
        assert_eq!(record.invocations(), 2);
        assert_eq!(record.completions(), Completions { ok: 1, fail: 0, info: 1 });
        let nemesis: Vec<&Value> = entries[4..].iter().map(|entry| &entry.value).collect();
        assert_eq!(nemesis, [&Value::Nil, &Value::keyword("network-healed")]);
        assert_eq!(entries[5].process, Process::Nemesis);
    }
}
