//! The interface between a node and its environment.

use crate::protocol::{Body, Correlation, NodeId, RpcError};
use crate::runtime::environment::Environment;
use crate::runtime::waiting::{Rpc, Sleep};
use crate::runtime::{Disk, Records};
use rand::RngExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

/// How long [`Ctx::rpc`] waits for a reply.
pub const RPC_TIMEOUT: Duration = Duration::from_secs(5);

/// The file of the disk that counts how often the node was started.
const LIVES: &str = "lives";

/// The sender of a message, and whether it expects an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The sender.
    pub src: NodeId,
    /// The `in_reply_to` of the answer; `None` if no answer is expected.
    pub msg_id: Option<u64>,
}

/// The node's handle to its environment: sending, timers, randomness, disk. Cheap to clone.
#[derive(Clone)]
pub struct Ctx(Rc<Member>);

/// The node's name, and its peers.
struct Member {
    id: NodeId,
    node_ids: Vec<NodeId>,
    peers: Vec<NodeId>,
    environment: Rc<Environment>,
}

impl Ctx {
    pub(super) fn new(id: NodeId, node_ids: Vec<NodeId>, environment: Rc<Environment>) -> Self {
        let peers = node_ids.iter().filter(|&node| *node != id).cloned().collect();
        Self(Rc::new(Member { id, node_ids, peers, environment }))
    }

    /// Records a new life of the node on its disk, if it has one.
    pub(super) fn begin_life(&self) -> Result<(), RpcError> {
        let lives = self.records::<u64>(LIVES);
        let life = lives.read()?.last().map_or(0, |last| last + 1);
        lives.append(&life)?;
        self.0.environment.calls.borrow_mut().begin_life(life);
        Ok(())
    }

    /// This node's name.
    #[must_use]
    pub fn id(&self) -> &NodeId {
        &self.0.id
    }

    /// All nodes, including this one, in the same order on every node.
    #[must_use]
    pub fn node_ids(&self) -> &[NodeId] {
        &self.0.node_ids
    }

    /// All other nodes.
    #[must_use]
    pub fn peers(&self) -> &[NodeId] {
        &self.0.peers
    }

    /// Time since the node was started.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.0.environment.now.get()
    }

    /// A random number.
    #[must_use]
    pub fn random(&self) -> u64 {
        self.0.environment.random.borrow_mut().random()
    }

    /// A random number in a range, which must not be empty.
    #[must_use]
    pub fn random_range(&self, range: Range<usize>) -> usize {
        self.0.environment.random.borrow_mut().random_range(range)
    }

    /// Sends a message without expecting an answer.
    ///
    /// If `body` is not a struct or enum as described in [`Body`], a line is logged, and nothing is
    /// sent.
    pub fn send<B: Serialize + ?Sized>(&self, dest: impl AsRef<str>, body: &B) {
        let (environment, dest) = (&self.0.environment, dest.as_ref());
        if let Err(error) = environment.write(self.id(), dest, Correlation::default(), body) {
            environment.log(format_args!("nothing was sent to {dest}: {error}"));
        }
    }

    /// Sends the same message to several nodes; see [`Ctx::send`].
    pub fn send_all<B: Serialize + ?Sized>(&self, dests: &[NodeId], body: &B) {
        let environment = &self.0.environment;
        let written = environment.write_all(self.id(), dests.iter().map(AsRef::as_ref), body);
        if let Err(error) = written {
            environment.log(format_args!("nothing was sent to {} nodes: {error}", dests.len()));
        }
    }

    /// Answers a message. Does nothing if the caller expects no answer.
    pub fn reply<B: Serialize + ?Sized>(&self, caller: &Caller, body: &B) {
        let Some(msg_id) = caller.msg_id else { return };
        let correlation = Correlation { msg_id: None, in_reply_to: Some(msg_id) };
        let environment = &self.0.environment;
        if let Err(error) = environment.write(self.id(), &caller.src, correlation, body) {
            self.fail(caller, &RpcError::crash(format!("the answer cannot be written: {error}")));
        }
    }

    /// Answers with an error, or logs it if the caller expects no answer.
    pub(super) fn fail(&self, caller: &Caller, error: &RpcError) {
        match caller.msg_id {
            Some(_) => self.reply(caller, error),
            None => self.log(format_args!("a message from {} failed: {error}", caller.src)),
        }
    }

    /// Sends a request at once, and waits for its reply, at most [`RPC_TIMEOUT`]. The error is that
    /// of the reply, or code 0 after the timeout, or 13 if the reply cannot be parsed.
    pub fn rpc<R: Body>(&self, dest: impl AsRef<str>, body: &(impl Serialize + ?Sized)) -> Rpc<R> {
        self.rpc_within(RPC_TIMEOUT, dest, body)
    }

    /// As [`Ctx::rpc`], with another timeout.
    pub fn rpc_within<R: Body>(
        &self,
        timeout: Duration,
        dest: impl AsRef<str>,
        body: &(impl Serialize + ?Sized),
    ) -> Rpc<R> {
        let (environment, dest) = (&self.0.environment, dest.as_ref());
        let msg_id = environment.calls.borrow_mut().open();
        let correlation = Correlation { msg_id: Some(msg_id), in_reply_to: None };
        let sent = environment.write(self.id(), dest, correlation, body);
        Rpc::new(msg_id, NodeId::new(dest), sent.err(), self.sleep(timeout))
    }

    /// As [`Ctx::rpc`], but sends the request again, with the same `msg_id`, after every interval
    /// `every` without a reply. The other node may receive it more than once: the request must be
    /// idempotent, or be deduplicated by [`Caller`].
    pub fn rpc_again<R: Body>(
        &self,
        every: Duration,
        dest: impl AsRef<str>,
        body: &(impl Serialize + ?Sized),
    ) -> Rpc<R> {
        let output = &self.0.environment.output;
        let start = output.borrow().len();
        let rpc = self.rpc(dest, body);
        let line = output.borrow()[start..].to_vec();
        // A zero interval would never pause.
        let every = every.max(Duration::from_millis(1));
        rpc.again(line, every, self.sleep(every))
    }

    /// The disk, which survives restarts; `None` if the node has none.
    #[must_use]
    pub fn disk(&self) -> Option<&dyn Disk> {
        self.0.environment.disk.as_deref()
    }

    /// The records in a file of the node's disk. A file holds values of one type.
    #[must_use]
    pub fn records<T: Serialize + DeserializeOwned>(&self, file: &'static str) -> Records<T> {
        Records::new(self.0.environment.disk.clone(), file)
    }

    /// Waits for a duration.
    pub fn sleep(&self, duration: Duration) -> Sleep {
        self.sleep_until(self.now().saturating_add(duration))
    }

    /// Waits until [`Ctx::now`] is at least `due`.
    pub fn sleep_until(&self, due: Duration) -> Sleep {
        Sleep::new(due, Rc::clone(&self.0.environment))
    }

    /// Spawns a background task. It first runs after the current task's next `await`.
    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.0.environment.spawned.borrow_mut().push(Box::pin(task));
    }

    /// Writes a line to the log (in a real process: stderr).
    pub fn log(&self, line: impl fmt::Display) {
        self.0.environment.log(format_args!("{line}"));
    }
}
