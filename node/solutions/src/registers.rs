//! Transactions over registers (challenge 6, txn-rw-register): each runs at once on the node that
//! receives it, and its last writes are sent to the others until they confirm them. Totally
//! available in every partition; read committed.
//!
//! Writes are ordered by Lamport timestamps. A transaction's timestamp is above that of every write
//! that its node has seen, so neither writes nor reads can form a cycle, and registers converge.
//! Writes may arrive repeatedly and in any order: the later timestamp wins.
//!
//! With a disk, writes are stored before they are acknowledged, confirmed, read or sent. The
//! confirmations of other nodes are not stored: a restarted node sends them all its writes.

use glomers_node::{Caller, Ctx, Json, Node, NodeId, Records, RpcError};
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

/// How long to wait for a confirmation before writes are sent again.
const PATIENCE: Duration = Duration::from_secs(1);

/// Pause after a failed transmission.
const PAUSE: Duration = Duration::from_millis(50);

/// Most writes in one message, which keeps a line far below the limit of 16 MiB.
const MOST_SENT: usize = 10_000;

/// A node with a copy of every register.
pub struct Registers {
    ctx: Ctx,
    clock: Cell<u64>,
    copy: RefCell<BTreeMap<i64, Register>>,
    /// On disk, all writes that were the latest of their registers.
    kept: Records<Vec<(i64, Register)>>,
    /// By node, the writes that it has not confirmed: of each register the latest.
    unconfirmed: RefCell<BTreeMap<NodeId, BTreeMap<i64, Register>>>,
    sending: RefCell<BTreeSet<NodeId>>,
}

/// Lamport time and node of a write.
type Stamp = (u64, NodeId);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Register {
    stamp: Stamp,
    value: Json,
}

/// `["r", 1, null]` or `["w", 1, 5]`.
type Operation = (Kind, i64, Option<Json>);

/// The kind of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A read.
    #[serde(rename = "r")]
    Read,
    /// A write.
    #[serde(rename = "w")]
    Write,
}

/// Requests.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Runs a transaction.
    Txn {
        /// The operations.
        txn: Vec<Operation>,
    },
    /// Writes of another node.
    Writes(Writes),
}

/// Writes that one node sends to another.
#[derive(Serialize, Deserialize)]
pub struct Writes {
    writes: Vec<(i64, Register)>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    TxnOk { txn: Vec<Operation> },
    WritesOk {},
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum News {
    Writes(Writes),
}

#[derive(Deserialize)]
struct Confirmed {}

impl Node for Registers {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        let registers = Self {
            ctx: ctx.clone(),
            clock: Cell::default(),
            copy: RefCell::default(),
            kept: ctx.records("registers"),
            unconfirmed: RefCell::default(),
            sending: RefCell::default(),
        };
        for writes in registers.kept.read()? {
            registers.apply(writes);
        }
        Ok(registers)
    }

    fn started(self: Rc<Self>, ctx: &Ctx) {
        let copy = self.copy.borrow();
        if !copy.is_empty() {
            let all = ctx.peers().iter().map(|peer| (peer.clone(), copy.clone()));
            self.unconfirmed.borrow_mut().extend(all);
            self.share();
        }
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::Txn { txn } => {
                let txn = self.run(txn)?;
                ctx.reply(caller, &Reply::TxnOk { txn });
            }
            Request::Writes(Writes { mut writes }) => {
                writes.retain(|(key, write)| self.is_later(*key, write));
                self.keep(writes)?;
                ctx.reply(caller, &Reply::WritesOk {});
            }
        }
        Ok(())
    }
}

