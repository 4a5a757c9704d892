//! One sum in `seq-kv`, shared by all nodes. This part is correct.

use crate::store::Store;
use glomers_node::{Ctx, RpcError};

/// The key of the sum.
const KEY: &str = "sum";

/// The shared sum.
pub(super) struct Sum {
    ctx: Ctx,
    store: Store,
}

impl Sum {
    pub(super) fn new(ctx: &Ctx) -> Self {
        Self { ctx: ctx.clone(), store: Store::sequential(ctx) }
    }

    /// Reads the sum, which may be an old one.
    pub(super) async fn read_stale(&self) -> Result<u64, RpcError> {
        Ok(self.store.read(KEY).await?.unwrap_or(0))
    }

    /// Reads a sum that is no older than the call: the state after a node's own write is the newest
    /// one, and it never sees an older one again.
    pub(super) async fn read(&self) -> Result<u64, RpcError> {
        // Half of the bits, since the store's integers are signed.
        let different_each_time = self.ctx.random() >> 32;
        self.store.write(&format!("seen-by-{}", self.ctx.id()), &different_each_time).await?;
        self.read_stale().await
    }

    /// Sets the sum unconditionally.
    pub(super) async fn write(&self, sum: u64) -> Result<(), RpcError> {
        self.store.write(KEY, &sum).await
    }

    /// Sets the sum to `to` if it is `from`; returns whether it was.
    pub(super) async fn compare_and_set(&self, from: u64, to: u64) -> Result<bool, RpcError> {
        self.store.compare_and_set(KEY, &from, &to).await
    }
}
