//! `seq-kv`: a sequentially consistent key-value store, whose clients may see older states.
//!
//! The state for a request is picked uniformly between the last state that its sender has seen (at
//! first: the oldest) and the newest. If the request would change the state, it is applied to the
//! newest state instead, and creates the next one. The guarantees depend on [`Services`]:
//!
//! - documented: all requests appear in one order, and no sender sees an older state than before. A
//!   sender that was inactive for long continues with the oldest state that is kept.
//! - reference: the same, as long as fewer than [`STATES`] states were created after the last one
//!   that a sender has seen. Beyond that the picks wrap around, so that a sender can go back to
//!   older states.

use super::key_value::{self, Answer, KeyValueRequest};
use super::{Reply, Service, StaleAnswer};
use crate::Random;
use crate::message::Address;
use glomers_config::Services;
use glomers_history::Value;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, VecDeque};

/// Number of states that are kept, including the newest, as in the reference.
const STATES: u64 = 32;

/// The newest state, and how it differs from earlier ones.
#[derive(Debug)]
pub(super) struct SeqKv {
    behaviour: Services,
    newest: BTreeMap<Value, Value>,
    /// Number of the newest state, from 0.
    newest_index: u64,
    /// What each of the latest changes replaced, oldest first; `None` for a key that was missing.
    replaced: VecDeque<(Value, Option<Value>)>,
    /// The last state that each sender has seen. Never iterated.
    met: FxHashMap<Address, u64>,
    /// The source of the last answer, if the value in the newest state differs.
    stale: Option<StaleAnswer>,
}

impl SeqKv {
    pub(super) fn new(behaviour: Services) -> Self {
        Self {
            behaviour,
            newest: BTreeMap::new(),
            newest_index: 0,
            replaced: VecDeque::new(),
            met: FxHashMap::default(),
            stale: None,
        }
    }

    /// The value of the key `age` states ago.
    fn value_at(&self, key: &Value, age: u64) -> Option<&Value> {
        let age = usize::try_from(age).unwrap_or(usize::MAX).min(self.replaced.len());
        // The first change after that state recorded its value.
        let later = self.replaced.range(self.replaced.len() - age..);
        match later.into_iter().find(|(changed, _)| changed == key) {
            Some((_, before)) => before.as_ref(),
            None => self.newest.get(key),
        }
    }

    /// The number of the state for a request of this sender.
    fn draw_state(&self, src: Address, random: &mut Random) -> u64 {
        let met = self.met.get(&src).copied().unwrap_or(0);
        let first = match self.behaviour {
            Services::Reference => met,
            Services::Documented => met.max((self.newest_index + 1).saturating_sub(STATES)),
        };
        first + random.below(self.newest_index - first + 1)
    }

    /// Creates the next state with this change. If the newest state rejected the request, there is
    /// no change, but the reference counts a new state anyway.
    fn advance(&mut self, key: Value, written: Option<Value>) {
        let before = match written {
            Some(value) => self.newest.insert(key.clone(), value),
            None => self.newest.get(&key).cloned(),
        };
        if self.replaced.len() as u64 == STATES - 1 {
            self.replaced.pop_front();
        }
        self.replaced.push_back((key, before));
        self.newest_index += 1;
    }
}

impl Service for SeqKv {
    fn name(&self) -> &'static str {
        "seq-kv"
    }

    fn requests(&self) -> &'static str {
        key_value::REQUESTS
    }

    fn missing_field(&self, body: &Value) -> Option<&'static str> {
        key_value::missing_field(body)
    }

    fn take_stale(&mut self) -> Option<StaleAnswer> {
        self.stale.take()
    }

    fn handle(&mut self, src: Address, body: &Value, random: &mut Random) -> Option<Reply> {
        let request = KeyValueRequest::read(body)?;
        let index = self.draw_state(src, random);
        let current = self.value_at(&request.key, (self.newest_index - index) % STATES);
        let newest = self.newest.get(&request.key);
        let Answer { reply, written } = request.answer(current);
        if written.is_none() || written.as_ref() == current {
            self.stale = (newest != current).then(|| StaleAnswer {
                given: current.cloned(),
                newest: newest.cloned(),
                key: request.key,
            });
            self.met.insert(src, index);
            return Some(reply);
        }
        let Answer { reply, written } = request.answer(self.newest.get(&request.key));
        self.advance(request.key, written);
        self.met.insert(src, self.newest_index);
        Some(reply)
    }
}
