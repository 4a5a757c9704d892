//! A merge in which the last message wins.
//!
//! **Wrong:** each node keeps a sum for every node, and periodically sends all of them. A receiver
//! adopts them whether they are newer or older than its copy, even an outdated copy of its own sum.
//! **Seen:** additions vanish; without any fault.
//! **Fix:** merge by maximum.

use super::messages::Reply;
use crate::Exhibit;
use glomers_node::{Caller, Ctx, Node, NodeId, Program, RpcError};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "g-counter-takes-over-older-sums",
    challenge: "g-counter",
    bug: "merges the sums of all nodes by overwriting, not by the maximum",
    hunt: &[],
    durable: false,
    program: Program::of::<TakesOverOlderSums>(),
};

/// Time between two broadcasts.
const INTERVAL: Duration = Duration::from_millis(200);

struct TakesOverOlderSums {
    /// The sum of each node.
    sums: RefCell<BTreeMap<NodeId, u64>>,
}

#[derive(Serialize, Deserialize)]
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

impl Node for TakesOverOlderSums {
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
                ctx.reply(caller, &Reply::AddOk);
            }
            Request::News { sums } => self.sums.borrow_mut().extend(sums),
            Request::Read => {
                let value = self.sums.borrow().values().sum();
                ctx.reply(caller, &Reply::ReadOk { value });
            }
        }
        Ok(())
    }
}

impl TakesOverOlderSums {
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
