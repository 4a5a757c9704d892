//! A merge that believes whoever spoke last.
//!
//! **Wrong:** each node keeps a sum for every node, and sends all of them round now and then. Who
//! gets them takes them over, whether they are newer or older than its own: even its own sum, as
//! another node knew it a while ago.
//! **Seen:** additions vanish; without any fault.
//! **Mend:** of two sums of a node, the larger one stays.

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

/// How often the others are told.
const INTERVAL: Duration = Duration::from_millis(200);

struct TakesOverOlderSums {
    /// What each node added up.
    sums: RefCell<BTreeMap<NodeId, u64>>,
}

#[derive(Serialize, Deserialize)]
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

impl Node for TakesOverOlderSums {
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
