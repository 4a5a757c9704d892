//! A node whose messages come in the order of a hash set: two runs of a seed differ, and its
//! failures are not repeatable.

#![expect(clippy::disallowed_types, reason = "a hash set is what must not be used")]

use crate::asserting::panic_of;
use glomers_node::{Caller, Ctx, Node, NodeId, RpcError, Set};
use glomers_simulator::Simulation;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

/// The collection in which a node keeps its values.
pub(crate) trait Values: Default + 'static {
    fn add(&mut self, value: i64);
    fn all(&self) -> Vec<i64>;
}

impl Values for HashSet<i64> {
    fn add(&mut self, value: i64) {
        self.insert(value);
    }

    fn all(&self) -> Vec<i64> {
        self.iter().copied().collect()
    }
}

impl Values for Set<i64> {
    fn add(&mut self, value: i64) {
        self.insert(value);
    }

    fn all(&self) -> Vec<i64> {
        self.iter().copied().collect()
    }
}

/// Forwards nothing, so that it fails; and shows its values in the order of `V`.
struct Hoarder<V> {
    values: RefCell<V>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Request {
    Topology {
        #[expect(dead_code, reason = "it sends nothing")]
        topology: BTreeMap<NodeId, Vec<NodeId>>,
    },
    Broadcast {
        message: i64,
    },
    Read {},
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "so they are called")]
enum Reply {
    TopologyOk {},
    BroadcastOk {},
    ReadOk { messages: Vec<i64> },
}

impl<V: Values> Node for Hoarder<V> {
    type Request = Request;

    async fn init(_: &Ctx) -> Result<Self, RpcError> {
        Ok(Self { values: RefCell::default() })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        let reply = match request {
            Request::Topology { .. } => Reply::TopologyOk {},
            Request::Broadcast { message } => {
                self.values.borrow_mut().add(message);
                Reply::BroadcastOk {}
            }
            Request::Read {} => Reply::ReadOk { messages: self.values.borrow().all() },
        };
        ctx.reply(caller, &reply);
        Ok(())
    }
}

#[test]
fn a_failure_that_does_not_come_back_is_not_promised() {
    let simulation = || Simulation::of("broadcast-b").seed(5);
    let text = panic_of(|| simulation().node::<Hoarder<HashSet<i64>>>().assert_valid());
    assert!(text.starts_with("broadcast-b: invalid (Hoarder<HashSet<i64"), "{text}");
    assert!(!text.contains("to see it again"), "{text}");
    for part in [
        "this node is not repeatable",
        "two runs of seed 5 differ: message ",
        "the order of a HashMap or a HashSet (the SDK has `glomers_node::Map` and `Set`",
        "to try this seed anyway: Simulation::of(\"broadcast-b\").seed(5).node::<",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    // The SDK's set makes the same node repeatable.
    let text = panic_of(|| simulation().node::<Hoarder<Set<i64>>>().assert_valid());
    assert!(text.contains("\nto see it again: Simulation::of(\"broadcast-b\")"), "{text}");
    let run = || simulation().node::<Hoarder<Set<i64>>>().run();
    assert_eq!(run().journal(), run().journal());
}
