//! Numbers that tell what is known already, from a count that begins anew.
//!
//! **Wrong:** every node numbers what its clients say, and the others take a number that they know
//! for a repetition. A node that was restarted fetches all values from the others, but begins to
//! number from 1.
//! **Seen:** what clients say to a restarted node is acknowledged by all, and noted by none.
//! **Mend:** numbers belong to a life of the node: make a number that is drawn at each start part of
//! the origin's name.

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
    /// What came already: where it came in, and its number there.
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
    /// From a node: you may lack the value of that number of the node where it came in.
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
                    let told = Rc::clone(&self).tell(ctx.clone(), peer.clone(), news.clone());
                    let (client, node) = (Rc::clone(&client), ctx.clone());
                    ctx.spawn(async move {
                        told.await;
                        // The first confirmation is enough: a second node has it.
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
                    // Passed on, in case that the node it came from is killed.
                    for peer in ctx.peers().iter().filter(|peer| **peer != caller.src) {
                        let told =
                            Rc::clone(&self).tell(ctx.clone(), peer.clone(), request.clone());
                        ctx.spawn(told);
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
    /// Tells a value until it is confirmed, and shows it from then on.
    async fn tell(self: Rc<Self>, ctx: Ctx, peer: NodeId, news: Request) {
        until_confirmed(&ctx, &peer, &news).await;
        if let Request::Gossip { message, .. } = news {
            self.messages.borrow_mut().insert(message);
        }
    }

    /// Learns all that another node has.
    async fn catch_up(self: Rc<Self>, ctx: Ctx, peer: NodeId) {
        loop {
            let read = ctx.rpc_within(PATIENCE, &peer, &Request::Read).await;
            if let Ok(ReadOk { messages }) = read {
                return self.messages.borrow_mut().extend(messages);
            }
        }
    }
}
