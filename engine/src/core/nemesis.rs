//! The nemesis: begins and ends faults in alternating turns, drawn at random or given by a
//! scenario.

use super::Core;
use crate::event::Event;
use crate::message::NodeIndex;
use crate::network::{draw_grudge, grudge_value};
use crate::random::Random;
use crate::scenario::{InjectedFault, PlannedFault, Scenario};
use crate::time::Time;
use crate::workload::Invocation;
use glomers_config::{Fault, KillTarget, Plan};
use glomers_history::{Function, Kind, Process, Value};
use std::time::Duration;

/// Minimum time that a node runs before it is killed again.
const SHORTEST_LIFE: Duration = Duration::from_secs(5);

/// All faults, each with a separate sequence of turns.
#[derive(Debug)]
pub(super) struct Nemesis {
    tracks: Vec<Track>,
    /// The faults so far, in the order in which they began.
    done: Vec<PlannedFault>,
}

/// One kind of fault, which begins and ends in turn.
#[derive(Debug)]
struct Track {
    fault: Fault,
    source: Source,
    /// The time of its next turn; `None` before the load, and while it waits for a node to restart.
    next: Option<Time>,
    /// What is active, as indices into `done`; a kill or a pause has one for each node.
    active: Vec<usize>,
}

/// The source of the turns.
#[derive(Debug)]
enum Source {
    /// Gaps are drawn uniformly from [0, 2 x interval).
    Drawn { random: Random, longest_gap: u64 },
    /// One fault of a scenario.
    Planned(PlannedFault),
}

impl Nemesis {
    /// Draws the faults that the plan asks for.
    pub(super) fn drawn(plan: &Plan) -> Self {
        let longest_gap = u64::try_from(plan.nemesis_interval.as_nanos() * 2).unwrap_or(u64::MAX);
        let track = |fault: Fault| {
            // The stream of partitions has no suffix, so that seeds from before there were other
            // faults give the same runs.
            let concern = match fault {
                Fault::Partition => "nemesis".to_owned(),
                other => format!("nemesis {other}"),
            };
            let random = Random::stream(plan.seed, &concern);
            Track {
                fault,
                source: Source::Drawn { random, longest_gap },
                next: None,
                active: Vec::new(),
            }
        };
        Self { tracks: plan.faults.iter().map(track).collect(), done: Vec::new() }
    }

    /// Takes the faults of a scenario.
    pub(super) fn planned(scenario: &Scenario) -> Self {
        let track = |fault: &PlannedFault| Track {
            fault: fault.injected.fault(),
            source: Source::Planned(fault.clone()),
            next: None,
            active: Vec::new(),
        };
        Self { tracks: scenario.faults.iter().map(track).collect(), done: Vec::new() }
    }

    /// Called when the load begins: drawn faults take their first turn immediately.
    pub(super) fn begin(&mut self, now: Time) {
        for track in &mut self.tracks {
            track.next = Some(match &track.source {
                Source::Drawn { .. } => now,
                Source::Planned(fault) => now.plus_nanos(fault.from),
            });
        }
    }

    /// The time of the next turn.
    pub(super) fn next(&self) -> Option<Time> {
        self.tracks.iter().filter_map(|track| track.next).min()
    }

    /// The partition that currently cuts the link, by index into `done`.
    pub(super) fn cutting(&self, dest: NodeIndex, src: NodeIndex) -> Option<usize> {
        self.done.iter().rposition(|fault| match &fault.injected {
            InjectedFault::Partition { cut, .. } => {
                let cuts = cut.get(&dest).is_some_and(|sources| sources.contains(&src));
                cuts && fault.until == fault.from
            }
            _ => false,
        })
    }

    /// The faults so far.
    pub(super) fn done(&self) -> &[PlannedFault] {
        &self.done
    }

