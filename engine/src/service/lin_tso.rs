//! `lin-tso`: a linearizable timestamp oracle, which returns 0, 1, 2, ...

use super::{Reply, Service};
use crate::Random;
use crate::message::Address;
use glomers_history::Value;

/// Returns the next timestamp for every request.
#[derive(Debug, Default)]
pub(super) struct LinTso {
    next: u64,
}

impl Service for LinTso {
    fn name(&self) -> &'static str {
        "lin-tso"
    }

    fn requests(&self) -> &'static str {
        "ts"
    }

    fn handle(&mut self, _src: Address, body: &Value, _random: &mut Random) -> Option<Reply> {
        if !matches!(body.get("type"), Some(Value::Str(kind)) if kind == "ts") {
            return None;
        }
        let timestamp = self.next;
        self.next += 1;
        Some(vec![("type", Value::str("ts_ok")), ("ts", Value::from(timestamp))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glomers_history::json::read_body;

    #[test]
    fn timestamps_count_from_0_over_all_who_ask() {
        let (mut tso, mut random) = (LinTso::default(), Random::stream(1, "services"));
        let mut ask = |node, body: &str| {
            tso.handle(Address::Node(node), &read_body(body).unwrap(), &mut random)
        };
        for expected in 0..3_usize {
            let reply = ask(expected, r#"{"type":"ts"}"#).unwrap();
            assert_eq!(reply, [("type", Value::str("ts_ok")), ("ts", Value::from(expected))]);
        }
        assert_eq!(ask(0, r#"{"type":"read"}"#), None);
    }
}
