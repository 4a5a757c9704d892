//! The engine as a state machine. Its inputs are the time and the output of nodes; its outputs are
//! the input for nodes, the time at which it next has something to do, and events.
//!
//! It does no I/O, reads no clock, and draws random numbers only from the plan's seed, so the same
//! core runs in real and in virtual time.

pub(crate) mod answers;
mod calls;
pub(crate) mod commits;
pub(crate) mod deafness;
mod directory;
mod drops;
pub(crate) mod lines;
mod nemesis;
pub(crate) mod node_states;
mod operations;
pub(crate) mod outgoing;
mod routing;
mod schedule;
pub(crate) mod stale;
pub(crate) mod storm;
#[cfg(test)]
mod tests;
mod workers;

use crate::event::{Event, Failure, Phase, Progress};
use crate::journal::Journal;
use crate::message::{BadLine, NodeIndex, OddLine};
use crate::network::{Latency, MessageFaults, Network};
use crate::propagation::Propagation;
use crate::random::Random;
use crate::scenario::{NEVER_ENDED, PlannedOperation, Scenario};
use crate::service::{Service, services};
use crate::unmatched::{UnmatchedCount, UnmatchedKind};
use crate::workload::{Workload, workload};
use crate::{EngineError, Time};
use answers::Answers;
use calls::Calls;
use commits::{Commits, ForgottenCommits};
use deafness::DeafNodes;
use directory::Directory;
use glomers_config::{Plan, Workload as Name};
use glomers_history::{History, Kind, Process, Traffic};
use lines::LineCounts;
use nemesis::Nemesis;
use node_states::NodeStates;
use outgoing::Outgoing;
use schedule::Schedule;
use stale::StaleRecord;
use std::collections::BTreeMap;
use workers::Workers;

/// Number of bytes of a node's line that are quoted in messages.
const EXCERPT_BYTES: usize = 200;

/// A run in progress.
pub struct Core {
    plan: Plan,
    phase: Phase,
    schedule: Schedule,
    directory: Directory,
    network: Network,
    services: Vec<Box<dyn Service>>,
    journal: Journal,
    history: History,
    calls: Calls,
    workload: Box<dyn Workload>,
    workers: Workers,
    nemesis: Nemesis,
    node_states: NodeStates,
    answers: Answers,
    unmatched: BTreeMap<(NodeIndex, UnmatchedKind), UnmatchedCount>,
    /// By node: the first message to the client of `init` that did not answer its request, and when
    /// it arrived.
    unmatched_init: Vec<Option<(Time, String)>>,
    deaf_nodes: DeafNodes,
    generator_random: Random,
    service_random: Random,
    outgoing: Vec<Outgoing>,
    events: Vec<(Time, Event)>,
    bad_lines: LineCounts<BadLine>,
    odd_lines: LineCounts<OddLine>,
    propagation: Option<Propagation>,
    /// Offsets that kafka nodes acknowledged as committed.
    commits: Option<Commits>,
    /// Stale answers of services.
    stale: StaleRecord,
    /// Number of client operations so far.
    invocations: u64,
    /// Whether a message storm was reported.
    saw_storm: bool,
    progress: Progress,
    /// Traffic, and number of client invocations, when recovery began.
    load_traffic: Option<(Traffic, u64)>,
    /// When the load ended.
    load_end: Option<Time>,
    /// Length of the history and time when the final operations began.
    final_start: Option<(usize, Time)>,
    failure: Option<Failure>,
}

/// The beginning of a line, to be quoted in a message.
fn excerpt(line: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(&line[..line.len().min(EXCERPT_BYTES)]).into_owned();
    if line.len() > EXCERPT_BYTES {
        text.push_str("...");
    }
    text
}

/// Milliseconds until broadcast values reached every node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PropagationTimes {
    /// Median.
    pub median_ms: f64,
    /// Maximum.
    pub max_ms: f64,
}

impl Core {
    /// Prepares a run of the plan, without starting it.
    pub fn new(plan: Plan) -> Result<Self, EngineError> {
        let workload = workload(&plan);
        workload.check()?;
        let services = services(plan.services);
        let nodes = plan.nodes.len();
        let mut network = Network::new(
            nodes,
            services.len(),
            Latency::new(plan.latency_ms, plan.latency_distribution),
            plan.delivery,
            Random::stream(plan.seed, "network"),
            MessageFaults::new(plan.seed),
        );
        if plan.workload == Name::Broadcast {
            network.keep_dropped();
        }
        let mut generator_random = Random::stream(plan.seed, "generator");
        let generator = workload.generator(&mut generator_random);
        Ok(Self {
            phase: Phase::Start,
            schedule: Schedule::new(&plan, generator),
            directory: Directory::new(
                plan.nodes.clone(),
                services.iter().map(|service| service.name()).collect(),
            ),
            network,
            services,
            journal: Journal::new(plan.journal),
            history: History::new(),
            calls: Calls::default(),
            workers: Workers::new(plan.workers, nodes),
            workload,
            nemesis: Nemesis::drawn(&plan),
            node_states: NodeStates::new(nodes),
            answers: Answers::new(nodes),
            unmatched: BTreeMap::new(),
            unmatched_init: vec![None; nodes],
            deaf_nodes: DeafNodes::new(nodes),
            generator_random,
            service_random: Random::stream(plan.seed, "services"),
            outgoing: (0..nodes).map(|_| Outgoing::default()).collect(),
            events: Vec::new(),
            bad_lines: LineCounts::default(),
            odd_lines: LineCounts::default(),
            propagation: (plan.workload == Name::Broadcast).then(|| Propagation::new(nodes)),
            commits: (plan.workload == Name::Kafka).then(Commits::default),
            stale: StaleRecord::default(),
            invocations: 0,
            saw_storm: false,
            progress: Progress::default(),
            load_traffic: None,
            load_end: None,
            final_start: None,
            failure: None,
            plan,
        })
    }

