//! An answer depends on the other nodes.
//!
//! **Wrong:** a transaction is answered when all nodes have its writes.
//! **Seen:** during a partition, transactions are not answered, although all have to succeed.
//! **Fix:** answer at once, and replicate afterwards: this is enough for read committed.

use super::messages::{Reply, Request};
use super::registers::Registers;
use crate::Exhibit;
use crate::delivery::until_confirmed;
use glomers_node::{Caller, Ctx, Node, Program, RpcError};
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "txn-waits-for-the-others",
    challenge: "txn-b",
    bug: "answers a transaction when all nodes have confirmed its writes",
    hunt: &[],
    durable: false,
    program: Program::of::<WaitsForTheOthers>(),
};

struct WaitsForTheOthers {
    registers: Registers,
}

impl Node for WaitsForTheOthers {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        Ok(Self { registers: Registers::new(ctx.id()) })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::Txn { txn } => {
                let (txn, writes) = self.registers.run(txn);
                if !writes.is_empty() {
                    let news = Request::Writes { writes };
                    for peer in ctx.peers() {
                        until_confirmed(ctx, peer, &news).await;
                    }
                }
                ctx.reply(caller, &Reply::TxnOk { txn });
            }
            Request::Writes { writes } => {
                self.registers.apply(writes);
                ctx.reply(caller, &Reply::WritesOk);
            }
        }
        Ok(())
    }
}
