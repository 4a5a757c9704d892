//! Interprets the offset of a poll as exclusive.
//!
//! **Wrong:** a poll returns the messages after the offset in the request, but that is the first
//! requested one.
//! **Seen:** no poll ever returns the first message of a log, nor the one after each polled
//! message.
//! **Fix:** include the message at the offset.

use super::commits::Commits;
use super::messages::{Logs, Reply, Request};
use crate::Exhibit;
use glomers_node::{Caller, Ctx, Node, Program, RpcError};
use std::cell::RefCell;
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "kafka-polls-after-the-offset",
    challenge: "kafka-a",
    bug: "a poll returns what comes after the offset that it should begin with",
    hunt: &[],
    durable: false,
    program: Program::of::<PollsAfterTheOffset>(),
};

struct PollsAfterTheOffset {
    logs: RefCell<Logs>,
    commits: Commits,
}

impl Node for PollsAfterTheOffset {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        Ok(Self { logs: RefCell::default(), commits: Commits::new(ctx) })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::Send { key, msg } => {
                let offset = self.logs.borrow_mut().append(key, msg);
                ctx.reply(caller, &Reply::SendOk { offset });
            }
            Request::Poll { offsets } => {
                let after = offsets.into_iter().map(|(key, offset)| (key, offset + 1)).collect();
                ctx.reply(caller, &Reply::PollOk { msgs: self.logs.borrow().poll(after) });
            }
            other => self.commits.handle(ctx, caller, other).await?,
        }
        Ok(())
    }
}
