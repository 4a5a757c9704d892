//! JSON of message bodies, to and from the values of a history.
//!
//! As in the reference, the keys of a body become keywords at the top level and stay strings below.

use glomers_history::Value;
use rustc_hash::FxHashMap;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use smol_str::SmolStr;
use std::fmt;

/// Doubles from here on cannot hold every integer that a JSON text may have.
const EXACT_LIMIT: f64 = 9_223_372_036_854_775_808.0;
/// Levels that a body may nest: the limit of `serde_json`.
const DEEPEST: usize = 128;
/// Bodies from here on are looked through for lists of integers.
const LONG_BODY_BYTES: usize = 256;
/// So many digits always fit into 64 bits.
const SHORT_DIGITS: usize = 18;
/// Marks the one error that means "read the numbers exactly".
const NOT_EXACT: &str = "a number beyond 64 bits";

/// Reads a message body.
///
/// # Errors
/// When the text is not JSON, or nests more than 128 levels deep.
pub(crate) fn read_body(text: &str) -> Result<Value, serde_json::Error> {
    if text.len() >= LONG_BODY_BYTES
        && let Ok(body) = LongBody.deserialize(&mut serde_json::Deserializer::from_str(text))
    {
        return Ok(body);
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    match (Seed { keywords: true }).deserialize(&mut deserializer) {
        // Rare: numbers that a double would round. Ids are compared, so every digit counts.
        Err(error) if error.to_string().starts_with(NOT_EXACT) || error.is_syntax() => {
            read_exactly(text, true, 0)
        }
        read => read,
    }
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
        if number.abs() >= EXACT_LIMIT {
            Err(E::custom(NOT_EXACT))
        } else {
            Ok(Value::Float(number))
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::str(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut values = Vec::with_capacity(elements.size_hint().unwrap_or(0));
        while let Some(value) = elements.next_element_seed(Self { keywords: false })? {
            values.push(value);
        }
        Ok(Value::Vector(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = DistinctEntries { entries: Vec::with_capacity(4), places: None };
        while let Some(key) = entries.next_key_seed(Key { keyword: self.keywords })? {
            let value = entries.next_value_seed(Self { keywords: false })?;
            map.insert(key, value);
        }
        Ok(Value::Map(map.entries))
    }
}

/// A body that may have a long list of integers, as reads of many elements do: such lists are read
/// by hand, several times as fast. What goes wrong is left to [`Seed`].
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
        let mut map = DistinctEntries { entries: Vec::with_capacity(4), places: None };
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

/// The integers of a JSON array, if it has nothing but short ones, without white space.
fn integers(array: &str) -> Option<Vec<Value>> {
    let list = array.strip_prefix('[')?.strip_suffix(']')?;
    // Mostly two to four digits and a comma.
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
        // Minus zero is a double.
        if is_negative && magnitude == 0 {
            return None;
        }
        values.push(Value::Int(if is_negative { -magnitude } else { magnitude }));
        rest = match &digits[count..] {
            [] => &[],
            [b',', rest @ ..] => rest,
            _ => return None,
        };
    }
    Some(values)
}

/// The entries of an object. The last of equal keys wins, in the place of the first.
#[derive(Default)]
struct DistinctEntries {
    entries: Vec<(Value, Value)>,
    /// Where each key is, once there are many.
    places: Option<Box<FxHashMap<Value, usize>>>,
}

/// Entries from which on a search takes longer than a look into a table.
const MANY_ENTRIES: usize = 16;

impl DistinctEntries {
    fn insert(&mut self, key: Value, value: Value) {
        let place = if self.entries.len() < MANY_ENTRIES {
            self.entries.iter().position(|(present, _)| *present == key)
        } else {
            self.look_up(&key)
        };
        match place {
            Some(place) => self.entries[place].1 = value,
            None => self.entries.push((key, value)),
        }
    }

    /// Where the key is among many; a new one is noted as the next.
    #[cold]
    fn look_up(&mut self, key: &Value) -> Option<usize> {
        let next = self.entries.len();
        let keys = self.entries.iter().map(|(key, _)| key.clone());
        let places = self.places.get_or_insert_with(|| Box::new(keys.zip(0..).collect()));
        let place = *places.entry(key.clone()).or_insert(next);
        (place < next).then_some(place)
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

/// Whether a JSON text nests deeper than can be read.
pub(crate) fn is_too_deep(text: &str) -> bool {
    // Each level takes two characters.
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

/// Reads numbers from their own text: integers of any size, doubles out of range as infinite.
fn read_exactly(text: &str, keywords: bool, depth: usize) -> Result<Value, serde_json::Error> {
    if depth > DEEPEST {
        return Err(serde_json::Error::custom("nested too deep"));
    }
    match text.trim_start().as_bytes().first() {
        Some(b'{') => {
            let entries: Entries<'_> = serde_json::from_str(text)?;
            let mut map = DistinctEntries::default();
            for (key, value) in entries.0 {
                let key = if keywords { Value::keyword(&key) } else { Value::str(&key) };
                map.insert(key, read_exactly(value.get(), false, depth + 1)?);
            }
            Ok(Value::Map(map.entries))
        }
        Some(b'[') => {
            let elements: Vec<&RawValue> = serde_json::from_str(text)?;
            let values =
                elements.iter().map(|element| read_exactly(element.get(), false, depth + 1));
            Ok(Value::Vector(values.collect::<Result<_, _>>()?))
        }
        Some(b'-' | b'0'..=b'9') => {
            let number = text.trim();
            let is_integer = !number.contains(['.', 'e', 'E']);
            Ok(match number.parse::<i64>() {
                Ok(integer) => Value::Int(integer),
                Err(_) if is_integer => Value::BigNumber(SmolStr::new(number)),
                Err(_) => Value::Float(number.parse().unwrap_or(f64::INFINITY)),
            })
        }
        _ => {
            let mut deserializer = serde_json::Deserializer::from_str(text);
            Seed { keywords }.deserialize(&mut deserializer)
        }
    }
}

struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor;
        impl<'de> Visitor<'de> for EntriesVisitor {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_map(EntriesVisitor).map(Self)
    }
}

/// Appends a value as JSON. Keywords and symbols become strings, sets and lists arrays.
pub(crate) fn write_json(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Int(number) => write_integer(*number, out),
        Value::BigNumber(text) => out.extend_from_slice(text.as_bytes()),
        Value::Float(number) if number.is_finite() => {
            out.extend_from_slice(number.to_string().as_bytes());
        }
        // JSON has no infinite numbers.
        Value::Nil | Value::Float(_) => out.extend_from_slice(b"null"),
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
                        // JSON has only string keys: any other is printed as one.
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
pub(crate) fn write_integer(number: i64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Appends a string with its quotes.
pub(crate) fn write_string(text: &str, out: &mut Vec<u8>) {
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
            ints("[0,-17,123456789012345678]"),
            Some(vec![Some(0), Some(-17), Some(123_456_789_012_345_678)])
        );
        for other in
            ["[1.0]", "[1,[2]]", "[1e3]", "[-0]", "[1, 2]", "{}", "7", "[1234567890123456789]"]
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
        // Also among many, in the place of the first.
        for count in [15, 16, 17, 1000] {
            let twice = (0..count).chain(0..count).enumerate();
            let texts: Vec<_> = twice.map(|(place, key)| format!("\"{key}\":{place}")).collect();
            let expected =
                (0..count).map(|key| (Value::keyword(&key.to_string()), Value::Int(key + count)));
            let read = read_body(&format!("{{{}}}", texts.join(","))).unwrap();
            let Value::Map(entries) = read else { panic!("{read:?}") };
            assert_eq!(entries, expected.collect::<Vec<_>>());
        }
    }

    proptest! {
        #[test]
        fn strings_survive(text in ".*") {
            let mut out = Vec::new();
            write_json(&Value::str(&text), &mut out);
            let read: String = serde_json::from_slice(&out).unwrap();
            prop_assert_eq!(read, text);
        }
    }
}
