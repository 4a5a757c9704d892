//! Committed offsets, in `lin-kv`. This part is correct.

use super::messages::{Offsets, Reply, Request};
use crate::store::Store;
use glomers_node::{Caller, Ctx, ErrorCode, RpcError};

/// The committed offsets.
pub(super) struct Commits(Store);

impl Commits {
    pub(super) fn new(ctx: &Ctx) -> Self {
        Self(Store::linearizable(ctx))
    }

    /// Answers requests about commits; other requests are not supported.
    pub(super) async fn handle(
        &self,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::CommitOffsets { offsets } => {
                for (key, offset) in offsets {
                    self.commit(&key, offset).await?;
                }
                ctx.reply(caller, &Reply::CommitOffsetsOk);
            }
            Request::ListCommittedOffsets { keys } => {
                let mut offsets = Offsets::new();
                for key in keys {
                    if let Some(offset) = self.0.read(&name(&key)).await? {
                        offsets.insert(key, offset);
                    }
                }
                ctx.reply(caller, &Reply::ListCommittedOffsetsOk { offsets });
            }
            _ => return Err(RpcError::not_supported("another")),
        }
        Ok(())
    }

    /// Raises the committed offset, and never lowers it.
    async fn commit(&self, key: &str, offset: u64) -> Result<(), RpcError> {
        let name = name(key);
        loop {
            let known: Option<u64> = self.0.read(&name).await?;
            if known.is_some_and(|known| offset <= known) {
                return Ok(());
            }
            match self.0.compare_and_set(&name, &known.unwrap_or(offset), &offset).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                // Retry: a commit is idempotent.
                Err(error) if error.code == ErrorCode::Timeout => {}
                Err(error) => return Err(error),
            }
        }
    }
}

fn name(key: &str) -> String {
    format!("committed/{key}")
}
