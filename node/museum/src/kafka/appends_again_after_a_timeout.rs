//! Repeats a send whose outcome is unknown.
//!
//! **Wrong:** the first node keeps all logs, and the others forward requests to it, repeatedly
//! until it answers. If only the reply to a send was lost, the message is appended twice.
//! **Seen:** a message has two offsets if messages between nodes are lost.
//! **Fix:** a number in each send, by which the first node recognizes repetitions.

use super::commits::Commits;
use super::messages::{Logs, Reply, Request};
use crate::Exhibit;
use crate::delivery::PATIENCE;
use glomers_node::{Caller, Ctx, Node, NodeId, Program, RpcError};
use std::cell::RefCell;
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "kafka-appends-again-after-a-timeout",
    challenge: "kafka-b",
    bug: "repeats a send to the node that keeps the logs, though it may have been done",
    hunt: &["--nemesis", "loss", "--loss", "0.05"],
    durable: false,
    program: Program::of::<AppendsAgainAfterATimeout>(),
};

struct AppendsAgainAfterATimeout {
    keeper: NodeId,
    logs: RefCell<Logs>,
    commits: Commits,
}

impl Node for AppendsAgainAfterATimeout {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        let keeper = ctx.node_ids().first().unwrap_or(ctx.id()).clone();
        Ok(Self { keeper, logs: RefCell::default(), commits: Commits::new(ctx) })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::Send { .. } | Request::Poll { .. } if *ctx.id() != self.keeper => loop {
                let asked = ctx.rpc_within::<Reply>(PATIENCE, &self.keeper, &request).await;
                if let Ok(reply) = asked {
                    ctx.reply(caller, &reply);
                    break;
                }
            },
            Request::Send { key, msg } => {
                let offset = self.logs.borrow_mut().append(key, msg);
                ctx.reply(caller, &Reply::SendOk { offset });
            }
            Request::Poll { offsets } => {
                ctx.reply(caller, &Reply::PollOk { msgs: self.logs.borrow().poll(offsets) });
            }
            other => self.commits.handle(ctx, caller, other).await?,
        }
        Ok(())
    }
}
