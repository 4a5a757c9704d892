//! An addition that is repeated because nobody knows whether it was done.
//!
//! **Wrong:** a `cas` that is not answered in time is tried again, with the sum as it is then. If
//! only the answer was lost, it counts twice.
//! **Seen:** the sum is too large where messages from the store get lost.
//! **Mend:** a key for each node, which holds its own sum: writing that again changes nothing.

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
