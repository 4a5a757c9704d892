//! A JSON reader that accepts what the reference's reader accepts (Jackson with the settings of
//! Cheshire), and keeps every digit of integers.
//!
//! In addition to JSON, it accepts control characters in strings, unpaired surrogates, and any text
//! after the value. It is slower than `serde_json`, and used for texts that `serde_json` rejects or
//! would round.

use super::{DEEPEST, DistinctEntries};
use crate::Value;
use smol_str::SmolStr;

/// Maximum number of digits in a number.
const LONGEST_NUMBER: usize = 1000;
/// The character that the reference writes for an unpaired surrogate.
const HALF_PAIR: char = '?';

/// The first value in a text.
#[derive(Debug, PartialEq)]
pub struct First {
    /// The value.
    pub value: TopValue,
    /// Offset of its end in bytes. The text after it was not checked.
    pub end: usize,
    /// Whether a string contains a control character that JSON requires to be escaped.
    pub has_control_character: bool,
}

/// A value; if it is an object, all its entries are kept.
#[derive(Debug, PartialEq)]
pub enum TopValue {
    /// Entries in order, including those with equal keys.
    Object(Vec<(SmolStr, Value)>),
    /// Any value other than an object.
    Other(Value),
}

/// Why a text is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It ends within the value, or before it.
    #[error("it ends within a value")]
    Ended,
    /// Unexpected byte at this offset.
    #[error("unexpected character at byte {}", .0 + 1)]
    Unexpected(usize),
    /// It nests too deeply.
    #[error("it nests more than {DEEPEST} levels deep")]
    TooDeep,
    /// A number has too many digits.
    #[error("a number has more than {LONGEST_NUMBER} digits")]
    NumberTooLong,
}

/// Reads the first value in a text.
pub fn read_first(text: &str) -> Result<First, Refusal> {
    let mut reader = Reader { text, at: 0, has_control_character: false };
    let value = match reader.skip_space()? {
        b'{' => TopValue::Object(reader.entries(1)?),
        _ => TopValue::Other(reader.value(0)?),
    };
    Ok(First { value, end: reader.at, has_control_character: reader.has_control_character })
}

/// Reads a text that consists of one object: its entries in order, including those with equal keys.
pub(crate) fn read_object(text: &str) -> Result<Vec<(SmolStr, Value)>, Refusal> {
    let First { value, end, .. } = read_first(text)?;
    match value {
        TopValue::Object(entries) if text[end..].trim_ascii_start().is_empty() => Ok(entries),
        TopValue::Object(_) => Err(Refusal::Unexpected(end)),
        TopValue::Other(_) => Err(Refusal::Unexpected(0)),
    }
}

/// Reads a text that consists of one value.
pub(super) fn read(text: &str, keywords: bool) -> Result<Value, Refusal> {
    let first = read_first(text)?;
    if !text[first.end..].trim_ascii_start().is_empty() {
        return Err(Refusal::Unexpected(first.end));
    }
    Ok(match first.value {
        TopValue::Object(entries) => object(entries, keywords),
        TopValue::Other(value) => value,
    })
}

/// A map of the entries; the last of equal keys wins.
fn object(entries: Vec<(SmolStr, Value)>, keywords: bool) -> Value {
    let mut map = DistinctEntries::default();
    for (key, value) in entries {
        map.insert(if keywords { Value::Keyword(key) } else { Value::Str(key) }, value);
    }
    Value::Map(map.entries)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    has_control_character: bool,
}

