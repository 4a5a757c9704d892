//! The node: what it sends, when and to whom, on a network without faults.

mod repair;

use super::counts::{Origin, Versions};
use super::messages::{Reply, Request, SyncOk};
use super::replica::{News, Replica};
use glomers_node::{Caller, Ctx, Json, Node, NodeId, Records, RpcError};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// Least time between two shares of the hub. A little more than the latency of the challenges:
/// clients' calls wait behind the hub's messages there, so their values arrive at the hub just
/// after two latencies, and with a spacing of one latency, they would just miss the next share.
const HUB_SPACING: Duration = Duration::from_millis(120);
/// Least time between two shares of another node.
const SPACING: Duration = Duration::from_millis(20);
/// Delay of the acknowledgement of news, unless the node shares values before.
const ACK_DELAY: Duration = Duration::from_millis(500);

/// A node that replicates every value to every other node.
pub struct Broadcast {
    ctx: Ctx,
    origin: Origin,
    hub: NodeId,
    state: RefCell<State>,
    /// All values of the replica on disk, in order of arrival.
    kept: Records<News>,
    /// Background tasks that are already running.
    sharing: Cell<bool>,
    acknowledging: Cell<bool>,
    watching: Cell<bool>,
}

#[derive(Default)]
struct State {
    replica: Replica,
    /// The last reported versions of the other nodes.
    confirmed: BTreeMap<NodeId, Versions>,
    /// The versions that all nodes have.
    settled: Versions,
    /// The versions that were shared, and when.
    shared: Versions,
    shared_at: Option<Duration>,
    /// The part of `settled` that was sent to the others (by the hub).
    announced: Versions,
    /// The versions that were sent to the hub, and when.
    sent_hub: Versions,
    sent_hub_at: Duration,
    /// Whether the hub does not confirm shared values.
    cut_off: bool,
}

impl Node for Broadcast {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        let hub = ctx.node_ids().iter().min().unwrap_or(ctx.id()).clone();
        let origin = NodeId::new(&format!("{}-{:08x}", ctx.id(), ctx.random() >> 32));
        let kept = ctx.records("broadcast");
        let mut state = State::default();
        for news in kept.read()? {
            state.replica.learn(news);
        }
        // The others have most of it: ask them instead of sending it.
        state.shared.clone_from(state.replica.have());
        Ok(Self {
            ctx: ctx.clone(),
            origin,
            hub,
            state: RefCell::new(state),
            kept,
            sharing: Cell::default(),
            acknowledging: Cell::default(),
            watching: Cell::default(),
        })
    }

    fn started(self: Rc<Self>, _: &Ctx) {
        if !self.is_empty() {
            let have = self.state.borrow().replica.have().clone();
            self.repair(&have);
            self.watch();
        }
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::Topology => ctx.reply(caller, &Reply::TopologyOk),
            Request::Read => {
                let state = self.state.borrow();
                ctx.reply(caller, &Reply::ReadOk { messages: state.replica.messages() });
            }
            Request::Broadcast { message } => {
                self.add(message)?;
                ctx.reply(caller, &Reply::BroadcastOk);
            }
            Request::Share { news, have, settled } => {
                self.learn(news)?;
                self.confirm(&caller.src, have, &settled);
                if caller.src == self.hub {
                    self.acknowledge_soon();
                }
            }
            Request::Sync { have } => {
                ctx.reply(caller, &Reply::SyncOk(self.state.borrow().answer(&have)));
                self.confirm(&caller.src, have, &Versions::default());
            }
        }
        Ok(())
    }
}

impl Broadcast {
    fn is_hub(&self) -> bool {
        *self.ctx.id() == self.hub
    }

    /// Whether this node has no values.
    pub(crate) fn is_empty(&self) -> bool {
        self.state.borrow().replica.messages().is_empty()
    }

    /// Adds a client's value.
    fn add(self: &Rc<Self>, value: Json) -> Result<(), RpcError> {
        let state = &mut *self.state.borrow_mut();
        if state.replica.messages().contains(&value) {
            return Ok(());
        }
        if self.kept.are_kept() {
            self.kept.append(&state.replica.as_news(&self.origin, value.clone()))?;
        }
        state.replica.add(&self.origin, value);
        self.share_soon(state);
        self.watch();
        Ok(())
    }

