//! One node generates all ids.
//!
//! **Wrong:** every node requests ids from the first one. They are unique, but a node that cannot
//! reach the first one has none: availability, which the challenge requires, is lost.
//! **Seen:** during a partition, requests to some nodes are not answered.
//! **Fix:** generate ids locally: the node's own name and a count.

use super::messages::{Reply, Request};
use crate::Exhibit;
use glomers_node::{Caller, Ctx, Node, NodeId, Program, RpcError};
use std::cell::Cell;
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "unique-ids-ask-the-first-node",
    challenge: "unique-ids",
    bug: "one node gives out all ids, and the others ask it",
    hunt: &[],
    durable: false,
    program: Program::of::<AsksTheFirstNode>(),
};

struct AsksTheFirstNode {
    first: NodeId,
    given: Cell<u64>,
}

impl Node for AsksTheFirstNode {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        let first = ctx.node_ids().first().unwrap_or(ctx.id()).clone();
        Ok(Self { first, given: Cell::new(0) })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        let reply = if *ctx.id() == self.first {
            self.given.update(|given| given + 1);
            Reply::GenerateOk { id: self.given.get().to_string() }
        } else {
            ctx.rpc(&self.first, &request).await?
        };
        ctx.reply(caller, &reply);
        Ok(())
    }
}
