//! Values and texts, short enough for a message.

use glomers_history::json::write_json;
use glomers_history::{Value, visible};

/// Characters that a long text keeps at its beginning ...
const HEAD: usize = 200;
/// ... and at its end.
const TAIL: usize = 100;

/// The value as JSON for people, as nodes write it, without its middle when long.
#[must_use]
pub fn json(value: &Value) -> String {
    let mut text = Vec::new();
    write_json(value, &mut text);
    visible(&cut(&String::from_utf8_lossy(&text))).into_owned()
}

/// The value as EDN, without its middle when long.
pub(crate) fn edn(value: &Value) -> String {
    visible(&cut(&value.to_string())).into_owned()
}

/// The text on one line, without its middle when long.
pub(crate) fn one_line(text: &str) -> String {
    visible(&cut(&text.split_whitespace().collect::<Vec<_>>().join(" "))).into_owned()
}

fn cut(text: &str) -> String {
    let mut positions = text.char_indices().map(|(position, _)| position);
    let (Some(head), Some(tail)) = (positions.nth(HEAD), positions.nth_back(TAIL - 1)) else {
        return text.to_owned();
    };
    format!("{} ... {}", &text[..head], &text[tail..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(one_line("\u{1b}[31mred\r\u{7}"), "\\u001b[31mred \\u0007");
        let value = Value::Str("\u{1b}]0;t\u{7}\u{202e}".into());
        assert_eq!(edn(&value), "\"\\u001b]0;t\\u0007\\u202e\"");
        let value =
            Value::Vector(vec![Value::keyword("w"), Value::Nil, Value::Str("\u{202e}".into())]);
        assert_eq!(json(&value), "[\"w\",null,\"\\u202e\"]");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(one_line(" a\n\n b "), "a b");
        let exact = "é".repeat(HEAD + TAIL);
        assert_eq!(one_line(&exact), exact);
        let long = "é".repeat(HEAD + TAIL + 1);
        let expected = format!("{} ... {}", "é".repeat(HEAD), "é".repeat(TAIL));
        assert_eq!(edn(&Value::Symbol(long.as_str().into())), expected);
    }
}
