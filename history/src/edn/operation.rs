//! Reads one entry of a history directly from tokens.

use super::form::FormBuilder;
use super::lexer::{Lexer, Shape, Token};
use super::problem::{Problem, SyntaxError};
use crate::gaps::Entry;
use crate::{Detail, Function, Kind, Process, Value};
use smol_str::SmolStr;
use std::borrow::Cow;

/// Why a form is not an entry of a history.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperationProblem {
    /// It is not a map.
    #[error("expected an operation, a map like {{:index 0, :time 0, :type :invoke, ...}}")]
    NotAMap,
    /// A key that is not a keyword.
    #[error("an operation has a key that is not a keyword")]
    BadKey,
    /// The same key twice.
    #[error("operation has :{0} twice")]
    DuplicateKey(SmolStr),
    /// A required key is missing.
    #[error("operation has no :{0}")]
    Missing(&'static str),
    /// Some client entries have a process, and others do not.
    #[error("operation has no :process, as others have, or the reverse")]
    MixedProcesses,
    /// An invalid value for a key.
    #[error("operation has a wrong :{key}: expected {expected}")]
    BadValue {
        /// The key, without the colon.
        key: &'static str,
        /// The values that are allowed.
        expected: &'static str,
    },
}

/// A problem of an entry: its syntax or its content.
#[derive(Debug)]
pub(super) enum EntryError {
    Syntax(SyntaxError),
    Operation(OperationProblem),
}

impl From<SyntaxError> for EntryError {
    fn from(error: SyntaxError) -> Self {
        Self::Syntax(error)
    }
}

impl From<OperationProblem> for EntryError {
    fn from(problem: OperationProblem) -> Self {
        Self::Operation(problem)
    }
}

/// The fields of an entry that were read so far.
#[derive(Default)]
struct Fields {
    /// Some versions of the reference write -1 if there is no index.
    index: Option<i64>,
    time: Option<i64>,
    kind: Option<Kind>,
    process: Option<Process>,
    f: Option<Function>,
    value: Option<Value>,
    is_final: Option<bool>,
    detail: Option<Box<Detail>>,
}

/// Reads the entry that begins with `first`, which was just read.
pub(super) fn read<'a>(
    lexer: &mut Lexer<'a>,
    mut first: Token<'a>,
    builder: &mut FormBuilder,
) -> Result<Entry, EntryError> {
    if let Token::Tag(_) = first {
        first = lexer.next_token()?.ok_or_else(|| cut_off(lexer, Problem::UnfinishedTag))?;
    }
    if first != Token::Open(Shape::Map) {
        // A form that is not valid EDN is reported as a syntax error.
        builder.form(lexer, first)?;
        return Err(OperationProblem::NotAMap.into());
    }
    let start = lexer.start();
    let unclosed = || SyntaxError { offset: start, problem: Problem::Unclosed(Shape::Map) };
    let mut fields = Fields::default();
    loop {
        let key = match lexer.next_token()?.ok_or_else(unclosed)? {
            Token::Keyword(key) => key,
            Token::Close('}') => return Ok(fields.finish()?),
            Token::Close(found) => {
                let problem = Problem::Mismatched { found, expected: '}' };
                return Err(SyntaxError { offset: lexer.start(), problem }.into());
            }
            Token::Discard => {
                skip(lexer, builder)?;
                continue;
            }
            _ => return Err(OperationProblem::BadKey.into()),
        };
        let mut token = lexer.next_token()?.ok_or_else(unclosed)?;
        while token == Token::Discard {
            skip(lexer, builder)?;
            token = lexer.next_token()?.ok_or_else(unclosed)?;
        }
        if token == Token::Close('}') {
            return Err(SyntaxError { offset: start, problem: Problem::OddMap }.into());
        }
        fields.set(key, lexer, token, builder)?;
    }
}

/// Reads and drops the form after `#_`.
pub(super) fn skip(lexer: &mut Lexer, builder: &mut FormBuilder) -> Result<(), SyntaxError> {
    match builder.next_form(lexer)? {
        Some(_) => Ok(()),
        None => Err(cut_off(lexer, Problem::UnfinishedTag)),
    }
}

