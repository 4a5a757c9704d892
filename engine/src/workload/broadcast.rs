//! Broadcast: values 0, 1, 2, ... are sent to nodes, and every node must return all of them in the
//! end.

use super::definition::{
    Client, ClientRequest, Completion, Generator, Invocation, Protocol, Step, Workload, take_field,
};
use super::elements::AddsAndReads;
use super::last_read::LastRead;
use super::topology::topology;
use crate::Random;
use crate::rpc::{Field, Rpc, Shape};
use glomers_config::Plan;
use glomers_history::{Function, Value};

static TOPOLOGY: Rpc = Rpc {
    request: "topology",
    request_fields: &[Field { name: "topology", shape: Shape::Topology }],
    reply: "topology_ok",
    reply_fields: &[],
};

static BROADCAST: Rpc = Rpc {
    request: "broadcast",
    request_fields: &[Field { name: "message", shape: Shape::Any }],
    reply: "broadcast_ok",
    reply_fields: &[],
};

static READ: Rpc = Rpc {
    request: "read",
    request_fields: &[],
    reply: "read_ok",
    reply_fields: &[Field { name: "messages", shape: Shape::List }],
};

/// The requests that a node must support.
pub(super) static PROTOCOL: Protocol = Protocol {
    about: "Every value that some node is given must reach every node, and stay there.",
    rpcs: &[&TOPOLOGY, &BROADCAST, &READ],
};

pub(super) struct Broadcast {
    topology: Value,
}

impl Broadcast {
    pub(super) fn new(plan: &Plan) -> Self {
        let name = |node: usize| Value::str(&plan.nodes[node]);
        let neighbours = topology(plan.topology, plan.nodes.len());
        let entries = neighbours.into_iter().map(|(node, neighbours)| {
            (name(node), Value::Vector(neighbours.into_iter().map(name).collect()))
        });
        Self { topology: Value::Map(entries.collect()) }
    }
}

impl Workload for Broadcast {
    fn set_up(&self) -> Option<ClientRequest> {
        Some(ClientRequest { rpc: &TOPOLOGY, fields: vec![("topology", self.topology.clone())] })
    }

    fn generator(&self, _random: &mut Random) -> Box<dyn Generator> {
        Box::new(AddsAndReads::new(Function::Broadcast))
    }

    fn final_generator(&self) -> Option<Box<dyn Generator>> {
        Some(Box::new(LastRead::marked()))
    }

    fn client(&self) -> Box<dyn Client> {
        Box::new(BroadcastClient)
    }
}

struct BroadcastClient;

impl Client for BroadcastClient {
    fn invoke(&mut self, invocation: &Invocation) -> Step {
        Step::Call(if invocation.f == Function::Read {
            ClientRequest { rpc: &READ, fields: Vec::new() }
        } else {
            ClientRequest { rpc: &BROADCAST, fields: vec![("message", invocation.value.clone())] }
        })
    }

    fn reply(&mut self, invocation: &Invocation, reply: Value) -> Step {
        let value =
            if invocation.f == Function::Read { take_field(reply, "messages") } else { None };
        Step::Complete(Completion::ok(value))
    }

    fn is_idempotent(&self, f: &Function) -> bool {
        *f == Function::Read
    }
}
