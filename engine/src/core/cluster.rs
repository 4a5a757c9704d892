//! The nodes as the core sees them: their states, the input that waits for them, and the commands
//! for their hosts.

use crate::Time;
use crate::message::{Address, NodeIndex};

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

/// Lines for one node: whole lines, buffered until the driver takes them.
#[derive(Debug, Default)]
pub struct Outgoing {
    /// The lines.
    pub lines: Vec<u8>,
    /// When each of the messages from other nodes or services was due, to measure how late the
    /// engine is.
    pub due: Vec<Time>,
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

/// All nodes.
#[derive(Debug)]
pub(super) struct Cluster {
    states: Vec<NodeState>,
    outgoing: Vec<Outgoing>,
    commands: Vec<Command>,
}

impl Cluster {
    pub(super) fn new(nodes: usize) -> Self {
        Self {
            states: vec![NodeState::Running; nodes],
            outgoing: (0..nodes).map(|_| Outgoing::default()).collect(),
            commands: Vec::new(),
        }
    }

    /// Whether it was not killed, or has been restarted completely.
    pub(super) fn is_running(&self, node: NodeIndex) -> bool {
        self.states[node] == NodeState::Running
    }

    /// The nodes that run, in the order of the plan.
    pub(super) fn running(&self) -> Vec<NodeIndex> {
        (0..self.states.len()).filter(|node| self.is_running(*node)).collect()
    }

    pub(super) fn all_run(&self) -> bool {
        self.states.iter().all(|state| *state == NodeState::Running)
    }

    /// Whether the node receives messages from `src`.
    pub(super) fn hears(&self, node: NodeIndex, src: Address) -> bool {
        match self.states[node] {
            NodeState::Running | NodeState::SettingUp => true,
            NodeState::Dead => false,
            NodeState::Starting(client) => src == Address::Client(client),
        }
    }

    /// Whether output of the node comes from a process that was killed.
    pub(super) fn is_dead(&self, node: NodeIndex) -> bool {
        self.states[node] == NodeState::Dead
    }

    /// Whether it was restarted and has not answered the set-up request.
    pub(super) fn is_setting_up(&self, node: NodeIndex) -> bool {
        self.states[node] == NodeState::SettingUp
    }

    /// The buffered input of the node.
    pub(super) fn outgoing(&mut self, node: NodeIndex) -> &mut Outgoing {
        &mut self.outgoing[node]
    }

    /// The commands since the last call.
    pub(super) fn take_commands(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.commands)
    }

    /// Kills the node, which loses its input.
    pub(super) fn kill(&mut self, node: NodeIndex) {
        self.states[node] = NodeState::Dead;
        self.commands.push(Command::Kill(node));
        let outgoing = &mut self.outgoing[node];
        outgoing.lines.clear();
        outgoing.due.clear();
    }

    /// Starts a killed node again, which first hears only the client that sends `init`.
    pub(super) fn restart(&mut self, node: NodeIndex, client: u32) {
        self.states[node] = NodeState::Starting(client);
        self.commands.push(Command::Start(node));
    }

    /// Records that a restarted node answered `init`.
    pub(super) fn initialised(&mut self, node: NodeIndex) {
        self.states[node] = NodeState::SettingUp;
    }

    /// Records that a restarted node finished the set-up, if there is one.
    pub(super) fn set_up(&mut self, node: NodeIndex) {
        self.states[node] = NodeState::Running;
    }

    pub(super) fn pause(&mut self, node: NodeIndex) {
        self.commands.push(Command::Pause(node));
    }

    pub(super) fn resume(&mut self, node: NodeIndex) {
        self.commands.push(Command::Resume(node));
    }

    pub(super) fn set_clock_rate(&mut self, node: NodeIndex, rate: f64) {
        self.commands.push(Command::SetClockRate(node, rate));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: Address = Address::Node(0);

    #[test]
    fn a_killed_node_hears_no_one_until_it_is_set_up_again() {
        let mut cluster = Cluster::new(2);
        assert!(cluster.all_run() && cluster.hears(1, PEER));
        cluster.kill(1);
        assert!(cluster.is_dead(1) && !cluster.hears(1, PEER));
        assert_eq!(cluster.running(), [0]);
        cluster.restart(1, 7);
        assert!(!cluster.is_dead(1) && !cluster.is_running(1));
        assert!(cluster.hears(1, Address::Client(7)));
        assert!(!cluster.hears(1, Address::Client(8)) && !cluster.hears(1, PEER));
        cluster.initialised(1);
        assert!(cluster.hears(1, PEER) && cluster.is_setting_up(1) && !cluster.all_run());
        cluster.set_up(1);
        assert!(cluster.all_run() && !cluster.is_setting_up(1));
    }

    #[test]
    fn commands_keep_their_order_and_are_given_once() {
        let mut cluster = Cluster::new(2);
        cluster.pause(0);
        cluster.kill(1);
        cluster.restart(1, 0);
        cluster.resume(0);
        cluster.set_clock_rate(0, 1.5);
        let expected = [
            Command::Pause(0),
            Command::Kill(1),
            Command::Start(1),
            Command::Resume(0),
            Command::SetClockRate(0, 1.5),
        ];
        assert_eq!(cluster.take_commands(), expected);
        assert!(cluster.take_commands().is_empty());
    }

    #[test]
    fn a_killed_node_loses_its_input() {
        let mut cluster = Cluster::new(2);
        for node in 0..2 {
            let outgoing = cluster.outgoing(node);
            outgoing.lines.extend_from_slice(b"{}\n");
            outgoing.due.push(Time::from_nanos(5));
        }
        cluster.kill(0);
        assert!(cluster.outgoing(0).lines.is_empty() && cluster.outgoing(0).due.is_empty());
        assert_eq!(cluster.outgoing(1).lines, b"{}\n");
    }
}
