//! A list is used instead of a set.
//!
//! **Wrong:** a value that arrives twice is stored twice. Sending is retried until acknowledged, so
//! a lost acknowledgement causes a duplicate.
//! **Seen:** reads return a value several times. Nothing is lost, so the test passes unless
//! `--fail-on-duplicates` is given.
//! **Fix:** use a set; or check before pushing. At least once + idempotent = exactly once.

use super::messages::Request;
use crate::Exhibit;
use crate::delivery::send_to_all;
use glomers_node::{Caller, Ctx, Node, Program, RpcError};
use serde::Serialize;
use std::cell::RefCell;
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "broadcast-retries-without-dedupe",
    challenge: "broadcast-b",
    bug: "notes a value again when it arrives again, because the acknowledgement was lost",
    hunt: &["--nemesis", "loss", "--loss", "0.1", "--fail-on-duplicates"],
    durable: false,
    program: Program::of::<RetriesWithoutDedupe>(),
};

struct RetriesWithoutDedupe {
    messages: RefCell<Vec<u64>>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "the protocol has these names")]
enum Reply<'a> {
    TopologyOk,
    BroadcastOk,
    ReadOk { messages: &'a [u64] },
    GossipOk,
}

impl Node for RetriesWithoutDedupe {
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
                self.messages.borrow_mut().push(message);
                ctx.reply(caller, &Reply::BroadcastOk);
                send_to_all(ctx, &Request::Gossip { messages: vec![message] });
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
