//! Each node assigns offsets independently.
//!
//! **Wrong:** the node that receives a message assigns the offset after the last one that it knows,
//! and then replicates the message to the others.
//! **Seen:** two nodes assign the same offset of a key to two messages; without any fault.
//! **Fix:** one node for each key assigns its offsets, or a counter in `lin-kv` does.

use super::commits::Commits;
use super::messages::{Logs, Reply, Request};
use crate::Exhibit;
use crate::delivery::send_to_all;
use glomers_node::{Caller, Ctx, Node, Program, RpcError};
use std::cell::RefCell;
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "kafka-counts-per-node",
    challenge: "kafka-b",
    bug: "each node gives out offsets of every key, and tells the others afterwards",
    hunt: &[],
    durable: false,
    program: Program::of::<CountsPerNode>(),
};

struct CountsPerNode {
    logs: RefCell<Logs>,
    commits: Commits,
}

impl Node for CountsPerNode {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        Ok(Self { logs: RefCell::default(), commits: Commits::new(ctx) })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::Send { key, msg } => {
                let offset = self.logs.borrow_mut().append(key.clone(), msg.clone());
                ctx.reply(caller, &Reply::SendOk { offset });
                send_to_all(ctx, &Request::Replicate { key, offset, msg });
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
