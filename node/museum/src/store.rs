//! A client of the key-value services, shared by the exhibits that use them. It is correct.

use super::delivery::{Confirmed, PATIENCE};
use glomers_node::{Ctx, ErrorCode, RpcError};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// `lin-kv` or `seq-kv`.
pub(super) struct Store {
    ctx: Ctx,
    service: &'static str,
    /// How long to wait for an answer.
    patience: Duration,
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
    /// The linearizable store, which always returns its newest state.
    pub(super) fn linearizable(ctx: &Ctx) -> Self {
        Self { ctx: ctx.clone(), service: "lin-kv", patience: PATIENCE }
    }

    /// The sequential store, which may return an older state, but none older than what this node
    /// has seen or written.
    pub(super) fn sequential(ctx: &Ctx) -> Self {
        Self { ctx: ctx.clone(), service: "seq-kv", patience: PATIENCE }
    }

    /// Sets how long to wait for an answer.
    pub(super) fn within(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The value of a key, `None` if the key does not exist. A read has no side effects, so it is
    /// repeated until it is answered.
    pub(super) async fn read<V: DeserializeOwned>(&self, key: &str) -> Result<Option<V>, RpcError> {
        loop {
            let read: Request<'_, ()> = Request::Read { key };
            match self.ctx.rpc_within::<ReadOk<V>>(self.patience, self.service, &read).await {
                Ok(ReadOk { value }) => return Ok(Some(value)),
                Err(error) if error.code == ErrorCode::KeyDoesNotExist => return Ok(None),
                Err(error) if error.code == ErrorCode::Timeout => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The values of several keys, which are requested concurrently.
    pub(super) async fn read_all<V: DeserializeOwned>(
        &self,
        keys: &[String],
    ) -> Result<Vec<Option<V>>, RpcError> {
        let ask = |key| {
            let read: Request<'_, ()> = Request::Read { key };
            self.ctx.rpc_within::<ReadOk<V>>(self.patience, self.service, &read)
        };
        let asked: Vec<_> = keys.iter().map(|key| ask(key)).collect();
        let mut values = Vec::with_capacity(keys.len());
        for (key, asked) in keys.iter().zip(asked) {
            values.push(match asked.await {
                Ok(ReadOk { value }) => Some(value),
                Err(error) if error.code == ErrorCode::KeyDoesNotExist => None,
                Err(error) if error.code == ErrorCode::Timeout => self.read(key).await?,
                Err(error) => return Err(error),
            });
        }
        Ok(values)
    }

    /// Sets a key. Tries once: after a timeout (error 0) the outcome is unknown.
    pub(super) async fn write<V: Serialize>(&self, key: &str, value: &V) -> Result<(), RpcError> {
        let write = Request::Write { key, value };
        let Confirmed {} = self.ctx.rpc_within(self.patience, self.service, &write).await?;
        Ok(())
    }

    /// Sets a key if it holds `from`, or does not exist; returns whether it was set. Tries once:
    /// after a timeout (error 0) the outcome is unknown.
    pub(super) async fn compare_and_set<V: Serialize>(
        &self,
        key: &str,
        from: &V,
        to: &V,
    ) -> Result<bool, RpcError> {
        let cas = Request::Cas { key, from, to, create_if_not_exists: true };
        match self.ctx.rpc_within(self.patience, self.service, &cas).await {
            Ok(Confirmed {}) => Ok(true),
            Err(error) if error.code == ErrorCode::PreconditionFailed => Ok(false),
            Err(error) => Err(error),
        }
    }
}
