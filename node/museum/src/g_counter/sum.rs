//! One sum in `seq-kv`, which all nodes share. This part is right.

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

    /// The sum, perhaps as it was a while ago.
    pub(super) async fn read_stale(&self) -> Result<u64, RpcError> {
        Ok(self.store.read(KEY).await?.unwrap_or(0))
    }

    /// The sum, no older than the call: what a node wrote is the newest state, and it never sees an
    /// older one again.
    pub(super) async fn read(&self) -> Result<u64, RpcError> {
        // Half of the bits, since the store's integers have a sign.
        let different_each_time = self.ctx.random() >> 32;
        self.store.write(&format!("seen-by-{}", self.ctx.id()), &different_each_time).await?;
        self.read_stale().await
    }

    /// Sets it, whatever it is.
    pub(super) async fn write(&self, sum: u64) -> Result<(), RpcError> {
        self.store.write(KEY, &sum).await
    }

    /// Sets it if it is `from`, and says whether it was.
    pub(super) async fn compare_and_set(&self, from: u64, to: u64) -> Result<bool, RpcError> {
        self.store.compare_and_set(KEY, &from, &to).await
    }
}
