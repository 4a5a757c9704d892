//! Echo (challenge 1): answers with what it was sent.

use glomers_node::{Caller, Ctx, Json, Node, RpcError};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// A node that answers with what it was sent.
pub struct Echo;

/// What it understands.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Please send this back.
    Echo {
        /// Anything.
        echo: Json,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    EchoOk { echo: Json },
}

impl Node for Echo {
    type Request = Request;

    async fn init(_: &Ctx) -> Result<Self, RpcError> {
        Ok(Self)
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        let Request::Echo { echo } = request;
        ctx.reply(caller, &Reply::EchoOk { echo });
        Ok(())
    }
}