    /// Adds values of another node.
    fn learn(self: &Rc<Self>, mut news: News) -> Result<(), RpcError> {
        let state = &mut *self.state.borrow_mut();
        if self.kept.are_kept() {
            news.drop_known(state.replica.have());
            if news.is_empty() {
                return Ok(());
            }
            self.kept.append(&news)?;
        }
        if state.replica.learn(news) {
            if self.is_hub() {
                self.share_soon(state);
            }
            self.watch();
        }
        Ok(())
    }

    /// Records the versions of another node, and those that it knows to be settled.
    fn confirm(self: &Rc<Self>, peer: &NodeId, have: Versions, settled: &Versions) {
        let state = &mut *self.state.borrow_mut();
        let known = state.confirmed.entry(peer.clone()).or_default();
        if *peer == self.hub && have.of(&self.origin) > known.of(&self.origin) {
            state.cut_off = false;
        }
        *known = have;
        state.settled.join(settled);
        // While some node lacks a value, `settled` is computed only when it is announced.
        if self.is_hub() && state.all_have_all(self.ctx.peers()) {
            state.settle(self.ctx.peers());
            // The final announcement: without it, the others would continue to watch.
            if state.announced != state.settled {
                self.share_soon(state);
            }
        }
    }

    /// Shares new values, as soon as the spacing allows.
    fn share_soon(self: &Rc<Self>, state: &State) {
        if self.ctx.peers().is_empty() || self.sharing.replace(true) {
            return;
        }
        let spacing = if self.is_hub() || state.cut_off { HUB_SPACING } else { SPACING };
        let due = state.shared_at.map_or(Duration::ZERO, |then| then + spacing);
        let node = Rc::clone(self);
        self.ctx.spawn(async move {
            node.ctx.sleep_until(due).await;
            node.sharing.set(false);
            node.share();
        });
    }

    fn share(self: &Rc<Self>) {
        let state = &mut *self.state.borrow_mut();
        let news = if self.is_hub() {
            state.replica.since(&state.shared)
        } else {
            state.replica.since_of(&self.origin, &state.shared)
        };
        if self.is_hub() {
            state.settle(self.ctx.peers());
        }
        state.shared.join(&news.end());
        state.shared_at = Some(self.ctx.now());
        state.announced.clone_from(&state.settled);
        if news.is_full() {
            self.share_soon(state);
        }
        if self.is_hub() || state.cut_off {
            self.send_news(state, self.ctx.peers(), news);
        } else {
            self.send_news(state, std::slice::from_ref(&self.hub), news);
        }
    }

    fn send_news(&self, state: &mut State, audience: &[NodeId], news: News) {
        let have = state.replica.have().clone();
        if audience.contains(&self.hub) {
            state.sent_hub.clone_from(&have);
            state.sent_hub_at = self.ctx.now();
        }
        let share = Request::Share { news, have, settled: state.settled.clone() };
        self.ctx.send_all(audience, &share);
    }

    /// Sends this node's versions to the hub after a delay, unless another message does so before.
    fn acknowledge_soon(self: &Rc<Self>) {
        if self.acknowledging.replace(true) {
            return;
        }
        let node = Rc::clone(self);
        self.ctx.spawn(async move {
            let mut due = node.ctx.now() + ACK_DELAY;
            while due > node.ctx.now() {
                node.ctx.sleep_until(due).await;
                due = node.state.borrow().sent_hub_at + ACK_DELAY;
            }
            node.acknowledging.set(false);
            let state = &mut *node.state.borrow_mut();
            if state.sent_hub != *state.replica.have() {
                node.send_news(state, std::slice::from_ref(&node.hub), News::default());
            }
        });
    }
}

impl State {
    /// The reply to a sync of a node with the versions `have`.
    fn answer(&self, have: &Versions) -> SyncOk {
        SyncOk {
            news: self.replica.since(have),
            have: self.replica.have().clone(),
            settled: self.settled.clone(),
        }
    }

    /// Whether every other node has reported that it has all values of this one.
    fn all_have_all(&self, peers: &[NodeId]) -> bool {
        let here = self.replica.have();
        peers.iter().all(|peer| self.confirmed.get(peer).is_some_and(|have| have.cover(here)))
    }

    /// Computes the versions that all nodes have.
    fn settle(&mut self, peers: &[NodeId]) {
        let mut everywhere = self.replica.have().clone();
        for peer in peers {
            match self.confirmed.get(peer) {
                Some(have) => everywhere.meet(have),
                None => return,
            }
        }
        self.settled.join(&everywhere);
    }

    /// Whether this node has all settled values: false only after a restart, until it caught up.
    fn has_all_settled(&self) -> bool {
        self.replica.have().cover(&self.settled)
    }
}
