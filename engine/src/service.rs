//! Services: built-in nodes of the network that nodes under test can call.
//!
//! They exist before any node starts, so that nodes can call them while they handle `init`. Each
//! service has one module, and one line in [`services`].

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

/// The reply of a service: its fields, without `in_reply_to`.
pub(crate) type Reply = Vec<(&'static str, Value)>;

/// An answer from an older state.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StaleAnswer {
    /// The key.
    pub(crate) key: Value,
    /// The value in the older state; `None` if the key was missing.
    pub(crate) given: Option<Value>,
    /// The value in the newest state; `None` if the key was missing.
    pub(crate) newest: Option<Value>,
}

/// A built-in node that answers requests.
pub(crate) trait Service {
    /// Its name on the network.
    fn name(&self) -> &'static str;

    /// The types of its requests with their fields, as text for a person.
    fn requests(&self) -> &'static str;

    /// A field that is missing in a request of a known type, and is taken as null.
    fn missing_field(&self, body: &Value) -> Option<&'static str> {
        let _ = body;
        None
    }

    /// Returns and clears the last answer, if it came from an older state whose value differs from
    /// the newest.
    fn take_stale(&mut self) -> Option<StaleAnswer> {
        None
    }

    /// Answers a request from `src` with the given body; `None` if the type of the request is
    /// unknown.
    fn handle(&mut self, src: Address, body: &Value, random: &mut Random) -> Option<Reply>;
}

/// All services of a run, numbered from 0.
pub(crate) struct RunningServices {
    all: Vec<Box<dyn Service>>,
    random: Random,
}

/// What a service did with a request.
pub(crate) struct Served {
    /// `None` if the type of the request is unknown.
    pub(crate) reply: Option<Reply>,
    /// Set if the reply came from an older state whose value differs from the newest.
    pub(crate) stale: Option<StaleAnswer>,
}

impl RunningServices {
    /// Every service, in its initial state.
    pub(crate) fn new(behaviour: Services, seed: u64) -> Self {
        Self { all: services(behaviour), random: Random::stream(seed, "services") }
    }

    /// The names of all services.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.all.iter().map(|service| service.name()).collect()
    }

    /// The service with that number.
    pub(crate) fn get(&self, service: usize) -> &dyn Service {
        &*self.all[service]
    }

    /// Answers a request from `src` with the given body; the reply includes `in_reply_to`.
    pub(crate) fn answer(&mut self, service: usize, src: Address, request: &Value) -> Served {
        let service = &mut self.all[service];
        let mut reply = service.handle(src, request, &mut self.random);
        if let Some(fields) = &mut reply {
            fields.push(("in_reply_to", request.get("msg_id").cloned().unwrap_or(Value::Nil)));
        }
        Served { reply, stale: service.take_stale() }
    }
}

fn services(behaviour: Services) -> Vec<Box<dyn Service>> {
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
