//! Polls skip gaps in a copy.
//!
//! **Wrong:** the first node assigns all offsets, and sends each message to the others until they
//! confirm it. They answer polls from their copies, including messages after one that they do not
//! have yet.
//! **Seen:** later messages arrive before a lost one is sent again, and clients of another node
//! skip the lost one.
//! **Fix:** end a poll at the first gap.

use super::commits::Commits;
use super::messages::{Logs, Reply, Request};
use crate::Exhibit;
use crate::delivery::send_to_all;
use glomers_node::{Caller, Ctx, Node, NodeId, Program, RpcError};
use std::cell::RefCell;
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "kafka-polls-over-gaps",
    challenge: "kafka-b",
    bug: "a poll leaves out messages that the node has not received yet, though it has later ones",
    hunt: &["--nemesis", "loss", "--loss", "0.05", "--rate", "100"],
    durable: false,
    program: Program::of::<PollsOverGaps>(),
};

struct PollsOverGaps {
    leader: NodeId,
    logs: RefCell<Logs>,
    commits: Commits,
}

impl Node for PollsOverGaps {
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
            Request::Send { .. } if *ctx.id() != self.leader => {
                let reply: Reply = ctx.rpc(&self.leader, &request).await?;
                ctx.reply(caller, &reply);
            }
            Request::Send { key, msg } => {
                let offset = self.logs.borrow_mut().append(key.clone(), msg.clone());
                send_to_all(ctx, &Request::Replicate { key, offset, msg });
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
