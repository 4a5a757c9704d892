//! Faults as the core carries them out: what the nemesis decides becomes commands for nodes and
//! states of the network, entries of the history, and events.

use super::Core;
use super::fault_entries::{begin_entries, end_entries};
use super::nemesis::Turn;
use crate::event::Event;
use crate::message::NodeIndex;
use crate::scenario::InjectedFault;
use crate::time::Time;
use glomers_config::Fault;
use glomers_history::{Function, Value};

impl Core {
    /// Carries out the turn of every fault that is due.
    pub(super) fn nemesis_turns(&mut self, now: Time) {
        for track in 0..self.nemesis.tracks() {
            if let Some(turn) = self.nemesis.turn(track, now, &self.plan, &self.cluster) {
                self.carry_out(now, &turn);
            }
        }
    }

    /// Ends all faults and heals the network at the end of the load.
    pub(super) fn last_nemesis_turns(&mut self, now: Time) {
        for track in 0..self.nemesis.tracks() {
            if let Some(turn) = self.nemesis.last_turn(track, now) {
                self.carry_out(now, &turn);
            }
        }
    }

    fn carry_out(&mut self, now: Time, turn: &Turn) {
        match turn {
            Turn::Begin(faults) => self.begin_faults(now, faults),
            Turn::End(faults) => self.end_faults(now, faults),
            Turn::Heal => {
                self.network.heal();
                let outcome = Value::keyword("network-healed");
                let at = self.times.moment(now);
                self.record.fault(at, Function::StopPartition, Value::Nil, outcome);
                self.observed.events.add(now, Event::FaultEnded(Fault::Partition));
            }
        }
    }

    /// Begins the faults. The history gets one pair of entries for all.
    fn begin_faults(&mut self, now: Time, faults: &[InjectedFault]) {
        for injected in faults {
            let message_faults = &mut self.network.message_faults;
            match injected {
                InjectedFault::Partition { cut, .. } => self.network.cut(cut),
                InjectedFault::Loss { probability } => message_faults.loss = Some(*probability),
                InjectedFault::Duplicate { probability } => {
                    message_faults.duplicate = Some(*probability);
                }
                InjectedFault::Reorder { mean_ms } => message_faults.reorder_ms = Some(*mean_ms),
                InjectedFault::Slow { factor } => message_faults.slow = Some(*factor),
                InjectedFault::Kill { node } => {
                    self.cluster.kill(*node);
                    self.network.forget(*node);
                }
                InjectedFault::Pause { node } => self.cluster.pause(*node),
                InjectedFault::Skew { node, rate } => self.cluster.set_clock_rate(*node, *rate),
            }
        }
        let names = self.messages.directory().nodes();
        let Some((f, request, outcome)) = begin_entries(faults, names) else { return };
        self.record.fault(self.times.moment(now), f, request, outcome);
        let texts: Vec<String> = faults.iter().map(|it| it.described(names)).collect();
        self.observed.events.add(now, Event::FaultBegan(faults[0].fault(), texts.join(", ")));
    }

    fn end_faults(&mut self, now: Time, faults: &[InjectedFault]) {
        for injected in faults {
            let message_faults = &mut self.network.message_faults;
            match injected {
                InjectedFault::Partition { .. } => self.network.heal(),
                InjectedFault::Loss { .. } => message_faults.loss = None,
                InjectedFault::Duplicate { .. } => message_faults.duplicate = None,
                InjectedFault::Reorder { .. } => message_faults.reorder_ms = None,
                InjectedFault::Slow { .. } => message_faults.slow = None,
                InjectedFault::Kill { node } => self.restart(now, *node),
                InjectedFault::Pause { node } => self.cluster.resume(*node),
                InjectedFault::Skew { node, .. } => self.cluster.set_clock_rate(*node, 1.0),
            }
        }
        let names = self.messages.directory().nodes();
        let Some((f, outcome)) = end_entries(faults, names) else { return };
        self.record.fault(self.times.moment(now), f, Value::Nil, outcome);
        self.observed.events.add(now, Event::FaultEnded(faults[0].fault()));
    }

    /// Restarts a killed node, which gets `init` before any other message.
    pub(super) fn restart(&mut self, now: Time, node: NodeIndex) {
        self.observed.restarted(node);
        let client = self.clients.open(node);
        self.cluster.restart(node, client);
        self.call_init(now, node, client);
    }
}
