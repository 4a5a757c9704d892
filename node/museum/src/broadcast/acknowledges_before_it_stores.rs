//! Acknowledges a value before it is on disk.
//!
//! **Wrong:** a client's value is acknowledged at once, and stored and sent half a second later.
//! **Seen:** if the node is killed in between, an acknowledged value is lost.
//! **Fix:** acknowledge after storing.

use super::messages::{Reply, Request};
use crate::Exhibit;
use crate::delivery::send_to_all;
use glomers_node::{Caller, Ctx, Node, Program, Records, RpcError};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "broadcast-acknowledges-before-it-stores",
    challenge: "broadcast-b",
    bug: "acknowledges a value half a second before it is on disk, or anywhere else",
    hunt: &["--nemesis", "kill", "--nemesis-interval", "1"],
    durable: true,
    program: Program::of::<AcknowledgesBeforeItStores>(),
};

/// Delay until a value is stored.
const DELAY: Duration = Duration::from_millis(500);

struct AcknowledgesBeforeItStores {
    /// The values on disk.
    messages: RefCell<BTreeSet<u64>>,
    disk: Records<u64>,
}

impl Node for AcknowledgesBeforeItStores {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        let disk = ctx.records("messages");
        let messages = disk.read()?.into_iter().collect();
        Ok(Self { messages: RefCell::new(messages), disk })
    }

    fn started(self: Rc<Self>, ctx: &Ctx) {
        // It is unknown whether the values were sent to the others before the restart.
        let messages = self.messages.borrow().iter().copied().collect();
        send_to_all(ctx, &Request::Gossip { messages });
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::Topology { .. } => ctx.reply(caller, &Reply::TopologyOk),
            Request::Broadcast { message } => {
                ctx.reply(caller, &Reply::BroadcastOk);
                ctx.sleep(DELAY).await;
                self.store(message)?;
                send_to_all(ctx, &Request::Gossip { messages: vec![message] });
            }
            Request::Gossip { messages } => {
                for message in messages {
                    self.store(message)?;
                }
                ctx.reply(caller, &Reply::GossipOk);
            }
            Request::Read => {
                ctx.reply(caller, &Reply::ReadOk { messages: &self.messages.borrow() });
            }
        }
        Ok(())
    }
}

impl AcknowledgesBeforeItStores {
    fn store(&self, message: u64) -> Result<(), RpcError> {
        if !self.messages.borrow().contains(&message) {
            self.disk.append(&message)?;
            self.messages.borrow_mut().insert(message);
        }
        Ok(())
    }
}
