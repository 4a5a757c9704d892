//! G-set: elements 0, 1, 2, ... are added to a set that only grows, and every node must return all
//! of them in the end.

use super::definition::{
    Client, ClientRequest, Completion, Generator, Invocation, Protocol, Step, Workload, take_field,
};
use super::elements::AddsAndReads;
use super::last_read::LastRead;
use crate::Random;
use crate::rpc::{Field, Rpc, RpcError, Shape};
use glomers_history::{Function, Value};

static ADD: Rpc = Rpc {
    request: "add",
    request_fields: &[Field { name: "element", shape: Shape::Any }],
    reply: "add_ok",
    reply_fields: &[],
};

static READ: Rpc = Rpc {
    request: "read",
    request_fields: &[],
    reply: "read_ok",
    reply_fields: &[Field { name: "value", shape: Shape::List }],
};

/// The requests that a node must support.
pub(super) static PROTOCOL: Protocol = Protocol {
    about: "Every element that some node is given must be in what every node shows in the end.",
    rpcs: &[&ADD, &READ],
};

pub(super) struct GSet;

impl Workload for GSet {
    fn generator(&self, _random: &mut Random) -> Box<dyn Generator> {
        Box::new(AddsAndReads::new(Function::Add))
    }

    fn final_generator(&self) -> Option<Box<dyn Generator>> {
        Some(Box::new(LastRead::unmarked()))
    }

    fn client(&self) -> Box<dyn Client> {
        Box::new(GSetClient)
    }
}

/// As in the reference, every error and every timeout is an exception.
struct GSetClient;

impl Client for GSetClient {
    fn invoke(&mut self, invocation: &Invocation) -> Step {
        Step::Call(if invocation.f == Function::Read {
            ClientRequest { rpc: &READ, fields: Vec::new() }
        } else {
            ClientRequest { rpc: &ADD, fields: vec![("element", invocation.value.clone())] }
        })
    }

    fn reply(&mut self, invocation: &Invocation, reply: Value) -> Step {
        let value = if invocation.f == Function::Read { take_field(reply, "value") } else { None };
        Step::Complete(Completion::ok(value))
    }

    fn refused(&self, _invocation: &Invocation, error: &RpcError) -> Completion {
        Completion::thrown_error(error)
    }

    fn timed_out(&self, _invocation: &Invocation) -> Completion {
        Completion::thrown_timeout()
    }
}
