//! Replicates each write of a transaction separately.
//!
//! **Wrong:** a transaction is run operation by operation, and each write is sent to the other
//! nodes in a separate message, at once.
//! **Seen:** G1b: on another node, a transaction reads a value that its writer later overwrote in
//! the same transaction.
//! **Fix:** send the last writes of a transaction in one message, and apply them atomically.

use super::messages::{Kind, Operation, Reply, Request};
use super::registers::Registers;
use crate::Exhibit;
use crate::delivery::send_to_all;
use glomers_node::{Caller, Ctx, Node, Program, RpcError};
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "txn-replicates-each-write",
    challenge: "txn-c",
    bug: "tells the other nodes each write of a transaction in a separate message",
    hunt: &["--nemesis", "none", "--latency", "10", "--latency-dist", "exponential"],
    durable: false,
    program: Program::of::<ReplicatesEachWrite>(),
};

struct ReplicatesEachWrite {
    registers: Registers,
}

impl Node for ReplicatesEachWrite {
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
                let txn = txn.into_iter().map(|operation| self.run(ctx, operation)).collect();
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

impl ReplicatesEachWrite {
    fn run(&self, ctx: &Ctx, (kind, key, value): Operation) -> Operation {
        let value = match (kind, value) {
            (Kind::Read, _) => self.registers.read(key),
            (Kind::Write, Some(value)) => {
                let write = self.registers.write(key, value);
                send_to_all(ctx, &Request::Writes { writes: vec![write] });
                Some(value)
            }
            (Kind::Write, None) => None,
        };
        (kind, key, value)
    }
}
