//! The nemesis: faults that begin and end, turn by turn, drawn or as a scenario says.

use super::Core;
use crate::event::Event;
use crate::network::{draw_grudge, grudge_value};
use crate::random::Random;
use crate::scenario::{Disturbance, PlannedFault, Scenario};
use crate::time::Time;
use crate::workload::Invocation;
use glomers_config::{Fault, Plan};
use glomers_history::{Function, Kind, Process, Value};
use std::time::Duration;

/// How long a node runs before it is killed again.
const SHORTEST_LIFE: Duration = Duration::from_secs(5);

/// All faults, each with turns of its own.
#[derive(Debug)]
pub(super) struct Nemesis {
    tracks: Vec<Track>,
    /// What was done, in the order in which it began.
    done: Vec<PlannedFault>,
}

/// One fault that comes and goes.
#[derive(Debug)]
struct Track {
    fault: Fault,
    source: Source,
    /// When its next turn is; none before the load, and while it waits for a node to start.
    next: Option<Time>,
    /// What is going on: its place in the list of what was done.
    active: Option<usize>,
}

/// Where turns come from.
#[derive(Debug)]
enum Source {
    /// Each gap is drawn: [0, 2 x interval).
    Drawn { random: Random, longest_gap: u64 },
    /// It comes once.
    Planned(PlannedFault),
}

impl Nemesis {
    /// Draws what the plan asks for.
    pub(super) fn drawn(plan: &Plan) -> Self {
        let longest_gap = u64::try_from(plan.nemesis_interval.as_nanos() * 2).unwrap_or(u64::MAX);
        let track = |fault: Fault| {
            // Alone, as before there were others: its seeds keep their meaning.
            let concern = match fault {
                Fault::Partition => "nemesis".to_owned(),
                other => format!("nemesis {other}"),
            };
            let random = Random::stream(plan.seed, &concern);
            Track { fault, source: Source::Drawn { random, longest_gap }, next: None, active: None }
        };
        Self { tracks: plan.faults.iter().map(track).collect(), done: Vec::new() }
    }

    /// Does what the scenario says.
    pub(super) fn planned(scenario: &Scenario) -> Self {
        let track = |fault: &PlannedFault| Track {
            fault: fault.disturbance.fault(),
            source: Source::Planned(fault.clone()),
            next: None,
            active: None,
        };
        Self { tracks: scenario.faults.iter().map(track).collect(), done: Vec::new() }
    }

    /// The load begins: of what is drawn, the first turn comes at once.
    pub(super) fn begin(&mut self, now: Time) {
        for track in &mut self.tracks {
            track.next = Some(match &track.source {
                Source::Drawn { .. } => now,
                Source::Planned(fault) => now.plus_nanos(fault.from),
            });
        }
    }

    /// When the next turn is.
    pub(super) fn next(&self) -> Option<Time> {
        self.tracks.iter().filter_map(|track| track.next).min()
    }

    /// What was done until now.
    pub(super) fn done(&self) -> &[PlannedFault] {
        &self.done
    }

