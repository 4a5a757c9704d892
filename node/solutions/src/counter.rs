//! A counter that grows and shrinks (challenge 4, and pn-counter): every node adds up what it was
//! told itself, and tells the others its sum until they confirm it. The counter is the sum of sums,
//! so it stays available when the network is cut, and is exact once the network is whole.
//!
//! A sum of more additions replaces one of fewer, so it does not matter how often and in which order
//! sums arrive. With a disk, a sum is there before it is confirmed, or shown, or told: killed and
//! started again, a node goes on with its own sum, and tells it to everybody once more.

use glomers_node::{Caller, Ctx, Node, NodeId, Records, RpcError};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

/// How long another node has to confirm a sum before it is told again.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long to wait after a telling that failed.
const PAUSE: Duration = Duration::from_millis(50);

/// A node that counts.
pub struct Counter {
    ctx: Ctx,
    sums: RefCell<BTreeMap<NodeId, Sum>>,
    kept: Records<(NodeId, Sum)>,
    /// Others that are being told, and how many additions they confirmed.
    telling: RefCell<BTreeSet<NodeId>>,
    confirmed: RefCell<BTreeMap<NodeId, u64>>,
}

/// What one node added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Sum {
    /// So many additions.
    additions: u64,
    total: i64,
}

/// What it understands.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Please count this.
    Add {
        /// How much; may be negative.
        delta: i64,
    },
    /// How much is it?
    Read,
    /// Another node's sum.
    Sum {
        /// How many additions it is made of: a larger number is newer.
        additions: u64,
        /// The sum.
        total: i64,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "the protocol has these names")]
enum Reply {
    AddOk {},
    ReadOk { value: i64 },
    SumOk {},
}

/// What one node tells another.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum News {
    Sum(Sum),
}

#[derive(Deserialize)]
struct Confirmed {}

impl Node for Counter {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        let kept = ctx.records("counter");
        Ok(Self {
            ctx: ctx.clone(),
            // Of each node the last, which is the newest.
            sums: RefCell::new(kept.read()?.into_iter().collect()),
            kept,
            telling: RefCell::default(),
            confirmed: RefCell::default(),
        })
    }

    fn started(self: Rc<Self>, ctx: &Ctx) {
        for peer in ctx.peers() {
            self.tell(peer);
        }
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::Add { delta } => {
                let Sum { additions, total } = self.sum(ctx.id());
                let total = total.wrapping_add(delta);
                self.keep(ctx.id(), Sum { additions: additions + 1, total })?;
                ctx.reply(caller, &Reply::AddOk {});
                for peer in ctx.peers() {
                    self.tell(peer);
                }
            }
            Request::Read => {
                let value = self
                    .sums
                    .borrow()
                    .values()
                    .fold(0, |all: i64, sum| all.wrapping_add(sum.total));
                ctx.reply(caller, &Reply::ReadOk { value });
            }
            Request::Sum { additions, total } => {
                if additions > self.sum(&caller.src).additions {
                    self.keep(&caller.src, Sum { additions, total })?;
                }
                ctx.reply(caller, &Reply::SumOk {});
            }
        }
        Ok(())
    }
}

impl Counter {
    /// What a node added up, as far as is known here.
    fn sum(&self, node: &NodeId) -> Sum {
        self.sums.borrow().get(node).copied().unwrap_or_default()
    }

    /// Takes over a newer sum.
    fn keep(&self, node: &NodeId, sum: Sum) -> Result<(), RpcError> {
        if self.kept.are_kept() {
            self.kept.append(&(node.clone(), sum))?;
        }
        self.sums.borrow_mut().insert(node.clone(), sum);
        Ok(())
    }

    /// Tells another node our sum until it has confirmed the newest; sums that come up meanwhile go
    /// with the next telling.
    fn tell(self: &Rc<Self>, peer: &NodeId) {
        if !self.telling.borrow_mut().insert(peer.clone()) {
            return;
        }
        let (counter, peer) = (Rc::clone(self), peer.clone());
        self.ctx.spawn(async move {
            loop {
                let mine = counter.sum(counter.ctx.id());
                let known = counter.confirmed.borrow().get(&peer).copied().unwrap_or_default();
                if known >= mine.additions {
                    break;
                }
                let news = News::Sum(mine);
                let told = counter.ctx.rpc_within::<Confirmed>(PATIENCE, &peer, &news).await;
                match told {
                    Ok(Confirmed {}) => {
                        counter.confirmed.borrow_mut().insert(peer.clone(), mine.additions);
                    }
                    // Somebody who refuses at once is not asked without a pause.
                    Err(_) => counter.ctx.sleep(PAUSE).await,
                }
            }
            counter.telling.borrow_mut().remove(&peer);
        });
    }
}
