//! What the node does about cut links: it notices that something does not settle, and asks around.

use super::Broadcast;
use crate::broadcast::counts::Versions;
use crate::broadcast::messages::{Request, SyncOk};
use glomers_node::NodeId;
use std::rc::Rc;
use std::time::Duration;

/// What is not settled after this time is looked after. More than a value takes to settle on a
/// whole network: 4 hops, an acknowledgement's delay and two spacings, 1.1 s.
const PATIENCE: Duration = Duration::from_millis(1500);
/// With so many nodes at most a node syncs at once, unless it is the hub.
const SYNCS: usize = 4;

impl Broadcast {
    /// Looks after what is here until all of it is settled.
    pub(super) fn watch(self: &Rc<Self>) {
        if self.watching.replace(true) {
            return;
        }
        let node = Rc::clone(self);
        self.ctx.spawn(async move {
            loop {
                let then = node.state.borrow().replica.have().clone();
                if node.all_is_well(&then) {
                    break;
                }
                node.ctx.sleep(PATIENCE).await;
                if !node.all_is_well(&then) {
                    node.repair(&then);
                }
            }
            node.watching.set(false);
        });
    }

    /// Whether all nodes have what was here `then`, and this node has what all have.
    fn all_is_well(&self, then: &Versions) -> bool {
        let state = &mut *self.state.borrow_mut();
        state.settle(self.ctx.peers());
        state.settled.cover(then) && state.has_all_settled()
    }

    /// Some node may lack what was here `then`: a link is cut, or was. Or this one was restarted.
    /// The hub asks everybody who may, the others ask the hub and some at random.
    pub(super) fn repair(self: &Rc<Self>, then: &Versions) {
        let state = &mut *self.state.borrow_mut();
        let restarted = !state.has_all_settled();
        let has = |peer| state.confirmed.get(peer).is_some_and(|have: &Versions| have.cover(then));
        let mut behind: Vec<_> =
            self.ctx.peers().iter().filter(|&peer| restarted || !has(peer)).collect();
        behind.sort_by_cached_key(|peer| (**peer != self.hub, self.ctx.random()));
        if !self.is_hub() {
            behind.truncate(SYNCS);
            let at_hub = state.confirmed.get(&self.hub).map_or(0, |have| have.of(&self.origin));
            if at_hub < then.of(&self.origin) && !state.cut_off {
                state.cut_off = true;
                state.shared.set(&self.origin, at_hub);
                self.share_soon(state);
            }
        }
        for peer in behind {
            self.sync(peer);
        }
    }

    /// Brings this node and another to the same state, if they can reach each other.
    fn sync(self: &Rc<Self>, peer: &NodeId) {
        let (node, peer) = (Rc::clone(self), peer.clone());
        self.ctx.spawn(async move {
            loop {
                let sync = Request::Sync { have: node.state.borrow().replica.have().clone() };
                let answer = node.ctx.rpc_within(PATIENCE, &peer, &sync).await;
                // No answer: the link is cut. The watch tries again.
                let Ok(SyncOk { news, have, settled }) = answer else { return };
                let gift = node.state.borrow().replica.since(&have);
                let more = news.is_full() || gift.is_full();
                if let Err(error) = node.learn(news) {
                    return node
                        .ctx
                        .log(format_args!("what {peer} has is not taken over: {error}"));
                }
                node.confirm(&peer, have, &settled);
                if !gift.is_empty() {
                    let state = &mut *node.state.borrow_mut();
                    node.tell(state, std::slice::from_ref(&peer), gift);
                }
                if !more {
                    return;
                }
            }
        });
    }
}
