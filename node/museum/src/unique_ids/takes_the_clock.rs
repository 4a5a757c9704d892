//! Derives ids from the clock.
//!
//! **Wrong:** an id is the node's name and the time in milliseconds, as if no two requests arrived
//! in the same millisecond.
//! **Seen:** one node generates the same id twice within a millisecond.
//! **Fix:** add a count; and handle clocks that are set back.

use super::messages::{Reply, Request};
use crate::Exhibit;
use glomers_node::{Caller, Ctx, Node, Program, RpcError};
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "unique-ids-take-the-clock",
    challenge: "unique-ids",
    bug: "an id is the node's name and the time in ms",
    hunt: &[],
    durable: false,
    program: Program::of::<TakesTheClock>(),
};

struct TakesTheClock;

impl Node for TakesTheClock {
    type Request = Request;

    async fn init(_: &Ctx) -> Result<Self, RpcError> {
        Ok(Self)
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        Request::Generate: Request,
    ) -> Result<(), RpcError> {
        let id = format!("{}-{}", ctx.id(), ctx.now().as_millis());
        ctx.reply(caller, &Reply::GenerateOk { id });
        Ok(())
    }
}
