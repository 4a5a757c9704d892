//! The engine as a state machine. Its inputs are the time and the output of nodes; its outputs are
//! the input for nodes, the time at which it next has something to do, and events.
//!
//! It does no I/O, reads no clock, and draws random numbers only from the plan's seed, so the same
//! core runs in real and in virtual time.
//!
//! The core consists of parts that own their state. What needs several of them is in files that call
//! only those after them: `phases` (what is due) and `lines` (what nodes print), `faults`, `start_up`
//! (how nodes get ready) and `operations`, `routing` (the path of a message). In the other direction,
//! what a receiver makes of a message becomes a [`Task`], which [`Core::settle`] hands to the file
//! that does it.

mod clients;
mod cluster;
mod directory;
mod fault_entries;
mod faults;
mod history_record;
mod lines;
mod message_log;
mod nemesis;
pub(crate) mod observed;
mod operation_source;
mod operations;
mod phases;
mod report;
mod routing;
mod run_times;
mod stage;
mod start_up;
mod task;
#[cfg(test)]
mod tests;
mod workers;

pub use cluster::{Command, Outgoing};
pub use report::{PropagationTimes, ValuesPassedOn};

use crate::event::{Event, Exit, Failure};
use crate::journal::Journal;
use crate::message::{Address, BadLine, NodeIndex, OddLine};
use crate::network::{Latency, MessageFaults, Network};
use crate::random::Random;
use crate::scenario::Scenario;
use crate::service::RunningServices;
use crate::workload::{Workload, workload};
use crate::{EngineError, Time};
use clients::{Clients, OpenCall, Purpose};
use cluster::Cluster;
use glomers_config::{Plan, Workload as Name};
use history_record::HistoryRecord;
use message_log::MessageLog;
use nemesis::Nemesis;
use observed::Observations;
use operation_source::OperationSource;
use run_times::RunTimes;
use stage::Stage;
use task::Task;
use workers::Workers;

/// A run in progress.
pub struct Core {
    plan: Plan,
    stage: Stage,
    times: RunTimes,
    workload: Box<dyn Workload>,
    source: OperationSource,
    workers: Workers,
    clients: Clients,
    cluster: Cluster,
    nemesis: Nemesis,
    network: Network,
    services: RunningServices,
    messages: MessageLog,
    record: HistoryRecord,
    observed: Observations,
    /// What messages caused and is not done yet: the next one is the last.
    tasks: Vec<Task>,
}

impl Core {
    /// Prepares a run of the plan, without starting it.
    pub fn new(plan: Plan) -> Result<Self, EngineError> {
        let workload = workload(&plan);
        workload.check()?;
        let services = RunningServices::new(plan.services, plan.seed);
        let nodes = plan.nodes.len();
        let mut network = Network::new(
            nodes,
            services.names().len(),
            Latency::new(plan.latency_ms, plan.latency_distribution),
            plan.delivery,
            Random::stream(plan.seed, "network"),
            MessageFaults::new(plan.seed),
        );
        if plan.workload == Name::Broadcast {
            network.keep_dropped();
        }
        Ok(Self {
            stage: Stage::Start { initialised: None },
            times: RunTimes::default(),
            source: OperationSource::new(&plan, &*workload),
            workload,
            workers: Workers::new(plan.workers, nodes),
            clients: Clients::default(),
            cluster: Cluster::new(nodes),
            nemesis: Nemesis::drawn(&plan),
            network,
            messages: MessageLog::new(&plan, services.names()),
            services,
            record: HistoryRecord::new(),
            observed: Observations::new(&plan),
            tasks: Vec::new(),
            plan,
        })
    }

    /// Prepares a run in which the operations and faults are those of the scenario instead of
    /// drawn.
    pub fn with_scenario(plan: Plan, scenario: Scenario) -> Result<Self, EngineError> {
        let mut core = Self::new(plan)?;
        core.nemesis = Nemesis::planned(&scenario);
        core.source.follow(scenario);
        Ok(core)
    }
}

/// The passage of time.
impl Core {
    /// Processes everything that is due.
    pub fn advance(&mut self, now: Time) {
        if self.stage.is_done() {
            return;
        }
        while let Some((due, envelope)) = self.network.pop_due(now) {
            self.deliver(now, due, envelope.message());
            self.settle(now);
        }
        self.note_cut(now);
        while let Some(OpenCall { purpose, rpc, .. }) = self.clients.pop_expired(now) {
            match purpose {
                Purpose::Init(node) => self.init_timed_out(now, node),
                Purpose::SetUp(node) => self.set_up_timed_out(now, node, rpc),
                Purpose::Operation(worker) => self.operation_timed_out(now, worker, rpc),
            }
        }
        self.run_phase(now);
    }

