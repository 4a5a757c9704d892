//! Appends to a log in `lin-kv` by a read and a write.
//!
//! **Wrong:** a key's messages are one list in `lin-kv`. To append, a node reads the list and
//! writes a longer one, which overwrites concurrent appends of other nodes.
//! **Seen:** two messages get the same offset, and one of them is lost; without any fault.
//! **Fix:** `cas` instead of `write`, repeated if it fails.

use super::commits::Commits;
use super::messages::{Messages, Reply, Request};
use crate::Exhibit;
use crate::store::Store;
use glomers_node::{Caller, Ctx, Json, Node, Program, RpcError};
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "kafka-appends-without-cas",
    challenge: "kafka-b",
    bug: "appends to a list in lin-kv by a read and then a write",
    hunt: &[],
    durable: false,
    program: Program::of::<AppendsWithoutCas>(),
};

struct AppendsWithoutCas {
    store: Store,
    commits: Commits,
}

impl Node for AppendsWithoutCas {
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
                let mut log = self.log(&key).await?;
                let offset = log.len() as u64;
                log.push(msg);
                self.store.write(&name(&key), &log).await?;
                ctx.reply(caller, &Reply::SendOk { offset });
            }
            Request::Poll { offsets } => {
                let mut msgs = Messages::new();
                for (key, from) in offsets {
                    let log = (0..).zip(self.log(&key).await?);
                    let log: Vec<_> = log.skip_while(|(offset, _)| *offset < from).collect();
                    if !log.is_empty() {
                        msgs.insert(key, log);
                    }
                }
                ctx.reply(caller, &Reply::PollOk { msgs });
            }
            other => self.commits.handle(ctx, caller, other).await?,
        }
        Ok(())
    }
}

impl AppendsWithoutCas {
    async fn log(&self, key: &str) -> Result<Vec<Json>, RpcError> {
        Ok(self.store.read(&name(key)).await?.unwrap_or_default())
    }
}

fn name(key: &str) -> String {
    format!("log/{key}")
}
