//! `lin-kv`: a linearizable key-value store with read, write and compare-and-set.

use super::{Reply, Service};
use glomers_history::{Value, print_value};
use std::collections::BTreeMap;

/// The protocol's code for a missing key.
const KEY_DOES_NOT_EXIST: i64 = 20;
/// The protocol's code for a failed comparison.
const PRECONDITION_FAILED: i64 = 22;

/// Holds one value for each key; keys and values are any JSON.
#[derive(Debug, Default)]
pub(super) struct LinKv {
    values: BTreeMap<Value, Value>,
}

impl Service for LinKv {
    fn name(&self) -> &'static str {
        "lin-kv"
    }

    fn handle(&mut self, body: &Value) -> Option<Reply> {
        let Some(Value::Str(kind)) = body.get("type") else { return None };
        let field = |name: &str| body.get(name).cloned().unwrap_or(Value::Nil);
        let key = field("key");
        Some(match kind.as_str() {
            "read" => match self.values.get(&key) {
                Some(value) => vec![("type", Value::str("read_ok")), ("value", value.clone())],
                None => missing(),
            },
            "write" => {
                self.values.insert(key, field("value"));
                vec![("type", Value::str("write_ok"))]
            }
            "cas" => self.compare_and_set(key, body),
            _ => return None,
        })
    }
}

impl LinKv {
    fn compare_and_set(&mut self, key: Value, body: &Value) -> Reply {
        let field = |name: &str| body.get(name).cloned().unwrap_or(Value::Nil);
        let from = field("from");
        match self.values.get(&key) {
            Some(value) if *value == from => {}
            Some(value) => {
                let mut text = b"current value ".to_vec();
                print_value(value, &mut text);
                text.extend_from_slice(b" is not ");
                print_value(&from, &mut text);
                return error(PRECONDITION_FAILED, &String::from_utf8_lossy(&text));
            }
            None => {
                let create =
                    !matches!(field("create_if_not_exists"), Value::Nil | Value::Bool(false));
                if !create {
                    return missing();
                }
            }
        }
        self.values.insert(key, field("to"));
        vec![("type", Value::str("cas_ok"))]
    }
}

fn missing() -> Reply {
    error(KEY_DOES_NOT_EXIST, "key does not exist")
}

fn error(code: i64, text: &str) -> Reply {
    vec![("type", Value::str("error")), ("code", Value::Int(code)), ("text", Value::str(text))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::read_body;

    fn answer(service: &mut LinKv, request: &str) -> Reply {
        service.handle(&read_body(request).unwrap()).unwrap()
    }

    #[test]
    fn keys_are_written_read_and_compared() {
        let mut kv = LinKv::default();
        let code =
            |reply: &Reply| reply.iter().find(|(key, _)| *key == "code").map(|(_, v)| v.clone());
        let read = r#"{"type":"read","key":"a"}"#;
        assert_eq!(code(&answer(&mut kv, read)), Some(Value::Int(KEY_DOES_NOT_EXIST)));
        let create = r#"{"type":"cas","key":"a","from":0,"to":1,"create_if_not_exists":true}"#;
        assert_eq!(answer(&mut kv, create), vec![("type", Value::str("cas_ok"))]);
        let again = answer(&mut kv, create);
        assert_eq!(code(&again), Some(Value::Int(PRECONDITION_FAILED)));
        assert_eq!(again[2].1, Value::str("current value 1 is not 0"));
        assert_eq!(answer(&mut kv, read)[1], ("value", Value::Int(1)));
        assert!(kv.handle(&read_body(r#"{"type":"watch"}"#).unwrap()).is_none());
    }
}