    /// Called when all killed nodes are running again: schedules the next kill, after a minimum
    /// time.
    pub(super) fn nodes_are_back(&mut self, now: Time) {
        for track in &mut self.tracks {
            if track.fault == Fault::Kill
                && track.next.is_none()
                && let Source::Drawn { random, longest_gap } = &mut track.source
            {
                let gap = now.plus_nanos(random.below(*longest_gap));
                track.next = Some(gap.max(now + SHORTEST_LIFE));
            }
        }
    }
}

impl Core {
    /// Takes the turn of every fault that is due.
    pub(super) fn nemesis_turn(&mut self, now: Time) {
        for position in 0..self.nemesis.tracks.len() {
            if self.nemesis.tracks[position].next.is_none_or(|next| next > now) {
                continue;
            }
            let active = std::mem::take(&mut self.nemesis.tracks[position].active);
            let has_ended = !active.is_empty();
            if has_ended {
                self.end_disturbances(now, &active);
            } else {
                let injected_faults = self.choose_disturbances(position);
                if !injected_faults.is_empty() {
                    self.nemesis.tracks[position].active =
                        self.begin_disturbances(now, injected_faults);
                }
            }
            self.plan_turn(now, position, has_ended);
        }
    }

    /// Decides when a fault's next turn is, after a turn that ended it, or began it if possible.
    fn plan_turn(&mut self, now: Time, position: usize, has_ended: bool) {
        let load_start = self.schedule.load_start().unwrap_or_default();
        let track = &mut self.nemesis.tracks[position];
        let is_active = !track.active.is_empty();
        track.next = match &mut track.source {
            Source::Drawn { .. } if has_ended && track.fault == Fault::Kill => None,
            Source::Drawn { random, longest_gap } => {
                Some(now.plus_nanos(random.below(*longest_gap)))
            }
            Source::Planned(fault) => is_active.then(|| load_start.plus_nanos(fault.until)),
        };
    }

    /// Ends all faults and heals the network at the end of the load.
    pub(super) fn end_nemesis(&mut self, now: Time) {
        for position in 0..self.nemesis.tracks.len() {
            let track = &mut self.nemesis.tracks[position];
            track.next = None;
            let active = std::mem::take(&mut track.active);
            let is_drawn = matches!(track.source, Source::Drawn { .. });
            if !active.is_empty() {
                self.end_disturbances(now, &active);
            } else if track.fault == Fault::Partition && is_drawn {
                // The reference also heals the network once more.
                self.heal(now);
            }
        }
    }

    /// What a fault does in its turn, all of one kind; empty if there is no node to affect.
    fn choose_disturbances(&mut self, position: usize) -> Vec<InjectedFault> {
        let Self { nemesis, plan, node_states, .. } = self;
        let track = &mut nemesis.tracks[position];
        let random = match &mut track.source {
            Source::Planned(PlannedFault { injected, .. }) => {
                let is_possible = injected.node().is_none_or(|node| node_states.is_running(node));
                return is_possible.then(|| injected.clone()).into_iter().collect();
            }
            Source::Drawn { random, .. } => random,
        };
        let running: Vec<NodeIndex> =
            (0..plan.nodes.len()).filter(|node| node_states.is_running(*node)).collect();
        vec![match track.fault {
            Fault::Partition => {
                let shapes = plan.partition_shapes.as_slice();
                let shape = shapes[random.index(shapes.len())];
                let cut = draw_grudge(shape, plan.nodes.len(), random);
                InjectedFault::Partition { shape, cut }
            }
            Fault::Loss => InjectedFault::Loss { probability: plan.loss },
            Fault::Duplicate => InjectedFault::Duplicate { probability: plan.duplicate },
            Fault::Reorder => InjectedFault::Reorder { mean_ms: plan.reorder_ms },
            Fault::Slow => InjectedFault::Slow { factor: plan.slow },
            Fault::Kill => {
                let nodes = draw_targets(plan, &running, random);
                return nodes.into_iter().map(|node| InjectedFault::Kill { node }).collect();
            }
            Fault::Pause => {
                let nodes = draw_targets(plan, &running, random);
                return nodes.into_iter().map(|node| InjectedFault::Pause { node }).collect();
            }
            Fault::Skew => {
                let Some(node) = draw_one(&running, random) else { return Vec::new() };
                let rate = 1.0 + plan.skew * (2.0 * random.unit() - 1.0);
                InjectedFault::Skew { node, rate }
            }
        }]
    }