fn cut_off(lexer: &Lexer, problem: Problem) -> SyntaxError {
    SyntaxError { offset: lexer.start(), problem }
}

impl Fields {
    /// Reads the value that begins with `token`, and stores it in the field for `key`.
    fn set<'a>(
        &mut self,
        key: &str,
        lexer: &mut Lexer<'a>,
        token: Token<'a>,
        builder: &mut FormBuilder,
    ) -> Result<(), EntryError> {
        let bad = |key, expected| OperationProblem::BadValue { key, expected };
        let twice = match key {
            // Treated as if the key were missing.
            "index" | "time" | "process" | "f" if token == Token::Symbol("nil") => false,
            "index" => {
                let Token::Int(index) = token else {
                    return Err(bad("index", "an integer").into());
                };
                self.index.replace(index).is_some()
            }
            "time" => {
                let Token::Int(time) = token else {
                    return Err(bad("time", "an integer, in nanoseconds").into());
                };
                self.time.replace(time).is_some()
            }
            "type" => {
                let Token::Keyword(name) = token else { return Err(bad("type", KINDS).into()) };
                let kind = Kind::from_name(name).ok_or_else(|| bad("type", KINDS))?;
                self.kind.replace(kind).is_some()
            }
            "process" => {
                let process = match token {
                    Token::Int(number) => u64::try_from(number).ok().map(Process::Client),
                    Token::Keyword("nemesis") => Some(Process::Nemesis),
                    _ => None,
                };
                let process =
                    process.ok_or_else(|| bad("process", "a number of 0 or more, or :nemesis"))?;
                self.process.replace(process).is_some()
            }
            "f" => {
                let name = match &token {
                    Token::Keyword(name) => Cow::Borrowed(*name),
                    Token::Str(text) => text.text(),
                    _ => return Err(bad("f", "a keyword").into()),
                };
                self.f.replace(Function::from_name(&name)).is_some()
            }
            "value" => self.value.replace(form(lexer, token, builder)?).is_some(),
            "final?" => match token {
                Token::Symbol("true") => self.is_final.replace(true).is_some(),
                Token::Symbol("false" | "nil") => self.is_final.replace(false).is_some(),
                _ => return Err(bad("final?", "true or false").into()),
            },
            _ => {
                let value = form(lexer, token, builder)?;
                self.detail.get_or_insert_default().put(key, value)
            }
        };
        if twice { Err(OperationProblem::DuplicateKey(SmolStr::new(key)).into()) } else { Ok(()) }
    }

    fn finish(self) -> Result<Entry, OperationProblem> {
        Ok(Entry {
            index: self.index.and_then(|index| index.try_into().ok()),
            time: self.time.unwrap_or(0),
            kind: self.kind.ok_or(OperationProblem::Missing("type"))?,
            process: self.process,
            f: self.f,
            value: self.value.unwrap_or(Value::Nil),
            is_final: self.is_final.unwrap_or(false),
            detail: self.detail,
        })
    }
}

/// The values of `:type`.
pub(crate) const KINDS: &str = ":invoke, :ok, :fail or :info";

/// Reads the form that begins with `token`, a value of the entry's map.
fn form<'a>(
    lexer: &mut Lexer<'a>,
    token: Token<'a>,
    builder: &mut FormBuilder,
) -> Result<Value, SyntaxError> {
    builder.form(lexer, token)?.ok_or_else(|| cut_off(lexer, Problem::Unclosed(Shape::Map)))
}

impl Detail {
    /// Stores a value under its key; returns whether the key already had one.
    pub(crate) fn put(&mut self, key: &str, value: Value) -> bool {
        match key {
            "error" => self.error.replace(value).is_some(),
            "exception" => self.exception.replace(value).is_some(),
            _ => {
                let twice = self.other.iter().any(|(other, _)| other == key);
                self.other.push((SmolStr::new(key), value));
                twice
            }
        }
    }
}
