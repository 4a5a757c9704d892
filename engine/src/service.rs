//! Services: nodes of our own on the network, such as `lin-kv`.
//!
//! They exist before any node starts, so that nodes may call them while they handle `init`.

mod lin_kv;

use glomers_history::Value;

/// What a service answers: the fields of the reply, without `in_reply_to`.
pub(crate) type Reply = Vec<(&'static str, Value)>;

/// A node of ours that answers requests.
pub(crate) trait Service {
    /// Its name on the network.
    fn name(&self) -> &'static str;

    /// Answers a request, given its body. A request of an unknown type gets no answer.
    fn handle(&mut self, body: &Value) -> Option<Reply>;
}

/// Every service, as they are at the start of a run.
pub(crate) fn services() -> Vec<Box<dyn Service>> {
    vec![Box::new(lin_kv::LinKv::default())]
}
