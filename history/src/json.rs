//! JSON of message bodies, to and from the values of a history.
//!
//! As in the reference, the keys of a body become keywords at the top level and stay strings below.

pub mod exact;

use crate::{Value, print_double};
use exact::Refusal;
use rustc_hash::FxHashMap;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// Doubles of at least this magnitude cannot represent every integer that a JSON text may contain.
const EXACT_LIMIT: f64 = 9_223_372_036_854_775_808.0;
/// Maximum nesting of a body: the limit of `serde_json`.
const DEEPEST: usize = 128;
/// Minimum size in bytes of bodies in which lists of integers are parsed separately.
const LONG_BODY_BYTES: usize = 256;
/// Number of digits that always fit into 64 bits.
const SHORT_DIGITS: usize = 18;

/// Reads a message body.
///
/// # Errors
/// If the reference's reader rejects the text, or if it nests more than 128 levels deep.
pub fn read_body(text: &str) -> Result<Value, Refusal> {
    if text.len() >= LONG_BODY_BYTES
        && let Ok(body) = LongBody.deserialize(&mut serde_json::Deserializer::from_str(text))
    {
        return Ok(body);
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    // Rare: numbers that a double would round (ids are compared, so every digit matters), and text
    // that only the reference accepts as JSON.
    (Seed { keywords: true }).deserialize(&mut deserializer).or_else(|_| exact::read(text, true))
}

#[derive(Clone, Copy)]
struct Seed {
    keywords: bool,
}

impl<'de> DeserializeSeed<'de> for Seed {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Nil)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Int(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        // `-0` is also parsed as a double.
        if number.abs() >= EXACT_LIMIT || (number == 0.0 && number.is_sign_negative()) {
            Err(E::custom("a number that is to be read exactly"))
        } else {
            Ok(Value::Float(number))
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::str(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        /// Initial capacity: most lists are no longer, such as micro-operations, pairs, and short
        /// transactions, and histories have millions of them.
        const USUAL: usize = 3;
        let mut values = Vec::with_capacity(USUAL);
        while let Some(value) = elements.next_element_seed(Self { keywords: false })? {
            values.push(value);
        }
        Ok(Value::Vector(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = DistinctEntries { entries: Vec::with_capacity(4), positions: None };
        while let Some(key) = entries.next_key_seed(Key { keyword: self.keywords })? {
            let value = entries.next_value_seed(Self { keywords: false })?;
            map.insert(key, value);
        }
        Ok(Value::Map(map.entries))
    }
}

/// A body that may contain a long list of integers, as reads of many elements do. These lists are
/// parsed without serde, which is several times faster. Errors are left to [`Seed`].
struct LongBody;

impl<'de> DeserializeSeed<'de> for LongBody {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for LongBody {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = DistinctEntries { entries: Vec::with_capacity(4), positions: None };
        while let Some(key) = entries.next_key_seed(Key { keyword: true })? {
            let raw: &RawValue = entries.next_value()?;
            let value = match integers(raw.get()) {
                Some(list) => Value::Vector(list),
                None => (Seed { keywords: false })
                    .deserialize(&mut serde_json::Deserializer::from_str(raw.get()))
                    .map_err(A::Error::custom)?,
            };
            map.insert(key, value);
        }
        Ok(Value::Map(map.entries))
    }
}

/// The integers of a JSON array; `None` if it contains anything else, long integers, or white
/// space.
fn integers(array: &str) -> Option<Vec<Value>> {
    let list = array.strip_prefix('[')?.strip_suffix(']')?;
    // Estimated size: two to four digits and a comma per integer.
    let mut values = Vec::with_capacity(list.len() / 4 + 1);
    let mut rest = list.as_bytes();
    while !rest.is_empty() {
        let (is_negative, digits) = match rest {
            [b'-', digits @ ..] => (true, digits),
            digits => (false, digits),
        };
        let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 || count > SHORT_DIGITS {
            return None;
        }
        let magnitude =
            digits[..count].iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
        values.push(Value::Int(if is_negative { -magnitude } else { magnitude }));
        rest = match &digits[count..] {
            [] => &[],
            [b',', rest @ ..] => rest,
            _ => return None,
        };
    }
    Some(values)
}

/// The entries of an object. The last of equal keys wins, at the position of the first.
#[derive(Default)]
struct DistinctEntries {
    entries: Vec<(Value, Value)>,
    /// Index of each key, once there are many.
    positions: Option<Box<FxHashMap<Value, usize>>>,
}

/// Number of entries from which on a hash table is faster than a search.
const MANY_ENTRIES: usize = 16;

impl DistinctEntries {
    fn insert(&mut self, key: Value, value: Value) {
        let position = if self.entries.len() < MANY_ENTRIES {
            self.entries.iter().position(|(present, _)| *present == key)
        } else {
            self.look_up(&key)
        };
        match position {
            Some(position) => self.entries[position].1 = value,
            None => self.entries.push((key, value)),
        }
    }

    /// The index of the key, looked up in the table; a new key is added to it.
    #[cold]
    fn look_up(&mut self, key: &Value) -> Option<usize> {
        let next = self.entries.len();
        let keys = self.entries.iter().map(|(key, _)| key.clone());
        let positions = self.positions.get_or_insert_with(|| Box::new(keys.zip(0..).collect()));
        let position = *positions.entry(key.clone()).or_insert(next);
        (position < next).then_some(position)
    }
}

struct Key {
    keyword: bool,
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a key")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(if self.keyword { Value::keyword(text) } else { Value::str(text) })
    }
}

/// Whether a JSON text nests more deeply than the limit.
#[must_use]
pub fn is_too_deep(text: &str) -> bool {
    // Each level takes at least two characters.
    if text.len() <= 2 * DEEPEST {
        return false;
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                if depth > DEEPEST {
                    return true;
                }
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// Appends a value as JSON in the notation of the reference. Keywords and symbols become strings,
/// sets and lists become arrays.
pub fn write_json(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Int(number) => write_integer(*number, out),
        Value::BigNumber(text) => out.extend_from_slice(text.as_bytes()),
        Value::Float(number) if number.is_finite() => print_double(*number, out),
        // JSON cannot represent these numbers: the reference writes strings.
        Value::Float(number) if number.is_nan() => out.extend_from_slice(b"\"NaN\""),
        Value::Float(number) if *number > 0.0 => out.extend_from_slice(b"\"Infinity\""),
        Value::Float(_) => out.extend_from_slice(b"\"-Infinity\""),
        Value::Nil => out.extend_from_slice(b"null"),
        Value::Char(character) => write_string(character.encode_utf8(&mut [0; 4]), out),
        Value::Str(text) | Value::Keyword(text) | Value::Symbol(text) => write_string(text, out),
        Value::List(elements) | Value::Vector(elements) | Value::Set(elements) => {
            write_array(elements, out);
        }
        Value::Shared(shared) => write_array(shared.whole(), out),
        Value::Map(entries) => {
            out.push(b'{');
            for (position, (key, value)) in entries.iter().enumerate() {
                if position > 0 {
                    out.push(b',');
                }
                match key {
                    Value::Str(text) | Value::Keyword(text) | Value::Symbol(text) => {
                        write_string(text, out);
                    }
                    other => {
                        // JSON only has string keys: other keys are printed as EDN.
                        let mut printed = Vec::new();
                        write_json(other, &mut printed);
                        write_string(&String::from_utf8_lossy(&printed), out);
                    }
                }
                out.push(b':');
                write_json(value, out);
            }
            out.push(b'}');
        }
        Value::Tagged(tagged) => write_json(&tagged.1, out),
    }
}

fn write_array(elements: &[Value], out: &mut Vec<u8>) {
    out.push(b'[');
    for (position, element) in elements.iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        write_json(element, out);
    }
    out.push(b']');
}

/// Appends an integer.
pub fn write_integer(number: i64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Appends a string with its quotes.
pub fn write_string(text: &str, out: &mut Vec<u8>) {
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else if let Ok(quoted) = serde_json::to_string(text) {
        out.extend_from_slice(quoted.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use smol_str::SmolStr;

    #[test]
    fn top_keys_become_keywords_and_inner_ones_stay_strings() {
        let body = read_body(r#"{"type":"read_ok","value":{"a":[1,null]}}"#).unwrap();
        let inner =
            Value::Map(vec![(Value::str("a"), Value::Vector(vec![Value::Int(1), Value::Nil]))]);
        assert_eq!(
            body,
            Value::Map(vec![
                (Value::keyword("type"), Value::str("read_ok")),
                (Value::keyword("value"), inner),
            ])
        );
    }

    #[test]
    fn lists_of_integers_are_read_by_hand() {
        let ints =
            |text| integers(text).map(|list| list.iter().map(Value::as_int).collect::<Vec<_>>());
        assert_eq!(ints("[]"), Some(vec![]));
        assert_eq!(
            ints("[0,-0,-17,123456789012345678]"),
            Some(vec![Some(0), Some(0), Some(-17), Some(123_456_789_012_345_678)])
        );
        for other in
            ["[1.0]", "[1,[2]]", "[1e3]", "[-0.0]", "[1, 2]", "{}", "7", "[1234567890123456789]"]
        {
            assert_eq!(ints(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn long_bodies_are_read_like_short_ones(
            integers: Vec<i64>,
            others in prop::collection::vec("[0-9.,-]{0,4}", 0..3),
            floats in prop::collection::vec(-1e30_f64..1e30, 0..3),
        ) {
            let body = serde_json::json!({
                "type": "read_ok", "messages": integers, "others": others,
                "padding": "x".repeat(LONG_BODY_BYTES), "floats": floats, "inner": {"a": integers},
            });
            let text = body.to_string();
            let plain = (Seed { keywords: true })
                .deserialize(&mut serde_json::Deserializer::from_str(&text));
            match plain {
                Ok(plain) => prop_assert_eq!(read_body(&text).unwrap(), plain),
                Err(_) => prop_assert!(LongBody.deserialize(&mut serde_json::Deserializer::from_str(&text)).is_err()),
            }
        }
    }

    #[test]
    fn large_numbers_keep_every_digit() {
        let body = read_body(r#"{"id":123456789012345678901234567890,"n":[1.5,1e999]}"#).unwrap();
        let digits = SmolStr::new("123456789012345678901234567890");
        assert_eq!(body.get("id"), Some(&Value::BigNumber(digits)));
        let numbers = vec![Value::Float(1.5), Value::Float(f64::INFINITY)];
        assert_eq!(body.get("n"), Some(&Value::Vector(numbers)));
        let zeros = read_body(r#"{"id":-0,"n":[-0,-0.0,0.0,-0e1]}"#).unwrap();
        assert_eq!(format!("{:?}", zeros.get("id")), "Some(Int(0))");
        let listed = "Some(Vector([Int(0), Float(-0.0), Float(0.0), Float(-0.0)]))";
        assert_eq!(format!("{:?}", zeros.get("n")), listed);
        let max = read_body(r#"{"id":18446744073709551615}"#).unwrap();
        assert_eq!(max.get("id"), Some(&Value::from(u64::MAX)));
    }

    #[test]
    fn bodies_nested_too_deep_are_refused() {
        let nested =
            |depth: usize| format!("{{\"echo\":{}1e999{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(read_body(&nested(100)).is_ok() && !is_too_deep(&nested(100)));
        for depth in [200, 100_000] {
            assert!(read_body(&nested(depth)).is_err() && is_too_deep(&nested(depth)));
        }
        let text = format!("{{\"echo\":\"{}\\\"[\"}}", "[".repeat(1000));
        assert!(read_body(&text).is_ok() && !is_too_deep(&text));
    }

    #[test]
    fn the_last_of_equal_keys_wins() {
        assert_eq!(read_body(r#"{"a":1,"a":2}"#).unwrap().get("a"), Some(&Value::Int(2)));
        // Many keys too: the value is stored at the position of the first.
        for count in [15, 16, 17, 1000] {
            let twice = (0..count).chain(0..count).enumerate();
            let texts: Vec<_> =
                twice.map(|(position, key)| format!("\"{key}\":{position}")).collect();
            let expected =
                (0..count).map(|key| (Value::keyword(&key.to_string()), Value::Int(key + count)));
            let read = read_body(&format!("{{{}}}", texts.join(","))).unwrap();
            let Value::Map(entries) = read else { panic!("{read:?}") };
            assert_eq!(entries, expected.collect::<Vec<_>>());
        }
    }

    #[test]
    fn doubles_are_written_as_the_reference_writes_them() {
        let body = r#"{"v":[2.0,1e21,0.00001,-0.0,100.0,0.1,1e-7,{"a":[1e2]},1e999,-1e999,-0,12345678901234567890]}"#;
        let written = r#"{"v":[2.0,1.0E21,1.0E-5,-0.0,100.0,0.1,1.0E-7,{"a":[100.0]},"Infinity","-Infinity",0,12345678901234567890]}"#;
        let mut out = Vec::new();
        write_json(&read_body(body).unwrap(), &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), written);
    }

    proptest! {
        #[test]
        fn doubles_come_back(number in any::<f64>().prop_filter("finite", |x| x.is_finite())) {
            let mut out = Vec::new();
            write_json(&Value::Map(vec![(Value::keyword("v"), Value::Float(number))]), &mut out);
            let text = String::from_utf8(out).unwrap();
            let Some(Value::Float(read)) = read_body(&text).unwrap().get("v").cloned() else { panic!("{text}") };
            prop_assert_eq!(read.to_bits(), number.to_bits(), "{}", text);
        }

        #[test]
        fn strings_survive(text in ".*") {
            let mut out = Vec::new();
            write_json(&Value::str(&text), &mut out);
            let read: String = serde_json::from_slice(&out).unwrap();
            prop_assert_eq!(read, text);
        }
    }
}
