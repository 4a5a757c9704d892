//! The nemesis: decides which faults begin and end, in alternating turns, drawn at random or given by
//! a scenario. The core does what it decides.

mod draw;

use super::cluster::Cluster;
use crate::message::NodeIndex;
use crate::random::Random;
use crate::scenario::{InjectedFault, PlannedFault, Scenario};
use crate::time::Time;
use draw::draw_fault;
use glomers_config::{Fault, Plan};
use std::time::Duration;

/// Minimum time that a node runs before it is killed again.
const SHORTEST_LIFE: Duration = Duration::from_secs(5);

/// All faults, each with a separate sequence of turns.
#[derive(Debug)]
pub(super) struct Nemesis {
    tracks: Vec<Track>,
    /// When the load began.
    load_start: Time,
    /// The faults so far, in the order in which they began.
    done: Vec<PlannedFault>,
}

/// What the nemesis does in a turn.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Turn {
    /// Begins these faults, all of one kind.
    Begin(Vec<InjectedFault>),
    /// Ends these faults, all of one kind.
    End(Vec<InjectedFault>),
    /// Heals the network.
    Heal,
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
            Track::new(fault, Source::Drawn { random, longest_gap })
        };
        Self::new(plan.faults.iter().map(track).collect())
    }

    /// Takes the faults of a scenario.
    pub(super) fn planned(scenario: &Scenario) -> Self {
        let track = |fault: &PlannedFault| {
            Track::new(fault.injected.fault(), Source::Planned(fault.clone()))
        };
        Self::new(scenario.faults.iter().map(track).collect())
    }

    fn new(tracks: Vec<Track>) -> Self {
        Self { tracks, load_start: Time::default(), done: Vec::new() }
    }

    /// Called when the load begins: drawn faults take their first turn immediately.
    pub(super) fn begin(&mut self, now: Time) {
        self.load_start = now;
        for track in &mut self.tracks {
            track.next = Some(match &track.source {
                Source::Drawn { .. } => now,
                Source::Planned(fault) => now.plus_nanos(fault.from),
            });
        }
    }

    /// Number of kinds of faults, or of faults of the scenario. Each has its turns.
    pub(super) fn tracks(&self) -> usize {
        self.tracks.len()
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

    /// Takes the turn of a track, if it is due; `None` if there is nothing to do.
    pub(super) fn turn(
        &mut self,
        track: usize,
        now: Time,
        plan: &Plan,
        cluster: &Cluster,
    ) -> Option<Turn> {
        let Self { tracks, done, load_start } = self;
        let track = &mut tracks[track];
        track.next.filter(|next| *next <= now)?;
        let since_load = nanos_between(*load_start, now);
        let active = std::mem::take(&mut track.active);
        let has_ended = !active.is_empty();
        let turn = if has_ended {
            Some(end(&active, done, since_load))
        } else {
            let begun = track.choose(plan, cluster);
            let first = done.len();
            let planned = |injected| PlannedFault { from: since_load, until: since_load, injected };
            done.extend(begun.iter().cloned().map(planned));
            track.active = (first..done.len()).collect();
            (!begun.is_empty()).then_some(Turn::Begin(begun))
        };
        track.plan_turn(now, *load_start, has_ended);
        turn
    }

    /// Takes the last turn of a track, at the end of the load: ends what is active.
    pub(super) fn last_turn(&mut self, track: usize, now: Time) -> Option<Turn> {
        let Self { tracks, done, load_start } = self;
        let track = &mut tracks[track];
        track.next = None;
        let active = std::mem::take(&mut track.active);
        let is_drawn = matches!(track.source, Source::Drawn { .. });
        if !active.is_empty() {
            return Some(end(&active, done, nanos_between(*load_start, now)));
        }
        // The reference heals the network once more.
        (track.fault == Fault::Partition && is_drawn).then_some(Turn::Heal)
    }
}

impl Track {
    fn new(fault: Fault, source: Source) -> Self {
        Self { fault, source, next: None, active: Vec::new() }
    }

    /// Decides when the next turn is, after a turn that ended the fault, or began it if possible.
    fn plan_turn(&mut self, now: Time, load_start: Time, has_ended: bool) {
        let is_active = !self.active.is_empty();
        self.next = match &mut self.source {
            Source::Drawn { .. } if has_ended && self.fault == Fault::Kill => None,
            Source::Drawn { random, longest_gap } => {
                Some(now.plus_nanos(random.below(*longest_gap)))
            }
            Source::Planned(fault) => is_active.then(|| load_start.plus_nanos(fault.until)),
        };
    }

    /// What the fault does in its turn; empty if there is no node to affect.
    fn choose(&mut self, plan: &Plan, cluster: &Cluster) -> Vec<InjectedFault> {
        match &mut self.source {
            Source::Planned(PlannedFault { injected, .. }) => {
                let is_possible = injected.node().is_none_or(|node| cluster.is_running(node));
                is_possible.then(|| injected.clone()).into_iter().collect()
            }
            Source::Drawn { random, .. } => {
                draw_fault(self.fault, plan, &cluster.running(), random)
            }
        }
    }
}

