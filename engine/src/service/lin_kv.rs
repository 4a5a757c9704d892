//! `lin-kv`: a linearizable key-value store with read, write and compare-and-set.

use super::key_value::{self, KeyValueRequest};
use super::{Reply, Service};
use crate::Random;
use crate::message::Address;
use glomers_history::Value;
use std::collections::BTreeMap;

/// Applies every request to the newest state.
#[derive(Debug, Default)]
pub(super) struct LinKv {
    values: BTreeMap<Value, Value>,
}

impl Service for LinKv {
    fn name(&self) -> &'static str {
        "lin-kv"
    }

    fn requests(&self) -> &'static str {
        key_value::REQUESTS
    }

    fn missing_field(&self, body: &Value) -> Option<&'static str> {
        key_value::missing_field(body)
    }

    fn handle(&mut self, _src: Address, body: &Value, _random: &mut Random) -> Option<Reply> {
        let request = KeyValueRequest::read(body)?;
        let answer = request.answer(self.values.get(&request.key));
        if let Some(value) = answer.written {
            self.values.insert(request.key, value);
        }
        Some(answer.reply)
    }
}