    /// A killed node is back: it may be killed again, but not at once.
    pub(super) fn node_is_back(&mut self, now: Time) {
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
    /// Every fault whose turn it is takes it.
    pub(super) fn nemesis_turn(&mut self, now: Time) {
        for place in 0..self.nemesis.tracks.len() {
            if self.nemesis.tracks[place].next.is_none_or(|next| next > now) {
                continue;
            }
            if let Some(active) = self.nemesis.tracks[place].active.take() {
                self.end_disturbance(now, active);
                self.plan_turn(now, place, true);
            } else {
                let disturbance = self.choose_disturbance(place);
                if let Some(disturbance) = disturbance {
                    let active = self.begin_disturbance(now, disturbance);
                    self.nemesis.tracks[place].active = Some(active);
                }
                self.plan_turn(now, place, false);
            }
        }
    }

    /// Decides when a fault's next turn is, after one that ended it, or began it if it could.
    fn plan_turn(&mut self, now: Time, place: usize, has_ended: bool) {
        let load_start = self.schedule.load_start().unwrap_or_default();
        let track = &mut self.nemesis.tracks[place];
        let is_active = track.active.is_some();
        track.next = match &mut track.source {
            Source::Drawn { .. } if has_ended && track.fault == Fault::Kill => None,
            Source::Drawn { random, longest_gap } => {
                Some(now.plus_nanos(random.below(*longest_gap)))
            }
            Source::Planned(fault) => is_active.then(|| load_start.plus_nanos(fault.until)),
        };
    }

    /// The load is over: everything is mended for good, whatever its state.
    pub(super) fn end_nemesis(&mut self, now: Time) {
        for place in 0..self.nemesis.tracks.len() {
            let track = &mut self.nemesis.tracks[place];
            track.next = None;
            match track.active.take() {
                Some(active) => self.end_disturbance(now, active),
                // As in the reference, which heals once more.
                None if track.fault == Fault::Partition
                    && matches!(track.source, Source::Drawn { .. }) =>
                {
                    self.heal(now);
                }
                None => {}
            }
        }
    }

    /// What a fault does in its turn; none when there is nobody to do it to.
    fn choose_disturbance(&mut self, place: usize) -> Option<Disturbance> {
        let Self { nemesis, plan, lives, .. } = self;
        let track = &mut nemesis.tracks[place];
        let random = match &mut track.source {
            Source::Planned(PlannedFault { disturbance, .. }) => {
                let is_possible = disturbance.node().is_none_or(|node| lives.is_running(node));
                return is_possible.then(|| disturbance.clone());
            }
            Source::Drawn { random, .. } => random,
        };
        let mut node = || {
            let running: Vec<usize> =
                (0..plan.nodes.len()).filter(|node| lives.is_running(*node)).collect();
            (!running.is_empty()).then(|| running[random.index(running.len())])
        };
        Some(match track.fault {
            Fault::Partition => {
                let shapes = plan.partition_shapes.as_slice();
                let shape = shapes[random.index(shapes.len())];
                let cut = draw_grudge(shape, plan.nodes.len(), random);
                Disturbance::Partition { shape, cut }
            }
            Fault::Loss => Disturbance::Loss { probability: plan.loss },
            Fault::Duplicate => Disturbance::Duplicate { probability: plan.duplicate },
            Fault::Reorder => Disturbance::Reorder { mean_ms: plan.reorder_ms },
            Fault::Slow => Disturbance::Slow { factor: plan.slow },
            Fault::Kill => Disturbance::Kill { node: node()? },
            Fault::Pause => Disturbance::Pause { node: node()? },
            Fault::Skew => {
                let node = node()?;
                let rate = 1.0 + plan.skew * (2.0 * random.unit() - 1.0);
                Disturbance::Skew { node, rate }
            }
        })
    }

    /// Does it, and says where it stands in the list of what was done.
    fn begin_disturbance(&mut self, now: Time, disturbance: Disturbance) -> usize {
        let disorder = &mut self.network.disorder;
        match &disturbance {
            Disturbance::Partition { cut, .. } => self.network.cut(cut),
            Disturbance::Loss { probability } => disorder.loss = Some(*probability),
            Disturbance::Duplicate { probability } => disorder.duplicate = Some(*probability),
            Disturbance::Reorder { mean_ms } => disorder.reorder_ms = Some(*mean_ms),
            Disturbance::Slow { factor } => disorder.slow = Some(*factor),
            Disturbance::Kill { node } => self.kill(*node),
            Disturbance::Pause { node } => self.pause(*node),
            Disturbance::Skew { node, rate } => self.set_clock_rate(*node, *rate),
        }
        let names = self.directory.nodes();
        let (f, request, outcome) = begin_entries(&disturbance, names);
        self.record_fault(now, f, request, outcome);
        let text = disturbance.told(self.directory.nodes());
        self.events.push((now, Event::FaultBegan(disturbance.fault(), text)));
        let from = self.nemesis_time(now);
        self.nemesis.done.push(PlannedFault { from, until: from, disturbance });
        self.nemesis.done.len() - 1
    }

    fn end_disturbance(&mut self, now: Time, active: usize) {
        let until = self.nemesis_time(now);
        self.nemesis.done[active].until = until;
        let disturbance = self.nemesis.done[active].disturbance.clone();
        let disorder = &mut self.network.disorder;
        match disturbance {
            Disturbance::Partition { .. } => return self.heal(now),
            Disturbance::Loss { .. } => disorder.loss = None,
            Disturbance::Duplicate { .. } => disorder.duplicate = None,
            Disturbance::Reorder { .. } => disorder.reorder_ms = None,
            Disturbance::Slow { .. } => disorder.slow = None,
            Disturbance::Kill { node } => self.restart(now, node),
            Disturbance::Pause { node } => self.resume(node),
            Disturbance::Skew { node, .. } => self.set_clock_rate(node, 1.0),
        }
        let (f, outcome) = end_entries(&disturbance, self.directory.nodes());
        self.record_fault(now, f, Value::Nil, outcome);
        self.events.push((now, Event::FaultEnded(disturbance.fault())));
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

    /// A fault is two entries: the request, and what came of it.
    fn record_fault(&mut self, now: Time, f: Function, request: Value, outcome: Value) {
        let invocation = Invocation::new(f, Value::Nil);
        for value in [request, outcome] {
            self.record(now, Kind::Info, Process::Nemesis, &invocation, value, None);
        }
    }
}

/// The function, the request and the outcome of a begin. Functions of faults that Jepsen has are
/// named as there.
fn begin_entries(disturbance: &Disturbance, names: &[String]) -> (Function, Value, Value) {
    let started = || Value::keyword("started");
    let node = |node: usize| Value::Vector(vec![Value::str(&names[node])]);
    match disturbance {
        Disturbance::Partition { shape, cut } => {
            (Function::StartPartition, Value::keyword(shape.name()), grudge_value(cut, names))
        }
        Disturbance::Loss { probability } | Disturbance::Duplicate { probability } => {
            (start_function(disturbance), Value::Float(*probability), started())
        }
        Disturbance::Reorder { mean_ms } => {
            let mean = i64::try_from(*mean_ms).unwrap_or(i64::MAX);
            (start_function(disturbance), Value::Int(mean), started())
        }
        Disturbance::Slow { factor } => {
            (start_function(disturbance), Value::Float(*factor), started())
        }
        Disturbance::Kill { node: killed } => {
            let outcome = Value::Map(vec![(Value::str(&names[*killed]), Value::keyword("killed"))]);
            (Function::from_name("kill"), node(*killed), outcome)
        }
        Disturbance::Pause { node: paused } => {
            let outcome = Value::Map(vec![(Value::str(&names[*paused]), Value::keyword("paused"))]);
            (Function::from_name("pause"), node(*paused), outcome)
        }
        Disturbance::Skew { node, rate } => {
            let request = Value::Map(vec![(Value::str(&names[*node]), Value::Float(*rate))]);
            (start_function(disturbance), request, started())
        }
    }
}

/// The function and the outcome of an end.
fn end_entries(disturbance: &Disturbance, names: &[String]) -> (Function, Value) {
    let node = |node: usize, outcome| {
        Value::Map(vec![(Value::str(&names[node]), Value::keyword(outcome))])
    };
    match disturbance {
        Disturbance::Kill { node: killed } => {
            (Function::from_name("start"), node(*killed, "started"))
        }
        Disturbance::Pause { node: paused } => {
            (Function::from_name("resume"), node(*paused, "resumed"))
        }
        other => {
            (Function::from_name(&format!("stop-{}", other.fault())), Value::keyword("stopped"))
        }
    }
}

fn start_function(disturbance: &Disturbance) -> Function {
    Function::from_name(&format!("start-{}", disturbance.fault()))
}
