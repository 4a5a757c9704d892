//! PN-counter: a counter that grows and shrinks, and whose final reads must include every addition.

use super::definition::{
    Client, ClientRequest, Completion, FreeWorker, Generator, Invocation, Next, Protocol, Step,
    Workload, take_field,
};
use super::last_read::LastRead;
use crate::Random;
use crate::rpc::{Field, Rpc, RpcError, Shape};
use glomers_history::{Function, Value};
use smol_str::SmolStr;

/// The smallest delta.
const LEAST_DELTA: i64 = -5;
/// Number of deltas, from the smallest on: -5 to 4.
const DELTAS: u64 = 10;
/// The class of the exception for a number that is too large.
const ILLEGAL_ARGUMENT: &str = "java.lang.IllegalArgumentException";

pub(super) static ADD: Rpc = Rpc {
    request: "add",
    request_fields: &[Field { name: "delta", shape: Shape::Int }],
    reply: "add_ok",
    reply_fields: &[],
};

pub(super) static READ: Rpc = Rpc {
    request: "read",
    request_fields: &[],
    reply: "read_ok",
    reply_fields: &[Field { name: "value", shape: Shape::Int }],
};

/// The requests that a node must support.
pub(super) static PROTOCOL: Protocol = Protocol {
    about: "A counter that grows and shrinks; its last reads, on every node, show every addition.",
    rpcs: &[&ADD, &READ],
};

pub(super) struct PnCounter;

impl Workload for PnCounter {
    fn generator(&self, _random: &mut Random) -> Box<dyn Generator> {
        Box::new(AddsAndReads)
    }

    fn final_generator(&self) -> Option<Box<dyn Generator>> {
        Some(Box::new(LastRead::marked()))
    }

    fn client(&self) -> Box<dyn Client> {
        Box::new(CounterClient)
    }
}

/// Additions and reads with equal probability.
struct AddsAndReads;

impl Generator for AddsAndReads {
    fn next(&mut self, _: FreeWorker, random: &mut Random) -> Next {
        Next::Invoke(add_or_read(random))
    }
}

/// An addition or a read, with equal probability.
pub(super) fn add_or_read(random: &mut Random) -> Invocation {
    if random.below(2) == 0 {
        let delta = LEAST_DELTA.saturating_add_unsigned(random.below(DELTAS));
        Invocation::new(Function::Add, Value::Int(delta))
    } else {
        Invocation::new(Function::Read, Value::Nil)
    }
}

/// As in the reference, every error and every timeout is an exception.
pub(super) struct CounterClient;

impl Client for CounterClient {
    fn invoke(&mut self, invocation: &Invocation) -> Step {
        Step::Call(if invocation.f == Function::Read {
            ClientRequest { rpc: &READ, fields: Vec::new() }
        } else {
            ClientRequest { rpc: &ADD, fields: vec![("delta", invocation.value.clone())] }
        })
    }

    fn reply(&mut self, invocation: &Invocation, reply: Value) -> Step {
        let value = if invocation.f == Function::Read { take_field(reply, "value") } else { None };
        Step::Complete(match value {
            // An integer that exceeds the range of the reference.
            Some(Value::BigNumber(number)) => out_of_range(&number),
            value => Completion::ok(value),
        })
    }

    fn refused(&self, _invocation: &Invocation, error: &RpcError) -> Completion {
        Completion::thrown_error(error)
    }

    fn timed_out(&self, _invocation: &Invocation) -> Completion {
        Completion::thrown_timeout()
    }
}

fn out_of_range(number: &SmolStr) -> Completion {
    let message = format!("Value out of range for long: {number}");
    Completion::thrown(ILLEGAL_ARGUMENT, &message, None)
}
