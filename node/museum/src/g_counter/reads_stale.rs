//! A read of a store that may be behind.
//!
//! **Wrong:** additions are right, since a `cas` looks at the newest state. But a read of `seq-kv`
//! may show any state since the last that this node saw, however long ago that was.
//! **Seen:** some last reads show a sum that was right once.
//! **Mend:** write something before reading, which makes this node see the newest state.

use super::messages::{Reply, Request};
use super::sum::Sum;
use crate::Exhibit;
use glomers_node::{Caller, Ctx, Node, Program, RpcError};
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "g-counter-reads-stale",
    challenge: "g-counter",
    bug: "reads seq-kv as if it showed the newest state",
    hunt: &[],
    durable: false,
    program: Program::of::<ReadsStale>(),
};

struct ReadsStale {
    sum: Sum,
}

impl Node for ReadsStale {
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
                loop {
                    let sum = self.sum.read_stale().await?;
                    if self.sum.compare_and_set(sum, sum + delta).await? {
                        break;
                    }
                }
                ctx.reply(caller, &Reply::AddOk);
            }
            Request::Read => {
                let value = self.sum.read_stale().await?;
                ctx.reply(caller, &Reply::ReadOk { value });
            }
        }
        Ok(())
    }
}
