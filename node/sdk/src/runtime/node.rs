//! The trait that a node implements.

use crate::protocol::{Body, RpcError};
use crate::runtime::{Caller, Ctx};
use std::rc::Rc;

/// A node. Everything runs on one thread, so state is kept in `Cell` and `RefCell`; handlers are
/// interleaved at their `await`s only.
///
/// Futures may only wait for what [`Ctx`] offers, or for other handlers, but not for a thread,
/// socket or clock. Therefore the same node can also run in virtual time.
#[expect(async_fn_in_trait, reason = "a node lives on one thread, so its futures need not be Send")]
pub trait Node: Sized + 'static {
    /// The messages that the node handles: usually an enum, see [`Body`]. Messages of other types
    /// are answered with error 10 (not supported), malformed ones with 12.
    type Request: Body + 'static;

    /// Creates the node when `init` arrives. It may call services; `init` is answered afterwards,
    /// and messages that arrive meanwhile are queued. An error is the answer to `init`.
    async fn init(ctx: &Ctx) -> Result<Self, RpcError>;

    /// Called once, after `init` was answered, to start background tasks.
    fn started(self: Rc<Self>, _ctx: &Ctx) {}

    /// Handles a message. An error is sent to the caller, or logged if that expects no answer.
    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Self::Request,
    ) -> Result<(), RpcError>;
}
