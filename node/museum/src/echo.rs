//! Echo (challenge 1), with the state of a request in a shared field.
//!
//! **Wrong:** the payload of the current request is in a field of the node. A second request that
//! arrives before the first is answered overwrites it.
//! **Seen:** of two concurrent requests, the first is answered with the payload of the second.
//! **Fix:** keep the state of a request local to its handler.

use super::Exhibit;
use glomers_node::{Caller, Ctx, Json, Node, Program, RpcError};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

pub(super) const EXHIBIT: Exhibit = Exhibit {
    name: "echo-mixes-up-requests",
    challenge: "echo",
    bug: "keeps the payload in the node, where the next request overwrites it",
    hunt: &["--concurrency", "4n", "--rate", "100"],
    durable: false,
    program: Program::of::<Echo>(),
};

/// How long the work on a request takes.
const WORK: Duration = Duration::from_millis(5);

struct Echo {
    payload: RefCell<Option<Json>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Request {
    Echo { echo: Json },
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    EchoOk { echo: Option<Json> },
}

impl Node for Echo {
    type Request = Request;

    async fn init(_: &Ctx) -> Result<Self, RpcError> {
        Ok(Self { payload: RefCell::default() })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        let Request::Echo { echo } = request;
        self.payload.replace(Some(echo));
        ctx.sleep(WORK).await;
        ctx.reply(caller, &Reply::EchoOk { echo: self.payload.borrow().clone() });
        Ok(())
    }
}
