//! EDN from files: tokens, values, histories and results. Any text gives a value or an error, and
//! what is printed is read back as it was.

use glomers_history::{Lexer, print_value, read_history, read_value};
use glomers_results::Results;

/// Reads the bytes as tokens, as a value, as a history and as results.
///
/// # Panics
///
/// If something that must hold does not.
pub fn edn(bytes: &[u8]) {
    let _ = read_history(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    tokens(text);
    round_trip(text);
    let _ = Results::parse(text);
}

/// Tokens follow each other, and begin and end between characters.
fn tokens(text: &str) {
    let mut lexer = Lexer::new(text, 0);
    let mut end = 0;
    while let Ok(Some(_)) = lexer.next_token() {
        assert!(end <= lexer.start() && lexer.start() < lexer.offset());
        assert!(text.is_char_boundary(lexer.start()) && text.is_char_boundary(lexer.offset()));
        end = lexer.offset();
    }
}

fn round_trip(text: &str) {
    let Ok(value) = read_value(text) else { return };
    let mut printed = Vec::new();
    print_value(&value, &mut printed);
    let printed = String::from_utf8(printed).expect("EDN is text");
    let again = read_value(&printed).expect("what is printed can be read");
    // Also of the same types: a list equals a vector, and is not one.
    assert_eq!(format!("{value:?}"), format!("{again:?}"), "{printed}");
}