    /// Prepares a run in which the operations and faults are those of the scenario instead of
    /// drawn.
    pub fn with_scenario(plan: Plan, scenario: Scenario) -> Result<Self, EngineError> {
        let mut core = Self::new(plan)?;
        core.nemesis = Nemesis::planned(&scenario);
        core.schedule.follow(scenario);
        Ok(core)
    }

    /// The operations and faults of this run, so that they can be run again.
    #[must_use]
    pub fn scenario(&self) -> Scenario {
        let zero = self.schedule.origin_of_load();
        let workers = self.workers.count() as u64;
        let load_end = self.load_end.zip(self.schedule.load_start()).map(|(end, start)| {
            let nanos = end.since(start).as_nanos();
            u64::try_from(nanos).unwrap_or(u64::MAX)
        });
        let mut scenario =
            Scenario { faults: self.nemesis.done().to_vec(), load_end, ..Scenario::default() };
        for fault in &mut scenario.faults {
            // The fault was not ended: the run ended first.
            if fault.until == fault.from {
                fault.until = NEVER_ENDED;
            }
        }
        let (final_index, final_zero) = self
            .final_start
            .map_or((usize::MAX, 0), |(index, start)| (index, self.schedule.test_time(start)));
        for (index, operation) in self.history.operations().iter().enumerate() {
            let (Kind::Invoke, Process::Client(process)) = (operation.kind, operation.process)
            else {
                continue;
            };
            let is_late = index >= final_index;
            let zero = if is_late { final_zero } else { zero };
            let planned = PlannedOperation {
                at: u64::try_from(operation.time - zero).unwrap_or(0),
                worker: u32::try_from(process % workers).unwrap_or(0),
                f: operation.f.clone(),
                value: operation.value.clone(),
                is_final: operation.is_final,
                other: operation.detail.as_ref().map_or_else(Vec::new, |it| it.other.clone()),
            };
            let list =
                if is_late { &mut scenario.final_operations } else { &mut scenario.operations };
            list.push(planned);
        }
        scenario
    }

    /// Processes everything that is due.
    pub fn advance(&mut self, now: Time) {
        if self.phase == Phase::Done {
            return;
        }
        while let Some((due, envelope)) = self.network.pop_due(now) {
            self.arrive(now, due, &envelope);
        }
        self.note_cut(now);
        self.expire_calls(now);
        self.run_schedule(now);
    }

    /// When [`advance`](Self::advance) next has something to do, unless a node prints something
    /// first; `None` if the run is over.
    pub fn next_deadline(&mut self) -> Option<Time> {
        if self.phase == Phase::Done {
            return None;
        }
        [self.network.next_due(), self.calls.next_timeout(), self.schedule_deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Call this when a node closed its stdout and is still running.
    pub fn stdout_closed(&mut self, now: Time, node: NodeIndex) {
        if self.phase != Phase::Done && !self.node_states.is_dead(node) {
            let node = self.plan.nodes[node].clone();
            self.events.push((now, Event::StdoutClosed { node }));
        }
    }

    /// Ends the run at the caller's request.
    pub fn interrupt(&mut self, now: Time) {
        self.fail(now, Failure::Interrupted);
    }

    fn fail(&mut self, now: Time, failure: Failure) {
        if self.phase != Phase::Done {
            self.failure = Some(failure);
            self.enter(now, Phase::Done);
        }
    }

    fn enter(&mut self, now: Time, phase: Phase) {
        if phase == Phase::Drain {
            self.load_end = Some(now);
        }
        self.phase = phase;
        self.events.push((now, Event::Phase(phase)));
    }

    /// The current phase of the run.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Why the run ended early, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// The history so far.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The journal of the network, whose lines the driver writes to disk.
    pub fn journal(&mut self) -> &mut Journal {
        &mut self.journal
    }

    /// The plan that is run.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The current progress.
    #[must_use]
    pub fn progress(&self, now: Time) -> Progress {
        let traffic = self.journal.traffic().all();
        Progress {
            elapsed: self
                .schedule
                .load_start()
                .map_or_else(Default::default, |start| now.since(start)),
            messages: traffic.messages,
            ..self.progress
        }
    }

    /// Events since the last call.
    pub fn take_events(&mut self) -> Vec<(Time, Event)> {
        std::mem::take(&mut self.events)
    }

    /// How long broadcast values took from the first node to the last; `None` for other workloads,
    /// for a single node, and if no value reached every node.
    #[must_use]
    pub fn propagation(&self) -> Option<PropagationTimes> {
        self.propagation.as_ref()?.times()
    }

    /// Offsets that kafka nodes acknowledged as committed and then did not list; `None` if there
    /// are none.
    #[must_use]
    pub fn forgotten_commits(&self) -> Option<ForgottenCommits> {
        self.commits.as_ref()?.forgotten()
    }

    /// Server messages per client operation before recovery began; `None` if recovery did not
    /// begin.
    #[must_use]
    pub fn load_server_msgs_per_op(&self) -> Option<f64> {
        let (traffic, invocations) = self.load_traffic?;
        (invocations > 0).then(|| traffic.servers.messages as f64 / invocations as f64)
    }
}
