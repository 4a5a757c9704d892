//! Loses values that arrive during a round of gossip.
//!
//! **Wrong:** a node buffers values, and sends the buffer to all nodes, one after another. At the
//! end of the round it clears the buffer, including values that arrived during the round.
//! **Seen:** of values in quick succession, the later ones never leave their node. Happens without
//! any fault, if the network is slow enough.
//! **Fix:** empty the buffer at the beginning of the round (`std::mem::take`), not at the end.

use super::messages::{Reply, Request};
use crate::Exhibit;
use crate::delivery::until_confirmed;
use glomers_node::{Caller, Ctx, Node, Program, RpcError};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "broadcast-clears-what-came-meanwhile",
    challenge: "broadcast-b",
    bug: "forgets to tell what clients said while a round of gossip was under way",
    hunt: &["--latency", "50"],
    durable: false,
    program: Program::of::<ClearsWhatCameMeanwhile>(),
};

struct ClearsWhatCameMeanwhile {
    messages: RefCell<BTreeSet<u64>>,
    gathered: RefCell<BTreeSet<u64>>,
    telling: Cell<bool>,
}

impl Node for ClearsWhatCameMeanwhile {
    type Request = Request;

    async fn init(_: &Ctx) -> Result<Self, RpcError> {
        Ok(Self {
            messages: RefCell::default(),
            gathered: RefCell::default(),
            telling: Cell::new(false),
        })
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
                self.gathered.borrow_mut().insert(message);
                if !self.telling.replace(true) {
                    ctx.spawn(self.send_to_all(ctx.clone()));
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

impl ClearsWhatCameMeanwhile {
    /// Repeats rounds until the buffer is empty.
    async fn send_to_all(self: Rc<Self>, ctx: Ctx) {
        while !self.gathered.borrow().is_empty() {
            let messages = self.gathered.borrow().iter().copied().collect();
            let gossip = Request::Gossip { messages };
            for peer in ctx.peers() {
                until_confirmed(&ctx, peer, &gossip).await;
            }
            self.gathered.borrow_mut().clear();
        }
        self.telling.set(false);
    }
}
