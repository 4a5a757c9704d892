//! The phases of a run, the rate of operations, and the recovery wait.

use super::Core;
use crate::event::Phase;
use crate::scenario::Scenario;
use crate::time::Time;
use crate::workload::{Completion, Generator, Invocation, Next, Script};
use glomers_config::Plan;

/// Nanoseconds in a second.
const NANOS_PER_SECOND: f64 = 1e9;

/// The state of the schedule.
pub(super) struct Schedule {
    /// Whether `init` was sent to the nodes.
    started: bool,
    /// Number of nodes that answered `init`; later, of those that finished the set-up.
    ready_nodes: usize,
    /// When set-up began: time 0 of the history.
    origin: Option<Time>,
    load_start: Option<Time>,
    cutoff: Time,
    /// When the next operation is due.
    next_operation: Time,
    /// Twice the mean gap between operations, in ns; `None` if there are no operations.
    longest_gap: Option<u64>,
    recovery_start: Time,
    generator: Box<dyn Generator>,
    exhausted: bool,
    final_generator: Option<Box<dyn Generator>>,
    /// The final operations, if a scenario gives them.
    final_script: Option<Script>,
}

impl Schedule {
    pub(super) fn new(plan: &Plan, generator: Box<dyn Generator>) -> Self {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        let longest_gap = (plan.rate > 0.0).then(|| (2.0 * NANOS_PER_SECOND / plan.rate) as u64);
        Self {
            started: false,
            ready_nodes: 0,
            origin: None,
            load_start: None,
            cutoff: Time::default(),
            next_operation: Time::default(),
            longest_gap,
            recovery_start: Time::default(),
            generator,
            exhausted: false,
            final_generator: None,
            final_script: None,
        }
    }

    /// Takes the operations from the scenario, each at its time.
    pub(super) fn follow(&mut self, scenario: Scenario) {
        self.generator = Box::new(Script::load(scenario.operations, scenario.load_end));
        self.final_script = Some(Script::last(scenario.final_operations));
        self.longest_gap = Some(0);
    }

    /// Nanoseconds from the beginning of the test to that of the load.
    pub(super) fn origin_of_load(&self) -> i64 {
        self.load_start.map_or(0, |start| self.test_time(start))
    }

    /// Replaces the operations of the load.
    #[cfg(test)]
    pub(super) fn replace_generator(&mut self, generator: Box<dyn Generator>) {
        self.generator = generator;
    }

    pub(super) fn node_ready(&mut self) {
        self.ready_nodes += 1;
    }

    /// When the load began.
    pub(super) fn load_start(&self) -> Option<Time> {
        self.load_start
    }

    /// Reports to the phase's generator how an operation ended.
    pub(super) fn operation_ended(
        &mut self,
        worker: u32,
        invocation: &Invocation,
        completion: &Completion,
    ) {
        let generator = self.final_generator.as_mut().unwrap_or(&mut self.generator);
        generator.ended(worker, invocation, completion);
    }

    /// Nanoseconds since the test began; 0 while nodes start, since the start of the test is not
    /// known yet.
    pub(super) fn test_time(&self, now: Time) -> i64 {
        self.origin.map_or(0, |origin| now.relative_to(origin))
    }
}

impl Core {
    /// Does what is due in the current phase. When a phase is over, the next one runs immediately.
    pub(super) fn run_schedule(&mut self, now: Time) {
        loop {
            let before = self.phase;
            match before {
                Phase::Start => self.run_start(now),
                Phase::SetUp => self.run_set_up(now),
                Phase::Load => self.run_load(now),
                Phase::Drain => self.run_drain(now),
                Phase::Recovery => self.run_recovery(now),
                Phase::FinalReads => self.run_final_reads(now),
                Phase::Done => return,
            }
            if self.phase == before {
                return;
            }
        }
    }

    /// When the current phase next has something to do.
    pub(super) fn schedule_deadline(&self) -> Option<Time> {
        let schedule = &self.schedule;
        match self.phase {
            Phase::Start if !schedule.started => Some(Time::default()),
            Phase::Load => {
                let operation = (self.workers.any_free() && schedule.longest_gap.is_some())
                    .then_some(schedule.next_operation);
                let wake = self.workers.next_wake();
                let next = [operation, wake, self.nemesis.next(), Some(schedule.cutoff)];
                next.into_iter().flatten().min()
            }
            // Killed nodes may still be restarting; their calls have separate timeouts.
            Phase::Recovery => self.node_states.all_run().then(|| self.recovery_end()),
            Phase::FinalReads => self.workers.next_wake(),
            Phase::Start | Phase::SetUp | Phase::Drain | Phase::Done => None,
        }
    }

