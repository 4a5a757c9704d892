//! Syntax errors of EDN, and their positions.

use super::lexer::Shape;

/// Why a text is not EDN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A character at which no token can begin.
    #[error("`{0}` begins no EDN form")]
    Unexpected(char),
    /// A token that begins like a number, but is not a number.
    #[error("`{0}` is not a number")]
    BadNumber(String),
    /// An invalid escape in a string.
    #[error("unknown escape in a string")]
    BadEscape,
    /// A backslash followed by an unknown character name.
    #[error("`\\{0}` is not a character")]
    BadChar(String),
    /// A backslash at the end of the text.
    #[error("the text ends within a character")]
    UnfinishedChar,
    /// `##` followed by an unknown name.
    #[error("`##{0}` is not a number: expected ##Inf, ##-Inf or ##NaN")]
    BadSymbolicValue(String),
    /// `#` followed by something other than a tag.
    #[error("`#` begins neither a tag, a set nor a discarded form")]
    BadTag,
    /// A tag or `#_` before a closing bracket.
    #[error("no form follows the tag")]
    NoTaggedForm,
    /// A tag or `#_` at the end of the text.
    #[error("the text ends behind a tag")]
    UnfinishedTag,
    /// A string without its closing quote.
    #[error("string is not closed")]
    UnclosedString,
    /// A collection without its closing bracket.
    #[error("`{}` is missing: the text ends within a form that begins here", .0.closer())]
    Unclosed(Shape),
    /// A closing bracket without an open collection.
    #[error("unmatched `{0}`")]
    Unmatched(char),
    /// A closing bracket that does not match the open one.
    #[error("`{found}` where `{expected}` was expected")]
    Mismatched {
        /// The bracket that was found.
        found: char,
        /// The bracket that would close the innermost collection.
        expected: char,
    },
    /// A map whose last key has no value.
    #[error("map has a key without a value")]
    OddMap,
    /// The same key twice in a map.
    #[error("map has a key twice")]
    DuplicateKey,
    /// The same element twice in a set.
    #[error("set has an element twice")]
    DuplicateElement,
    /// `#:name` before something that is not a map.
    #[error("a namespace prefix belongs before a map")]
    NamespaceWithoutMap,
    /// Collections nested too deeply.
    #[error("forms are nested more than {} deep", super::form::DEEPEST)]
    TooDeep,
    /// A text with only white space and comments.
    #[error("text has no form")]
    Empty,
    /// Text after the form.
    #[error("unexpected text behind the form")]
    Trailing,
}

impl Problem {
    /// Whether the text ends within a form, so that more text could complete it.
    #[must_use]
    pub fn is_cut_off(&self) -> bool {
        matches!(
            self,
            Self::UnfinishedTag | Self::UnclosedString | Self::Unclosed(_) | Self::UnfinishedChar
        )
    }
}

/// A syntax error and its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Byte offset in the text.
    pub offset: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// Line and column of a byte offset, both from 1; columns count characters.
#[must_use]
pub fn line_and_column(text: &str, offset: usize) -> (u64, u64) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let lines = before.bytes().filter(|&byte| byte == b'\n').count() as u64;
    let column = before[line_start..].trim_start_matches('\u{feff}').chars().count() as u64;
    (lines + 1, column + 1)
}
