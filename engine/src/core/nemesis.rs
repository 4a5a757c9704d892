//! The nemesis: cuts the network and mends it, turn by turn.

use super::Core;
use crate::event::Event;
use crate::network::{Shape, grudge_value};
use crate::random::Random;
use crate::time::Time;
use crate::workload::Invocation;
use glomers_config::{Fault, Plan};
use glomers_history::{Function, Kind, Process, Value};
use std::time::Duration;

/// When the nemesis acts next, and what it did last.
#[derive(Debug)]
pub(super) struct Nemesis {
    partitions: bool,
    is_cut: bool,
    /// When its next turn is; none before the load.
    next: Option<Time>,
    mean_interval: Duration,
    random: Random,
}

impl Nemesis {
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            partitions: plan.faults.contains(Fault::Partition),
            is_cut: false,
            next: None,
            mean_interval: plan.nemesis_interval,
            random: Random::stream(plan.seed, "nemesis"),
        }
    }

    /// The load begins: the first turn comes at once.
    pub(super) fn begin(&mut self, now: Time) {
        if self.partitions {
            self.next = Some(now);
        }
    }

    /// When its next turn is.
    pub(super) fn next(&self) -> Option<Time> {
        self.next
    }
}

impl Core {
    /// The nemesis takes its turn, and the next comes after a gap of [0, 2 x interval).
    pub(super) fn nemesis_turn(&mut self, now: Time) {
        if self.nemesis.is_cut {
            self.heal(now);
        } else {
            self.partition(now);
        }
        let longest = u64::try_from(self.nemesis.mean_interval.as_nanos() * 2).unwrap_or(u64::MAX);
        self.nemesis.next = Some(now.plus_nanos(self.nemesis.random.below(longest)));
    }

    /// The load is over: links are mended for good, whatever their state.
    pub(super) fn end_nemesis(&mut self, now: Time) {
        self.nemesis.next = None;
        if self.nemesis.partitions {
            self.heal(now);
        }
    }

    fn partition(&mut self, now: Time) {
        let shape = Shape::ALL[self.nemesis.random.index(Shape::ALL.len())];
        let grudge = shape.grudge(self.plan.nodes.len(), &mut self.nemesis.random);
        self.network.cut(&grudge);
        self.nemesis.is_cut = true;
        let outcome = grudge_value(&grudge, self.directory.nodes());
        self.record_fault(now, Function::StartPartition, Value::keyword(shape.name()), outcome);
        self.events.push((now, Event::Partitioned(shape.name())));
    }

    fn heal(&mut self, now: Time) {
        self.network.heal();
        self.nemesis.is_cut = false;
        let outcome = Value::keyword("network-healed");
        self.record_fault(now, Function::StopPartition, Value::Nil, outcome);
        self.events.push((now, Event::Healed));
    }

    /// A fault is two entries: the request, and what came of it.
    fn record_fault(&mut self, now: Time, f: Function, request: Value, outcome: Value) {
        let invocation = Invocation::new(f, Value::Nil);
        for value in [request, outcome] {
            self.record(now, Kind::Info, Process::Nemesis, &invocation, value, None);
        }
    }
}
