//! Values and texts, short enough for a message.

use glomers_history::{Value, print_value};

/// Characters that a long text keeps at its beginning ...
const HEAD: usize = 200;
/// ... and at its end.
const TAIL: usize = 100;

/// The value as EDN, without its middle when long.
pub(crate) fn edn(value: &Value) -> String {
    let mut text = Vec::new();
    print_value(value, &mut text);
    cut(&String::from_utf8_lossy(&text))
}

/// The text on one line, without its middle when long.
pub(crate) fn one_line(text: &str) -> String {
    cut(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn cut(text: &str) -> String {
    let mut places = text.char_indices().map(|(place, _)| place);
    let (Some(head), Some(tail)) = (places.nth(HEAD), places.nth_back(TAIL - 1)) else {
        return text.to_owned();
    };
    format!("{} ... {}", &text[..head], &text[tail..])
}

#[cfg(test)]
mod tests {
    use super::*;

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
