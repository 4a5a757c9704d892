//! The broadcast workload's clients, and the measurements of its checker.

use crate::network::Network;
use rand::RngExt;
use std::collections::BTreeMap;
use std::time::Duration;

/// One worker per node, with one operation at a time: broadcasts of 0, 1, 2, ... and reads in equal
/// parts, at random intervals.
pub(crate) struct Load {
    gap: Duration,
    next: Duration,
    workers: Vec<Option<(Duration, Operation)>>,
    rotation: usize,
    /// When each value became known: acknowledged, or first read.
    known: BTreeMap<u64, Duration>,
    /// Number of values that clients have broadcast so far.
    pub(crate) values: u64,
    reads: Vec<(Duration, Vec<u64>)>,
    pub(crate) operations: usize,
    /// The longest time that an operation took.
    pub(crate) slowest: Duration,
}

enum Operation {
    Broadcast(u64),
    Read,
}

/// The latencies that Maelstrom's set checker would report, in ms.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Latencies {
    pub(crate) median: u128,
    #[expect(dead_code, reason = "shown")]
    pub(crate) p95: u128,
    pub(crate) max: u128,
}

impl Load {
    pub(crate) fn new(workers: usize, rate: f64) -> Self {
        Self {
            gap: Duration::from_secs_f64(2.0 / rate),
            next: Duration::ZERO,
            workers: (0..workers).map(|_| None).collect(),
            rotation: 0,
            known: BTreeMap::new(),
            values: 0,
            reads: Vec::new(),
            operations: 0,
            slowest: Duration::ZERO,
        }
    }

    /// Issues operations until `end`.
    pub(crate) fn run(&mut self, network: &mut Network, end: Duration) {
        loop {
            let free = (0..self.workers.len())
                .map(|step| (self.rotation + step) % self.workers.len())
                .find(|&worker| self.workers[worker].is_none());
            let until = if free.is_some() { self.next.clamp(network.now, end) } else { end };
            if let Some(answer) = network.run_until(until) {
                self.complete(network.now, answer.client, answer.messages);
            } else if network.now >= end {
                return;
            } else if let Some(worker) = free {
                self.next = network.now + self.gap.mul_f64(network.random.random::<f64>());
                self.rotation = worker + 1;
                let read = network.random.random();
                self.invoke(network, worker, read);
            }
        }
    }

    /// Starts no more operations.
    pub(crate) fn stop(&mut self) {
        self.next = Duration::MAX;
    }

    /// Continues after a stop.
    pub(crate) fn resume(&mut self, network: &Network) {
        self.next = network.now;
    }

    /// Messages between nodes per operation.
    pub(crate) fn cost(&self, network: &Network) -> f64 {
        network.server_messages as f64 / self.operations as f64
    }

    /// Waits for open operations, then for `recovery`; then every worker reads once.
    pub(crate) fn finish(&mut self, network: &mut Network, recovery: Duration) {
        let end = network.now + recovery;
        self.stop();
        self.run(network, end);
        for worker in 0..self.workers.len() {
            assert!(self.workers[worker].is_none(), "worker {worker} was never answered");
            self.invoke(network, worker, true);
        }
        self.run(network, end + Duration::from_secs(1));
    }

    fn invoke(&mut self, network: &mut Network, worker: usize, read: bool) {
        self.operations += 1;
        let operation = if read {
            network.request(worker, worker % network.size(), r#""type":"read""#);
            Operation::Read
        } else {
            let value = self.values;
            self.values += 1;
            let body = format!(r#""type":"broadcast","message":{value}"#);
            network.request(worker, worker % network.size(), &body);
            Operation::Broadcast(value)
        };
        self.workers[worker] = Some((network.now, operation));
    }

    fn complete(
        &mut self,
        now: Duration,
        worker: usize,
        messages: Option<Vec<glomers_node::Json>>,
    ) {
        let (invoked, operation) = self.workers[worker].take().expect("an open operation");
        self.slowest = self.slowest.max(now.saturating_sub(invoked));
        match operation {
            Operation::Broadcast(value) => {
                self.known.entry(value).or_insert(now);
            }
            Operation::Read => {
                let mut values: Vec<u64> =
                    messages.expect("a read").iter().map(|value| value.read().unwrap()).collect();
                values.sort_unstable();
                assert!(values.windows(2).all(|pair| pair[0] < pair[1]), "a value is read twice");
                for value in &values {
                    self.known.entry(*value).or_insert(now);
                }
                self.reads.push((invoked, values));
            }
        }
    }

    /// Times of the last read without the value, and of the last one with it.
    fn last_reads(&self, value: u64) -> (Duration, Duration) {
        let (mut absent, mut present) = (Duration::ZERO, Duration::ZERO);
        for (invoked, values) in &self.reads {
            let seen = values.binary_search(&value).is_ok();
            let last = if seen { &mut present } else { &mut absent };
            *last = (*last).max(*invoked);
        }
        (absent, present)
    }

    /// Number of known values that are missing from the final reads.
    pub(crate) fn lost(&self) -> usize {
        let lost = |value| {
            let (absent, present) = self.last_reads(value);
            present <= absent
        };
        self.known.keys().filter(|&&value| lost(value)).count()
    }

    /// How long reads lacked values after they were known.
    pub(crate) fn latencies(&self) -> Latencies {
        let latency = |(value, known): (&u64, &Duration)| {
            self.last_reads(*value).0.saturating_sub(*known).as_millis()
        };
        let mut latencies: Vec<_> = self.known.iter().map(latency).collect();
        latencies.sort_unstable();
        let quantile = |p: usize| latencies[(latencies.len() * p / 100).min(latencies.len() - 1)];
        Latencies { median: quantile(50), p95: quantile(95), max: quantile(100) }
    }
}
