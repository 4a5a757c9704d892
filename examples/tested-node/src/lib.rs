#![doc = include_str!("../README.md")]

use glomers_node::{Caller, Ctx, Node, NodeId, RpcError};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

/// How long to wait for an acknowledgement before a value is sent again.
const PATIENCE: Duration = Duration::from_millis(500);

/// A node that sends every value to every other node, until that has acknowledged it.
///
/// `Gossip<false>` never retries. It demonstrates the output of a failing test.
pub struct Gossip<const RETRIES: bool = true> {
    values: RefCell<BTreeSet<i64>>,
}

/// Requests of clients and nodes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// From a client: a value for all nodes.
    Broadcast {
        /// The value.
        message: i64,
    },
    /// From a client: asks for all values.
    Read {},
    /// From the test: suggested neighbours. Ignored: all nodes talk to each other directly.
    Topology {},
    /// From another node: a value.
    Tell {
        /// The value.
        message: i64,
    },
}

/// Replies.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "these are the protocol's names")]
enum Reply {
    BroadcastOk {},
    ReadOk { messages: BTreeSet<i64> },
    TopologyOk {},
    TellOk {},
}

impl<const RETRIES: bool> Node for Gossip<RETRIES> {
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
            Request::Broadcast { message } => {
                self.values.borrow_mut().insert(message);
                for peer in ctx.peers() {
                    ctx.spawn(Self::tell(ctx.clone(), peer.clone(), message));
                }
                Reply::BroadcastOk {}
            }
            Request::Read {} => Reply::ReadOk { messages: self.values.borrow().clone() },
            Request::Topology {} => Reply::TopologyOk {},
            Request::Tell { message } => {
                self.values.borrow_mut().insert(message);
                Reply::TellOk {}
            }
        };
        ctx.reply(caller, &reply);
        Ok(())
    }
}

impl<const RETRIES: bool> Gossip<RETRIES> {
    async fn tell(ctx: Ctx, peer: NodeId, message: i64) {
        let request = Request::Tell { message };
        while ctx.rpc_within::<Reply>(PATIENCE, &peer, &request).await.is_err() && RETRIES {}
    }
}