impl Registers {
    /// Runs a transaction atomically: no other handler runs meanwhile, since nothing is awaited.
    fn run(self: &Rc<Self>, txn: Vec<Operation>) -> Result<Vec<Operation>, RpcError> {
        let mut written: BTreeMap<i64, Json> = BTreeMap::new();
        let mut done = Vec::with_capacity(txn.len());
        for (kind, key, value) in txn {
            let value = match (kind, value) {
                (Kind::Write, Some(value)) => {
                    written.insert(key, value.clone());
                    Some(value)
                }
                (Kind::Write, None) => None,
                (Kind::Read, _) => {
                    let copy = self.copy.borrow();
                    let stored = copy.get(&key).map(|register| &register.value);
                    written.get(&key).or(stored).cloned()
                }
            };
            done.push((kind, key, value));
        }
        if !written.is_empty() {
            let stamp = (self.clock.get() + 1, self.ctx.id().clone());
            let register = |(key, value)| (key, Register { stamp: stamp.clone(), value });
            let writes: Vec<_> = written.into_iter().map(register).collect();
            self.keep(writes.clone())?;
            for peer in self.ctx.peers() {
                let mut unconfirmed = self.unconfirmed.borrow_mut();
                unconfirmed.entry(peer.clone()).or_default().extend(writes.iter().cloned());
            }
            self.share();
        }
        Ok(done)
    }

    /// Whether a write is later than the known value of its register.
    fn is_later(&self, key: i64, write: &Register) -> bool {
        self.copy.borrow().get(&key).is_none_or(|known| known.stamp < write.stamp)
    }

    /// Stores and applies writes that are later.
    fn keep(&self, writes: Vec<(i64, Register)>) -> Result<(), RpcError> {
        if !writes.is_empty() {
            self.kept.append(&writes)?;
            self.apply(writes);
        }
        Ok(())
    }

    /// As [`Registers::keep`], for writes that are already on disk.
    fn apply(&self, writes: Vec<(i64, Register)>) {
        for (_, write) in &writes {
            self.clock.set(self.clock.get().max(write.stamp.0));
        }
        self.copy.borrow_mut().extend(writes);
    }

    /// Records that another node has these writes; later ones of the same registers stay
    /// unconfirmed.
    fn confirm(&self, peer: &NodeId, sent: Vec<(i64, Stamp)>) {
        let mut unconfirmed = self.unconfirmed.borrow_mut();
        let Some(writes) = unconfirmed.get_mut(peer) else { return };
        for (key, stamp) in sent {
            if writes.get(&key).is_some_and(|write| write.stamp == stamp) {
                writes.remove(&key);
            }
        }
    }

    /// Sends to the other nodes what they have not confirmed.
    fn share(self: &Rc<Self>) {
        for peer in self.ctx.peers() {
            self.share_with(peer);
        }
    }

    /// Sends to another node what it has not confirmed, until nothing is left; writes in the
    /// meantime are sent with the next message.
    fn share_with(self: &Rc<Self>, peer: &NodeId) {
        if !self.sending.borrow_mut().insert(peer.clone()) {
            return;
        }
        let (registers, peer) = (Rc::clone(self), peer.clone());
        self.ctx.spawn(async move {
            loop {
                let writes: Vec<(i64, Register)> = {
                    let unconfirmed = registers.unconfirmed.borrow();
                    let writes = unconfirmed.get(&peer).into_iter().flatten();
                    writes.map(|(key, write)| (*key, write.clone())).take(MOST_SENT).collect()
                };
                if writes.is_empty() {
                    break;
                }
                let sent: Vec<(i64, Stamp)> =
                    writes.iter().map(|(key, write)| (*key, write.stamp.clone())).collect();
                let news = News::Writes(Writes { writes });
                let confirmed = registers.ctx.rpc_within::<Confirmed>(PATIENCE, &peer, &news).await;
                match confirmed {
                    Ok(Confirmed {}) => registers.confirm(&peer, sent),
                    // Pause, in case the node answers with errors immediately.
                    Err(_) => registers.ctx.sleep(PAUSE).await,
                }
            }
            registers.sending.borrow_mut().remove(&peer);
        });
    }
}
