//! Runs the operations of a transaction separately.
//!
//! **Wrong:** each register is a key of `lin-kv`, and a transaction reads and writes them one after
//! another. Each operation is atomic; the transaction is not.
//! **Seen:** G1b, G1c: of two concurrent transactions, one reads a value that the other overwrites
//! itself, or each reads what the other wrote.
//! **Fix:** buffer the writes until the end, and apply them atomically.

use super::messages::{Kind, Reply, Request};
use crate::Exhibit;
use crate::store::Store;
use glomers_node::{Caller, Ctx, Node, Program, RpcError};
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "txn-runs-op-by-op",
    challenge: "txn-c",
    bug: "runs each operation of a transaction on lin-kv by itself",
    hunt: &[],
    durable: false,
    program: Program::of::<RunsOpByOp>(),
};

struct RunsOpByOp {
    store: Store,
}

impl Node for RunsOpByOp {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        Ok(Self { store: Store::linearizable(ctx) })
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
        for (kind, key, value) in &mut txn {
            let key = key.to_string();
            match (kind, value) {
                (Kind::Read, value) => *value = self.store.read(&key).await?,
                (Kind::Write, Some(value)) => self.store.write(&key, value).await?,
                (Kind::Write, None) => {}
            }
        }
        ctx.reply(caller, &Reply::TxnOk { txn });
        Ok(())
    }
}
