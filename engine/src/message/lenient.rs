//! Reads lines that do not follow the protocol exactly as the reference reads them. This is slow.

use super::KEYS;
use super::bad_line::BadLine;
use super::not_json::NotJson;
use super::not_message::{NotMessage, is_object};
use super::odd_line::OddLine;
use glomers_history::Value;
use glomers_history::json::exact::{Refusal, TopValue, read_first};
use glomers_history::json::write_json;
use smol_str::SmolStr;

/// A message that was accepted although its line is odd.
#[derive(Debug)]
pub(crate) struct OddMessage<'a> {
    pub(crate) src: SmolStr,
    pub(crate) dest: SmolStr,
    /// The body as JSON text.
    pub(crate) body: String,
    /// The kinds of oddities, each with the part of the line that shows it.
    pub(crate) oddities: Vec<(OddLine, &'a [u8])>,
}

/// Reads a line as the reference does: its first JSON value, in which the last of equal keys wins.
pub(crate) fn read(line: &[u8]) -> Result<OddMessage<'_>, BadLine> {
    let text = String::from_utf8_lossy(line);
    let first = read_first(&text).map_err(|refusal| match refusal {
        Refusal::TooDeep | Refusal::NumberTooLong => BadLine::Unreadable,
        Refusal::Ended | Refusal::Unexpected(_) => BadLine::NotJson(NotJson::of(line, &text)),
    })?;
    let entries = match first.value {
        TopValue::Object(entries) => entries,
        TopValue::Other(_) if !text[first.end..].trim().is_empty() => {
            return Err(BadLine::NotJson(NotJson::of(line, &text)));
        }
        TopValue::Other(value) => return Err(BadLine::NotMessage(NotMessage::of_value(&value))),
    };
    if let Some(problem) = NotMessage::of_entries(&entries) {
        return Err(BadLine::NotMessage(problem));
    }
    let mut oddities = Vec::new();
    // Replaced bytes that are not UTF-8 make the text longer, but not the part after the message.
    let behind = text[first.end..].trim_matches([' ', '\t', '\r', '\n']).len();
    if behind > 0 {
        let kind = if is_object(text[first.end..].trim_start_matches([' ', '\t', ',', ';'])) {
            OddLine::SecondMessage
        } else {
            OddLine::TextBehind
        };
        let start = line.len().saturating_sub(text.len() - first.end);
        oddities.push((kind, line.get(start..).unwrap_or(line).trim_ascii()));
    }
    for key in KEYS {
        if entries.iter().filter(|(name, _)| name == key).count() > 1 {
            oddities.push((OddLine::DuplicateKey(key), line));
        }
    }
    if first.has_control_character {
        oddities.push((OddLine::ControlCharacter, line));
    }
    if matches!(text, std::borrow::Cow::Owned(_)) {
        oddities.push((OddLine::NotUtf8, line));
    }
    let (mut src, mut dest, mut body) = (SmolStr::default(), SmolStr::default(), Value::Nil);
    for (key, value) in entries {
        match (key.as_str(), value) {
            ("src", Value::Str(name)) => src = name,
            ("dest", Value::Str(name)) => dest = name,
            ("body", value) => body = value,
            _ => {}
        }
    }
    if !matches!(body, Value::Map(_)) {
        oddities.push((OddLine::NoBody, line));
        body = Value::Map(Vec::new());
    }
    let mut text = Vec::new();
    write_json(&body, &mut text);
    let body = String::from_utf8_lossy(&text).into_owned();
    Ok(OddMessage { src, dest, body, oddities })
}
