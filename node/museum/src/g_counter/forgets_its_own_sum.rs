//! A node that knows best what it added itself, until it is restarted.
//!
//! **Wrong:** each node keeps a sum for every node, and of two the larger one stays. An addition is
//! acknowledged when a second node has it. But a node that was restarted begins its own sum at 0, and
//! does not let the others tell it better; for them, its smaller sums are old ones.
//! **Seen:** after a kill, the sum is too small by what is added to the restarted node, until that is
//! more than it had added before.
//! **Mend:** take one's own sum from the others, too, and wait for it after a start; or begin a new
//! sum in each life.

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

/// How often the others are told all sums.
const INTERVAL: Duration = Duration::from_millis(500);

struct ForgetsItsOwnSum {
    /// What each node added up.
    sums: RefCell<BTreeMap<NodeId, u64>>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Request {
    Add {
        delta: u64,
    },
    Read,
    /// From a node: all sums, as it knows them.
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
        ctx.spawn(self.tell(ctx.clone()));
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
                        // The first confirmation is enough: a second node has it.
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
    async fn tell(self: Rc<Self>, ctx: Ctx) {
        loop {
            ctx.sleep(INTERVAL).await;
            let news = Request::News { sums: self.sums.borrow().clone() };
            for peer in ctx.peers() {
                ctx.send(peer, &news);
            }
        }
    }
}
