//! Unique ids (challenge 2): without coordination, so it stays available in a partition.
//!
//! An id is the node's name, a number drawn at its start, and a count: `n1-9f3c77a1b2c4d5e6-42`.
//! The random number prevents a restarted node from generating its old ids again.

use glomers_node::{Caller, Ctx, Node, RpcError};
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::rc::Rc;

/// A node that generates globally unique ids.
pub struct UniqueIds {
    prefix: String,
    given: Cell<u64>,
}

/// Requests.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Asks for a new id.
    Generate,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    GenerateOk { id: String },
}

impl Node for UniqueIds {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        let prefix = format!("{}-{:016x}", ctx.id(), ctx.random());
        Ok(Self { prefix, given: Cell::default() })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        Request::Generate: Request,
    ) -> Result<(), RpcError> {
        self.given.update(|given| given + 1);
        let id = format!("{}-{}", self.prefix, self.given.get());
        ctx.reply(caller, &Reply::GenerateOk { id });
        Ok(())
    }
}
