//! Reads single values.

use super::form::FormBuilder;
use super::lexer::{Lexer, Token};
use super::operation::{self, OperationProblem};
use super::problem::{Problem, SyntaxError, line_and_column};
use crate::Value;

/// Why a value or a history could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file could not be read.
    #[error("failed to read the history: {0}")]
    Io(#[from] std::io::Error),
    /// The text is not EDN.
    #[error("line {line}, column {column}: {problem}")]
    Syntax {
        /// Line, from 1.
        line: u64,
        /// Column in characters, from 1.
        column: u64,
        /// What is wrong.
        problem: Problem,
    },
    /// A form that is valid EDN, but not an entry of a history.
    #[error("line {line}: {problem}")]
    Operation {
        /// Line on which the entry begins, from 1.
        line: u64,
        /// What is wrong.
        problem: OperationProblem,
    },
    /// A line or an entry that exceeds the maximum length.
    #[error(
        "line {line}: what begins there is longer than {} MiB: a history has an entry a line; is a \
         bracket or a quote missing?",
        .most_bytes >> 20
    )]
    TooLong {
        /// Line on which it begins, from 1.
        line: u64,
        /// Maximum size of an entry, in bytes.
        most_bytes: usize,
    },
    /// A part of the file is not valid JSON.
    #[error("line {line}: {problem}")]
    Json {
        /// Line on which it begins, from 1.
        line: u64,
        /// What is wrong.
        problem: String,
    },
    /// Bytes that are not UTF-8.
    #[error("line {line}: invalid UTF-8")]
    NotText {
        /// Line, from 1.
        line: u64,
    },
    /// The file ends within an entry, which happens when a run was killed. The entries before it
    /// were read.
    #[error(
        "line {line}: the history is cut off within this entry (a run that was killed leaves such \
         a file); the {readable} entries before it can be used"
    )]
    CutOff {
        /// Line on which the unfinished entry begins, from 1.
        line: u64,
        /// Number of entries before it.
        readable: u64,
    },
}

impl ReadError {
    /// Adds the position to an error in `text`, whose first line has the number `first_line`.
    pub(super) fn syntax(text: &str, first_line: u64, error: SyntaxError) -> Self {
        let (line, column) = line_and_column(text, error.offset);
        Self::Syntax { line: first_line + line - 1, column, problem: error.problem }
    }
}

/// Reads a text with exactly one form, which may be surrounded by white space and comments.
pub fn read_value(text: &str) -> Result<Value, ReadError> {
    let mut lexer = Lexer::new(text, 0);
    read_only_form(&mut lexer).map_err(|error| ReadError::syntax(text, 1, error))
}

fn read_only_form(lexer: &mut Lexer) -> Result<Value, SyntaxError> {
    let mut builder = FormBuilder::default();
    let Some(value) = builder.next_form(lexer)? else {
        return Err(SyntaxError { offset: lexer.start(), problem: Problem::Empty });
    };
    loop {
        let problem = match lexer.next_token()? {
            None => return Ok(value),
            Some(Token::Discard) => {
                operation::skip(lexer, &mut builder)?;
                continue;
            }
            Some(Token::Close(found)) => Problem::Unmatched(found),
            Some(_) => Problem::Trailing,
        };
        return Err(SyntaxError { offset: lexer.start(), problem });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use smol_str::SmolStr;

    fn read(text: &str) -> Value {
        read_value(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn error(text: &str) -> String {
        read_value(text).expect_err(text).to_string()
    }

    fn tagged(tag: &str, form: Value) -> Value {
        Value::Tagged(Box::new((SmolStr::new(tag), form)))
    }

    #[test]
    fn tags_need_no_space() {
        let operation = Value::Map(vec![
            (Value::keyword("index"), Value::Int(0)),
            (Value::keyword("type"), Value::keyword("invoke")),
        ]);
        for text in [
            "#jepsen.history.Op{:index 0, :type :invoke}",
            "#jepsen.history.Op {:index 0 :type :invoke}",
        ] {
            assert_eq!(read(text), tagged("jepsen.history.Op", operation.clone()));
        }
        assert_eq!(read("#inst\"2023\""), tagged("inst", Value::str("2023")));
        assert_eq!(read("#a #b [1]"), tagged("a", tagged("b", read("[1]"))));
    }

    #[test]
    fn numbers_keep_their_kind_and_strings_their_escapes() {
        let big = |text: &str| Value::BigNumber(SmolStr::new(text));
        assert_eq!(
            read(r#"[##NaN ##-Inf 1N 18446744073709551616 1.5M 2/3 "\b\f\u00e9\\\"" \u0041]"#),
            Value::Vector(vec![
                Value::Float(f64::NAN),
                Value::Float(f64::NEG_INFINITY),
                Value::Int(1),
                big("18446744073709551616"),
                big("1.5M"),
                big("2/3"),
                Value::str("\u{8}\u{c}é\\\""),
                Value::Char('A'),
            ])
        );
        assert_eq!(read("\"\\ud83d\\ude00\""), Value::str("😀"));
    }

    #[test]
    fn discarded_forms_are_left_out() {
        assert_eq!(read("#_ #foo{:a 1} 3 #_[4] ; end"), Value::Int(3));
        assert_eq!(read("[1 #_ #_ 2 3]"), read("[1]"));
        assert_eq!(read("{:a #_1 2, #_:b :c 3}"), read("{:a 2 :c 3}"));
    }

    #[test]
    fn maps_keep_their_order_and_every_kind_of_key() {
        let Value::Map(entries) = read("{10 :i, 1 :j, 1.0 :k, \"1\" :l, [1] :m, nil :n}") else {
            panic!("a map")
        };
        let keys: Vec<_> = entries.iter().map(|(key, _)| key.clone()).collect();
        assert_eq!(Value::Vector(keys), read("[10 1 1.0 \"1\" [1] nil]"));
        assert_eq!(read("#:net{:a 1, :_/b 2, c/d 3}"), read("{:net/a 1 :b 2 c/d 3}"));
    }

    #[test]
    fn wrong_texts_are_refused_with_their_place() {
        for (text, expected) in [
            ("", "line 1, column 1: text has no form"),
            (" #_a ; nothing", "line 1, column 15: text has no form"),
            ("{:a 1}}", "line 1, column 7: unmatched `}`"),
            ("{:a 1}\n {:b 2}", "line 2, column 2: unexpected text behind the form"),
            ("{:a 1 :b}", "line 1, column 1: map has a key without a value"),
            ("[{1 2\n 1 3}]", "line 1, column 2: map has a key twice"),
            ("#{1 2 3 4 5 6 7 8 9 1}", "line 1, column 1: set has an element twice"),
            ("[1 (2]", "line 1, column 6: `]` where `)` was expected"),
            ("[1 #a]", "line 1, column 6: no form follows the tag"),
            ("é []", "line 1, column 3: unexpected text behind the form"),
            (
                "[\n {:a",
                "line 2, column 2: `}` is missing: the text ends within a form that begins here",
            ),
            ("#a", "line 1, column 1: the text ends behind a tag"),
            ("#:a[1]", "line 1, column 1: a namespace prefix belongs before a map"),
        ] {
            assert_eq!(error(text), expected, "{text}");
        }
    }

    #[test]
    fn depth_has_a_limit_and_costs_no_stack() {
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        read(&nested(512));
        assert_eq!(error(&nested(513)), "line 1, column 513: forms are nested more than 512 deep");
        assert!(error(&"[".repeat(1_000_000)).contains("nested"));
        assert!(error(&"#a ".repeat(1_000_000)).contains("nested"));
    }
}
