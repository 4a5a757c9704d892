//! A node loses its own sum when it is restarted.
//!
//! **Wrong:** each node keeps a sum for every node, and merges by maximum. An addition is
//! acknowledged when a second node has it. But a restarted node begins its own sum at 0, and
//! ignores the value that the others have for it; they ignore its smaller sums as outdated.
//! **Seen:** after a kill, the sum lacks the additions to the restarted node, until these exceed
//! its earlier sum.
//! **Fix:** merge one's own sum from the others, too, and wait for it after a start; or begin a new
//! sum under another name at each start.

use super::messages::Reply;
use crate::Exhibit;
use crate::delivery::until_confirmed;
use glomers_node::{Caller, Ctx, Node, NodeId, Program, RpcError};
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "g-counter-forgets-its-own-sum",
    challenge: "g-counter",
    bug: "begins its own sum at 0 when it was restarted, though the others know it",
    hunt: &["--nemesis", "kill", "--nemesis-interval", "1"],
    durable: false,
    program: Program::of::<ForgetsItsOwnSum>(),
};

/// Time between two broadcasts of all sums.
const INTERVAL: Duration = Duration::from_millis(500);

struct ForgetsItsOwnSum {
    /// The sum of each node.
    sums: RefCell<BTreeMap<NodeId, u64>>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Request {
    Add {
        delta: u64,
    },
    Read,
    /// From a node: all sums that it knows.
    News {
        sums: BTreeMap<NodeId, u64>,
    },
}

impl Node for ForgetsItsOwnSum {
    type Request = Request;

    async fn init(_: &Ctx) -> Result<Self, RpcError> {
        Ok(Self { sums: RefCell::default() })
    }

    fn started(self: Rc<Self>, ctx: &Ctx) {
        ctx.spawn(self.send_news(ctx.clone()));
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::Add { delta } => {
                *self.sums.borrow_mut().entry(ctx.id().clone()).or_default() += delta;
                let client = Rc::new(Cell::new(Some(caller.clone())));
                for peer in ctx.peers() {
                    let news = Request::News { sums: self.sums.borrow().clone() };
                    let (client, peer) = (Rc::clone(&client), peer.clone());
                    let node = ctx.clone();
                    ctx.spawn(async move {
                        until_confirmed(&node, &peer, &news).await;
                        // The first confirmation is enough: a second node has the sum.
                        if let Some(client) = client.take() {
                            node.reply(&client, &Reply::AddOk);
                        }
                    });
                }
            }
            Request::News { sums } => {
                for (node, sum) in sums {
                    if node != *ctx.id() {
                        let mut known = self.sums.borrow_mut();
                        let known = known.entry(node).or_default();
                        *known = sum.max(*known);
                    }
                }
                ctx.reply(caller, &Reply::NewsOk);
            }
            Request::Read => {
                let value = self.sums.borrow().values().sum();
                ctx.reply(caller, &Reply::ReadOk { value });
            }
        }
        Ok(())
    }
}

impl ForgetsItsOwnSum {
    async fn send_news(self: Rc<Self>, ctx: Ctx) {
        loop {
            ctx.sleep(INTERVAL).await;
            let news = Request::News { sums: self.sums.borrow().clone() };
            for peer in ctx.peers() {
                ctx.send(peer, &news);
            }
        }
    }
}
