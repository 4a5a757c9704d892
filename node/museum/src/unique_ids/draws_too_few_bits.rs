//! Random ids that are too short.
//!
//! **Wrong:** an id is the node's name and a random number below 1000. Of 38 of these numbers, two
//! are equal with a probability of one half: the birthday paradox.
//! **Seen:** ids repeat; the more ids, the more often.
//! **Fix:** 128 random bits, or an additional count.

use super::messages::{Reply, Request};
use crate::Exhibit;
use glomers_node::{Caller, Ctx, Node, Program, RpcError};
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "unique-ids-draw-too-few-bits",
    challenge: "unique-ids",
    bug: "an id is the node's name and a random number below 1000",
    hunt: &[],
    durable: false,
    program: Program::of::<DrawsTooFewBits>(),
};

/// Number of different ids of a node.
const NUMBERS: usize = 1000;

struct DrawsTooFewBits;

impl Node for DrawsTooFewBits {
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
        let id = format!("{}-{:03}", ctx.id(), ctx.random_range(0..NUMBERS));
        ctx.reply(caller, &Reply::GenerateOk { id });
        Ok(())
    }
}
