//! Never retries.
//!
//! **Wrong:** a value is sent to every node once, without checking whether it arrived.
//! **Seen:** values that clients send during a partition stay on their side of it.
//! **Fix:** retry until each node acknowledges, or compare states periodically.

use super::messages::{Reply, Request};
use crate::Exhibit;
use glomers_node::{Caller, Ctx, Node, Program, RpcError};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "broadcast-forgets-to-retry",
    challenge: "broadcast-c",
    bug: "tells every node once, and does not ask whether it arrived",
    hunt: &[],
    durable: false,
    program: Program::of::<ForgetsToRetry>(),
};

struct ForgetsToRetry {
    messages: RefCell<BTreeSet<u64>>,
}

impl Node for ForgetsToRetry {
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
                for peer in ctx.peers() {
                    ctx.send(peer, &Request::Gossip { messages: vec![message] });
                }
            }
            Request::Gossip { messages } => self.messages.borrow_mut().extend(messages),
            Request::Read => {
                ctx.reply(caller, &Reply::ReadOk { messages: &self.messages.borrow() });
            }
        }
        Ok(())
    }
}
