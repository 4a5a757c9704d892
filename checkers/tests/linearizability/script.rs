//! Histories of one register, from random choices: some linearizable, some not.

use glomers_history::{Function, History, Kind, Operation, Process, Value};
use proptest::prelude::*;

/// The next step of a worker: begin an operation, or end its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    worker: u8,
    f: u8,
    first: i64,
    second: i64,
    end: u8,
}

/// Steps of up to that many workers, with values below `values`.
pub(crate) fn steps(workers: u8, values: i64, most: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = (0..workers, 0_u8..4, 0..values, 0..values, 0_u8..10);
    let step =
        step.prop_map(|(worker, f, first, second, end)| Step { worker, f, first, second, end });
    prop::collection::vec(step, 0..most)
}

/// The history of these steps. Without `uncertain`, every operation returns and succeeds.
pub(crate) fn history(steps: &[Step], uncertain: bool) -> History {
    let mut history = History::new();
    let mut open: Vec<(u64, Option<(Function, Value)>)> = Vec::new();
    let mut processes = 0;
    let mut push = |kind, process, f: &Function, value: &Value| {
        let index = history.len() as u64;
        history.push(entry(index, kind, process, f.clone(), value.clone()));
    };
    for step in steps {
        while open.len() <= usize::from(step.worker) {
            open.push((processes, None));
            processes += 1;
        }
        let (process, begun) = &mut open[usize::from(step.worker)];
        let value = Value::Int(step.first);
        let Some((f, argument)) = begun.take() else {
            let (f, argument) = match step.f {
                0 | 1 => (Function::Read, Value::Nil),
                2 => (Function::Write, value),
                _ => (Function::Cas, Value::Vector(vec![value, Value::Int(step.second)])),
            };
            push(Kind::Invoke, *process, &f, &argument);
            *begun = Some((f, argument));
            continue;
        };
        let kind = match step.end {
            0 | 1 if uncertain => Kind::Info,
            2 if uncertain => Kind::Fail,
            _ => Kind::Ok,
        };
        let shows = f == Function::Read && kind == Kind::Ok;
        push(kind, *process, &f, if shows { &value } else { &argument });
        if kind == Kind::Info {
            *process = processes;
            processes += 1;
        }
    }
    if !uncertain {
        for (process, begun) in open {
            if let Some((f, argument)) = begun {
                let value = if f == Function::Read { Value::Int(0) } else { argument };
                push(Kind::Ok, process, &f, &value);
            }
        }
    }
    history
}

/// An entry, a ms after the one before.
pub(crate) fn entry(index: u64, kind: Kind, process: u64, f: Function, value: Value) -> Operation {
    Operation {
        index,
        time: i64::try_from(index).unwrap() * 1_000_000,
        kind,
        process: Process::Client(process),
        f,
        value,
        is_final: false,
        detail: None,
    }
}
