//! Unique ids: nodes generate ids of any type, and must never return one twice.

use super::definition::{
    Client, ClientRequest, Completion, FreeWorker, Generator, Invocation, Next, Protocol, Step,
    Workload,
};
use crate::Random;
use crate::rpc::{Field, Rpc, Shape};
use glomers_history::{Function, Value};

static GENERATE: Rpc = Rpc {
    request: "generate",
    request_fields: &[],
    reply: "generate_ok",
    reply_fields: &[Field { name: "id", shape: Shape::Any }],
};

/// The requests that a node must support.
pub(super) static PROTOCOL: Protocol =
    Protocol { about: "Nodes give out ids, of any type, and never one twice.", rpcs: &[&GENERATE] };

pub(super) struct UniqueIds;

impl Workload for UniqueIds {
    fn generator(&self, _random: &mut Random) -> Box<dyn Generator> {
        Box::new(GenerateForever)
    }

    fn client(&self) -> Box<dyn Client> {
        Box::new(UniqueIdsClient)
    }

    fn keeps_client(&self) -> bool {
        true
    }
}

struct GenerateForever;

impl Generator for GenerateForever {
    fn next(&mut self, _: FreeWorker, _random: &mut Random) -> Next {
        Next::Invoke(Invocation::new(Function::Generate, Value::Nil))
    }
}

struct UniqueIdsClient;

impl Client for UniqueIdsClient {
    fn invoke(&mut self, _invocation: &Invocation) -> Step {
        Step::Call(ClientRequest { rpc: &GENERATE, fields: Vec::new() })
    }

    fn reply(&mut self, _invocation: &Invocation, reply: Value) -> Step {
        Step::Complete(Completion::ok(reply.get("id").cloned()))
    }
}
