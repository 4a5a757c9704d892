//! Echo through the whole SDK: parse a line, find its handler, run it, write its answer.

use divan::Bencher;
use divan::counter::ItemsCount;
use glomers_node::protocol::Envelope;
use glomers_node::{Core, Node};
use glomers_solutions::{Echo, Solutions};
use std::time::Duration;

fn main() {
    divan::main();
}

/// Lines that are delivered before the output is taken.
const BATCHES: [usize; 3] = [1, 10, 100];

fn lines(count: usize) -> Vec<Vec<u8>> {
    let line = |n: usize| {
        format!(
            r#"{{"id":{n},"src":"c{}","dest":"n0","body":{{"type":"echo","echo":"Please echo {}","msg_id":{n}}}}}"#,
            n % 10,
            n % 128
        )
        .into_bytes()
    };
    (0..count).map(line).collect()
}

fn echo<N: Node>(bencher: Bencher<'_, '_>, batch: usize) {
    let mut core = Core::<N>::new(1);
    let init = r#"{"src":"c0","dest":"n0","body":
        {"type":"init","msg_id":1,"node_id":"n0","node_ids":["n0"]}}"#;
    core.deliver(Duration::ZERO, init.as_bytes());
    let (lines, mut output) = (lines(batch), Vec::new());
    bencher.counter(ItemsCount::new(batch)).bench_local(|| {
        for line in &lines {
            core.deliver(Duration::ZERO, line);
        }
        output.clear();
        core.take_output(&mut output);
        output.len()
    });
}

#[divan::bench(args = BATCHES)]
fn echo_node(bencher: Bencher<'_, '_>, batch: usize) {
    echo::<Echo>(bencher, batch);
}

#[divan::bench(args = BATCHES)]
fn all_solutions(bencher: Bencher<'_, '_>, batch: usize) {
    echo::<Solutions>(bencher, batch);
}

#[divan::bench]
fn only_the_parser(bencher: Bencher<'_, '_>) {
    let line = String::from_utf8(lines(1).remove(0)).unwrap_or_default();
    bencher.counter(ItemsCount::new(1_usize)).bench(|| {
        let envelope = Envelope::parse(divan::black_box(&line))?;
        envelope.head().map(|head| head.msg_id)
    });
}
