//! A copy in order of arrival, not of offsets.
//!
//! **Wrong:** the first node assigns all offsets, and sends each message to the others until they
//! confirm it. They use its offset only to recognize repetitions, and append messages as they
//! arrive.
//! **Seen:** if messages are reordered, two nodes return them in different orders.
//! **Fix:** store each message at its offset, and end polls at the first gap.

use super::commits::Commits;
use super::messages::{Logs, Reply, Request};
use crate::Exhibit;
use crate::delivery::send_to_all;
use glomers_node::{Caller, Ctx, Node, NodeId, Program, RpcError};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "kafka-trusts-the-order-of-arrival",
    challenge: "kafka-b",
    bug: "appends to its copy in the order in which messages arrive",
    hunt: &["--nemesis", "reorder", "--reorder", "20"],
    durable: false,
    program: Program::of::<TrustsTheOrderOfArrival>(),
};

struct TrustsTheOrderOfArrival {
    leader: NodeId,
    logs: RefCell<Logs>,
    /// Key and offset of messages already received.
    known: RefCell<BTreeSet<(String, u64)>>,
    commits: Commits,
}

impl Node for TrustsTheOrderOfArrival {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        let leader = ctx.node_ids().first().unwrap_or(ctx.id()).clone();
        let (logs, known) = (RefCell::default(), RefCell::default());
        Ok(Self { leader, logs, known, commits: Commits::new(ctx) })
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
                if self.known.borrow_mut().insert((key.clone(), offset)) {
                    self.logs.borrow_mut().append(key, msg);
                }
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
