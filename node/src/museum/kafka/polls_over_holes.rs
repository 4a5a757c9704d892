//! A poll that steps over what is not there yet.
//!
//! **Wrong:** offsets come from a counter in `lin-kv`, one for each key, and each message is then
//! written under its offset. A poll reads all up to the counter, and leaves out what it does not
//! find: it is not written yet.
//! **Seen:** a client polls a message, and never again the one before it.
//! **Mend:** a poll ends at the first hole.

use super::commits::Commits;
use super::messages::{Messages, Reply, Request};
use crate::museum::Exhibit;
use crate::museum::store::Store;
use crate::{Caller, Ctx, Json, Node, Program, RpcError};
use std::rc::Rc;

pub(in crate::museum) const EXHIBIT: Exhibit = Exhibit {
    name: "kafka-polls-over-holes",
    challenge: "kafka-b",
    bug: "a poll leaves out offsets that were given out, but whose messages are not written yet",
    hunt: &[],
    durable: false,
    program: Program::of::<PollsOverHoles>(),
};

struct PollsOverHoles {
    store: Store,
    commits: Commits,
}

impl Node for PollsOverHoles {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        Ok(Self { store: Store::linearizable(ctx), commits: Commits::new(ctx) })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::Send { key, msg } => {
                let offset = self.draw(&key).await?;
                self.store.write(&place(&key, offset), &msg).await?;
                ctx.reply(caller, &Reply::SendOk { offset });
            }
            Request::Poll { offsets } => {
                let mut msgs = Messages::new();
                for (key, from) in offsets {
                    let log = self.read(&key, from).await?;
                    msgs.insert(key, log);
                }
                ctx.reply(caller, &Reply::PollOk { msgs });
            }
            other => self.commits.handle(ctx, caller, other).await?,
        }
        Ok(())
    }
}

impl PollsOverHoles {
    /// How many offsets of a key were given out.
    async fn count(&self, key: &str) -> Result<u64, RpcError> {
        Ok(self.store.read(&counter(key)).await?.unwrap_or(0))
    }

    /// Gives out an offset.
    async fn draw(&self, key: &str) -> Result<u64, RpcError> {
        loop {
            let offset = self.count(key).await?;
            if self.store.compare_and_set(&counter(key), &offset, &(offset + 1)).await? {
                return Ok(offset);
            }
        }
    }

    async fn read(&self, key: &str, from: u64) -> Result<Vec<(u64, Json)>, RpcError> {
        let mut found = Vec::new();
        for offset in from..self.count(key).await? {
            if let Some(msg) = self.store.read(&place(key, offset)).await? {
                found.push((offset, msg));
            }
        }
        Ok(found)
    }
}

fn counter(key: &str) -> String {
    format!("count/{key}")
}

fn place(key: &str, offset: u64) -> String {
    format!("log/{key}/{offset}")
}
