//! Repeats a transaction whose outcome is unknown.
//!
//! **Wrong:** all registers are one value in `lin-kv`. A transaction reads it, modifies its copy,
//! and swaps it in, repeatedly until that succeeds. If only the store's reply was lost, it runs
//! twice, the second time after transactions that saw the first.
//! **Seen:** cyclic versions: a register changes from one value to another and back.
//! **Fix:** after a timeout, check whether the swap took effect: store the ids of the last
//! transactions with the registers.

use super::messages::{Kind, Operation, Reply, Request};
use crate::Exhibit;
use crate::store::Store;
use glomers_node::{Caller, Ctx, ErrorCode, Node, Program, RpcError};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "txn-runs-again-after-a-timeout",
    challenge: "txn-b",
    bug: "repeats a transaction whose cas on lin-kv was not answered, though it may have been done",
    hunt: &["--nemesis", "loss", "--loss", "0.1", "--rate", "100"],
    durable: false,
    program: Program::of::<RunsAgainAfterATimeout>(),
};

/// How long to wait for the store.
const PATIENCE: Duration = Duration::from_millis(20);
/// The key of all registers.
const KEY: &str = "registers";

type Values = BTreeMap<u64, u64>;

struct RunsAgainAfterATimeout {
    store: Store,
}

impl Node for RunsAgainAfterATimeout {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        Ok(Self { store: Store::linearizable(ctx).within(PATIENCE) })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        let Request::Txn { mut txn } = request else {
            return Err(RpcError::not_supported("writes"));
        };
        loop {
            let before: Values = self.store.read(KEY).await?.unwrap_or_default();
            let mut after = before.clone();
            run(&mut txn, &mut after);
            match self.store.compare_and_set(KEY, &before, &after).await {
                Ok(true) => break,
                Ok(false) => {}
                Err(error) if error.code == ErrorCode::Timeout => {}
                Err(error) => return Err(error),
            }
        }
        ctx.reply(caller, &Reply::TxnOk { txn });
        Ok(())
    }
}

fn run(txn: &mut [Operation], values: &mut Values) {
    for (kind, key, value) in txn {
        match (kind, value) {
            (Kind::Read, value) => *value = values.get(key).copied(),
            (Kind::Write, Some(value)) => {
                values.insert(*key, *value);
            }
            (Kind::Write, None) => {}
        }
    }
}
