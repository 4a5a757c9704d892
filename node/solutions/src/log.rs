//! Logs that are sent to, polled and committed (challenge 5, kafka): every key belongs to one node,
//! which alone gives out its offsets; the others pass requests on to it.
//!
//! Everything but a send may be done twice. A send that was passed on is known by who passed it on
//! and its `msg_id`: when it arrives once more, the owner appends nothing. So what was passed on may
//! be sent again when there is no answer.
//!
//! With a disk, the owner's logs and commits are there before they are acknowledged or shown.

use glomers_node::{Caller, Ctx, Json, Node, NodeId, Records, RpcError};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// Most messages of a key that a poll returns.
const MOST_POLLED: usize = 100;

/// How long an owner has to answer before it is asked again.
const PATIENCE: Duration = Duration::from_millis(1500);

/// A node that owns some logs, and knows who owns the others.
pub struct Logs {
    ctx: Ctx,
    by_key: RefCell<BTreeMap<String, Log>>,
    /// The offsets of messages that other nodes passed on. Kept as long as the messages.
    passed_on: RefCell<BTreeMap<Origin, u64>>,
    kept: Records<Record>,
}

/// Which request of which node it was.
type Origin = (NodeId, u64);

/// What the disk has of the logs.
#[derive(Serialize, Deserialize)]
enum Record {
    Message { key: String, msg: Json, origin: Option<Origin> },
    Commit(Offsets),
}

/// The messages of one key; a message's place is its offset.
#[derive(Default)]
struct Log {
    messages: Vec<Json>,
    committed: Option<u64>,
}

/// Offsets by key.
type Offsets = BTreeMap<String, u64>;
/// Messages by key, each with its offset.
type Messages = BTreeMap<String, Vec<(u64, Json)>>;

/// What it understands.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Append a message.
    Send {
        /// The log.
        key: String,
        /// The message.
        msg: Json,
    },
    /// What is there from these offsets on?
    Poll {
        /// By key.
        offsets: Offsets,
    },
    /// All before these offsets was read.
    CommitOffsets {
        /// By key.
        offsets: Offsets,
    },
    /// What was committed?
    ListCommittedOffsets {
        /// Of these keys.
        keys: Vec<String>,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "the protocol has these names")]
enum Reply {
    SendOk { offset: u64 },
    PollOk { msgs: Messages },
    CommitOffsetsOk {},
    ListCommittedOffsetsOk { offsets: Offsets },
}

impl Node for Logs {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        let logs = Self {
            ctx: ctx.clone(),
            by_key: RefCell::default(),
            passed_on: RefCell::default(),
            kept: ctx.records("logs"),
        };
        for record in logs.kept.read()? {
            logs.apply(record);
        }
        Ok(logs)
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        let reply = match request {
            Request::Send { key, msg } => {
                let owner = self.owner(&key).clone();
                self.ask(&owner, caller, Request::Send { key, msg }).await?
            }
            Request::Poll { offsets } => {
                let mut all = Messages::new();
                for (owner, offsets) in self.by_owner(offsets) {
                    if let Reply::PollOk { msgs } =
                        self.ask(&owner, caller, Request::Poll { offsets }).await?
                    {
                        all.extend(msgs);
                    }
                }
                Reply::PollOk { msgs: all }
            }
            Request::CommitOffsets { offsets } => {
                for (owner, offsets) in self.by_owner(offsets) {
                    self.ask(&owner, caller, Request::CommitOffsets { offsets }).await?;
                }
                Reply::CommitOffsetsOk {}
            }
            Request::ListCommittedOffsets { keys } => {
                let mut all = Offsets::new();
                let keys = self.by_owner(keys.into_iter().map(|key| (key, 0)).collect());
                for (owner, keys) in keys {
                    let keys = keys.into_keys().collect();
                    if let Reply::ListCommittedOffsetsOk { offsets } =
                        self.ask(&owner, caller, Request::ListCommittedOffsets { keys }).await?
                    {
                        all.extend(offsets);
                    }
                }
                Reply::ListCommittedOffsetsOk { offsets: all }
            }
        };
        ctx.reply(caller, &reply);
        Ok(())
    }
}

