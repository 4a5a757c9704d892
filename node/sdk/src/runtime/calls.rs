//! The requests that wait for a reply.

use crate::protocol::{Body, Head, RpcError};
use std::collections::BTreeMap;
use std::task::{Context, Poll, Waker};

/// An unparsed reply.
pub(super) struct Answer {
    kind: String,
    text: String,
}

impl Answer {
    /// Parses the reply. An `error` body always results in an error, for any expected type.
    pub(super) fn read<R: Body>(&self) -> Result<R, RpcError> {
        if self.kind == "error" {
            return Err(RpcError::parse(&self.kind, &self.text).unwrap_or_else(|unread| unread));
        }
        // Not the code of `parse`: the request was understood, but the reply is not.
        R::parse(&self.kind, &self.text).map_err(|unread| RpcError::crash(unread.text))
    }
}

/// Number of `msg_id`s of one life (from start to end of the process). Two million lives fit into
/// the integers of every JSON reader.
const IDS_OF_A_LIFE: u64 = 1 << 32;

/// The open calls, by `msg_id`.
#[derive(Default)]
pub(super) struct Calls {
    waiting: BTreeMap<u64, Waiting>,
    last_id: u64,
}

struct Waiting {
    waker: Waker,
    answer: Option<Answer>,
}

impl Calls {
    /// Begins a life of the node, whose `msg_id`s differ from those of all earlier lives, so that a
    /// late reply to an earlier life is not matched to a request of this one.
    pub(super) fn begin_life(&mut self, life: u64) {
        self.last_id = self.last_id.max(life.saturating_mul(IDS_OF_A_LIFE));
    }

    /// Opens a call, and returns its `msg_id`. The first one of the first life is 1.
    pub(super) fn open(&mut self) -> u64 {
        self.last_id += 1;
        let waker = Waker::noop().clone();
        self.waiting.insert(self.last_id, Waiting { waker, answer: None });
        self.last_id
    }

    /// Closes a call; its reply will be ignored.
    pub(super) fn close(&mut self, msg_id: u64) {
        self.waiting.remove(&msg_id);
    }

    /// Passes a reply to the call that waits for it. Other replies (late, duplicate, or to no
    /// request) are ignored.
    pub(super) fn answer(&mut self, msg_id: u64, head: &Head<'_>, text: &str) {
        if let Some(call) = self.waiting.get_mut(&msg_id)
            && call.answer.is_none()
        {
            call.answer = Some(Answer { kind: head.kind.to_string(), text: text.to_owned() });
            call.waker.wake_by_ref();
        }
    }

    pub(super) fn poll(&mut self, msg_id: u64, context: &Context<'_>) -> Poll<Answer> {
        let Some(call) = self.waiting.get_mut(&msg_id) else { return Poll::Pending };
        call.answer.take().map_or_else(
            || {
                call.waker.clone_from(context.waker());
                Poll::Pending
            },
            Poll::Ready,
        )
    }
}
