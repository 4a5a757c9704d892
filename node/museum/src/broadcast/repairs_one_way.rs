//! Anti-entropy in one direction only.
//!
//! **Wrong:** values are sent once. To repair losses, the first node of each pair asks the other
//! for its values once a second, but does not send what the other lacks.
//! **Seen:** after a partition, the first nodes of the list have all values, and the last ones do
//! not.
//! **Fix:** both nodes ask; or the reply is followed by what the other lacks.

use super::messages::{ReadOk, Reply, Request};
use crate::Exhibit;
use crate::delivery::PATIENCE;
use glomers_node::{Caller, Ctx, Node, Program, RpcError};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "broadcast-repairs-one-way",
    challenge: "broadcast-c",
    bug: "of two nodes that compare notes, only one learns what it lacks",
    hunt: &[],
    durable: false,
    program: Program::of::<RepairsOneWay>(),
};

/// Time between two comparisons.
const INTERVAL: Duration = Duration::from_secs(1);

struct RepairsOneWay {
    messages: RefCell<BTreeSet<u64>>,
}

impl Node for RepairsOneWay {
    type Request = Request;

    async fn init(_: &Ctx) -> Result<Self, RpcError> {
        Ok(Self { messages: RefCell::default() })
    }

    fn started(self: Rc<Self>, ctx: &Ctx) {
        ctx.spawn(self.repair(ctx.clone()));
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
                self.messages.borrow_mut().insert(message);
                ctx.reply(caller, &Reply::BroadcastOk);
                for peer in ctx.peers() {
                    ctx.send(peer, &Request::Gossip { messages: vec![message] });
                }
            }
            Request::Gossip { messages } => self.messages.borrow_mut().extend(messages),
            Request::Read => {
                ctx.reply(caller, &Reply::ReadOk { messages: &self.messages.borrow() });
            }
        }
        Ok(())
    }
}

impl RepairsOneWay {
    async fn repair(self: Rc<Self>, ctx: Ctx) {
        loop {
            ctx.sleep(INTERVAL).await;
            for peer in ctx.peers().iter().filter(|peer| *peer > ctx.id()) {
                let read = ctx.rpc_within(PATIENCE, peer, &Request::Read).await;
                if let Ok(ReadOk { messages }) = read {
                    self.messages.borrow_mut().extend(messages);
                }
            }
        }
    }
}
