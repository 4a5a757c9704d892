//! A non-atomic addition.
//!
//! **Wrong:** an addition reads the sum and then writes a larger one, which overwrites concurrent
//! additions of other nodes.
//! **Seen:** finally all nodes agree on a sum that is too small; without any fault.
//! **Fix:** `cas`, repeated if it fails; or one key for each node, which no other node writes.

use super::messages::{Reply, Request};
use super::sum::Sum;
use crate::Exhibit;
use glomers_node::{Caller, Ctx, Node, Program, RpcError};
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "g-counter-reads-then-writes",
    challenge: "g-counter",
    bug: "adds to the sum in seq-kv by a read and then a write",
    hunt: &["--latency", "10"],
    durable: false,
    program: Program::of::<ReadsThenWrites>(),
};

struct ReadsThenWrites {
    sum: Sum,
}

impl Node for ReadsThenWrites {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        Ok(Self { sum: Sum::new(ctx) })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::Add { delta } => {
                let sum = self.sum.read().await?;
                self.sum.write(sum + delta).await?;
                ctx.reply(caller, &Reply::AddOk);
            }
            Request::Read => {
                let value = self.sum.read().await?;
                ctx.reply(caller, &Reply::ReadOk { value });
            }
        }
        Ok(())
    }
}
