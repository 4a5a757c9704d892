//! A node of unique-ids that draws random ids.

use glomers_node::{Caller, Ctx, Node, RpcError};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// Its ids are a number below `FACES`, and its time in us, if it includes that.
pub(crate) struct Dice<const FACES: u64, const TELLS_TIME: bool>;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Request {
    Generate {},
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    GenerateOk { id: (u64, u128) },
}

impl<const FACES: u64, const TELLS_TIME: bool> Node for Dice<FACES, TELLS_TIME> {
    type Request = Request;

    async fn init(_: &Ctx) -> Result<Self, RpcError> {
        Ok(Self)
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        Request::Generate {}: Request,
    ) -> Result<(), RpcError> {
        let time = if TELLS_TIME { ctx.now().as_micros() } else { 0 };
        ctx.reply(caller, &Reply::GenerateOk { id: (ctx.random() % FACES, time) });
        Ok(())
    }
}