impl Logs {
    /// The node that a key belongs to: the same on every node, for ever.
    fn owner(&self, key: &str) -> &NodeId {
        // FNV-1a.
        let hash = key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let nodes = self.ctx.node_ids();
        let place = hash % u64::try_from(nodes.len().max(1)).unwrap_or(1);
        nodes.get(usize::try_from(place).unwrap_or(0)).unwrap_or(self.ctx.id())
    }

    fn by_owner(&self, offsets: Offsets) -> BTreeMap<NodeId, Offsets> {
        let mut parts: BTreeMap<NodeId, Offsets> = BTreeMap::new();
        for (key, offset) in offsets {
            parts.entry(self.owner(&key).clone()).or_default().insert(key, offset);
        }
        parts
    }

    /// Does it here, or has the owner do it.
    async fn ask(
        &self,
        owner: &NodeId,
        caller: &Caller,
        request: Request,
    ) -> Result<Reply, RpcError> {
        if owner == self.ctx.id() {
            return self.answer(caller, request);
        }
        self.ctx.rpc_again::<Reply>(PATIENCE, owner, &request).await
    }

    /// Answers for keys of our own.
    fn answer(&self, caller: &Caller, request: Request) -> Result<Reply, RpcError> {
        Ok(match request {
            Request::Send { key, msg } => {
                Reply::SendOk { offset: self.append(key, msg, self.origin(caller))? }
            }
            Request::Poll { offsets } => {
                // A key without messages is left out: the reference cannot judge a key that was
                // only ever polled without any.
                let read = |(key, from): (String, u64)| {
                    let messages = self.read(&key, from);
                    (!messages.is_empty()).then_some((key, messages))
                };
                Reply::PollOk { msgs: offsets.into_iter().filter_map(read).collect() }
            }
            Request::CommitOffsets { offsets } => {
                self.keep(Record::Commit(offsets))?;
                Reply::CommitOffsetsOk {}
            }
            Request::ListCommittedOffsets { keys } => {
                let logs = self.by_key.borrow();
                let committed = |key: String| {
                    let offset = logs.get(&key)?.committed?;
                    Some((key, offset))
                };
                Reply::ListCommittedOffsetsOk {
                    offsets: keys.into_iter().filter_map(committed).collect(),
                }
            }
        })
    }

    /// What tells a request of another node from all its others. (A client's come once.)
    fn origin(&self, Caller { src, msg_id }: &Caller) -> Option<Origin> {
        self.ctx.peers().contains(src).then(|| Some((src.clone(), (*msg_id)?)))?
    }

    /// Appends a message, unless that was done, and returns its offset.
    fn append(&self, key: String, msg: Json, origin: Option<Origin>) -> Result<u64, RpcError> {
        let done = origin.as_ref().and_then(|origin| self.passed_on.borrow().get(origin).copied());
        if let Some(offset) = done {
            return Ok(offset);
        }
        let offset = self.by_key.borrow().get(&key).map_or(0, |log| log.messages.len() as u64);
        self.keep(Record::Message { key, msg, origin })?;
        Ok(offset)
    }

    fn read(&self, key: &str, from: u64) -> Vec<(u64, Json)> {
        let logs = self.by_key.borrow();
        let messages = logs.get(key).map_or(&[][..], |log| &log.messages);
        let skip = usize::try_from(from).unwrap_or(usize::MAX);
        let found = messages.iter().enumerate().skip(skip).take(MOST_POLLED);
        found.map(|(place, message)| (place as u64, message.clone())).collect()
    }

    /// Changes the logs, the disk first.
    fn keep(&self, record: Record) -> Result<(), RpcError> {
        self.kept.append(&record)?;
        self.apply(record);
        Ok(())
    }

    fn apply(&self, record: Record) {
        let mut logs = self.by_key.borrow_mut();
        match record {
            Record::Message { key, msg, origin } => {
                let messages = &mut logs.entry(key).or_default().messages;
                let offset = messages.len() as u64;
                self.passed_on.borrow_mut().extend(origin.map(|origin| (origin, offset)));
                messages.push(msg);
            }
            Record::Commit(offsets) => {
                for (key, offset) in offsets {
                    let committed = &mut logs.entry(key).or_default().committed;
                    *committed = (*committed).max(Some(offset));
                }
            }
        }
    }
}
