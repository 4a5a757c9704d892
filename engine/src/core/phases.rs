//! The phases of a run: what is due in each, when the next one begins, and how nodes get ready.

use super::Core;
use super::clients::{OpenCall, Purpose};
use super::observed::excerpt;
use super::stage::{Load, Stage};
use crate::event::{Event, Failure, Phase};
use crate::message::NodeIndex;
use crate::rpc::Rpc;
use crate::time::Time;
use crate::unmatched::json_text;
use crate::workload::Next;
use glomers_history::Value;

/// From one phase to the next.
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

    pub(super) fn enter(&mut self, now: Time, stage: Stage) {
        self.stage = stage;
        self.observed.events.add(now, Event::Phase(self.stage.phase()));
    }

    pub(super) fn fail(&mut self, now: Time, failure: Failure) {
        if !self.stage.is_done() {
            self.enter(now, Stage::Done(Some(failure)));
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
            self.enter(now, Stage::Done(None));
        }
    }
}

/// How a node gets ready: it answers `init`, then the workload's set-up request, if there is one.
impl Core {
    /// Sends `init` to one node.
    pub(super) fn call_init(&mut self, now: Time, node: NodeIndex, client: u32) {
        let names = self.plan.nodes.iter().map(|name| Value::str(name)).collect();
        let fields = vec![
            ("type", Value::str("init")),
            ("node_id", Value::str(&self.plan.nodes[node])),
            ("node_ids", Value::Vector(names)),
        ];
        self.call(now, client, Purpose::Init(node), None, fields);
    }

    pub(super) fn init_answered(&mut self, now: Time, node: NodeIndex, client: u32, reply: &Value) {
        // As in the reference, only the type is checked.
        if !matches!(reply.get("type"), Some(Value::Str(kind)) if kind == "init_ok") {
            return self.fail(now, Failure::InitRefused { node, answer: json_text(reply) });
        }
        self.clients.close_initialised(client);
        if !self.stage.count_initialised() {
            self.cluster.initialised(node);
            let client = self.clients.open(node);
            self.call_set_up(now, node, client);
        }
    }

    /// Sends one node the workload's set-up request, if it has one.
    fn call_set_up(&mut self, now: Time, node: NodeIndex, client: u32) {
        if let Some(request) = self.workload.set_up() {
            self.call_rpc(now, client, Purpose::SetUp(node), request);
        } else {
            self.clients.retire(client);
            self.node_is_ready(now, node);
        }
    }

    pub(super) fn set_up_answered(
        &mut self,
        now: Time,
        node: NodeIndex,
        rpc: Option<&'static Rpc>,
        reply: &Value,
    ) {
        if let Some(problem) = rpc.and_then(|rpc| rpc.mismatch(reply)) {
            let wanted = rpc.map_or_else(String::new, Rpc::expected);
            let reply = excerpt(json_text(reply).as_bytes());
            let problem = format!("the answer {reply} does not fit {wanted}: {problem}");
            return self.set_up_failed(now, node, rpc, problem);
        }
        if let Some(rpc) = rpc {
            self.observed.usable(node, rpc);
        }
        self.node_is_ready(now, node);
    }

    fn set_up_failed(
        &mut self,
        now: Time,
        node: NodeIndex,
        rpc: Option<&'static Rpc>,
        problem: String,
    ) {
        let is_needed = self.stage.phase() == Phase::SetUp || self.cluster.is_setting_up(node);
        if is_needed {
            let request = rpc.map_or("", |rpc| rpc.request);
            self.fail(now, Failure::SetUpFailed { node, request, problem });
        }
    }

    fn node_is_ready(&mut self, now: Time, node: NodeIndex) {
        if self.stage.count_set_up() {
            return;
        }
        self.cluster.set_up(node);
        if self.cluster.all_run() {
            self.nemesis.nodes_are_back(now);
        }
    }

    /// Handles a call that was not answered in time.
    pub(super) fn call_timed_out(&mut self, now: Time, call: OpenCall) {
        let OpenCall { purpose, rpc, .. } = call;
        match purpose {
            Purpose::Init(node) => {
                let waited = self.plan.init_timeout;
                let unmatched = self.observed.sent_instead_of_init(node);
                self.fail(now, Failure::InitTimeout { node, waited, unmatched });
            }
            Purpose::SetUp(node) => {
                let timeout = self.plan.rpc_timeout.as_millis();
                let expected = rpc.map_or_else(String::new, Rpc::expected);
                let problem = format!("no answer in {timeout} ms, and it wants {expected}");
                self.set_up_failed(now, node, rpc, problem);
            }
            Purpose::Operation(worker) => self.operation_timed_out(now, worker, rpc),
        }
    }
}
