//! Refuses to read registers that were never written.
//!
//! **Wrong:** a transaction that reads a register that was never written is refused, as `lin-kv`
//! refuses to read a key that does not exist (error 20).
//! **Seen:** transactions fail, from the first on, although all have to succeed.
//! **Fix:** an unwritten register holds null.

use super::messages::{Kind, Reply, Request};
use super::registers::Registers;
use crate::Exhibit;
use glomers_node::{Caller, Ctx, ErrorCode, Node, Program, RpcError};
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "txn-refuses-unknown-keys",
    challenge: "txn-a",
    bug: "refuses to read what was never written, rather than to read null",
    hunt: &[],
    durable: false,
    program: Program::of::<RefusesUnknownKeys>(),
};

struct RefusesUnknownKeys {
    registers: Registers,
}

impl Node for RefusesUnknownKeys {
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
        let Request::Txn { txn } = request else { return Err(RpcError::not_supported("writes")) };
        let mut written = Vec::new();
        for (kind, key, _) in &txn {
            let is_known = written.contains(key) || self.registers.read(*key).is_some();
            match kind {
                Kind::Write => written.push(*key),
                Kind::Read if is_known => {}
                Kind::Read => {
                    return Err(RpcError::new(ErrorCode::KeyDoesNotExist, "key does not exist"));
                }
            }
        }
        let (txn, _) = self.registers.run(txn);
        ctx.reply(caller, &Reply::TxnOk { txn });
        Ok(())
    }
}
