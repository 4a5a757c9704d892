//! Generators that have no operation for a worker yet.

use super::*;
use crate::Random;
use crate::workload::{FreeWorker, Generator, Invocation, Next};
use std::cell::Cell;
use std::rc::Rc;

/// When the waiting workers get their first operation, in seconds of load.
const PATIENCE_SECONDS: u64 = 5;

/// Makes the first workers wait, and has operations for the others.
struct Picky {
    waiting_workers: u32,
    end: Option<Time>,
    asked: Rc<Cell<usize>>,
}

impl Generator for Picky {
    fn next(&mut self, free_worker: FreeWorker, _random: &mut Random) -> Next {
        self.asked.set(self.asked.get() + 1);
        let end = *self.end.get_or_insert(free_worker.now + Duration::from_secs(PATIENCE_SECONDS));
        if free_worker.worker < self.waiting_workers && free_worker.now < end {
            return Next::Wait(end);
        }
        Next::Invoke(Invocation::new(Function::Echo, Value::str("x")))
    }
}

/// Runs echo with two workers, of which `waiting_workers` wait; also returns the number of calls to
/// the generator.
fn run_picky(waiting_workers: u32) -> (Vec<Operation>, usize) {
    let asked = Rc::new(Cell::new(0));
    let given = Parameters { rate: Some(100.0), time_limit: Some(10.0), ..Parameters::default() };
    let given = Parameters { concurrency: "2n".parse().ok(), ..given };
    let mut core = Core::new(plan("echo", given)).unwrap();
    let generator = Picky { waiting_workers, end: None, asked: Rc::clone(&asked) };
    core.source.replace_generator(Box::new(generator));
    let (core, _) = run_core(core, &mut |_, message| echo(message));
    let operations = core.history().operations().iter();
    (operations.filter(|op| op.kind == Kind::Invoke).cloned().collect(), asked.get())
}

#[test]
fn others_work_while_a_worker_waits() {
    let (operations, asked) = run_picky(1);
    let end = i64::try_from(PATIENCE_SECONDS).unwrap() * 1_000_000_000;
    let first = operations.iter().position(|op| op.process == Process::Client(0)).unwrap();
    assert!(operations[first].time >= end && operations[first - 1].time < end);
    // In rotation from then on; each waiting worker was asked in vain only once.
    let processes: Vec<_> = operations[first..first + 4].iter().map(|op| op.process).collect();
    assert_eq!(processes, [0, 1, 0, 1].map(Process::Client));
    assert!((900..1100).contains(&operations.len()), "{}", operations.len());
    assert_eq!(asked, operations.len() + 1);
}

#[test]
fn the_load_goes_on_when_no_one_has_to_wait_any_more() {
    let (operations, asked) = run_picky(2);
    assert_eq!(operations[0].time, 5_000_000_000);
    assert!((430..570).contains(&operations.len()), "{}", operations.len());
    assert_eq!(asked, operations.len() + 2);
}
