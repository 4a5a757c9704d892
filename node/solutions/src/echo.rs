//! Echo (challenge 1): sends each payload back.

use glomers_node::{Caller, Ctx, Json, Node, RpcError};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// A node that sends each payload back.
pub struct Echo;

/// Requests.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Asks to send the payload back.
    Echo {
        /// The payload.
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
