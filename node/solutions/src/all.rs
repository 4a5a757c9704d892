//! All solutions in one node, so that one binary solves every challenge.

use crate::{Broadcast, Counter, Echo, Logs, Registers, UniqueIds};
use crate::{broadcast, counter, echo, log, registers, unique_ids};
use glomers_node::{Body, Caller, Ctx, ErrorCode, Node, Program, Records, RpcError};
use std::cell::Cell;
use std::process::ExitCode;
use std::rc::Rc;

/// A node that solves all challenges; it selects the solution by the types of messages.
pub struct Solutions {
    echo: Rc<Echo>,
    unique_ids: Rc<UniqueIds>,
    broadcast: Rc<Broadcast>,
    counter: Rc<Counter>,
    logs: Rc<Logs>,
    registers: Rc<Registers>,
    /// Whether it received a message that only broadcast has: a `read` is the same in broadcast and
    /// in a counter.
    broadcasts: Cell<bool>,
    /// Stores `broadcasts` on disk: after a restart, the first message may be a `read`.
    noted: Records<()>,
}

/// A message of one of the workloads.
pub enum Request {
    /// A request of echo.
    Echo(echo::Request),
    /// A request of unique-ids.
    UniqueIds(unique_ids::Request),
    /// A request of broadcast.
    Broadcast(broadcast::Request),
    /// A request of a counter.
    Counter(counter::Request),
    /// A request of kafka.
    Logs(log::Request),
    /// A request of transactions over registers.
    Registers(registers::Request),
}

impl Body for Request {
    fn parse(kind: &str, text: &str) -> Result<Self, RpcError> {
        known(echo::Request::parse(kind, text).map(Self::Echo))
            .or_else(|| known(unique_ids::Request::parse(kind, text).map(Self::UniqueIds)))
            .or_else(|| known(broadcast::Request::parse(kind, text).map(Self::Broadcast)))
            .or_else(|| known(counter::Request::parse(kind, text).map(Self::Counter)))
            .or_else(|| known(log::Request::parse(kind, text).map(Self::Logs)))
            .unwrap_or_else(|| registers::Request::parse(kind, text).map(Self::Registers))
    }
}

/// `None` if the workload has no message of this type: it may be that of another workload.
fn known(parsed: Result<Request, RpcError>) -> Option<Result<Request, RpcError>> {
    let unknown = |error: &RpcError| error.code == ErrorCode::NotSupported;
    (!parsed.as_ref().is_err_and(unknown)).then_some(parsed)
}

impl Node for Solutions {
    type Request = Request;

    async fn init(ctx: &Ctx) -> Result<Self, RpcError> {
        let noted = ctx.records("broadcasts");
        Ok(Self {
            broadcasts: Cell::new(!noted.read()?.is_empty()),
            noted,
            echo: Rc::new(Echo::init(ctx).await?),
            unique_ids: Rc::new(UniqueIds::init(ctx).await?),
            broadcast: Rc::new(Broadcast::init(ctx).await?),
            counter: Rc::new(Counter::init(ctx).await?),
            logs: Rc::new(Logs::init(ctx).await?),
            registers: Rc::new(Registers::init(ctx).await?),
        })
    }

    fn started(self: Rc<Self>, ctx: &Ctx) {
        Rc::clone(&self.broadcast).started(ctx);
        Rc::clone(&self.counter).started(ctx);
        Rc::clone(&self.registers).started(ctx);
    }

    async fn handle(
        self: Rc<Self>,
        ctx: &Ctx,
        caller: &Caller,
        request: Request,
    ) -> Result<(), RpcError> {
        match request {
            Request::Echo(request) => Rc::clone(&self.echo).handle(ctx, caller, request).await,
            Request::UniqueIds(request) => {
                Rc::clone(&self.unique_ids).handle(ctx, caller, request).await
            }
            Request::Broadcast(broadcast::Request::Read) if !self.broadcasts.get() => {
                Rc::clone(&self.counter).handle(ctx, caller, counter::Request::Read).await
            }
            Request::Broadcast(request) => {
                if !self.broadcasts.replace(true) {
                    self.noted.append(&())?;
                }
                Rc::clone(&self.broadcast).handle(ctx, caller, request).await
            }
            Request::Counter(request) => {
                Rc::clone(&self.counter).handle(ctx, caller, request).await
            }
            Request::Logs(request) => Rc::clone(&self.logs).handle(ctx, caller, request).await,
            Request::Registers(request) => {
                Rc::clone(&self.registers).handle(ctx, caller, request).await
            }
        }
    }
}

/// Runs on this process's stdin and stdout until stdin is closed; see [`Program::run_stdio`].
#[must_use]
pub fn run_stdio(durable: bool) -> ExitCode {
    Program::of::<Solutions>().run_stdio(durable)
}
