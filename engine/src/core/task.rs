//! What a message causes at its receiver.

use crate::message::{Address, Envelope, NodeIndex};
use crate::rpc::Rpc;
use crate::service::Reply;
use glomers_history::Value;

/// Something to do at the current moment, before the tasks that already wait.
///
/// Tasks wait on a stack, so everything that one message causes is done before the next message of
/// the same moment. The order of the journal depends on it.
#[derive(Debug)]
pub(super) enum Task {
    /// A duplicated message is offered to the network again.
    SecondCopy(Envelope),
    /// A client reads a message that arrived before its call.
    Delivered(Envelope),
    /// A service answers a request.
    ServiceReply { service: usize, dest: Address, fields: Reply },
    /// A node answered `init`.
    InitAnswered { node: NodeIndex, client: u32, reply: Value },
    /// A node answered the workload's set-up request.
    SetUpAnswered { node: NodeIndex, rpc: Option<&'static Rpc>, reply: Value },
    /// A node answered the request of a worker's operation.
    OperationAnswered { worker: u32, rpc: Option<&'static Rpc>, reply: Value },
}
