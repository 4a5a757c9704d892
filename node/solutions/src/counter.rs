//! A counter that grows and shrinks (challenge 4, and pn-counter): every node sums the additions of
//! its clients, and sends its sum to the others until they confirm it. The counter is the sum of
//! sums, so it stays available in a partition, and is exact once the network is healed.
//!
//! A sum of more additions replaces one of fewer, so sums may arrive repeatedly and in any order.
//! With a disk, a sum is stored before it is confirmed, returned to a client, or sent: a restarted
//! node continues with its own sum, and sends it to every node again.

use glomers_node::{Caller, Ctx, Node, NodeId, Records, RpcError};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

/// How long to wait for a confirmation before a sum is sent again.
const PATIENCE: Duration = Duration::from_secs(1);

/// Pause after a failed transmission.
const PAUSE: Duration = Duration::from_millis(50);

/// A node that counts.
pub struct Counter {
    ctx: Ctx,
    sums: RefCell<BTreeMap<NodeId, Sum>>,
    kept: Records<(NodeId, Sum)>,
    /// Nodes to which the sum is being sent, and the number of additions that each confirmed.
    telling: RefCell<BTreeSet<NodeId>>,
    confirmed: RefCell<BTreeMap<NodeId, u64>>,
}

/// The sum of one node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Sum {
    /// Number of additions.
    additions: u64,
    total: i64,
}

/// Requests.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Adds to the counter.
    Add {
        /// The amount; may be negative.
        delta: i64,
    },
    /// Asks for the value of the counter.
    Read,
    /// Another node's sum.
    Sum {
        /// Number of additions in the sum: a larger number is newer.
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

/// The message that sends a sum to another node.
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
            // Of each node the last record, which is the newest.
            sums: RefCell::new(kept.read()?.into_iter().collect()),
            kept,
            telling: RefCell::default(),
            confirmed: RefCell::default(),
        })
    }

    fn started(self: Rc<Self>, ctx: &Ctx) {
        for peer in ctx.peers() {
            self.send_sum(peer);
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
                    self.send_sum(peer);
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
    /// The newest known sum of a node.
    fn sum(&self, node: &NodeId) -> Sum {
        self.sums.borrow().get(node).copied().unwrap_or_default()
    }

    /// Stores a sum if it is newer.
    fn keep(&self, node: &NodeId, sum: Sum) -> Result<(), RpcError> {
        if self.kept.are_kept() {
            self.kept.append(&(node.clone(), sum))?;
        }
        self.sums.borrow_mut().insert(node.clone(), sum);
        Ok(())
    }

    /// Sends this node's sum to another node until that has confirmed the newest; changes in the
    /// meantime are sent with the next message.
    fn send_sum(self: &Rc<Self>, peer: &NodeId) {
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
                let confirmed = counter.ctx.rpc_within::<Confirmed>(PATIENCE, &peer, &news).await;
                match confirmed {
                    Ok(Confirmed {}) => {
                        counter.confirmed.borrow_mut().insert(peer.clone(), mine.additions);
                    }
                    // Pause, in case the node answers with errors immediately.
                    Err(_) => counter.ctx.sleep(PAUSE).await,
                }
            }
            counter.telling.borrow_mut().remove(&peer);
        });
    }
}
