//! An answer that depends on others.
//!
//! **Wrong:** a transaction is answered when all nodes have its writes.
//! **Seen:** while the network is cut, transactions are not answered, where all have to succeed.
//! **Mend:** answer at once, and tell the others afterwards: read committed needs no more.

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
