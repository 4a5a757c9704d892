//! Messages are on disk, but the next offset only in memory.
//!
//! **Wrong:** each message is on disk before it is acknowledged, and read back after a crash. The
//! offset counters are not: they begin at 0 again.
//! **Seen:** after a kill, an offset has a different message than before.
//! **Fix:** derive the next offset from the log.

use super::commits::Commits;
use super::messages::{Messages, Reply, Request};
use crate::Exhibit;
use glomers_node::{Caller, Ctx, Json, Node, Program, Records, RpcError};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "kafka-reuses-offsets-after-a-crash",
    challenge: "kafka-a",
    bug: "restores the messages from disk, but counts offsets from 0 again",
    hunt: &["--nemesis", "kill", "--nemesis-interval", "1"],
    durable: true,
    program: Program::of::<ReusesOffsetsAfterACrash>(),
};

struct ReusesOffsetsAfterACrash {
    logs: RefCell<BTreeMap<String, BTreeMap<u64, Json>>>,
    next: RefCell<BTreeMap<String, u64>>,
    disk: Records<(String, u64, Json)>,
    commits: Commits,
}

impl Node for ReusesOffsetsAfterACrash {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        let disk = ctx.records("log");
        let mut logs: BTreeMap<String, BTreeMap<u64, Json>> = BTreeMap::new();
        for (key, offset, msg) in disk.read()? {
            logs.entry(key).or_default().insert(offset, msg);
        }
        let (logs, next) = (RefCell::new(logs), RefCell::default());
        Ok(Self { logs, next, disk, commits: Commits::new(ctx) })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::Send { key, msg } => {
                let mut next = self.next.borrow_mut();
                let next = next.entry(key.clone()).or_default();
                let offset = *next;
                *next += 1;
                self.disk.append(&(key.clone(), offset, msg.clone()))?;
                self.logs.borrow_mut().entry(key).or_default().insert(offset, msg);
                ctx.reply(caller, &Reply::SendOk { offset });
            }
            Request::Poll { offsets } => {
                let logs = self.logs.borrow();
                let mut msgs = Messages::new();
                for (key, from) in offsets {
                    let log = logs.get(&key).into_iter().flat_map(|log| log.range(from..));
                    let log: Vec<_> = log.map(|(offset, msg)| (*offset, msg.clone())).collect();
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
