//! Lin-kv: a key-value store with read, write and compare-and-set, in which each key is
//! linearizable.
//!
//! The cost of checking a key grows with the number of processes that used it. So workers are split
//! into groups, with two workers per node, and each group works on one key for a while.

use super::definition::{
    Client, ClientRequest, Completion, FreeWorker, Generator, Invocation, Next, Protocol, Step,
    Workload, take_field,
};
use crate::rpc::{Field, Rpc, Shape};
use crate::{EngineError, Random};
use glomers_config::{Plan, Workload as Name};
use glomers_history::{Function, Kind, Value};

/// Values are 0 to 4.
const VALUES: u64 = 5;
/// A group switches to a new key when more processes than this have used its key.
const PROCESSES_PER_KEY: usize = 20;
/// Number of workers per node in a group.
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

/// The requests that a node must support.
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
    /// The number of workers must be a multiple of the group size. (Otherwise the reference
    /// crashes.)
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
    /// The number of workers, from the first on, that only read. As in the reference, all of them
    /// are in the first group, and the other groups have none.
    readers: u32,
    size: usize,
    all: Vec<Group>,
    next_key: i64,
}

struct Group {
    key: i64,
    /// Number of processes that may have used the key: all workers of the group, and the processes
    /// that they replaced.
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

    fn next(&mut self, free_worker: FreeWorker, random: &mut Random) -> Next {
        let number = self.group_of(free_worker.worker);
        let group = &mut self.all[number];
        // The reference hangs if a group is larger than the limit; here its key is kept until the
        // first process is replaced.
        if group.processes > PROCESSES_PER_KEY.max(self.size) {
            *group = Group { key: self.next_key, processes: self.size };
            self.next_key += 1;
        }
        let (f, argument) = if free_worker.worker < self.readers {
            (Function::Read, Value::Nil)
        } else if random.below(3) == 0 {
            (Function::Write, random_value(random))
        } else {
            (Function::Cas, Value::Vector(vec![random_value(random), random_value(random)]))
        };
        Next::Invoke(Invocation::new(f, Value::Vector(vec![Value::Int(group.key), argument])))
    }

    fn ended(&mut self, worker: u32, _invocation: &Invocation, completion: &Completion) {
        // The worker continues as a new process.
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

/// Key and argument of an operation; nil if there is none.
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
                ClientRequest { rpc: &WRITE, fields: vec![("key", key), ("value", value)] }
            }
            (Function::Cas, Value::Vector(values)) => {
                let values = ["from", "to"].into_iter().zip(values);
                let fields = [("key", key)].into_iter().chain(values).collect();
                ClientRequest { rpc: &CAS, fields }
            }
            _ => ClientRequest { rpc: &READ, fields: vec![("key", key)] },
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
