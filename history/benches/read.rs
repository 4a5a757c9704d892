//! Speed of reading histories and values, in bytes per second (the throughput column).
//!
//! `cargo bench -p glomers-history`

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use glomers_history::{
    Function, HistoryReader, Kind, Operation, Process, Value, print_operation, print_value,
    read_history, read_value,
};

/// Size of each history in bytes.
const SIZE: usize = 20_000_000;
/// Number of workers; each one is a single process for the whole history.
const WORKERS: u64 = 25;
/// Nanoseconds between operations.
const GAP: i64 = 500_000;

fn main() {
    divan::main();
}

/// Entries in the reference's format, up to the size; `value` returns the value of each.
fn history(f: &Function, value: impl Fn(u64, Kind) -> Value) -> Vec<u8> {
    let mut text = Vec::with_capacity(SIZE + SIZE / 10);
    let mut index = 0;
    while text.len() < SIZE {
        for kind in [Kind::Invoke, Kind::Ok] {
            let operation = Operation {
                index,
                time: 20_000_000 + GAP * i64::try_from(index).unwrap(),
                kind,
                process: Process::Client(index / 2 % WORKERS),
                f: f.clone(),
                value: value(index, kind),
                is_final: false,
                detail: None,
            };
            print_operation(&operation, &mut text);
            index += 1;
        }
    }
    text
}

/// Echo replies: small maps with strings.
fn echo() -> Vec<u8> {
    history(&Function::Echo, |index, kind| {
        let text = Value::str(&format!("Please echo {}", index % 128));
        if kind == Kind::Invoke {
            return text;
        }
        Value::Map(vec![
            (Value::keyword("type"), Value::str("echo_ok")),
            (Value::keyword("echo"), text),
            (Value::keyword("in_reply_to"), Value::from(index)),
        ])
    })
}

/// Broadcast reads: vectors of integers.
fn reads() -> Vec<u8> {
    history(&Function::Read, |index, kind| match kind {
        Kind::Invoke => Value::Nil,
        _ => Value::Vector((0..index % 500).map(Value::from).collect()),
    })
}

/// Generated ids: short lines.
fn ids() -> Vec<u8> {
    history(&Function::Generate, |index, kind| match kind {
        Kind::Invoke => Value::Nil,
        _ => Value::str(&format!("n{}-{index}", index % 3)),
    })
}

#[divan::bench(args = ["echo", "reads", "ids"], sample_count = 5, sample_size = 1)]
fn entries(bencher: Bencher, kind: &str) {
    let text = match kind {
        "echo" => echo(),
        "reads" => reads(),
        _ => ids(),
    };
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench(|| HistoryReader::new(black_box(&text[..])).map(Result::unwrap).count());
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn whole_history(bencher: Bencher) {
    let text = echo();
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench(|| read_history(black_box(&text[..])).unwrap());
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn one_value(bencher: Bencher) {
    let entry = |number: u64| {
        let fields = [("element", number), ("stable-latency", number % 800)];
        Value::Map(fields.map(|(key, number)| (Value::keyword(key), number.into())).to_vec())
    };
    let mut text = Vec::new();
    print_value(&Value::List((0..400_000).map(entry).collect()), &mut text);
    let text = String::from_utf8(text).unwrap();
    bencher.counter(BytesCount::of_str(&text)).bench(|| read_value(black_box(&text)).unwrap());
}