    /// Begins the faults; returns their indices in the list of faults. The history gets one
    /// pair of entries for all.
    fn begin_disturbances(&mut self, now: Time, injected_faults: Vec<InjectedFault>) -> Vec<usize> {
        let Some((f, request, outcome)) = begin_entries(&injected_faults, self.directory.nodes())
        else {
            return Vec::new();
        };
        for injected in &injected_faults {
            let message_faults = &mut self.network.message_faults;
            match injected {
                InjectedFault::Partition { cut, .. } => self.network.cut(cut),
                InjectedFault::Loss { probability } => message_faults.loss = Some(*probability),
                InjectedFault::Duplicate { probability } => {
                    message_faults.duplicate = Some(*probability);
                }
                InjectedFault::Reorder { mean_ms } => message_faults.reorder_ms = Some(*mean_ms),
                InjectedFault::Slow { factor } => message_faults.slow = Some(*factor),
                InjectedFault::Kill { node } => self.kill(*node),
                InjectedFault::Pause { node } => self.pause(*node),
                InjectedFault::Skew { node, rate } => self.set_clock_rate(*node, *rate),
            }
        }
        self.record_fault(now, f, request, outcome);
        let fault = injected_faults[0].fault();
        let texts: Vec<String> =
            injected_faults.iter().map(|it| it.described(self.directory.nodes())).collect();
        self.events.push((now, Event::FaultBegan(fault, texts.join(", "))));
        let from = self.nemesis_time(now);
        let first = self.nemesis.done.len();
        let planned = |injected| PlannedFault { from, until: from, injected };
        self.nemesis.done.extend(injected_faults.into_iter().map(planned));
        (first..self.nemesis.done.len()).collect()
    }

    fn end_disturbances(&mut self, now: Time, active: &[usize]) {
        let until = self.nemesis_time(now);
        let mut injected_faults = Vec::with_capacity(active.len());
        for index in active {
            let planned = &mut self.nemesis.done[*index];
            planned.until = until;
            injected_faults.push(planned.injected.clone());
        }
        for injected in &injected_faults {
            let message_faults = &mut self.network.message_faults;
            match injected {
                InjectedFault::Partition { .. } => return self.heal(now),
                InjectedFault::Loss { .. } => message_faults.loss = None,
                InjectedFault::Duplicate { .. } => message_faults.duplicate = None,
                InjectedFault::Reorder { .. } => message_faults.reorder_ms = None,
                InjectedFault::Slow { .. } => message_faults.slow = None,
                InjectedFault::Kill { node } => self.restart(now, *node),
                InjectedFault::Pause { node } => self.resume(*node),
                InjectedFault::Skew { node, .. } => self.set_clock_rate(*node, 1.0),
            }
        }
        let Some((f, outcome)) = end_entries(&injected_faults, self.directory.nodes()) else {
            return;
        };
        self.record_fault(now, f, Value::Nil, outcome);
        self.events.push((now, Event::FaultEnded(injected_faults[0].fault())));
    }

    fn heal(&mut self, now: Time) {
        self.network.heal();
        let outcome = Value::keyword("network-healed");
        self.record_fault(now, Function::StopPartition, Value::Nil, outcome);
        self.events.push((now, Event::FaultEnded(Fault::Partition)));
    }

    /// Nanoseconds since the load began.
    fn nemesis_time(&self, now: Time) -> u64 {
        let start = self.schedule.load_start().unwrap_or(now);
        now.as_nanos().saturating_sub(start.as_nanos())
    }

    /// Adds the two history entries of a fault: the request and the outcome.
    fn record_fault(&mut self, now: Time, f: Function, request: Value, outcome: Value) {
        let invocation = Invocation::new(f, Value::Nil);
        for value in [request, outcome] {
            self.record(now, Kind::Info, Process::Nemesis, &invocation, value, None);
        }
    }
}

