//! Starts empty after a restart.
//!
//! **Wrong:** a value is acknowledged when a second node has it, so no kill loses it. But a
//! restarted node starts without values, and does not fetch them from the others.
//! **Seen:** a restarted node lacks all earlier values, although every other node has them.
//! **Fix:** fetch the values of the others at the start; or store them on disk.

use super::messages::{Reply, Request};
use crate::Exhibit;
use crate::delivery::until_confirmed;
use glomers_node::{Caller, Ctx, Node, NodeId, Program, RpcError};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "broadcast-starts-empty-after-a-crash",
    challenge: "broadcast-b",
    bug: "does not ask the others, when it was restarted, for what it had",
    hunt: &["--nemesis", "kill", "--nemesis-interval", "1"],
    durable: false,
    program: Program::of::<StartsEmptyAfterACrash>(),
};

struct StartsEmptyAfterACrash {
    /// Values that a second node has, too.
    messages: RefCell<BTreeSet<u64>>,
}

impl Node for StartsEmptyAfterACrash {
    type Request = Request;

    async fn init(_: &Ctx) -> Result<Self, RpcError> {
        Ok(Self { messages: RefCell::default() })
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
                let client = Rc::new(Cell::new(Some(caller.clone())));
                for peer in ctx.peers() {
                    let sent = Rc::clone(&self).send_news(ctx.clone(), peer.clone(), message);
                    let (client, node) = (Rc::clone(&client), ctx.clone());
                    ctx.spawn(async move {
                        sent.await;
                        // The first confirmation is enough.
                        if let Some(client) = client.take() {
                            node.reply(&client, &Reply::BroadcastOk);
                        }
                    });
                }
            }
            Request::Gossip { messages } => {
                ctx.reply(caller, &Reply::GossipOk);
                for message in messages {
                    // Forward it, in case the sender is killed.
                    if self.messages.borrow_mut().insert(message) {
                        for peer in ctx.peers().iter().filter(|peer| **peer != caller.src) {
                            ctx.spawn(Rc::clone(&self).send_news(
                                ctx.clone(),
                                peer.clone(),
                                message,
                            ));
                        }
                    }
                }
            }
            Request::Read => {
                ctx.reply(caller, &Reply::ReadOk { messages: &self.messages.borrow() });
            }
        }
        Ok(())
    }
}

impl StartsEmptyAfterACrash {
    /// Sends a value until it is confirmed; from then on, reads return it.
    async fn send_news(self: Rc<Self>, ctx: Ctx, peer: NodeId, message: u64) {
        until_confirmed(&ctx, &peer, &Request::Gossip { messages: vec![message] }).await;
        self.messages.borrow_mut().insert(message);
    }
}
