//! Values and texts, short enough for a message.

use glomers_history::{Value, print_value};

/// Longest text of a message, in characters.
const LONGEST: usize = 200;

/// The value as EDN, cut when long.
pub(crate) fn edn(value: &Value) -> String {
    let mut text = Vec::new();
    print_value(value, &mut text);
    cut(&String::from_utf8_lossy(&text))
}

/// The text on one line, cut when long.
pub(crate) fn one_line(text: &str) -> String {
    cut(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}...", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(one_line(" a\n\n b "), "a b");
        let long = "é".repeat(LONGEST + 1);
        assert_eq!(
            edn(&Value::Symbol(long.as_str().into())),
            format!("{}...", "é".repeat(LONGEST))
        );
    }
}
