//! A node that shows in its reads what it saw, and a scenario to show it in.

use glomers_engine::{InjectedFault, PlannedFault, PlannedOperation};
use glomers_node::{Caller, Ctx, Json, Node, Records, RpcError};
use glomers_simulator::{Function, History, Kind, Outcome, Process, Scenario, Simulation, Value};
use glomers_simulator::{Setting, Workload};
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

/// Latency between nodes.
pub(crate) const LATENCY: Duration = Duration::from_millis(20);

/// The kind of data that it shows in a read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// The numbers that other nodes sent to it in notes, in the order of arrival.
    Notes,
    /// How long each note took, in ms, if both clocks are right.
    Delays,
    /// The numbers that clients sent to it, and how often it got the topology since its last start.
    OwnAndTopologies,
    /// Milliseconds of its clock.
    Clock,
}

/// Sends the numbers that it gets from clients to all others in notes, once, without
/// acknowledgement.
pub(crate) struct Probe<const SHOWN: u8> {
    own: RefCell<Vec<i64>>,
    kept: Records<i64>,
    notes: RefCell<Vec<(i64, u64)>>,
    topologies: Cell<i64>,
}

pub(crate) type ShowsNotes = Probe<{ Shown::Notes as u8 }>;
pub(crate) type ShowsDelays = Probe<{ Shown::Delays as u8 }>;
pub(crate) type ShowsOwn = Probe<{ Shown::OwnAndTopologies as u8 }>;
pub(crate) type ShowsClock = Probe<{ Shown::Clock as u8 }>;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Request {
    Broadcast { message: i64 },
    Read {},
    Topology { topology: Json },
    Note { number: i64, sent_nanos: u64 },
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "these are the protocol's names")]
enum Reply {
    BroadcastOk {},
    ReadOk { messages: Vec<i64> },
    TopologyOk {},
}

impl<const SHOWN: u8> Node for Probe<SHOWN> {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        let kept = ctx.records("own");
        Ok(Self {
            own: RefCell::new(kept.read()?),
            kept,
            notes: RefCell::default(),
            topologies: Cell::default(),
        })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        let now = nanos(ctx.now());
        let reply = match request {
            Request::Broadcast { message } => {
                self.kept.append(&message)?;
                self.own.borrow_mut().push(message);
                for peer in ctx.peers() {
                    ctx.send(peer, &Request::Note { number: message, sent_nanos: now });
                }
                Reply::BroadcastOk {}
            }
            Request::Read {} => Reply::ReadOk { messages: self.shown(ctx) },
            Request::Topology { .. } => {
                self.topologies.set(self.topologies.get() + 1);
                Reply::TopologyOk {}
            }
            Request::Note { number, sent_nanos } => {
                self.notes.borrow_mut().push((number, now.saturating_sub(sent_nanos)));
                return Ok(());
            }
        };
        ctx.reply(caller, &reply);
        Ok(())
    }
}

impl<const SHOWN: u8> Probe<SHOWN> {
    fn shown(&self, ctx: &Ctx) -> Vec<i64> {
        let notes = self.notes.borrow();
        if SHOWN == Shown::Notes as u8 {
            notes.iter().map(|(number, _)| *number).collect()
        } else if SHOWN == Shown::Delays as u8 {
            notes.iter().map(|(_, delay)| millis(*delay)).collect()
        } else if SHOWN == Shown::OwnAndTopologies as u8 {
            let mut own = self.own.borrow().clone();
            own.push(-self.topologies.get());
            own
        } else {
            vec![millis(nanos(ctx.now()))]
        }
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap()
}

fn millis(nanos: u64) -> i64 {
    i64::try_from(nanos / 1_000_000).unwrap()
}

/// The steps of clients in a test: each sends one number, or reads, at a time in ms.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    Give(u64, u32, i64),
    Read(u64, u32),
}

/// Two nodes, with the steps of clients and the faults with their times in ms.
pub(crate) fn scripted(steps: &[Step], faults: &[(u64, u64, InjectedFault)]) -> Simulation {
    let operation = |at: u64, worker, f, value| PlannedOperation {
        at: at * 1_000_000,
        worker,
        f,
        value,
        is_final: false,
        other: Vec::new(),
    };
    let operations = steps.iter().map(|step| match *step {
        Step::Give(at, worker, number) => {
            operation(at, worker, Function::Broadcast, Value::Int(number))
        }
        Step::Read(at, worker) => operation(at, worker, Function::Read, Value::Nil),
    });
    let faults = faults.iter().map(|(from, until, injected)| PlannedFault {
        from: from * 1_000_000,
        until: until * 1_000_000,
        injected: injected.clone(),
    });
    Simulation::of_workload(Workload::Broadcast)
        .nodes(2)
        .latency(LATENCY)
        .time_limit(Duration::from_secs(10))
        .set(Setting::Recovery, "1")
        .scenario(Scenario {
            operations: operations.collect(),
            faults: faults.collect(),
            ..Scenario::default()
        })
}

/// The values of a worker's reads, in order.
pub(crate) fn reads(outcome: &Outcome, worker: u64) -> Vec<Vec<i64>> {
    completions(outcome.history(), worker)
        .filter(|operation| operation.f == Function::Read && operation.kind == Kind::Ok)
        .map(|read| {
            let Value::Vector(values) = &read.value else { panic!("{:?}", read.value) };
            let number = |value: &Value| match value {
                Value::Int(number) => *number,
                other => panic!("{other:?}"),
            };
            values.iter().map(number).collect()
        })
        .collect()
}

/// The completions of a worker's operations, in order.
pub(crate) fn completions(
    history: &History,
    worker: u64,
) -> impl Iterator<Item = &glomers_simulator::Operation> {
    history.operations().iter().filter(move |operation| {
        let Process::Client(process) = operation.process else { return false };
        process % 2 == worker && operation.kind != Kind::Invoke
    })
}

/// The actions of the nemesis: function and value, as EDN.
pub(crate) fn nemesis(outcome: &Outcome) -> Vec<String> {
    let entries = outcome.history().operations().iter();
    entries
        .filter(|entry| entry.process == Process::Nemesis)
        .map(|entry| format!("{} {}", entry.f, entry.value))
        .collect()
}
