//! The key-value services, as a node sees them. Exhibits that build on them share this; it is right.

use super::delivery::{Confirmed, PATIENCE};
use crate::{Ctx, ErrorCode, RpcError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// `lin-kv` or `seq-kv`.
pub(super) struct Store {
    ctx: Ctx,
    service: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Request<'a, V> {
    Read { key: &'a str },
    Write { key: &'a str, value: &'a V },
    Cas { key: &'a str, from: &'a V, to: &'a V, create_if_not_exists: bool },
}

#[derive(Deserialize)]
struct ReadOk<V> {
    value: V,
}

impl Store {
    /// The store that always shows its newest state.
    pub(super) fn linearizable(ctx: &Ctx) -> Self {
        Self { ctx: ctx.clone(), service: "lin-kv" }
    }

    /// The store that may show an older one: never older than what this node saw or made.
    pub(super) fn sequential(ctx: &Ctx) -> Self {
        Self { ctx: ctx.clone(), service: "seq-kv" }
    }

    /// What the key holds, if there is such a key. A read harms nobody, so it is repeated until it
    /// is answered.
    pub(super) async fn read<V: DeserializeOwned>(&self, key: &str) -> Result<Option<V>, RpcError> {
        loop {
            let read: Request<'_, ()> = Request::Read { key };
            match self.ctx.rpc_within::<ReadOk<V>>(PATIENCE, self.service, &read).await {
                Ok(ReadOk { value }) => return Ok(Some(value)),
                Err(error) if error.code == ErrorCode::KeyDoesNotExist => return Ok(None),
                Err(error) if error.code == ErrorCode::Timeout => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Sets the key. Once only: after a timeout (error 0) nobody knows whether it was set.
    pub(super) async fn write<V: Serialize>(&self, key: &str, value: &V) -> Result<(), RpcError> {
        let write = Request::Write { key, value };
        let Confirmed {} = self.ctx.rpc_within(PATIENCE, self.service, &write).await?;
        Ok(())
    }

    /// Sets the key if it holds `from`, or if there is no such key; says whether it did. Once only:
    /// after a timeout (error 0) nobody knows.
    pub(super) async fn compare_and_set<V: Serialize>(
        &self,
        key: &str,
        from: &V,
        to: &V,
    ) -> Result<bool, RpcError> {
        let cas = Request::Cas { key, from, to, create_if_not_exists: true };
        match self.ctx.rpc_within(PATIENCE, self.service, &cas).await {
            Ok(Confirmed {}) => Ok(true),
            Err(error) if error.code == ErrorCode::PreconditionFailed => Ok(false),
            Err(error) => Err(error),
        }
    }
}
