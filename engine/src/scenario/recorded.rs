//! The scenario of a run, from its history and its faults.

use super::{NEVER_ENDED, PlannedFault, PlannedOperation, Scenario};
use glomers_history::{Kind, Operation, Process};

/// A run, as far as its scenario needs it. Times are nanoseconds since the test began.
#[derive(Debug)]
pub(crate) struct RecordedRun<'a> {
    /// The history.
    pub(crate) operations: &'a [Operation],
    pub(crate) faults: &'a [PlannedFault],
    /// Number of workers.
    pub(crate) workers: u64,
    pub(crate) load_start: i64,
    /// Length of the load; `None` if it did not end.
    pub(crate) load_nanos: Option<u64>,
    /// Number of history entries before the final operations; `None` if these did not begin.
    pub(crate) before_final: Option<usize>,
    pub(crate) final_start: i64,
}

/// The operations and faults of the run, so that they can be run again.
pub(crate) fn recorded(run: &RecordedRun<'_>) -> Scenario {
    let mut scenario =
        Scenario { faults: run.faults.to_vec(), load_end: run.load_nanos, ..Scenario::default() };
    for fault in &mut scenario.faults {
        // The fault was not ended: the run ended first.
        if fault.until == fault.from {
            fault.until = NEVER_ENDED;
        }
    }
    for (index, operation) in run.operations.iter().enumerate() {
        let (Kind::Invoke, Process::Client(process)) = (operation.kind, operation.process) else {
            continue;
        };
        let (list, zero) = if run.before_final.is_some_and(|length| index >= length) {
            (&mut scenario.final_operations, run.final_start)
        } else {
            (&mut scenario.operations, run.load_start)
        };
        list.push(PlannedOperation {
            at: u64::try_from(operation.time - zero).unwrap_or(0),
            worker: u32::try_from(process % run.workers).unwrap_or(0),
            f: operation.f.clone(),
            value: operation.value.clone(),
            is_final: operation.is_final,
            other: operation.detail.as_ref().map_or_else(Vec::new, |it| it.other.clone()),
        });
    }
    scenario
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::InjectedFault;
    use glomers_history::{Function, Value};

    #[test]
    fn times_count_from_the_beginning_of_the_phase() {
        let operation = |index: u64, time, kind, process| Operation {
            index,
            time,
            kind,
            process: Process::Client(process),
            f: Function::Read,
            value: Value::Nil,
            is_final: false,
            detail: None,
        };
        let operations = [
            operation(0, 15, Kind::Invoke, 1),
            operation(1, 20, Kind::Info, 1),
            operation(2, 25, Kind::Invoke, 5),
            operation(3, 90, Kind::Invoke, 2),
        ];
        let fault = |until| PlannedFault {
            from: 3,
            until,
            injected: InjectedFault::Loss { probability: 0.5 },
        };
        let scenario = recorded(&RecordedRun {
            operations: &operations,
            faults: &[fault(7), fault(3)],
            workers: 4,
            load_start: 10,
            load_nanos: Some(50),
            before_final: Some(3),
            final_start: 80,
        });
        let planned = |list: &[PlannedOperation]| -> Vec<(u64, u32)> {
            list.iter().map(|operation| (operation.at, operation.worker)).collect()
        };
        // Process 5 is the second one of worker 1.
        assert_eq!(planned(&scenario.operations), [(5, 1), (15, 1)]);
        assert_eq!(planned(&scenario.final_operations), [(10, 2)]);
        assert_eq!(scenario.faults, [fault(7), fault(NEVER_ENDED)]);
        assert_eq!(scenario.load_end, Some(50));
    }
}
