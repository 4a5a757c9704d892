//! A copy with holes.
//!
//! **Wrong:** the first node gives out all offsets, and tells the others each message once. They
//! answer polls from their copies, and do not notice what they missed.
//! **Seen:** after a cut, clients of another node step over the messages of that time.
//! **Mend:** repeat until it is confirmed; and show nothing after a hole.

use super::commits::Commits;
use super::messages::{Logs, Reply, Request};
use crate::museum::Exhibit;
use crate::{Caller, Ctx, Node, NodeId, Program, RpcError};
use std::cell::RefCell;
use std::rc::Rc;

pub(in crate::museum) const EXHIBIT: Exhibit = Exhibit {
    name: "kafka-replicates-once",
    challenge: "kafka-b",
    bug: "tells the other node each message once, which then polls over what it missed",
    hunt: &["--nemesis", "partition"],
    durable: false,
    program: Program::of::<ReplicatesOnce>(),
};

struct ReplicatesOnce {
    leader: NodeId,
    logs: RefCell<Logs>,
    commits: Commits,
}

impl Node for ReplicatesOnce {
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
                let message = Request::Replicate { key, offset, msg };
                for peer in ctx.peers() {
                    ctx.send(peer, &message);
                }
                ctx.reply(caller, &Reply::SendOk { offset });
            }
            Request::Replicate { key, offset, msg } => {
                self.logs.borrow_mut().put(key, offset, msg);
            }
            Request::Poll { offsets } => {
                ctx.reply(caller, &Reply::PollOk { msgs: self.logs.borrow().poll(offsets) });
            }
            other => self.commits.handle(ctx, caller, other).await?,
        }
        Ok(())
    }
}
