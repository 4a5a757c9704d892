//! The speed of judging registers: the throughput column, in operations per second.
//!
//! `cargo bench -p glomers-checkers --bench linearizability`

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use glomers_checkers::linearizable_registers;
use glomers_history::{
    Function, History, Kind, Operation, Process, Value, print_operation, read_history,
};

/// Processes that use each key.
const WORKERS: u64 = 10;

fn main() {
    divan::main();
}

/// Pseudorandom numbers, always the same.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % bound
    }
}

/// This number of operations on this number of registers, one register after the other, each by ten
/// processes at the same time. Of a hundred writes, `lost` have an unknown outcome. With `stale`,
/// the last read of each key returns a value that was never written.
fn registers(operations: usize, keys: usize, lost: u64, stale: bool) -> History {
    let mut numbers = Numbers(7);
    let mut history = History::new();
    let mut next_process = WORKERS;
    for key in 0..keys {
        let mut held = Value::Nil;
        let mut workers: Vec<(u64, Option<Operation>)> =
            (0..WORKERS).map(|process| (process, None)).collect();
        let mut left = operations / keys;
        while left > 0 || workers.iter().any(|(_, open)| open.is_some()) {
            let worker = usize::try_from(numbers.below(WORKERS)).unwrap();
            let (process, open) = &mut workers[worker];
            let index = history.len() as u64;
            let of_key = |value| Value::Vector(vec![key.into(), value]);
            let entry = |kind, f, value| Operation {
                index,
                time: i64::try_from(index).unwrap() * 1_000_000,
                kind,
                process: Process::Client(*process),
                f,
                value,
                is_final: false,
                detail: None,
            };
            match open.take() {
                // It takes effect at its completion, or, when the outcome is unknown, never.
                Some(begun) => {
                    let argument = begun.value.elements().unwrap()[1].clone();
                    let (kind, result) = match begun.f {
                        Function::Read if stale && left == 0 => (Kind::Ok, Value::Int(-1)),
                        Function::Read => (Kind::Ok, held.clone()),
                        _ if numbers.below(100) < lost => (Kind::Info, argument),
                        Function::Write => {
                            held = argument.clone();
                            (Kind::Ok, argument)
                        }
                        _ if argument.elements().unwrap()[0] == held => {
                            held = argument.elements().unwrap()[1].clone();
                            (Kind::Ok, argument)
                        }
                        _ => (Kind::Fail, argument),
                    };
                    history.push(entry(kind, begun.f, of_key(result)));
                    if kind == Kind::Info {
                        *process = next_process;
                        next_process += 1;
                    }
                }
                None if left > 0 => {
                    left -= 1;
                    let mut value = || Value::from(numbers.below(5));
                    let (f, argument) = match worker {
                        0..5 => (Function::Read, Value::Nil),
                        5 | 6 => (Function::Write, value()),
                        _ => (Function::Cas, Value::Vector(vec![value(), value()])),
                    };
                    let begun = entry(Kind::Invoke, f, of_key(argument));
                    *open = Some(begun.clone());
                    history.push(begun);
                }
                None => {}
            }
        }
    }
    history
}

#[divan::bench(args = [10_000, 100_000, 1_000_000])]
fn read_and_judge(bencher: Bencher, operations: usize) {
    let mut text = Vec::new();
    for operation in registers(operations, operations / 1000, 0, false).operations() {
        print_operation(operation, &mut text);
    }
    bencher.counter(ItemsCount::new(operations)).bench(|| {
        let history = read_history(black_box(text.as_slice())).unwrap();
        linearizable_registers(&history)
    });
}

#[divan::bench(args = [10_000, 100_000, 1_000_000])]
fn linearizable(bencher: Bencher, operations: usize) {
    let history = registers(operations, operations / 1000, 0, false);
    bencher
        .counter(ItemsCount::new(operations))
        .bench(|| linearizable_registers(black_box(&history)));
}

/// Keys of 100 operations, of which 5 in 100 writes are lost.
#[divan::bench(args = [10_000, 100_000])]
fn uncertain(bencher: Bencher, operations: usize) {
    let history = registers(operations, operations / 100, 5, false);
    bencher
        .counter(ItemsCount::new(operations))
        .bench(|| linearizable_registers(black_box(&history)));
}

#[divan::bench(args = [10_000, 100_000])]
fn not_linearizable(bencher: Bencher, operations: usize) {
    let history = registers(operations, operations / 1000, 0, true);
    bencher
        .counter(ItemsCount::new(operations))
        .bench(|| linearizable_registers(black_box(&history)));
}
