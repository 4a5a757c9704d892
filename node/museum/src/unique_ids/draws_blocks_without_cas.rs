//! Allocates blocks of ids from a shared store by a read and a write.
//!
//! **Wrong:** a node without ids reads the start of the next block from `lin-kv`, and then writes
//! the start of the one after it. Two nodes that read before either writes have the same block.
//! **Seen:** two nodes generate the same ids, a whole block of them.
//! **Fix:** `cas` instead of `write`, repeated if it fails. (Each operation of a linearizable store
//! is atomic; two of them are not.)

use super::messages::{Reply, Request};
use crate::Exhibit;
use crate::store::Store;
use glomers_node::{Caller, Ctx, Node, Program, RpcError};
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

pub(crate) const EXHIBIT: Exhibit = Exhibit {
    name: "unique-ids-draw-blocks-without-cas",
    challenge: "unique-ids",
    bug: "takes blocks of ids from a counter in lin-kv by a read and then a write",
    hunt: &[],
    durable: false,
    program: Program::of::<DrawsBlocksWithoutCas>(),
};

/// Number of ids in a block.
const BLOCK: u64 = 50;
/// The key of the first id of the next block.
const NEXT: &str = "next-block";

struct DrawsBlocksWithoutCas {
    store: Store,
    block: RefCell<Range<u64>>,
}

impl Node for DrawsBlocksWithoutCas {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        Ok(Self { store: Store::linearizable(ctx), block: RefCell::new(0..0) })
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        Request::Generate: Request,
    ) -> Result<(), RpcError> {
        loop {
            let next = self.block.borrow_mut().next();
            if let Some(id) = next {
                ctx.reply(caller, &Reply::GenerateOk { id: id.to_string() });
                return Ok(());
            }
            let block = self.draw().await?;
            self.block.replace(block);
        }
    }
}

impl DrawsBlocksWithoutCas {
    async fn draw(&self) -> Result<Range<u64>, RpcError> {
        let first = self.store.read(NEXT).await?.unwrap_or(0);
        let next = first + BLOCK;
        self.store.write(NEXT, &next).await?;
        Ok(first..next)
    }
}