/// A random running node; `None` if there is none.
fn draw_one(running: &[NodeIndex], random: &mut Random) -> Option<NodeIndex> {
    (!running.is_empty()).then(|| running[random.index(running.len())])
}

/// The nodes that a kill or a pause hits, in the order of the plan.
fn draw_targets(plan: &Plan, running: &[NodeIndex], random: &mut Random) -> Vec<NodeIndex> {
    let targets = plan.kill_targets.as_slice();
    // With a single choice nothing is drawn, so that seeds from before there were other choices
    // give the same runs.
    let target = targets[if targets.len() == 1 { 0 } else { random.index(targets.len()) }];
    if target == KillTarget::One {
        return draw_one(running, random).into_iter().collect();
    }
    let mut nodes: Vec<NodeIndex> = (0..plan.nodes.len()).collect();
    random.shuffle(&mut nodes);
    let count = target.count(nodes.len()).unwrap_or_else(|| 1 + random.index(nodes.len()));
    nodes.truncate(count);
    nodes.retain(|node| running.contains(node));
    nodes.sort_unstable();
    nodes
}

/// The function, request and outcome of a beginning; `None` if nothing begins. Faults that Jepsen
/// has, use its function names.
fn begin_entries(
    injected_faults: &[InjectedFault],
    names: &[String],
) -> Option<(Function, Value, Value)> {
    let injected = injected_faults.first()?;
    let started = || Value::keyword("started");
    Some(match injected {
        InjectedFault::Partition { shape, cut } => {
            (Function::StartPartition, Value::keyword(shape.name()), grudge_value(cut, names))
        }
        InjectedFault::Loss { probability } | InjectedFault::Duplicate { probability } => {
            (start_function(injected), Value::Float(*probability), started())
        }
        InjectedFault::Reorder { mean_ms } => {
            let mean = i64::try_from(*mean_ms).unwrap_or(i64::MAX);
            (start_function(injected), Value::Int(mean), started())
        }
        InjectedFault::Slow { factor } => {
            (start_function(injected), Value::Float(*factor), started())
        }
        InjectedFault::Kill { .. } | InjectedFault::Pause { .. } => {
            let (f, outcome) = match injected {
                InjectedFault::Kill { .. } => ("kill", "killed"),
                _ => ("pause", "paused"),
            };
            let hit = named(injected_faults, names).map(Value::str).collect();
            (Function::from_name(f), Value::Vector(hit), each(injected_faults, names, outcome))
        }
        InjectedFault::Skew { node, rate } => {
            let request = Value::Map(vec![(Value::str(&names[*node]), Value::Float(*rate))]);
            (start_function(injected), request, started())
        }
    })
}

/// The function and outcome of an end; `None` if nothing ends.
fn end_entries(injected_faults: &[InjectedFault], names: &[String]) -> Option<(Function, Value)> {
    Some(match injected_faults.first()? {
        InjectedFault::Kill { .. } => {
            (Function::from_name("start"), each(injected_faults, names, "started"))
        }
        InjectedFault::Pause { .. } => {
            (Function::from_name("resume"), each(injected_faults, names, "resumed"))
        }
        other => {
            (Function::from_name(&format!("stop-{}", other.fault())), Value::keyword("stopped"))
        }
    })
}

/// The names of the affected nodes.
fn named<'a>(
    injected_faults: &'a [InjectedFault],
    names: &'a [String],
) -> impl Iterator<Item = &'a str> {
    injected_faults.iter().filter_map(InjectedFault::node).map(|node| names[node].as_str())
}

/// The outcome for each node: `{"n1" :killed}`.
fn each(injected_faults: &[InjectedFault], names: &[String], outcome: &str) -> Value {
    let entries = named(injected_faults, names);
    Value::Map(entries.map(|name| (Value::str(name), Value::keyword(outcome))).collect())
}

fn start_function(injected: &InjectedFault) -> Function {
    Function::from_name(&format!("start-{}", injected.fault()))
}
