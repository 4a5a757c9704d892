//! Lin-kv: a key-value store with read, write and compare-and-set, each key of which is
//! linearizable.
//!
//! Checking a key costs more the more processes touched it. So workers are split into groups of
//! twice as many as there are nodes, and each group works on one key for a while.

use super::{
    Asking, Client, Completion, Generator, Invocation, Next, Protocol, Request, Step, Workload,
    take_field,
};
use crate::rpc::{Field, Rpc, Shape};
use crate::{EngineError, Random};
use glomers_config::{Plan, Workload as Name};
use glomers_history::{Function, Kind, Value};

/// Values are 0 to 4.
const VALUES: u64 = 5;
/// A key ends before more processes than this touch it.
const PROCESSES_PER_KEY: usize = 20;
/// Workers of a group for each node.
const WORKERS_PER_NODE: usize = 2;

static READ: Rpc = Rpc {
    request: "read",
    request_fields: &[Field { name: "key", shape: Shape::Any }],
    reply: "read_ok",
    reply_fields: &[Field { name: "value", shape: Shape::Any }],
};

static WRITE: Rpc = Rpc {
    request: "write",
    request_fields: &[
        Field { name: "key", shape: Shape::Any },
        Field { name: "value", shape: Shape::Any },
    ],
    reply: "write_ok",
    reply_fields: &[],
};

static CAS: Rpc = Rpc {
    request: "cas",
    request_fields: &[
        Field { name: "key", shape: Shape::Any },
        Field { name: "from", shape: Shape::Any },
        Field { name: "to", shape: Shape::Any },
    ],
    reply: "cas_ok",
    reply_fields: &[],
};

/// What a node must understand.
pub(super) static PROTOCOL: Protocol = Protocol {
    about: "A key-value store, each key of which is linearizable.",
    rpcs: &[&READ, &WRITE, &CAS],
};

pub(super) struct LinKv {
    nodes: usize,
    workers: usize,
}

impl LinKv {
    pub(super) fn new(plan: &Plan) -> Self {
        Self { nodes: plan.nodes.len(), workers: plan.workers as usize }
    }
}

impl Workload for LinKv {
    /// Workers must make whole groups. (The reference crashes if they do not.)
    fn check(&self) -> Result<(), EngineError> {
        let group = WORKERS_PER_NODE * self.nodes;
        if self.workers.is_multiple_of(group) {
            return Ok(());
        }
        Err(EngineError::Concurrency { workload: Name::LinKv, workers: self.workers, group })
    }

    fn generator(&self, _random: &mut Random) -> Box<dyn Generator> {
        Box::new(Groups::new(self.nodes, self.workers))
    }

    fn client(&self) -> Box<dyn Client> {
        Box::new(LinKvClient)
    }

    fn keeps_client(&self) -> bool {
        true
    }
}

/// Groups of workers, each with its own key.
struct Groups {
    /// The first workers, which only read. As in the reference, all of them are in the first group:
    /// the others do without.
    readers: u32,
    size: usize,
    all: Vec<Group>,
    next_key: i64,
}

struct Group {
    key: i64,
    /// Processes that touched the key, or may have: all of the group, and those that they were.
    processes: usize,
}

impl Groups {
    fn new(nodes: usize, workers: usize) -> Self {
        let size = WORKERS_PER_NODE * nodes;
        let keys = (0..).take(workers.div_ceil(size));
        let all: Vec<Group> = keys.map(|key| Group { key, processes: size }).collect();
        Self {
            readers: u32::try_from(nodes).unwrap_or(u32::MAX),
            size,
            next_key: all.last().map_or(0, |last| last.key + 1),
            all,
        }
    }

    fn group_of(&self, worker: u32) -> usize {
        worker as usize / self.size
    }
}

impl Generator for Groups {
    fn draws_workers(&self) -> bool {
        true
    }

    fn next(&mut self, asking: Asking, random: &mut Random) -> Next {
        let number = self.group_of(asking.worker);
        let group = &mut self.all[number];
        // A group that is larger from the start hangs the reference; here its key lives on until
        // the first process is replaced.
        if group.processes > PROCESSES_PER_KEY.max(self.size) {
            *group = Group { key: self.next_key, processes: self.size };
            self.next_key += 1;
        }
        let (f, argument) = if asking.worker < self.readers {
            (Function::Read, Value::Nil)
        } else if random.below(3) == 0 {
            (Function::Write, random_value(random))
        } else {
            (Function::Cas, Value::Vector(vec![random_value(random), random_value(random)]))
        };
        Next::Invoke(Invocation::new(f, Value::Vector(vec![Value::Int(group.key), argument])))
    }

    fn ended(&mut self, worker: u32, _invocation: &Invocation, completion: &Completion) {
        // The worker goes on as a new process.
        if completion.kind == Kind::Info {
            let number = self.group_of(worker);
            self.all[number].processes += 1;
        }
    }
}

fn random_value(random: &mut Random) -> Value {
    Value::from(random.below(VALUES))
}

struct LinKvClient;

/// Key and argument of an operation, nil where there is none.
fn key_and_argument(invocation: &Invocation) -> (Value, Value) {
    match &invocation.value {
        Value::Vector(parts) => {
            let part = |number: usize| parts.get(number).cloned().unwrap_or(Value::Nil);
            (part(0), part(1))
        }
        _ => (Value::Nil, Value::Nil),
    }
}

impl Client for LinKvClient {
    fn invoke(&mut self, invocation: &Invocation) -> Step {
        let (key, argument) = key_and_argument(invocation);
        Step::Call(match (&invocation.f, argument) {
            (Function::Write, value) => {
                Request { rpc: &WRITE, fields: vec![("key", key), ("value", value)] }
            }
            (Function::Cas, Value::Vector(values)) => {
                let values = ["from", "to"].into_iter().zip(values);
                let fields = [("key", key)].into_iter().chain(values).collect();
                Request { rpc: &CAS, fields }
            }
            _ => Request { rpc: &READ, fields: vec![("key", key)] },
        })
    }

    fn reply(&mut self, invocation: &Invocation, reply: Value) -> Step {
        let value = (invocation.f == Function::Read).then(|| {
            let (key, _) = key_and_argument(invocation);
            Value::Vector(vec![key, take_field(reply, "value").unwrap_or(Value::Nil)])
        });
        Step::Complete(Completion::ok(value))
    }

    fn is_idempotent(&self, f: &Function) -> bool {
        *f == Function::Read
    }
}
