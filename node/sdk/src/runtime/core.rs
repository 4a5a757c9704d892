//! The I/O-free core: lines and time go in, lines and the next deadline come out.

use crate::protocol::{Body, Correlation, Envelope, Init, InitOk, NodeId, RpcError};
use crate::runtime::environment::Environment;
use crate::runtime::tasks::Tasks;
use crate::runtime::{Caller, Ctx, Disk, Node};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

/// Most characters of a bad line that are logged.
const SHOWN_CHARS: usize = 200;

/// One node, without I/O. Dropping it ends all its tasks.
///
/// Times are relative to the node's start. They come from the driver, and never decrease.
pub struct Core<N: Node> {
    environment: Rc<Environment>,
    tasks: Tasks,
    /// The node, once it has answered `init`.
    running: Rc<RefCell<Option<Running<N>>>>,
    /// Whether an `init` is being handled.
    starting: Rc<Cell<bool>>,
    /// Messages that arrived before `init` was answered.
    held: Vec<String>,
}

struct Running<N> {
    node: Rc<N>,
    ctx: Ctx,
}

impl<N: Node> Core<N> {
    /// A node that waits for its `init`. All its random numbers come from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::with_disk(seed, None)
    }

    /// The same, with a disk, which may contain records of an earlier life of the node.
    #[must_use]
    pub fn with_disk(seed: u64, disk: Option<Rc<dyn Disk>>) -> Self {
        Self {
            environment: Rc::new(Environment::new(seed, disk)),
            tasks: Tasks::default(),
            running: Rc::default(),
            starting: Rc::default(),
            held: Vec::new(),
        }
    }

    /// Delivers a line, without its line end, and runs the node until all its tasks wait. A line
    /// that is not a message is logged.
    pub fn deliver(&mut self, now: Duration, line: &[u8]) {
        self.advance(now);
        match std::str::from_utf8(line) {
            Ok(line) => self.accept(line),
            Err(error) => self.refuse(&String::from_utf8_lossy(line), &error),
        }
        self.run();
    }

    /// Advances the time, and runs what is due, each timer at its exact time.
    pub fn advance(&mut self, now: Duration) {
        while let Some(due) = self.deadline().filter(|due| *due <= now) {
            self.environment.now.set(due.max(self.environment.now.get()));
            let waker = self.environment.timers.borrow_mut().take_due(due);
            if let Some(waker) = waker {
                waker.wake();
            }
            self.run();
        }
        self.environment.now.set(now.max(self.environment.now.get()));
    }

    /// When the node next needs [`Core::advance`], if no line arrives before.
    #[must_use]
    pub fn deadline(&self) -> Option<Duration> {
        self.environment.timers.borrow().next_due()
    }

    /// Appends the lines that the node has sent, each with its line end.
    pub fn take_output(&mut self, into: &mut Vec<u8>) {
        let mut output = self.environment.output.borrow_mut();
        if into.is_empty() {
            std::mem::swap(&mut *output, into);
        } else {
            into.append(&mut output);
        }
    }

    /// Takes the lines that the node has logged since the last call.
    #[must_use]
    pub fn take_log(&mut self) -> String {
        self.environment.log.take()
    }

    fn run(&mut self) {
        self.run_tasks();
        if !self.held.is_empty() && self.running.borrow().is_some() {
            for line in std::mem::take(&mut self.held) {
                self.accept(&line);
                self.run_tasks();
            }
        }
    }

    fn run_tasks(&mut self) {
        loop {
            for task in self.environment.spawned.borrow_mut().drain(..) {
                self.tasks.spawn(task);
            }
            if !self.tasks.run_one() {
                return;
            }
        }
    }

    fn accept(&mut self, line: &str) {
        let envelope = match Envelope::parse(line) {
            Ok(envelope) => envelope,
            Err(_) if line.trim_ascii().is_empty() => return,
            Err(error) => return self.refuse(line, &error),
        };
        let head = match envelope.head() {
            Ok(head) => head,
            Err(error) => return self.refuse(line, &error),
        };
        if let Some(msg_id) = head.in_reply_to {
            return self.environment.calls.borrow_mut().answer(msg_id, &head, envelope.body.get());
        }
        let caller = Caller { src: NodeId::new(&envelope.src), msg_id: head.msg_id };
        let Some(Running { node, ctx }) = &*self.running.borrow() else {
            if head.kind == "init" && !self.starting.get() {
                self.start(&envelope, caller);
            } else {
                self.held.push(line.to_owned());
            }
            return;
        };
        if head.kind == "init" {
            return ctx.reply(&caller, &InitOk {});
        }
        match N::Request::parse(&head.kind, envelope.body.get()) {
            Ok(request) => {
                let (node, ctx) = (Rc::clone(node), ctx.clone());
                self.tasks.spawn(Box::pin(async move {
                    if let Err(error) = node.handle(&ctx, &caller, request).await {
                        ctx.fail(&caller, &error);
                    }
                }));
            }
            Err(error) => ctx.fail(&caller, &error),
        }
    }

    /// Begins to handle `init`.
    fn start(&mut self, envelope: &Envelope<'_>, caller: Caller) {
        let Init { node_id, node_ids } = match Init::parse("init", envelope.body.get()) {
            Ok(init) => init,
            Err(error) => return self.fail_init(envelope, &caller, &error),
        };
        let ctx = Ctx::new(node_id, node_ids, Rc::clone(&self.environment));
        let (running, starting) = (Rc::clone(&self.running), Rc::clone(&self.starting));
        starting.set(true);
        self.tasks.spawn(Box::pin(async move {
            match begin::<N>(&ctx).await {
                Ok(node) => {
                    ctx.reply(&caller, &InitOk {});
                    let node = Rc::new(node);
                    *running.borrow_mut() =
                        Some(Running { node: Rc::clone(&node), ctx: ctx.clone() });
                    node.started(&ctx);
                }
                Err(error) => ctx.fail(&caller, &error),
            }
            starting.set(false);
        }));
    }

    /// Answers a malformed `init`, with its destination as the sender.
    fn fail_init(&self, envelope: &Envelope<'_>, caller: &Caller, error: &RpcError) {
        let correlation = Correlation { msg_id: None, in_reply_to: caller.msg_id };
        let me = NodeId::new(&envelope.dest);
        self.environment.log(format_args!("init failed: {error}"));
        if let Err(error) = self.environment.write(&me, &caller.src, correlation, error) {
            self.environment.log(format_args!("init was not answered: {error}"));
        }
    }

    fn refuse(&self, line: &str, error: &dyn std::fmt::Display) {
        let shown = line.char_indices().nth(SHOWN_CHARS).map_or(line, |(end, _)| &line[..end]);
        self.environment.log(format_args!("a line is no message: {error}: {shown:?}"));
    }
}

/// Counts the node's lives, and creates the node.
async fn begin<N: Node>(ctx: &Ctx) -> Result<N, RpcError> {
    ctx.begin_life()?;
    N::init(ctx).await
}
