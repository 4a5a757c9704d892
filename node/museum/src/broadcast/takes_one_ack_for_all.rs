//! Treats the acknowledgement of one value as one of all values.
//!
//! **Wrong:** for each node, unconfirmed values are kept in a set, and sent again. But when the
//! node confirms one value, the whole set is cleared.
//! **Seen:** values that were sent while the link was cut or lossy are lost as soon as a later one
//! gets through.
//! **Fix:** remove only the confirmed value from the set.

use super::messages::{Reply, Request};
use crate::Exhibit;
use crate::delivery::{Confirmed, PATIENCE};
use glomers_node::{Caller, Ctx, Node, NodeId, Program, RpcError};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "broadcast-takes-one-ack-for-all",
    challenge: "broadcast-c",
    bug: "takes the acknowledgement of one value for that of all that wait for one",
    hunt: &[],
    durable: false,
    program: Program::of::<TakesOneAckForAll>(),
};

struct TakesOneAckForAll {
    messages: RefCell<BTreeSet<u64>>,
    /// Unconfirmed values, by node.
    unconfirmed: RefCell<BTreeMap<NodeId, BTreeSet<u64>>>,
}

impl Node for TakesOneAckForAll {
    type Request = Request;

    async fn init(_: &Ctx) -> Result<Self, RpcError> {
        Ok(Self { messages: RefCell::default(), unconfirmed: RefCell::default() })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::Topology { .. } => ctx.reply(caller, &Reply::TopologyOk),
            Request::Broadcast { message } => {
                self.messages.borrow_mut().insert(message);
                ctx.reply(caller, &Reply::BroadcastOk);
                for peer in ctx.peers() {
                    ctx.spawn(Rc::clone(&self).send_news(ctx.clone(), peer.clone(), message));
                }
            }
            Request::Gossip { messages } => {
                self.messages.borrow_mut().extend(messages);
                ctx.reply(caller, &Reply::GossipOk);
            }
            Request::Read => {
                ctx.reply(caller, &Reply::ReadOk { messages: &self.messages.borrow() });
            }
        }
        Ok(())
    }
}

impl TakesOneAckForAll {
    /// Sends a value to another node until it is confirmed.
    async fn send_news(self: Rc<Self>, ctx: Ctx, peer: NodeId, message: u64) {
        self.unconfirmed.borrow_mut().entry(peer.clone()).or_default().insert(message);
        while self.is_unconfirmed(&peer, message) {
            let gossip = Request::Gossip { messages: vec![message] };
            if let Ok(Confirmed {}) = ctx.rpc_within(PATIENCE, &peer, &gossip).await {
                self.unconfirmed.borrow_mut().remove(&peer); // All of them!
            }
        }
    }

    fn is_unconfirmed(&self, peer: &NodeId, message: u64) -> bool {
        self.unconfirmed.borrow().get(peer).is_some_and(|messages| messages.contains(&message))
    }
}
