//! An abort without rollback.
//!
//! **Wrong:** a transaction is run, and its writes are sent to the other nodes. If one does not
//! confirm them in time, the transaction is aborted, but its writes stay.
//! **Seen:** G1a: during a partition, transactions read what aborted ones wrote.
//! **Fix:** make writes visible only once the transaction can no longer be aborted; or never abort.

use super::messages::{Reply, Request};
use super::registers::Registers;
use crate::Exhibit;
use crate::delivery::Confirmed;
use glomers_node::{Caller, Ctx, ErrorCode, Node, Program, RpcError};
use std::rc::Rc;
use std::time::Duration;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "txn-aborts-what-it-wrote",
    challenge: "txn-c",
    bug: "aborts a transaction that another node did not confirm, and leaves its writes in place",
    // Otherwise the aborts alone would make the run invalid.
    hunt: &["--availability", "0.01"],
    durable: false,
    program: Program::of::<AbortsWhatItWrote>(),
};

/// How long to wait for another node.
const PATIENCE: Duration = Duration::from_millis(500);

struct AbortsWhatItWrote {
    registers: Registers,
}

impl Node for AbortsWhatItWrote {
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
                        if ctx.rpc_within::<Confirmed>(PATIENCE, peer, &news).await.is_err() {
                            return Err(RpcError::new(ErrorCode::Abort, "not confirmed"));
                        }
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
