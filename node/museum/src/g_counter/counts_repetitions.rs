//! Counts forwarded additions as often as they arrive.
//!
//! **Wrong:** a node sends each addition to the others until they confirm it, and they count every
//! message.
//! **Seen:** the sum is too large on a node to which an addition was delivered twice.
//! **Fix:** send the sum of all own additions instead, where the larger one is newer; or number the
//! additions.

use super::messages::Reply;
use crate::Exhibit;
use crate::delivery::send_to_all;
use glomers_node::{Caller, Ctx, Node, Program, RpcError};
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "g-counter-counts-repetitions",
    challenge: "g-counter",
    bug: "counts what another node tells it each time that it arrives",
    hunt: &["--nemesis", "duplicate", "--duplicate", "0.1"],
    durable: false,
    program: Program::of::<CountsRepetitions>(),
};

struct CountsRepetitions {
    sum: Cell<u64>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Request {
    Add {
        delta: u64,
    },
    Read,
    /// From a node: an addition by one of its clients.
    News {
        delta: u64,
    },
}

impl Node for CountsRepetitions {
    type Request = Request;

    async fn init(_: &Ctx) -> Result<Self, RpcError> {
        Ok(Self { sum: Cell::new(0) })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::Add { delta } => {
                self.sum.update(|sum| sum + delta);
                ctx.reply(caller, &Reply::AddOk);
                send_to_all(ctx, &Request::News { delta });
            }
            Request::News { delta } => {
                self.sum.update(|sum| sum + delta);
                ctx.reply(caller, &Reply::NewsOk);
            }
            Request::Read => ctx.reply(caller, &Reply::ReadOk { value: self.sum.get() }),
        }
        Ok(())
    }
}
