//! EDN data as JSON, for programs that do not read EDN.

use glomers_history::Value;
use serde_json::{Map, Number};

/// A value as JSON: keywords and symbols become strings without the colon; lists, vectors and sets
/// become arrays; tagged values lose their tag. Keys other than keywords and strings are printed as
/// EDN, and so are numbers that JSON cannot represent.
#[must_use]
pub fn value_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Nil => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(number) => (*number).into(),
        Value::Float(number) => match Number::from_f64(*number) {
            Some(number) => number.into(),
            None => value.to_string().into(),
        },
        Value::BigNumber(text) => match text.parse::<u64>() {
            Ok(number) => number.into(),
            Err(_) => text.as_str().into(),
        },
        Value::Char(char) => char.to_string().into(),
        Value::Str(text) | Value::Keyword(text) | Value::Symbol(text) => text.as_str().into(),
        Value::List(items) | Value::Vector(items) | Value::Set(items) => {
            items.iter().map(value_json).collect()
        }
        Value::Shared(shared) => shared.whole().iter().map(value_json).collect(),
        Value::Map(entries) => {
            let entry = |(key, value): &(Value, Value)| (key_text(key), value_json(value));
            entries.iter().map(entry).collect::<Map<_, _>>().into()
        }
        Value::Tagged(tagged) => value_json(&tagged.1),
    }
}

fn key_text(key: &Value) -> String {
    match key {
        Value::Str(text) | Value::Keyword(text) => text.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glomers_history::read_value;

    #[test]
    fn edn_becomes_json() {
        let edn = "{:valid? :unknown, :latencies {0 1.5, [1 2] nil}, \"s\" #{3}, \
                   :op #jepsen.history.Op{:f :read, :value (a \\b)}, :big 18446744073709551615N, \
                   :bigger 18446744073709551616N, :nan ##NaN}";
        let json = value_json(&read_value(edn).unwrap());
        let expected = serde_json::json!({
            "valid?": "unknown",
            "latencies": {"0": 1.5, "[1 2]": null},
            "s": [3],
            "op": {"f": "read", "value": ["a", "b"]},
            "big": 18_446_744_073_709_551_615_u64,
            "bigger": "18446744073709551616",
            "nan": "##NaN",
        });
        assert_eq!(json, expected);
    }
}
