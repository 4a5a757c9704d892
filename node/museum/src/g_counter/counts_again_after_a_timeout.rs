//! Repeats an addition whose outcome is unknown.
//!
//! **Wrong:** a `cas` that times out is tried again, with the then current sum. If only the reply
//! was lost, the addition counts twice.
//! **Seen:** the sum is too large if messages from the store are lost.
//! **Fix:** one key for each node, with its own sum: writing it again is idempotent.

use super::messages::{Reply, Request};
use super::sum::Sum;
use crate::Exhibit;
use glomers_node::{Caller, Ctx, ErrorCode, Node, Program, RpcError};
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "g-counter-counts-again-after-a-timeout",
    challenge: "g-counter",
    bug: "repeats an addition to seq-kv whose answer was lost, though it may have been done",
    hunt: &["--nemesis", "loss", "--loss", "0.1"],
    durable: false,
    program: Program::of::<CountsAgainAfterATimeout>(),
};

struct CountsAgainAfterATimeout {
    sum: Sum,
}

impl Node for CountsAgainAfterATimeout {
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
                    let added = async {
                        let sum = self.sum.read_stale().await?;
                        self.sum.compare_and_set(sum, sum + delta).await
                    };
                    match added.await {
                        Ok(true) => break,
                        Ok(false) => {}
                        Err(error) if error.code == ErrorCode::Timeout => {}
                        Err(error) => return Err(error),
                    }
                }
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
