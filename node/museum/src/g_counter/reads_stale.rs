//! Reads from a store that may return an old state.
//!
//! **Wrong:** additions are correct, since a `cas` acts on the newest state. But a read of `seq-kv`
//! may return any state since the last one that this node saw, however old.
//! **Seen:** some final reads return an earlier sum.
//! **Fix:** write any value before reading, after which this node sees the newest state.

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
