//! Reliable delivery by retries. Shared by exhibits whose bug is elsewhere.

use glomers_node::{Ctx, NodeId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long to wait for a confirmation before a message is sent again.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

/// Pause after an error reply.
const PAUSE: Duration = Duration::from_millis(50);

/// A reply that only confirms the receipt of a message.
#[derive(Deserialize)]
pub(super) struct Confirmed {}

/// Sends a message repeatedly, until the other node confirms it.
pub(super) async fn until_confirmed(ctx: &Ctx, peer: &NodeId, message: &impl Serialize) {
    while ctx.rpc_within::<Confirmed>(PATIENCE, peer, message).await.is_err() {
        ctx.sleep(PAUSE).await;
    }
}

/// Does the same in the background.
pub(super) fn send_news(ctx: &Ctx, peer: &NodeId, message: &(impl Serialize + Clone + 'static)) {
    let (node, peer, message) = (ctx.clone(), peer.clone(), message.clone());
    ctx.spawn(async move { until_confirmed(&node, &peer, &message).await });
}

/// Sends a message to every other node in the background, each until confirmed.
pub(super) fn send_to_all(ctx: &Ctx, message: &(impl Serialize + Clone + 'static)) {
    for peer in ctx.peers() {
        send_news(ctx, peer, message);
    }
}
