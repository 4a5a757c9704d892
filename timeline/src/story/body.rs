//! Bodies and values as short texts.

use glomers_history::{Value, json, shortened, visible};

/// Maximum number of characters of a body or value that are shown.
const SHOWN_CHARS: usize = 72;

/// A body as a short text: `broadcast 7`, `cas key "x" from 1 to 2`. Control characters are kept.
#[must_use]
pub fn described(kind: &str, body: &str) -> String {
    let fields: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(body).unwrap_or_default();
    let is_shown = |name: &str| !["type", "msg_id", "in_reply_to"].contains(&name);
    let fields: Vec<_> = fields.iter().filter(|(name, _)| is_shown(name)).collect();
    let mut text = kind.to_owned();
    for (name, value) in &fields {
        // A single field needs no name.
        if fields.len() > 1 {
            text.push(' ');
            text += name;
        }
        text.push(' ');
        text += &value.to_string();
    }
    shortened(&text, SHOWN_CHARS).into_owned()
}

/// A value of the history as JSON, short enough for a line.
pub(super) fn value_text(value: &Value) -> String {
    let mut text = Vec::new();
    json::write_json(value, &mut text);
    let text = String::from_utf8_lossy(&text);
    shortened(&visible(&text), SHOWN_CHARS).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_described_in_a_few_words() {
        let long = format!(r#"{{"type":"read_ok","messages":"{}"}}"#, "x".repeat(99));
        for (kind, body, expected) in [
            ("read", r#"{"type":"read","msg_id":3}"#, "read"),
            ("broadcast", r#"{"type":"broadcast","message":7,"msg_id":1}"#, "broadcast 7"),
            ("cas", r#"{"type":"cas","key":"x","from":1,"to":2}"#, r#"cas key "x" from 1 to 2"#),
            ("?", r#"{"msg_id":1}"#, "?"),
            ("read_ok", &long, &format!("read_ok \"{}...", "x".repeat(63))),
        ] {
            assert_eq!(described(kind, body), expected);
        }
    }
}
