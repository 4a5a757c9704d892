//! Answers a send that took effect with a definite error.
//!
//! **Wrong:** the first node appends each message, and waits until the other node confirms it. If
//! it does not in time, the send is refused, but the message stays in the log.
//! **Seen:** during a partition, clients poll messages of sends that have failed.
//! **Fix:** return a message from polls only once it is confirmed, or reply with an error of
//! unknown outcome (0, 13).

use super::commits::Commits;
use super::messages::{Logs, Reply, Request};
use crate::Exhibit;
use crate::delivery::Confirmed;
use glomers_node::{Caller, Ctx, ErrorCode, Node, NodeId, Program, RpcError};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "kafka-refuses-what-it-appended",
    challenge: "kafka-b",
    bug: "refuses a send that the other node did not confirm, and leaves it in the log",
    hunt: &["--nemesis", "partition"],
    durable: false,
    program: Program::of::<RefusesWhatItAppended>(),
};

/// How long to wait for the other node.
const PATIENCE: Duration = Duration::from_millis(500);

struct RefusesWhatItAppended {
    leader: NodeId,
    logs: RefCell<Logs>,
    commits: Commits,
}

impl Node for RefusesWhatItAppended {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        let leader = ctx.node_ids().first().unwrap_or(ctx.id()).clone();
        Ok(Self { leader, logs: RefCell::default(), commits: Commits::new(ctx) })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::Send { .. } | Request::Poll { .. } if *ctx.id() != self.leader => {
                let reply: Reply = ctx.rpc(&self.leader, &request).await?;
                ctx.reply(caller, &reply);
            }
            Request::Send { key, msg } => {
                let offset = self.logs.borrow_mut().append(key.clone(), msg.clone());
                let message = Request::Replicate { key, offset, msg };
                for peer in ctx.peers() {
                    if ctx.rpc_within::<Confirmed>(PATIENCE, peer, &message).await.is_err() {
                        let (code, text) = (ErrorCode::TemporarilyUnavailable, "not confirmed");
                        return Err(RpcError::new(code, text));
                    }
                }
                ctx.reply(caller, &Reply::SendOk { offset });
            }
            Request::Replicate { key, offset, msg } => {
                self.logs.borrow_mut().put(key, offset, msg);
                ctx.reply(caller, &Reply::ReplicateOk);
            }
            Request::Poll { offsets } => {
                ctx.reply(caller, &Reply::PollOk { msgs: self.logs.borrow().poll(offsets) });
            }
            other => self.commits.handle(ctx, caller, other).await?,
        }
        Ok(())
    }
}
