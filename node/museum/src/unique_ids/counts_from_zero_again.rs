//! A count that is lost in a restart.
//!
//! **Wrong:** an id is the node's name and a count, which is only in memory.
//! **Seen:** a restarted node generates its first ids again.
//! **Fix:** store the count on disk, or add a number that is drawn at each start.

use super::messages::{Reply, Request};
use crate::Exhibit;
use glomers_node::{Caller, Ctx, Node, Program, RpcError};
use std::cell::Cell;
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "unique-ids-count-from-zero-again",
    challenge: "unique-ids",
    bug: "an id is the node's name and a count, which begins anew when the node does",
    // Requests to a dead node get no answer, so even a correct node would not be totally available.
    hunt: &["--nemesis", "kill", "--nemesis-interval", "1", "--availability", "0.5"],
    durable: false,
    program: Program::of::<CountsFromZeroAgain>(),
};

struct CountsFromZeroAgain {
    given: Cell<u64>,
}

impl Node for CountsFromZeroAgain {
    type Request = Request;

    async fn init(_: &Ctx) -> Result<Self, RpcError> {
        Ok(Self { given: Cell::new(0) })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        Request::Generate: Request,
    ) -> Result<(), RpcError> {
        self.given.update(|given| given + 1);
        let id = format!("{}-{}", ctx.id(), self.given.get());
        ctx.reply(caller, &Reply::GenerateOk { id });
        Ok(())
    }
}
