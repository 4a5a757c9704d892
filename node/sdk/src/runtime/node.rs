//! What a node's author writes.

use crate::protocol::{Body, RpcError};
use crate::runtime::{Caller, Ctx};
use std::rc::Rc;

/// A node. Everything runs on one thread, so state lives in `Cell` and `RefCell`; handlers take
/// turns at their `await`s only.
///
/// Futures may wait for what [`Ctx`] offers, or for other handlers, and nothing else: no thread,
/// socket or clock. That is what lets the same node run in virtual time.
#[expect(async_fn_in_trait, reason = "a node lives on one thread, so its futures need not be Send")]
pub trait Node: Sized + 'static {
    /// The messages that it understands: usually an enum, see [`Body`]. Messages of other types are
    /// answered with error 10 (not supported), malformed ones with 12.
    type Request: Body + 'static;

    /// Makes the node when `init` arrives. It may call services; `init` is answered after it, and
    /// messages that arrive meanwhile wait. An error is the answer to `init`.
    async fn init(ctx: &Ctx) -> Result<Self, RpcError>;

    /// Called once, when `init` was answered: here begins what the node does by itself.
    fn started(self: Rc<Self>, _ctx: &Ctx) {}

    /// Handles a message. An error is sent to the caller, or logged if it wants no answer.
    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Self::Request,
    ) -> Result<(), RpcError>;
}
