//! Speed of the core alone: echo operations with a node that answers immediately, without
//! processes, clock or files.

use divan::Bencher;
use divan::counter::ItemsCount;
use glomers_config::{Parameters, Plan, challenges, find_challenge};
use glomers_engine::{Core, Phase, Time};

/// Virtual seconds of load.
const SECONDS: f64 = 1.0;
/// Operations per virtual second.
const RATE: f64 = 100_000.0;

fn main() {
    divan::main();
}

#[divan::bench(args = [10, 100])]
fn echo(bencher: Bencher<'_, '_>, workers: u32) {
    let operations = run(workers);
    bencher.counter(ItemsCount::new(operations)).bench_local(|| run(workers));
}

/// Runs echo to the end; returns the number of operations.
fn run(workers: u32) -> usize {
    let challenges = challenges();
    let echo = find_challenge(&challenges, "echo").expect("a challenge");
    let given = Parameters {
        rate: Some(RATE),
        time_limit: Some(SECONDS),
        concurrency: format!("{workers}n").parse().ok(),
        ..Parameters::default()
    };
    let plan = Plan::resolve(echo, given, 1).expect("a plan");
    let mut core = Core::new(plan).expect("a built workload");
    let mut now = Time::default();
    let mut reply = Vec::new();
    while core.phase() != Phase::Done {
        core.advance(now);
        core.journal().lines().clear();
        let lines = std::mem::take(&mut core.outgoing(0).lines);
        for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            answer(line, &mut reply);
            core.line(now, 0, &reply);
        }
        if let Some(deadline) = core.next_deadline() {
            now = now.max(deadline);
        }
    }
    core.history().len() / 2
}

/// Builds the reply by cutting up the request text, so that the node costs almost nothing.
fn answer(line: &[u8], reply: &mut Vec<u8>) {
    let line = std::str::from_utf8(line).expect("UTF-8");
    let field = |name: &str| {
        let start = line.find(name).expect("a field") + name.len();
        let rest = &line[start..];
        &rest[..rest.find([',', '}']).expect("an end")]
    };
    reply.clear();
    let body = if line.contains("\"init\"") {
        "\"type\":\"init_ok\"".to_owned()
    } else {
        format!("\"type\":\"echo_ok\",\"echo\":{}", field("\"echo\":"))
    };
    let text = format!(
        "{{\"src\":\"n0\",\"dest\":{},\"body\":{{{body},\"in_reply_to\":{}}}}}",
        field("\"src\":"),
        field("\"msg_id\":")
    );
    reply.extend_from_slice(text.as_bytes());
}
