//! Services: nodes of our own on the network, which nodes under test may call.
//!
//! They exist before any node starts, so that nodes may call them while they handle `init`. One
//! module for each, and one line in [`services`].

mod key_value;
mod lin_kv;
mod lin_tso;
mod lww_kv;
mod seq_kv;
#[cfg(test)]
mod tests;

use crate::Random;
use crate::message::Address;
use glomers_config::Services;
use glomers_history::Value;

/// What a service answers: the fields of the reply, without `in_reply_to`.
pub(crate) type Reply = Vec<(&'static str, Value)>;

/// An answer that came from the past.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StaleAnswer {
    /// What was asked for.
    pub(crate) key: Value,
    /// What it had in the state that was met; None if it was missing.
    pub(crate) given: Option<Value>,
    /// What it has in the newest.
    pub(crate) newest: Option<Value>,
}

/// A node of ours that answers requests.
pub(crate) trait Service {
    /// Its name on the network.
    fn name(&self) -> &'static str;

    /// The types of its requests with their fields, in words.
    fn requests(&self) -> &'static str;

    /// A field that a request of a known type lacks, and that is taken as null.
    fn missing_field(&self, body: &Value) -> Option<&'static str> {
        let _ = body;
        None
    }

    /// What the last answer came from, if that was a past state which differs from the newest.
    fn take_stale(&mut self) -> Option<StaleAnswer> {
        None
    }

    /// Answers a request of `src`, given its body. A request of an unknown type gets no answer.
    fn handle(&mut self, src: Address, body: &Value, random: &mut Random) -> Option<Reply>;
}

/// Every service, as they are at the start of a run.
pub(crate) fn services(behaviour: Services) -> Vec<Box<dyn Service>> {
    let lww_kv: Box<dyn Service> = match behaviour {
        Services::Reference => Box::new(lww_kv::Apart::default()),
        Services::Documented => Box::new(lww_kv::Merging::default()),
    };
    vec![
        Box::new(lin_kv::LinKv::default()),
        Box::new(seq_kv::SeqKv::new(behaviour)),
        lww_kv,
        Box::new(lin_tso::LinTso::default()),
    ]
}