    fn run_start(&mut self, now: Time) {
        if !self.schedule.started {
            self.schedule.started = true;
            self.enter(now, Phase::Start);
            self.call_init(now);
        } else if self.schedule.ready_nodes == self.plan.nodes.len() {
            self.schedule.ready_nodes = 0;
            self.schedule.origin = Some(now);
            self.enter(now, Phase::SetUp);
            self.call_set_up(now);
        }
    }

    fn run_set_up(&mut self, now: Time) {
        if self.schedule.ready_nodes == self.plan.nodes.len() {
            self.schedule.load_start = Some(now);
            self.schedule.cutoff = now + self.plan.time_limit;
            self.schedule.next_operation = now;
            self.nemesis.begin(now);
            self.enter(now, Phase::Load);
        }
    }

    fn run_load(&mut self, now: Time) {
        let cutoff = self.schedule.cutoff;
        if self.nemesis.next().is_some_and(|next| next <= now) && now < cutoff {
            self.nemesis_turn(now);
        }
        self.workers.wake(now);
        if self.schedule.next_operation <= now && now < cutoff {
            self.next_operation(now);
        }
        // As in the reference, the load ends as soon as nothing else can happen before the cutoff.
        let operation_possible = self.schedule.longest_gap.is_none()
            || !self.workers.any_free()
            || self.schedule.next_operation < cutoff;
        let fault_possible = self.nemesis.next().is_some_and(|next| next < cutoff);
        if now >= cutoff || self.schedule.exhausted || !(operation_possible || fault_possible) {
            self.enter(now, Phase::Drain);
        }
    }

    /// Begins the operation that is due, on a free worker.
    fn next_operation(&mut self, now: Time) {
        let Some(longest_gap) = self.schedule.longest_gap else { return };
        while let Some(worker) = self.free_worker() {
            let asking = self.workers.asking(worker, now);
            match self.schedule.generator.next(asking, &mut self.generator_random) {
                Next::Invoke(invocation) => {
                    // The gap is counted from now, not from when the operation was due: delays are
                    // not caught up.
                    let gap = self.generator_random.below(longest_gap);
                    self.schedule.next_operation = now.plus_nanos(gap);
                    return self.invoke(now, worker, invocation);
                }
                Next::Wait(until) => self.workers.sleep(worker, until.max(now.plus_nanos(1))),
                Next::Exhausted => return self.schedule.exhausted = true,
            }
        }
    }

    fn free_worker(&mut self) -> Option<u32> {
        if self.schedule.generator.draws_workers() {
            self.workers.draw_free(&mut self.generator_random)
        } else {
            self.workers.next_free()
        }
    }

    fn run_drain(&mut self, now: Time) {
        if !self.workers.none_busy() {
            return;
        }
        self.schedule.final_generator = self.workload.final_generator();
        if let (Some(generator), Some(script)) =
            (&mut self.schedule.final_generator, self.schedule.final_script.take())
        {
            *generator = Box::new(script);
        }
        if self.schedule.final_generator.is_none() {
            self.enter(now, Phase::Done);
            return;
        }
        self.end_nemesis(now);
        let invocations = self.progress.ok + self.progress.fail + self.progress.info;
        self.load_traffic = Some((self.journal.traffic(), invocations));
        self.schedule.recovery_start = now;
        self.enter(now, Phase::Recovery);
    }

    fn recovery_end(&self) -> Time {
        self.schedule.recovery_start + self.plan.recovery
    }

    fn run_recovery(&mut self, now: Time) {
        if now >= self.recovery_end() && self.node_states.all_run() {
            self.workers.assemble();
            self.final_start = Some((self.history.len(), now));
            self.enter(now, Phase::FinalReads);
        }
    }

    /// Begins the final operations of every worker, all at the same time.
    fn run_final_reads(&mut self, now: Time) {
        self.workers.wake(now);
        while let Some(worker) = self.workers.next_free() {
            let asking = self.workers.asking(worker, now);
            let Some(generator) = &mut self.schedule.final_generator else { break };
            match generator.next(asking, &mut self.generator_random) {
                Next::Invoke(invocation) => self.invoke(now, worker, invocation),
                Next::Wait(until) => self.workers.sleep(worker, until.max(now.plus_nanos(1))),
                Next::Exhausted => self.workers.dismiss(worker),
            }
        }
        if self.workers.none_busy() && self.workers.next_wake().is_none() {
            self.enter(now, Phase::Done);
        }
    }
}
