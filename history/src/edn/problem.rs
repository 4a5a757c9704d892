//! What can be wrong with a piece of EDN, and where it is.

use super::lexer::Shape;

/// What is wrong with a text as EDN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A character that begins nothing.
    #[error("`{0}` begins no EDN form")]
    Unexpected(char),
    /// A token that begins like a number and is none.
    #[error("`{0}` is not a number")]
    BadNumber(String),
    /// A backslash in a string, and something else behind it.
    #[error("unknown escape in a string")]
    BadEscape,
    /// A backslash, and no character.
    #[error("`\\{0}` is not a character")]
    BadChar(String),
    /// A backslash at the end.
    #[error("the text ends within a character")]
    UnfinishedChar,
    /// `##` and an unknown name.
    #[error("`##{0}` is not a number: expected ##Inf, ##-Inf or ##NaN")]
    BadSymbolicValue(String),
    /// `#` and something that begins no tag.
    #[error("`#` begins neither a tag, a set nor a discarded form")]
    BadTag,
    /// A tag or `#_` before a closing bracket.
    #[error("no form follows the tag")]
    NoTaggedForm,
    /// A tag or `#_` at the end.
    #[error("the text ends behind a tag")]
    UnfinishedTag,
    /// A string without its closing quote.
    #[error("string is not closed")]
    UnclosedString,
    /// A collection without its closing bracket.
    #[error("`{}` is missing: the text ends within a form that begins here", .0.closer())]
    Unclosed(Shape),
    /// A closing bracket with nothing to close.
    #[error("unmatched `{0}`")]
    Unmatched(char),
    /// A closing bracket of another kind than the open one.
    #[error("`{found}` where `{expected}` was expected")]
    Mismatched {
        /// What is there.
        found: char,
        /// What would close the innermost collection.
        expected: char,
    },
    /// A map with a key and no value for it.
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
    /// Too many collections inside each other.
    #[error("forms are nested more than {} deep", super::form::DEEPEST)]
    TooDeep,
    /// Nothing but space and comments.
    #[error("text has no form")]
    Empty,
    /// Something behind the form.
    #[error("unexpected text behind the form")]
    Trailing,
}

impl Problem {
    /// Whether the text ends within a form: more text could mend it.
    #[must_use]
    pub fn is_cut_off(&self) -> bool {
        matches!(
            self,
            Self::UnfinishedTag | Self::UnclosedString | Self::Unclosed(_) | Self::UnfinishedChar
        )
    }
}

/// A problem and its place.
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
