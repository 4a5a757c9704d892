//! Polls skip messages that are not written yet.
//!
//! **Wrong:** offsets come from a counter in `lin-kv`, one for each key, and each message is then
//! written under its offset. A poll reads all offsets up to the counter, and omits those that are
//! not written yet.
//! **Seen:** a client polls a message, and never the one before it, whose node was slower.
//! **Fix:** end a poll at the first gap.

use super::commits::Commits;
use super::messages::{Messages, Offsets, Reply, Request};
use crate::Exhibit;
use crate::store::Store;
use glomers_node::{Caller, Ctx, Json, Node, Program, RpcError};
use std::rc::Rc;
use std::time::Duration;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "kafka-polls-over-holes",
    challenge: "kafka-b",
    bug: "a poll leaves out offsets that were given out, but whose messages are not written yet",
    // A node that is paused between drawing an offset and writing to it leaves a gap.
    hunt: &[
        "--nemesis",
        "pause",
        "--nemesis-interval",
        "0.5",
        "--latency",
        "10",
        "--rate",
        "200",
        "--concurrency",
        "10n",
        "--key-count",
        "1",
    ],
    durable: false,
    program: Program::of::<PollsOverHoles>(),
};

/// How long to wait for the store: an offset that is abandoned is a permanent gap.
const PATIENCE: Duration = Duration::from_secs(10);

struct PollsOverHoles {
    store: Store,
    commits: Commits,
}

impl Node for PollsOverHoles {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        let store = Store::linearizable(ctx).within(PATIENCE);
        Ok(Self { store, commits: Commits::new(ctx) })
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
                self.store.write(&position(&key, offset), &msg).await?;
                ctx.reply(caller, &Reply::SendOk { offset });
            }
            Request::Poll { offsets } => {
                let msgs = self.poll(offsets).await?;
                ctx.reply(caller, &Reply::PollOk { msgs });
            }
            other => self.commits.handle(ctx, caller, other).await?,
        }
        Ok(())
    }
}

impl PollsOverHoles {
    /// Number of offsets of a key that were drawn.
    async fn count(&self, key: &str) -> Result<u64, RpcError> {
        Ok(self.store.read(&counter(key)).await?.unwrap_or(0))
    }

    /// Draws the next offset.
    async fn draw(&self, key: &str) -> Result<u64, RpcError> {
        loop {
            let offset = self.count(key).await?;
            if self.store.compare_and_set(&counter(key), &offset, &(offset + 1)).await? {
                return Ok(offset);
            }
        }
    }

    async fn poll(&self, offsets: Offsets) -> Result<Messages, RpcError> {
        let counters: Vec<String> = offsets.keys().map(|key| counter(key)).collect();
        let counts = self.store.read_all(&counters).await?;
        let mut asked = Vec::new();
        for ((key, from), count) in offsets.into_iter().zip(counts) {
            asked.extend((from..count.unwrap_or(0)).map(|offset| (key.clone(), offset)));
        }
        let positions: Vec<String> =
            asked.iter().map(|(key, offset)| position(key, *offset)).collect();
        let found: Vec<Option<Json>> = self.store.read_all(&positions).await?;
        let mut messages = Messages::new();
        for ((key, offset), found) in asked.into_iter().zip(found) {
            if let Some(msg) = found {
                messages.entry(key).or_default().push((offset, msg));
            }
        }
        Ok(messages)
    }
}

fn counter(key: &str) -> String {
    format!("count/{key}")
}

fn position(key: &str, offset: u64) -> String {
    format!("log/{key}/{offset}")
}