impl Reader<'_> {
    fn peek(&self) -> Result<u8, Refusal> {
        self.text.as_bytes().get(self.at).copied().ok_or(Refusal::Ended)
    }

    /// Skips white space; returns the next byte without consuming it.
    fn skip_space(&mut self) -> Result<u8, Refusal> {
        loop {
            match self.peek()? {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                byte => return Ok(byte),
            }
        }
    }

    /// Skips white space and consumes the next byte, which must be `wanted`.
    fn take(&mut self, wanted: u8) -> Result<(), Refusal> {
        if self.skip_space()? != wanted {
            return Err(Refusal::Unexpected(self.at));
        }
        self.at += 1;
        Ok(())
    }

    /// Reads a value at this nesting depth.
    fn value(&mut self, depth: usize) -> Result<Value, Refusal> {
        match self.skip_space()? {
            b'{' => self.entries(depth + 1).map(|entries| object(entries, false)),
            b'[' => self.array(depth + 1),
            b'"' => self.string().map(Value::Str),
            b'-' | b'0'..=b'9' => self.number(),
            _ => self.word(),
        }
    }

    fn entries(&mut self, depth: usize) -> Result<Vec<(SmolStr, Value)>, Refusal> {
        self.open(depth)?;
        let mut entries = Vec::new();
        if self.skip_space()? == b'}' {
            self.at += 1;
            return Ok(entries);
        }
        loop {
            if self.skip_space()? != b'"' {
                return Err(Refusal::Unexpected(self.at));
            }
            let key = self.string()?;
            self.take(b':')?;
            entries.push((key, self.value(depth)?));
            if self.closes(b'}')? {
                return Ok(entries);
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, Refusal> {
        self.open(depth)?;
        let mut elements = Vec::new();
        if self.skip_space()? == b']' {
            self.at += 1;
            return Ok(Value::Vector(elements));
        }
        loop {
            elements.push(self.value(depth)?);
            if self.closes(b']')? {
                return Ok(Value::Vector(elements));
            }
        }
    }

    /// Consumes the bracket that opens a collection.
    fn open(&mut self, depth: usize) -> Result<(), Refusal> {
        self.at += 1;
        if depth > DEEPEST { Err(Refusal::TooDeep) } else { Ok(()) }
    }

    /// Consumes a comma, or the bracket that closes a collection; returns whether it was the
    /// bracket.
    fn closes(&mut self, bracket: u8) -> Result<bool, Refusal> {
        let byte = self.skip_space()?;
        if byte != b',' && byte != bracket {
            return Err(Refusal::Unexpected(self.at));
        }
        self.at += 1;
        Ok(byte == bracket)
    }

    fn word(&mut self) -> Result<Value, Refusal> {
        let rest = &self.text[self.at..];
        for (word, value) in
            [("null", Value::Nil), ("true", Value::Bool(true)), ("false", Value::Bool(false))]
        {
            if let Some(behind) = rest.strip_prefix(word)
                && !behind.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$')
            {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(Refusal::Unexpected(self.at))
    }

    fn number(&mut self) -> Result<Value, Refusal> {
        let start = self.at;
        if self.peek()? == b'-' {
            self.at += 1;
        }
        let starts_with_zero = self.peek()? == b'0';
        let mut digits = self.digits()?;
        if starts_with_zero && digits > 1 {
            return Err(Refusal::Unexpected(start));
        }
        let mut is_integer = true;
        if self.peek() == Ok(b'.') {
            is_integer = false;
            self.at += 1;
            digits += self.digits()?;
        }
        if matches!(self.peek(), Ok(b'e' | b'E')) {
            is_integer = false;
            self.at += 1;
            if matches!(self.peek()?, b'+' | b'-') {
                self.at += 1;
            }
            digits += self.digits()?;
        }
        if digits > LONGEST_NUMBER {
            return Err(Refusal::NumberTooLong);
        }
        let text = &self.text[start..self.at];
        Ok(match text.parse() {
            // As an integer, `-0` has no sign.
            Ok(integer) => Value::Int(integer),
            Err(_) if is_integer => Value::BigNumber(SmolStr::new(text)),
            // A number too large for a double becomes infinite.
            Err(_) => Value::Float(text.parse().unwrap_or(f64::INFINITY)),
        })
    }

    /// Consumes one or more digits; returns how many.
    fn digits(&mut self) -> Result<usize, Refusal> {
        let rest = &self.text.as_bytes()[self.at..];
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 {
            self.peek()?;
            return Err(Refusal::Unexpected(self.at));
        }
        self.at += count;
        Ok(count)
    }

    /// Reads a string, starting at its first quote.
    fn string(&mut self) -> Result<SmolStr, Refusal> {
        self.at += 1;
        let mut string = String::new();
        loop {
            let rest = &self.text[self.at..];
            let length = rest.find(['"', '\\']).ok_or(Refusal::Ended)?;
            let plain = &rest[..length];
            self.has_control_character |= plain.bytes().any(|byte| byte < b' ');
            string.push_str(plain);
            self.at += length + 1;
            if rest.as_bytes()[length] == b'"' {
                return Ok(SmolStr::from(string));
            }
            string.push(self.escaped()?);
        }
    }

    /// Reads the escape sequence after a backslash.
    fn escaped(&mut self) -> Result<char, Refusal> {
        let byte = self.peek()?;
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.hexadecimal()?;
                if let Some(character) = char::from_u32(unit) {
                    return Ok(character);
                }
                self.second_half(unit).unwrap_or(HALF_PAIR)
            }
            _ => return Err(Refusal::Unexpected(self.at - 1)),
        })
    }

    /// If the second half of a surrogate pair follows, consumes it and returns the character.
    fn second_half(&mut self, first: u32) -> Option<char> {
        let start = self.at;
        if self.text[start..].starts_with("\\u") {
            self.at += 2;
            if let Ok(second) = self.hexadecimal()
                && (0xd800..0xdc00).contains(&first)
                && (0xdc00..0xe000).contains(&second)
            {
                return char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00));
            }
        }
        self.at = start;
        None
    }

    /// Consumes four hexadecimal digits.
    fn hexadecimal(&mut self) -> Result<u32, Refusal> {
        (0..4).try_fold(0, |number, _| {
            let digit =
                char::from(self.peek()?).to_digit(16).ok_or(Refusal::Unexpected(self.at))?;
            self.at += 1;
            Ok(number << 4 | digit)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn other(text: &str) -> Value {
        match read_first(text).unwrap().value {
            TopValue::Other(value) => value,
            TopValue::Object(entries) => object(entries, false),
        }
    }

    #[test]
    fn what_the_reference_takes_is_taken() {
        let first = read_first("  {\"a\":1,\"a\":[2]} ; anything \0").unwrap();
        let two = Value::Vector(vec![Value::Int(2)]);
        let entries = vec![("a".into(), Value::Int(1)), ("a".into(), two)];
        assert_eq!(first.value, TopValue::Object(entries));
        assert_eq!(first.end, 17);
        let control = read_first("[\"a\tb\0\"]").unwrap();
        assert!(control.has_control_character);
        assert_eq!(control.value, TopValue::Other(Value::Vector(vec![Value::str("a\tb\0")])));
        assert_eq!(other(r#""\ud83d\ude00\ud83dx\ude00\/""#), Value::str("\u{1f600}?x?/"));
        assert_eq!(other("[true,false,null]").elements().map(<[Value]>::len), Some(3));
    }

    #[test]
    fn numbers_keep_their_kind_and_digits() {
        for (text, number) in [
            ("-0", Value::Int(0)),
            ("-0.0", Value::Float(-0.0)),
            ("0e0", Value::Float(0.0)),
            ("9223372036854775807", Value::Int(i64::MAX)),
            ("-9223372036854775809", Value::BigNumber("-9223372036854775809".into())),
            ("1e2", Value::Float(100.0)),
            ("0.1", Value::Float(0.1)),
            ("-1e999", Value::Float(f64::NEG_INFINITY)),
        ] {
            // Compares the debug texts, since `=` ignores the sign of zero.
            assert_eq!(format!("{:?}", other(text)), format!("{number:?}"), "{text}");
        }
    }

    #[test]
    fn what_the_reference_refuses_is_refused() {
        for text in [
            "01",
            "-",
            "-a",
            "+1",
            ".5",
            "1.",
            "1.e5",
            "1e",
            "1e+",
            "-01",
            "NaN",
            "Infinity",
            "-Infinity",
            "nul",
            "nulls",
            "True",
            "{'a':1}",
            "{a:1}",
            "{\"a\":1,}",
            "[1,]",
            "[,1]",
            "{\"a\" 1}",
            "{\"a\":}",
            "[1 2]",
            "[1}",
            "/**/1",
            "#1",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\\'\"",
            "'a'",
            "",
            "  ",
            "{",
            "[",
            "\"a",
            "\u{feff}{}",
            "\0{}",
        ] {
            assert!(read_first(text).is_err(), "{text}");
        }
        assert_eq!(read_first("{\"a\""), Err(Refusal::Ended));
        assert_eq!(read_first("{\"a\":x"), Err(Refusal::Unexpected(5)));
        assert_eq!(read_first(&"1".repeat(1001)), Err(Refusal::NumberTooLong));
        assert_eq!(read_first(&"[".repeat(100_000)), Err(Refusal::TooDeep));
    }

    proptest! {
        #[test]
        fn json_is_read_as_serde_json_reads_it(text in r#"[\[\]{},:"a1.e\\ -]{0,12}"#) {
            if let Ok(json) = serde_json::from_str::<serde_json::Value>(&text) {
                let read = read(&text, false);
                prop_assert!(read.is_ok(), "{read:?}");
                let mut written = Vec::new();
                crate::json::write_json(&read.unwrap(), &mut written);
                let again: serde_json::Value = serde_json::from_slice(&written).unwrap();
                let unsigned = |json: serde_json::Value| json.to_string().replace("-0.0", "0");
                prop_assert_eq!(unsigned(again), unsigned(json));
            } else if let Ok(read) = read(&text, false) {
                prop_assert!(format!("{read:?}").contains("inf"), "{read:?}");
            }
        }

        #[test]
        fn nothing_makes_it_panic(text in ".{0,40}") {
            let _ = read_first(&text);
        }
    }
}