    /// When [`advance`](Self::advance) next has something to do, unless a node prints something
    /// first; `None` if the run is over.
    pub fn next_deadline(&mut self) -> Option<Time> {
        if self.stage.is_done() {
            return None;
        }
        [self.network.next_due(), self.clients.next_timeout(), self.phase_deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Does what messages caused, until nothing is left to do at this moment.
    fn settle(&mut self, now: Time) {
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::SecondCopy(envelope) => self.offer(now, envelope.message(), false),
                Task::Delivered(envelope) => {
                    if let Address::Client(client) = envelope.dest {
                        self.client_receives(now, client, envelope.message());
                    }
                }
                Task::ServiceReply { service, dest, fields } => {
                    self.service_replies(now, service, dest, &fields);
                }
                Task::InitAnswered { node, client, reply } => {
                    self.init_answered(now, node, client, &reply);
                }
                Task::SetUpAnswered { node, rpc, reply } => {
                    self.set_up_answered(now, node, rpc, &reply);
                }
                Task::OperationAnswered { worker, rpc, reply } => {
                    self.operation_answered(now, worker, rpc, reply);
                }
            }
        }
    }

    /// Ends a run that can no longer produce a useful result because all answers to some type of
    /// request are unusable, unless the plan says to keep going. Meant for drivers that would
    /// otherwise wait for the end in real time.
    pub fn give_up_if_hopeless(&mut self, now: Time) {
        if !self.plan.keep_going
            && let Some(failure) = self.observed.hopeless(now)
        {
            self.fail(now, failure);
        }
    }

    /// Ends the run at the caller's request.
    pub fn interrupt(&mut self, now: Time) {
        self.fail(now, Failure::Interrupted);
    }

    fn fail(&mut self, now: Time, failure: Failure) {
        if !self.stage.is_done() {
            self.enter(now, Stage::Done(Some(failure)));
        }
    }

    fn enter(&mut self, now: Time, stage: Stage) {
        self.stage = stage;
        self.observed.events.add(now, Event::Phase(self.stage.phase()));
    }
}

/// What nodes do, apart from printing whole lines.
impl Core {
    /// Records that a node printed a line that cannot be delivered.
    pub fn bad_line(&mut self, now: Time, node: NodeIndex, kind: BadLine, line: &[u8]) {
        self.observed.bad_line(self.times.moment(now), node, kind, line);
    }

    /// Records that a node printed this text and has not ended the line for a while.
    pub fn unfinished(&mut self, now: Time, node: NodeIndex, text: &[u8]) {
        if !self.stage.is_done() && !self.cluster.is_dead(node) {
            self.observed.odd_line(now, node, OddLine::Unfinished, text);
        }
    }

    /// Call this when a node closed its stdout and is still running.
    pub fn stdout_closed(&mut self, now: Time, node: NodeIndex) {
        if !self.stage.is_done() && !self.cluster.is_dead(node) {
            let node = self.plan.nodes[node].clone();
            self.observed.events.add(now, Event::StdoutClosed { node });
        }
    }

    /// Records that a node ended. That is a failure, unless the node was killed.
    pub fn exited(&mut self, now: Time, node: NodeIndex, exit: Exit) {
        if !self.cluster.is_dead(node) {
            let phase = self.stage.phase();
            self.fail(now, Failure::NodeExited { node, exit, phase });
        }
    }
}

/// What drivers pass on.
impl Core {
    /// The commands that the driver must apply to hosts before it delivers anything.
    pub fn take_commands(&mut self) -> Vec<Command> {
        self.cluster.take_commands()
    }

    /// The buffered input of that node. The driver empties it.
    pub fn outgoing(&mut self, node: NodeIndex) -> &mut Outgoing {
        self.cluster.outgoing(node)
    }

    /// Events since the last call.
    pub fn take_events(&mut self) -> Vec<(Time, Event)> {
        self.observed.events.take()
    }

    /// The journal of the network, whose lines the driver writes to disk.
    pub fn journal(&mut self) -> &mut Journal {
        self.messages.journal_mut()
    }
}
