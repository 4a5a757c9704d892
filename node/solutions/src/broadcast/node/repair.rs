//! Handles cut links: detects values that do not settle, and syncs with other nodes.

use super::Broadcast;
use crate::broadcast::counts::Versions;
use crate::broadcast::messages::{Request, SyncOk};
use glomers_node::NodeId;
use std::rc::Rc;
use std::time::Duration;

/// Time after which values that are not settled are repaired. More than a value takes to settle
/// without faults: 4 hops, an acknowledgement's delay and two spacings, 1.1 s.
const PATIENCE: Duration = Duration::from_millis(1500);
/// Most nodes with which a node other than the hub syncs concurrently.
const SYNCS: usize = 4;

impl Broadcast {
    /// Repairs periodically until all values of this node are settled.
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

    /// Whether all nodes have the versions `then`, and this node has all settled values.
    fn all_is_well(&self, then: &Versions) -> bool {
        let state = &mut *self.state.borrow_mut();
        state.settle(self.ctx.peers());
        state.settled.cover(then) && state.has_all_settled()
    }

    /// Called if some node may lack the versions `then`, since a link is or was cut, or if this
    /// node was restarted. The hub syncs with all these nodes, the others with the hub and random
    /// ones.
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

    /// Exchanges missing values with another node, if it is reachable.
    fn sync(self: &Rc<Self>, peer: &NodeId) {
        let (node, peer) = (Rc::clone(self), peer.clone());
        self.ctx.spawn(async move {
            loop {
                let sync = Request::Sync { have: node.state.borrow().replica.have().clone() };
                let answer = node.ctx.rpc_within(PATIENCE, &peer, &sync).await;
                // No reply: the link is cut. `watch` tries again.
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
                    node.send_news(state, std::slice::from_ref(&peer), gift);
                }
                if !more {
                    return;
                }
            }
        });
    }
}
