//! What a workload consists of: its operations, the generators that choose them, the clients that turn
//! them into requests, and its protocol.

use crate::rpc::{Rpc, RpcError};
use crate::{EngineError, Random, Time};
use glomers_history::{Function, Kind, Value};
use smol_str::SmolStr;

/// An operation for a worker.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Invocation {
    pub(crate) f: Function,
    pub(crate) value: Value,
    /// Whether it is a final operation, after the recovery wait.
    pub(crate) is_final: bool,
    /// Additional keys for its entries in the history.
    pub(crate) other: Vec<(SmolStr, Value)>,
}

impl Invocation {
    pub(crate) fn new(f: Function, value: Value) -> Self {
        Self { f, value, is_final: false, other: Vec::new() }
    }

    /// A final operation, after the recovery wait.
    pub(crate) fn last(f: Function, value: Value) -> Self {
        Self { is_final: true, ..Self::new(f, value) }
    }
}

/// A request to a node. Its `type` comes from the RPC, its `msg_id` is added when it is sent.
#[derive(Debug)]
pub(crate) struct ClientRequest {
    pub(crate) rpc: &'static Rpc,
    pub(crate) fields: Vec<(&'static str, Value)>,
}

/// How an operation ended.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Completion {
    pub(crate) kind: Kind,
    /// The result; `None` if it is the invocation's value.
    pub(crate) value: Option<Value>,
    pub(crate) error: Option<Value>,
    pub(crate) exception: Option<Value>,
}

impl Completion {
    /// A success with this result.
    pub(crate) fn ok(value: Option<Value>) -> Self {
        Self { kind: Kind::Ok, value, error: None, exception: None }
    }

    /// A completion with this error.
    pub(crate) fn error(kind: Kind, error: Value) -> Self {
        Self { kind, value: None, error: Some(error), exception: None }
    }
}

/// The next action of a client for its operation.
#[derive(Debug)]
pub(crate) enum Step {
    /// Send the request to the node, and wait for the reply.
    Call(ClientRequest),
    /// Complete the operation.
    Complete(Completion),
    /// The reply matches the schema, but not the request.
    Malformed {
        /// What is wrong with it.
        problem: String,
        /// The reply.
        reply: Value,
    },
}

/// A free worker that needs an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FreeWorker {
    /// Its number, from 0.
    pub(crate) worker: u32,
    /// Its current process.
    pub(crate) process: u64,
    /// The current time.
    pub(crate) now: Time,
}

/// The answer of a generator to a free worker.
#[derive(Debug, PartialEq)]
pub(crate) enum Next {
    /// Run this operation.
    Invoke(Invocation),
    /// There is no operation for this worker until then; there may be one for others.
    Wait(Time),
    /// There are no more operations: for any worker if in the load, for this worker if in the final
    /// phase.
    Exhausted,
}

/// Generates the operations of a phase, one at a time.
pub(crate) trait Generator {
    /// The next operation of this worker.
    fn next(&mut self, free_worker: FreeWorker, random: &mut Random) -> Next;

    /// Whether the worker for an operation is drawn from the free ones; by default they are taken
    /// in rotation.
    fn draws_workers(&self) -> bool {
        false
    }

    /// Called when an operation of this worker ended.
    fn ended(&mut self, worker: u32, invocation: &Invocation, completion: &Completion) {
        let _ = (worker, invocation, completion);
    }
}

/// One worker's side of the protocol: turns an operation into requests, and replies into an
/// outcome.
pub(crate) trait Client {
    /// Begins an operation.
    fn invoke(&mut self, invocation: &Invocation) -> Step;

    /// Continues the operation with a reply that matches the schema of the last request.
    fn reply(&mut self, invocation: &Invocation, reply: Value) -> Step;

    /// Whether the operation is idempotent, so that an unknown outcome may count as a failure.
    fn is_idempotent(&self, f: &Function) -> bool {
        let _ = f;
        false
    }

    /// The outcome when the node answered with an error.
    fn refused(&self, invocation: &Invocation, error: &RpcError) -> Completion {
        let certain = error.definite || self.is_idempotent(&invocation.f);
        Completion::error(
            if certain { Kind::Fail } else { Kind::Info },
            Value::Vector(vec![Value::keyword(error.name), error.text.clone()]),
        )
    }

    /// The outcome when the node did not answer in time.
    fn timed_out(&self, invocation: &Invocation) -> Completion {
        let certain = self.is_idempotent(&invocation.f);
        Completion::error(
            if certain { Kind::Fail } else { Kind::Info },
            Value::keyword("net-timeout"),
        )
    }
}

/// The parts of a workload that the engine needs.
pub(crate) trait Workload {
    /// Checks whether the plan can be run.
    fn check(&self) -> Result<(), EngineError> {
        Ok(())
    }

    /// The request that every node gets before the test, if any.
    fn set_up(&self) -> Option<ClientRequest> {
        None
    }

    /// The generator of the load.
    fn generator(&self, random: &mut Random) -> Box<dyn Generator>;

    /// The generator of the final operations; `None` if there are none, and then no recovery wait
    /// either.
    fn final_generator(&self) -> Option<Box<dyn Generator>> {
        None
    }

    /// A new client for one worker.
    fn client(&self) -> Box<dyn Client>;

    /// Whether a worker keeps its network client after an operation with an unknown outcome.
    fn keeps_client(&self) -> bool {
        false
    }
}

/// The requests of a workload, other than `init`.
#[derive(Debug)]
pub struct Protocol {
    /// What nodes must do, in a sentence or two.
    pub about: &'static str,
    /// The requests of clients, in the order in which a node first receives them.
    pub rpcs: &'static [&'static Rpc],
}

/// Moves a field out of a reply, since the value may be too large to copy.
pub(crate) fn take_field(reply: Value, field: &str) -> Option<Value> {
    let Value::Map(entries) = reply else { return None };
    let is_field = |key: &Value| matches!(key, Value::Keyword(name) if name == field);
    entries.into_iter().find(|(key, _)| is_field(key)).map(|(_, value)| value)
}
