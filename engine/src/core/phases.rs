//! The phases of a run: what is due in each, and when the next one begins.

use super::Core;
use super::stage::{Load, Stage};
use crate::time::Time;
use crate::workload::Next;

impl Core {
    /// Does what is due in the current phase. When a phase is over, the next one runs immediately.
    pub(super) fn run_phase(&mut self, now: Time) {
        loop {
            let before = self.stage.phase();
            match self.stage {
                Stage::Start { initialised } => self.run_start(now, initialised),
                Stage::SetUp { ready } => self.run_set_up(now, ready),
                Stage::Load(load) => self.run_load(now, load),
                Stage::Drain => self.run_drain(now),
                Stage::Recovery { end } => self.run_recovery(now, end),
                Stage::FinalReads => self.run_final_reads(now),
                Stage::Done(_) => return,
            }
            if self.stage.phase() == before {
                return;
            }
        }
    }

    /// When the current phase next has something to do.
    pub(super) fn phase_deadline(&self) -> Option<Time> {
        match self.stage {
            Stage::Start { initialised: None } => Some(Time::default()),
            Stage::Load(load) => load.deadline(&self.workers, self.nemesis.next()),
            // Killed nodes may still be restarting; their calls have separate timeouts.
            Stage::Recovery { end } => self.cluster.all_run().then_some(end),
            Stage::FinalReads => self.workers.next_wake(),
            Stage::Start { .. } | Stage::SetUp { .. } | Stage::Drain | Stage::Done(_) => None,
        }
    }

    fn run_start(&mut self, now: Time, initialised: Option<usize>) {
        let nodes = self.plan.nodes.len();
        match initialised {
            None => {
                self.enter(now, Stage::Start { initialised: Some(0) });
                for node in 0..nodes {
                    let client = self.clients.open(node);
                    self.call_init(now, node, client);
                }
            }
            Some(initialised) if initialised == nodes => {
                self.times.test_start = Some(now);
                self.enter(now, Stage::SetUp { ready: 0 });
                let clients: Vec<u32> = (0..nodes).map(|node| self.clients.open(node)).collect();
                for (node, client) in clients.into_iter().enumerate() {
                    self.call_set_up(now, node, client);
                }
            }
            Some(_) => {}
        }
    }

    fn run_set_up(&mut self, now: Time, ready: usize) {
        if ready == self.plan.nodes.len() {
            self.times.load_start = Some(now);
            self.nemesis.begin(now);
            let load = Load {
                cutoff: now + self.plan.time_limit,
                next_operation: self.source.first_operation(now),
                is_exhausted: false,
            };
            self.enter(now, Stage::Load(load));
        }
    }

    fn run_load(&mut self, now: Time, load: Load) {
        if load.needs_fault(now, self.nemesis.next()) {
            self.nemesis_turns(now);
        }
        self.workers.wake(now);
        let load = if load.needs_operation(now) { self.begin_operation(now, load) } else { load };
        if load.is_over(now, &self.workers, self.nemesis.next()) {
            self.times.load_end = Some(now);
            self.enter(now, Stage::Drain);
        }
    }

    /// Begins the operation that is due, on a free worker.
    fn begin_operation(&mut self, now: Time, mut load: Load) -> Load {
        while let Some(worker) = self.source.free_worker(&self.workers) {
            match self.source.next(now, worker, &mut self.workers) {
                Next::Invoke(invocation) => {
                    load.next_operation = self.source.draw_next_operation(now);
                    self.stage = Stage::Load(load);
                    self.invoke(now, worker, invocation);
                    self.settle(now);
                    break;
                }
                Next::Wait(_) => {}
                Next::Exhausted => {
                    load.is_exhausted = true;
                    break;
                }
            }
        }
        load
    }

    fn run_drain(&mut self, now: Time) {
        if !self.workers.none_busy() {
            return;
        }
        if !self.source.begin_final(&*self.workload) {
            return self.enter(now, Stage::Done(None));
        }
        self.last_nemesis_turns(now);
        let operations = self.record.completions().all();
        self.observed.load_ended(self.messages.journal(), operations);
        self.enter(now, Stage::Recovery { end: now + self.plan.recovery });
    }

    fn run_recovery(&mut self, now: Time, end: Time) {
        if now >= end && self.cluster.all_run() {
            self.workers.assemble();
            self.times.final_start = Some(now);
            self.record.begin_final();
            self.enter(now, Stage::FinalReads);
        }
    }

    /// Begins the final operations of every worker, all at the same time.
    fn run_final_reads(&mut self, now: Time) {
        self.workers.wake(now);
        while let Some(worker) = self.workers.next_free() {
            match self.source.next(now, worker, &mut self.workers) {
                Next::Invoke(invocation) => {
                    self.invoke(now, worker, invocation);
                    self.settle(now);
                }
                Next::Wait(_) => {}
                Next::Exhausted => self.workers.dismiss(worker),
            }
        }
        if self.workers.none_busy() && self.workers.next_wake().is_none() {
            self.note_under_way(now);
            self.enter(now, Stage::Done(None));
        }
    }
}
