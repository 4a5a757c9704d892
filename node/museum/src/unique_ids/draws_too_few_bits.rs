//! Random ids that are too short.
//!
//! **Wrong:** an id is the node's name and a random number below 1000. Of 38 such numbers, two are
//! the same with a chance of one half: the birthday paradox.
//! **Seen:** an id that was given out long ago comes again; the more ids, the more often.
//! **Mend:** 128 bits, or a count besides.

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

/// How many ids a node can give out.
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
