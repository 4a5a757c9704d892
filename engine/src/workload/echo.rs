//! Echo: a node replies with the value that it was sent.

use super::definition::{
    Client, ClientRequest, Completion, FreeWorker, Generator, Invocation, Next, Protocol, Step,
    Workload,
};
use crate::Random;
use crate::rpc::{Field, Rpc, Shape};
use glomers_history::{Function, Value};
use smol_str::format_smolstr;

/// Payloads are `Please echo 0` to `Please echo 127`.
const PAYLOADS: u64 = 128;

static ECHO: Rpc = Rpc {
    request: "echo",
    request_fields: &[Field { name: "echo", shape: Shape::Any }],
    reply: "echo_ok",
    reply_fields: &[Field { name: "echo", shape: Shape::Any }],
};

/// The requests that a node must support.
pub(super) static PROTOCOL: Protocol =
    Protocol { about: "A node answers with what it was sent.", rpcs: &[&ECHO] };

pub(super) struct Echo;

impl Workload for Echo {
    fn generator(&self, _random: &mut Random) -> Box<dyn Generator> {
        Box::new(EchoGenerator)
    }

    fn client(&self) -> Box<dyn Client> {
        Box::new(EchoClient)
    }
}

struct EchoGenerator;

impl Generator for EchoGenerator {
    fn next(&mut self, _: FreeWorker, random: &mut Random) -> Next {
        let payload = Value::Str(format_smolstr!("Please echo {}", random.below(PAYLOADS)));
        Next::Invoke(Invocation::new(Function::Echo, payload))
    }
}

struct EchoClient;

impl Client for EchoClient {
    fn invoke(&mut self, invocation: &Invocation) -> Step {
        Step::Call(ClientRequest { rpc: &ECHO, fields: vec![("echo", invocation.value.clone())] })
    }

    /// The result is the whole reply, which the checker compares.
    fn reply(&mut self, _invocation: &Invocation, reply: Value) -> Step {
        Step::Complete(Completion::ok(Some(reply)))
    }
}
