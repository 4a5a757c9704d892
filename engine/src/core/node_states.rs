//! The states of nodes: which are running, and how a node is killed, paused and restarted.

use super::Core;
use crate::event::{Exit, Failure, Phase};
use crate::message::{Address, NodeIndex};
use crate::time::Time;

/// A command that the driver must apply to a node's host, in the given order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Command {
    /// Kill it.
    Kill(NodeIndex),
    /// Start it again.
    Start(NodeIndex),
    /// Suspend it.
    Pause(NodeIndex),
    /// Resume it.
    Resume(NodeIndex),
    /// Make its clock advance by this many seconds per second.
    SetClockRate(NodeIndex, f64),
}

/// The state of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NodeState {
    /// It receives messages, or is about to get its first `init`.
    Running,
    /// It was killed: messages to it are lost.
    Dead,
    /// It was restarted, and only receives messages from the client that sent `init`.
    Starting(u32),
    /// It answered `init`, and gets the workload's set-up request.
    SettingUp,
}

/// The states of all nodes.
#[derive(Debug)]
pub(super) struct NodeStates {
    nodes: Vec<NodeState>,
    commands: Vec<Command>,
}

impl NodeStates {
    pub(super) fn new(nodes: usize) -> Self {
        Self { nodes: vec![NodeState::Running; nodes], commands: Vec::new() }
    }

    /// Whether it was not killed, or has been restarted completely.
    pub(super) fn is_running(&self, node: NodeIndex) -> bool {
        self.nodes[node] == NodeState::Running
    }

    pub(super) fn all_run(&self) -> bool {
        self.nodes.iter().all(|state| *state == NodeState::Running)
    }

    /// Whether the node receives messages from `src`.
    pub(super) fn hears(&self, node: NodeIndex, src: Address) -> bool {
        match self.nodes[node] {
            NodeState::Running | NodeState::SettingUp => true,
            NodeState::Dead => false,
            NodeState::Starting(client) => src == Address::Client(client),
        }
    }

    /// Whether output of the node comes from a process that was killed.
    pub(super) fn is_dead(&self, node: NodeIndex) -> bool {
        self.nodes[node] == NodeState::Dead
    }
}

impl Core {
    /// The commands that the driver must apply to hosts before it delivers anything.
    pub fn take_commands(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.node_states.commands)
    }

    /// Records that a node ended. That is a failure, unless the node was killed.
    pub fn exited(&mut self, now: Time, node: NodeIndex, exit: Exit) {
        if !self.node_states.is_dead(node) {
            self.fail(now, Failure::NodeExited { node, exit, phase: self.phase });
        }
    }

    pub(super) fn kill(&mut self, node: NodeIndex) {
        self.node_states.nodes[node] = NodeState::Dead;
        self.node_states.commands.push(Command::Kill(node));
        self.network.forget(node);
        let outgoing = &mut self.outgoing[node];
        outgoing.lines.clear();
        outgoing.due.clear();
    }

    /// Restarts a killed node, which gets `init` before any other message.
    pub(super) fn restart(&mut self, now: Time, node: NodeIndex) {
        self.node_states.commands.push(Command::Start(node));
        self.deaf_nodes.restarted(node);
        let client = self.calls.open(node);
        self.node_states.nodes[node] = NodeState::Starting(client);
        self.call_init_of(now, node, client);
    }

    pub(super) fn pause(&mut self, node: NodeIndex) {
        self.node_states.commands.push(Command::Pause(node));
    }

    pub(super) fn resume(&mut self, node: NodeIndex) {
        self.node_states.commands.push(Command::Resume(node));
    }

    pub(super) fn set_clock_rate(&mut self, node: NodeIndex, rate: f64) {
        self.node_states.commands.push(Command::SetClockRate(node, rate));
    }

    /// Records that a node answered `init`.
    pub(super) fn node_started(&mut self, now: Time, node: NodeIndex) {
        if self.phase == Phase::Start {
            return self.schedule.node_ready();
        }
        self.node_states.nodes[node] = NodeState::SettingUp;
        let client = self.calls.open(node);
        self.call_set_up_of(now, node, client);
    }

    /// Records that a node finished the set-up, if there is one.
    pub(super) fn node_set_up(&mut self, now: Time, node: NodeIndex) {
        if self.phase == Phase::SetUp {
            return self.schedule.node_ready();
        }
        self.node_states.nodes[node] = NodeState::Running;
        if self.node_states.all_run() {
            self.nemesis.nodes_are_back(now);
        }
    }

    /// Whether the run needs the node's answer to the set-up request.
    pub(super) fn awaits_set_up(&self, node: NodeIndex) -> bool {
        self.phase == Phase::SetUp || self.node_states.nodes[node] == NodeState::SettingUp
    }
}
