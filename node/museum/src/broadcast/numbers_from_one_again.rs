//! Reuses sequence numbers after a restart, so that deduplication drops new values.
//!
//! **Wrong:** every node numbers the values of its clients, and the others treat a known number as
//! a repetition. A restarted node fetches all values from the others, but numbers from 1 again.
//! **Seen:** values sent to a restarted node are acknowledged by all nodes, and stored by none.
//! **Fix:** numbers are only valid until a restart: add a number that is drawn at each start to the
//! origin's name.

use super::messages::{ReadOk, Reply};
use crate::Exhibit;
use crate::delivery::{PATIENCE, until_confirmed};
use glomers_node::{Caller, Ctx, Node, NodeId, Program, RpcError};
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "broadcast-numbers-from-one-again",
    challenge: "broadcast-b",
    bug: "recognises repeated values by numbers, which begin anew when the node does",
    hunt: &["--nemesis", "kill", "--nemesis-interval", "1"],
    durable: false,
    program: Program::of::<NumbersFromOneAgain>(),
};

struct NumbersFromOneAgain {
    messages: RefCell<BTreeSet<u64>>,
    /// Values already received: the node of the client, and the number there.
    known: RefCell<BTreeSet<(NodeId, u64)>>,
    last: Cell<u64>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Request {
    Topology,
    Broadcast {
        message: u64,
    },
    Read,
    /// From a node: a value that the receiver may lack, with its origin and number.
    Gossip {
        origin: NodeId,
        number: u64,
        message: u64,
    },
}

impl Node for NumbersFromOneAgain {
    type Request = Request;

    async fn init(_: &Ctx) -> Result<Self, RpcError> {
        Ok(Self { messages: RefCell::default(), known: RefCell::default(), last: Cell::new(0) })
    }

    fn started(self: Rc<Self>, ctx: &Ctx) {
        for peer in ctx.peers() {
            ctx.spawn(Rc::clone(&self).catch_up(ctx.clone(), peer.clone()));
        }
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::Topology => ctx.reply(caller, &Reply::TopologyOk),
            Request::Broadcast { message } => {
                self.last.update(|last| last + 1);
                let (origin, number) = (ctx.id().clone(), self.last.get());
                let news = Request::Gossip { origin, number, message };
                let client = Rc::new(Cell::new(Some(caller.clone())));
                for peer in ctx.peers() {
                    let sending =
                        Rc::clone(&self).send_news(ctx.clone(), peer.clone(), news.clone());
                    let (client, node) = (Rc::clone(&client), ctx.clone());
                    ctx.spawn(async move {
                        sending.await;
                        // The first confirmation is enough: a second node has the value.
                        if let Some(client) = client.take() {
                            node.reply(&client, &Reply::BroadcastOk);
                        }
                    });
                }
            }
            Request::Gossip { ref origin, number, message } => {
                ctx.reply(caller, &Reply::GossipOk);
                if self.known.borrow_mut().insert((origin.clone(), number)) {
                    self.messages.borrow_mut().insert(message);
                    // Forward it, in case the sender is killed.
                    for peer in ctx.peers().iter().filter(|peer| **peer != caller.src) {
                        let sending =
                            Rc::clone(&self).send_news(ctx.clone(), peer.clone(), request.clone());
                        ctx.spawn(sending);
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

impl NumbersFromOneAgain {
    /// Sends a value until it is confirmed; from then on, reads return it.
    async fn send_news(self: Rc<Self>, ctx: Ctx, peer: NodeId, news: Request) {
        until_confirmed(&ctx, &peer, &news).await;
        if let Request::Gossip { message, .. } = news {
            self.messages.borrow_mut().insert(message);
        }
    }

    /// Fetches all values of another node.
    async fn catch_up(self: Rc<Self>, ctx: Ctx, peer: NodeId) {
        loop {
            let read = ctx.rpc_within(PATIENCE, &peer, &Request::Read).await;
            if let Ok(ReadOk { messages }) = read {
                return self.messages.borrow_mut().extend(messages);
            }
        }
    }
}
