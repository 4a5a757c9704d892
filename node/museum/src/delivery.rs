//! Messages that arrive in the end, whatever the network does. Exhibits whose mistake is another one
//! share this.

use glomers_node::{Ctx, NodeId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long another node has to confirm a message before it gets it again.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// How long to wait after a refusal.
const PAUSE: Duration = Duration::from_millis(50);

/// An answer that says no more than that a message was taken.
#[derive(Deserialize)]
pub(super) struct Confirmed {}

/// Sends a message again and again, until the other node confirms it.
pub(super) async fn until_confirmed(ctx: &Ctx, peer: &NodeId, message: &impl Serialize) {
    while ctx.rpc_within::<Confirmed>(PATIENCE, peer, message).await.is_err() {
        ctx.sleep(PAUSE).await;
    }
}

/// The same, without waiting for it.
pub(super) fn tell(ctx: &Ctx, peer: &NodeId, message: &(impl Serialize + Clone + 'static)) {
    let (node, peer, message) = (ctx.clone(), peer.clone(), message.clone());
    ctx.spawn(async move { until_confirmed(&node, &peer, &message).await });
}

/// The same for every other node.
pub(super) fn tell_everybody(ctx: &Ctx, message: &(impl Serialize + Clone + 'static)) {
    for peer in ctx.peers() {
        tell(ctx, peer, message);
    }
}
