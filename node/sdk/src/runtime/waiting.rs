//! The futures that a node awaits: timers, and replies.

use crate::protocol::{Body, NodeId, RpcError, WriteError};
use crate::runtime::environment::Environment;
use crate::runtime::timers::TimerKey;
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

/// Completes when it is due. Made by [`Ctx::sleep`](crate::Ctx::sleep).
#[must_use = "futures do nothing unless awaited"]
pub struct Sleep {
    due: Duration,
    armed: Option<TimerKey>,
    environment: Rc<Environment>,
}

impl Sleep {
    pub(super) fn new(due: Duration, environment: Rc<Environment>) -> Self {
        Self { due, armed: None, environment }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let sleep = self.get_mut();
        if sleep.environment.now.get() >= sleep.due {
            return Poll::Ready(());
        }
        let mut timers = sleep.environment.timers.borrow_mut();
        match sleep.armed {
            Some(key) => timers.rearm(key, context.waker()),
            None => sleep.armed = Some(timers.arm(sleep.due, context.waker().clone())),
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(key) = self.armed {
            self.environment.timers.borrow_mut().cancel(key);
        }
    }
}

/// An open request; completes with its reply. If it is dropped, the reply is ignored. Made by
/// [`Ctx::rpc`](crate::Ctx::rpc) and its variants.
#[must_use = "the answer is lost unless awaited; `send` wants none"]
pub struct Rpc<R> {
    msg_id: u64,
    dest: NodeId,
    not_sent: Option<WriteError>,
    timeout: Sleep,
    again: Option<Again>,
    answer: PhantomData<fn() -> R>,
}

/// The repetition of a request.
struct Again {
    line: Vec<u8>,
    every: Duration,
    next: Sleep,
}

impl<R> Rpc<R> {
    pub(super) fn new(
        msg_id: u64,
        dest: NodeId,
        not_sent: Option<WriteError>,
        timeout: Sleep,
    ) -> Self {
        Self { msg_id, dest, not_sent, timeout, again: None, answer: PhantomData }
    }

    /// The same, which also sends its line again at every interval.
    pub(super) fn again(mut self, line: Vec<u8>, every: Duration, next: Sleep) -> Self {
        self.again = Some(Again { line, every, next });
        self
    }
}

impl<R: Body> Future for Rpc<R> {
    type Output = Result<R, RpcError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let rpc = self.get_mut();
        if let Some(error) = &rpc.not_sent {
            let text = format!("nothing was sent to {}: {error}", rpc.dest);
            return Poll::Ready(Err(RpcError::crash(text)));
        }
        let answer = rpc.timeout.environment.calls.borrow_mut().poll(rpc.msg_id, context);
        if let Poll::Ready(answer) = answer {
            return Poll::Ready(answer.read());
        }
        if Pin::new(&mut rpc.timeout).poll(context).is_ready() {
            return Poll::Ready(Err(RpcError::timeout(&rpc.dest)));
        }
        if let Some(Again { line, every, next }) = &mut rpc.again {
            while Pin::new(&mut *next).poll(context).is_ready() {
                let environment = Rc::clone(&next.environment);
                environment.output.borrow_mut().extend_from_slice(line);
                *next = Sleep::new(environment.now.get().saturating_add(*every), environment);
            }
        }
        Poll::Pending
    }
}

impl<R> Drop for Rpc<R> {
    fn drop(&mut self) {
        self.timeout.environment.calls.borrow_mut().close(self.msg_id);
    }
}
