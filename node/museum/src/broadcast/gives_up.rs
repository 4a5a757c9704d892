//! Gives up after three tries.
//!
//! **Wrong:** a node sends a value to each other node up to three times, a second apart. Then it
//! considers the other node dead, and does not notice when that is reachable again.
//! **Seen:** short partitions do no harm; values from the start of a long one are never delivered.
//! **Fix:** retry without limit, with longer pauses.

use super::messages::{Reply, Request};
use crate::Exhibit;
use crate::delivery::{Confirmed, PATIENCE};
use glomers_node::{Caller, Ctx, Node, Program, RpcError};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "broadcast-gives-up",
    challenge: "broadcast-c",
    bug: "retries three times, and never again when the network is whole",
    hunt: &[],
    durable: false,
    program: Program::of::<GivesUp>(),
};

const TRIES: usize = 3;

struct GivesUp {
    messages: RefCell<BTreeSet<u64>>,
}

impl Node for GivesUp {
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
                self.messages.borrow_mut().insert(message);
                ctx.reply(caller, &Reply::BroadcastOk);
                send_news(ctx, &Request::Gossip { messages: vec![message] });
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

fn send_news(ctx: &Ctx, gossip: &Request) {
    for peer in ctx.peers() {
        let (node, peer, gossip) = (ctx.clone(), peer.clone(), gossip.clone());
        ctx.spawn(async move {
            for _ in 0..TRIES {
                if node.rpc_within::<Confirmed>(PATIENCE, &peer, &gossip).await.is_ok() {
                    break;
                }
            }
        });
    }
}
