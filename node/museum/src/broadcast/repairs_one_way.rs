//! A comparison of notes of which only one side learns.
//!
//! **Wrong:** values are told once, and for what gets lost, the first node of each pair asks the
//! other once a second what it has. It learns, but does not tell what the other lacks.
//! **Seen:** after a cut, the first nodes of the list have everything, and the last ones lack it.
//! **Mend:** both ask; or the answer is followed by what the other lacks.

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

/// How often notes are compared.
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
