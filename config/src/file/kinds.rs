//! Checks the types of values. The error names the key and says what to write instead.

use super::{FileProblem, Located};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The type of a value of `glomers.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// A non-empty string.
    Text,
    /// A list of strings.
    Texts,
    /// A table of targets.
    Targets,
    /// A flag's value: a string, number, boolean, or a list of strings.
    Flag,
    /// The tables of challenges, by name.
    Challenges,
}

impl KeyKind {
    /// The type that a key takes, at the top level of the file or in the table of a challenge.
    #[must_use]
    pub fn of(key: &str) -> Self {
        match key {
            "build" | "bin" | "store" | "maelstrom" | "extends" => Self::Text,
            "args" => Self::Texts,
            "targets" => Self::Targets,
            "challenge" => Self::Challenges,
            _ => Self::Flag,
        }
    }

    /// What is expected instead of this value; `None` if its type is right.
    fn refuse(self, key: &str, value: &DeValue<'_>) -> Option<String> {
        let are_texts = |items: &[Spanned<DeValue<'_>>]| {
            items.iter().all(|item| matches!(item.get_ref(), DeValue::String(_)))
        };
        match (self, value) {
            (Self::Text, DeValue::String(text)) if text.trim().is_empty() => {
                Some(format!("a text that is not empty (leave {key} out for the default)"))
            }
            (Self::Text, DeValue::String(_))
            | (Self::Targets | Self::Challenges, DeValue::Table(_))
            | (Self::Flag, DeValue::String(_) | DeValue::Float(_) | DeValue::Boolean(_)) => None,
            (Self::Text, _) => Some(format!("a text in quotes: {key} = \"...\"")),
            (Self::Texts, DeValue::Array(items)) if are_texts(items) => None,
            (Self::Texts, _) => Some(format!("a list of texts: {key} = [\"--verbose\"]")),
            (Self::Challenges, _) => Some("one table for each: [challenge.NAME]".to_owned()),
            (Self::Targets, _) => Some("a table: targets = { server-msgs-per-op = 12 }".to_owned()),
            (Self::Flag, DeValue::Array(items)) if are_texts(items) => None,
            (Self::Flag, DeValue::Array(_)) => {
                Some(format!("texts in quotes in the list: {key} = [\"...\", \"...\"]"))
            }
            (Self::Flag, DeValue::Integer(number)) => {
                let fits = i64::from_str_radix(number.as_str(), number.radix()).is_ok();
                (!fits).then(|| format!("a number below 2^63, or a text: {key} = \"...\""))
            }
            (Self::Flag, DeValue::Table(_) | DeValue::Datetime(_)) => {
                Some(format!("a single value, as --{key} takes it"))
            }
        }
    }
}

/// Finds the first value of a table whose type does not match its key.
pub(super) fn check(table: &DeTable<'_>) -> Result<(), Located> {
    let mut wrong: Vec<Located> = Vec::new();
    for (key, value) in table {
        let (name, kind) = (key.get_ref(), KeyKind::of(key.get_ref()));
        if let Some(expected) = kind.refuse(name, value.get_ref()) {
            wrong.push(located(name, value.span(), &expected));
        } else if let (KeyKind::Targets, DeValue::Table(targets)) = (kind, value.get_ref()) {
            let is_limit = |value: &DeValue<'_>| {
                matches!(value, DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_))
            };
            wrong.extend(targets.iter().filter(|(_, limit)| !is_limit(limit.get_ref())).map(
                |(metric, limit)| {
                    let expected = "a number, or a comparison in quotes such as \"< 12\"";
                    located(metric.get_ref(), limit.span(), expected)
                },
            ));
        }
    }
    wrong.into_iter().min_by_key(|located| located.span.start).map_or(Ok(()), Err)
}

fn located(key: &str, span: Range<usize>, expected: &str) -> Located {
    let problem = FileProblem::Kind { key: key.to_owned(), expected: expected.to_owned() };
    Located { span, problem }
}

/// The key whose value begins at this byte offset.
pub(super) fn key_at(table: &DeTable<'_>, offset: usize) -> Option<String> {
    table.iter().find_map(|(key, value)| match value.get_ref() {
        _ if value.span().start == offset => Some(key.get_ref().to_string()),
        DeValue::Table(inner) => key_at(inner, offset),
        _ => None,
    })
}
