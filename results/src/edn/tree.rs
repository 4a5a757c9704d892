//! Converts the tree that edn-rs parsed from the rewritten text to a `Value`.

use super::pass::{self, BIG, CHAR, FLOAT, KEYWORD, MAP, SET, SYMBOL, TAGGED};
use edn_rs::Edn;
use glomers_history::{Problem, Shape, SyntaxError, Value, line_and_column};
use std::str::FromStr;

/// Why a text is not a single EDN form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EdnError {
    /// The text is not valid EDN.
    #[error("line {line}, column {column}: {problem}")]
    Syntax {
        /// Line, from 1.
        line: u64,
        /// Column in characters, from 1.
        column: u64,
        /// What is wrong.
        problem: Problem,
    },
    /// The pass accepted the text and edn-rs rejected it: a bug in glomers.
    #[error("this version of glomers cannot read it, please report that: {0}")]
    Unreadable(String),
}

/// Reads a text with exactly one form, which may be surrounded by white space and comments.
pub(crate) fn read(text: &str) -> Result<Value, EdnError> {
    let locate = |error: SyntaxError| {
        let (line, column) = line_and_column(text, error.offset);
        EdnError::Syntax { line, column, problem: error.problem }
    };
    let rewritten = pass::rewrite(text).map_err(locate)?;
    let edn = Edn::from_str(&rewritten).map_err(|error| EdnError::Unreadable(error.to_string()))?;
    value(edn).map_err(|error| match error {
        TreeError::Syntax(error) => locate(error),
        TreeError::Unexpected(what) => EdnError::Unreadable(what),
    })
}

/// Why edn-rs's tree cannot be converted.
enum TreeError {
    /// Duplicate keys or elements, which can only be detected by comparing values.
    Syntax(SyntaxError),
    /// Something that the pass does not write.
    Unexpected(String),
}

fn unexpected(edn: &Edn) -> TreeError {
    TreeError::Unexpected(format!("unexpected {edn:?}"))
}

fn value(edn: Edn) -> Result<Value, TreeError> {
    Ok(match edn {
        Edn::Nil => Value::Nil,
        Edn::Bool(value) => Value::Bool(value),
        Edn::Int(number) => Value::Int(number),
        Edn::UInt(number) => Value::from(number),
        Edn::Double(_) => Value::Float(edn.to_float().ok_or_else(|| unexpected(&edn))?),
        Edn::Str(text) => Value::Str(text.into()),
        Edn::Symbol(name) => Value::Symbol(name.into()),
        Edn::Key(ref name) => Value::keyword(name.strip_prefix(':').unwrap_or(name)),
        Edn::List(list) => Value::List(values(list.to_vec())?),
        Edn::Vector(vector) => Value::Vector(values(vector.to_vec())?),
        Edn::Tagged(tag, form) => of_pass(&tag, *form)?,
        other => return Err(unexpected(&other)),
    })
}

fn values(items: Vec<Edn>) -> Result<Vec<Value>, TreeError> {
    // A loop uses less of the stack than an iterator, and forms may be nested deeply.
    let mut converted = Vec::with_capacity(items.len());
    for item in items {
        converted.push(value(item)?);
    }
    Ok(converted)
}

/// Converts a form that the pass wrote with one of its tags.
fn of_pass(tag: &str, form: Edn) -> Result<Value, TreeError> {
    match form {
        Edn::Str(text) => {
            let mut characters = text.chars();
            match tag {
                BIG => Ok(Value::BigNumber(text.into())),
                KEYWORD => Ok(Value::Keyword(text.into())),
                SYMBOL => Ok(Value::Symbol(text.into())),
                FLOAT => text
                    .parse()
                    .map(Value::Float)
                    .map_err(|_| TreeError::Unexpected(format!("unexpected double {text}"))),
                CHAR if let (Some(character), None) = (characters.next(), characters.next()) => {
                    Ok(Value::Char(character))
                }
                _ => Err(unexpected(&Edn::Str(text))),
            }
        }
        Edn::Vector(vector) => {
            let mut items = vector.to_vec().into_iter();
            let offset = match items.next() {
                Some(Edn::UInt(offset)) => usize::try_from(offset).unwrap_or(usize::MAX),
                other => return Err(unexpected(&other.unwrap_or(Edn::Empty))),
            };
            let made = match (tag, items.len()) {
                (MAP, _) => Value::collection(Shape::Map, values(items.collect())?),
                (SET, _) => Value::collection(Shape::Set, values(items.collect())?),
                (TAGGED, 2) => match (items.next(), items.next()) {
                    (Some(Edn::Str(name)), Some(form)) => Value::tagged(name.into(), value(form)?),
                    (other, _) => return Err(unexpected(&other.unwrap_or(Edn::Empty))),
                },
                _ => return Err(TreeError::Unexpected(format!("unexpected tag {tag}"))),
            };
            made.map_err(|problem| TreeError::Syntax(SyntaxError { offset, problem }))
        }
        other => Err(unexpected(&other)),
    }
}
