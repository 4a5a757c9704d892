//! Ignores the reply to a `cas`.
//!
//! **Wrong:** an addition reads the sum, swaps it for a larger one, and is acknowledged, even if
//! the store refused the swap because the sum had changed.
//! **Seen:** finally all nodes agree on a sum that is too small; without any fault.
//! **Fix:** after error 22, read and try again.

use super::messages::{Reply, Request};
use super::sum::Sum;
use crate::Exhibit;
use glomers_node::{Caller, Ctx, Node, Program, RpcError};
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "g-counter-ignores-a-failed-cas",
    challenge: "g-counter",
    bug: "acknowledges an addition though its cas found another sum, and did nothing",
    hunt: &["--latency", "10"],
    durable: false,
    program: Program::of::<IgnoresAFailedCas>(),
};

struct IgnoresAFailedCas {
    sum: Sum,
}

impl Node for IgnoresAFailedCas {
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
                let _has_swapped = self.sum.compare_and_set(sum, sum + delta).await?;
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