/// Marks the faults as ended.
fn end(active: &[usize], done: &mut [PlannedFault], since_load: u64) -> Turn {
    let mut ended = Vec::with_capacity(active.len());
    for index in active {
        let planned = &mut done[*index];
        planned.until = since_load;
        ended.push(planned.injected.clone());
    }
    // The network heals as a whole.
    let is_partition = matches!(ended.first(), Some(InjectedFault::Partition { .. }));
    if is_partition { Turn::Heal } else { Turn::End(ended) }
}

fn nanos_between(start: Time, now: Time) -> u64 {
    now.as_nanos().saturating_sub(start.as_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::testing;
    use glomers_config::{Faults, Parameters};

    fn plan(faults: &[Fault]) -> Plan {
        let nemesis = Some(Faults::new(faults.to_vec()));
        testing::plan("broadcast-c", Parameters { nemesis, ..Parameters::default() })
    }

    fn at(seconds: u64) -> Time {
        Time::default() + Duration::from_secs(seconds)
    }

    #[test]
    fn a_drawn_fault_begins_at_once_and_then_alternates() {
        let plan = plan(&[Fault::Pause]);
        let cluster = Cluster::new(plan.nodes.len());
        let mut nemesis = Nemesis::drawn(&plan);
        assert_eq!(nemesis.next(), None);
        nemesis.begin(at(2));
        assert_eq!(nemesis.turn(0, at(1), &plan, &cluster), None);
        let mut now = at(2);
        for number in 0..10 {
            let turn = nemesis.turn(0, now, &plan, &cluster).unwrap();
            assert_eq!(matches!(turn, Turn::Begin(_)), number % 2 == 0, "{number}: {turn:?}");
            let gap = nemesis.next().unwrap().since(now);
            assert!(gap < plan.nemesis_interval * 2);
            now = nemesis.next().unwrap();
        }
        let done = nemesis.done();
        assert_eq!((done.len(), done[0].from), (5, 0), "times count from the start of the load");
        assert!(done.iter().all(|fault| fault.until > fault.from));
    }

    #[test]
    fn a_kill_waits_until_all_nodes_are_back() {
        let plan = plan(&[Fault::Kill]);
        let mut cluster = Cluster::new(plan.nodes.len());
        let mut nemesis = Nemesis::drawn(&plan);
        nemesis.begin(at(0));
        let Some(Turn::Begin(killed)) = nemesis.turn(0, at(0), &plan, &cluster) else { panic!() };
        let node = killed[0].node().unwrap();
        cluster.kill(node);
        let end = nemesis.next().unwrap();
        assert_eq!(nemesis.turn(0, end, &plan, &cluster), Some(Turn::End(killed)));
        assert_eq!(nemesis.next(), None);
        nemesis.nodes_are_back(end);
        assert!(nemesis.next().unwrap() >= end + SHORTEST_LIFE);
    }

    #[test]
    fn a_planned_fault_needs_its_node_and_ends_at_its_time() {
        let kill =
            |node| PlannedFault { from: 5, until: 9, injected: InjectedFault::Kill { node } };
        let scenario = Scenario { faults: vec![kill(0), kill(1)], ..Scenario::default() };
        let plan = plan(&[Fault::Kill]);
        let mut cluster = Cluster::new(plan.nodes.len());
        cluster.kill(1);
        let mut nemesis = Nemesis::planned(&scenario);
        nemesis.begin(Time::from_nanos(100));
        let (from, until) = (Time::from_nanos(105), Time::from_nanos(109));
        assert_eq!(nemesis.next(), Some(from));
        let begun = Turn::Begin(vec![InjectedFault::Kill { node: 0 }]);
        assert_eq!(nemesis.turn(0, from, &plan, &cluster), Some(begun));
        assert_eq!(nemesis.turn(1, from, &plan, &cluster), None, "its node does not run");
        assert_eq!(nemesis.next(), Some(until));
        let ended = Turn::End(vec![InjectedFault::Kill { node: 0 }]);
        assert_eq!(nemesis.turn(0, until, &plan, &cluster), Some(ended));
        assert_eq!((nemesis.next(), nemesis.done()), (None, &[kill(0)][..]));
    }

    #[test]
    fn the_network_is_healed_at_the_end_also_if_nothing_is_cut() {
        let plan = plan(&[Fault::Partition, Fault::Loss]);
        let cluster = Cluster::new(plan.nodes.len());
        let mut nemesis = Nemesis::drawn(&plan);
        nemesis.begin(at(0));
        let Some(Turn::Begin(begun)) = nemesis.turn(0, at(0), &plan, &cluster) else { panic!() };
        let InjectedFault::Partition { cut, .. } = &begun[0] else { panic!("{begun:?}") };
        let (dest, sources) = cut.iter().next().unwrap();
        let src = *sources.iter().next().unwrap();
        assert_eq!(nemesis.cutting(*dest, src), Some(0));
        assert_eq!(nemesis.last_turn(0, at(4)), Some(Turn::Heal));
        assert_eq!(nemesis.cutting(*dest, src), None);
        assert_eq!(nemesis.last_turn(0, at(4)), Some(Turn::Heal));
        assert_eq!(nemesis.last_turn(1, at(4)), None, "the loss did not begin");
    }
}
