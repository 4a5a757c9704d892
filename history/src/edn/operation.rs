//! Reads one entry of a history straight from tokens.

use super::form::FormBuilder;
use super::lexer::{Lexer, Shape, Token};
use super::problem::{Problem, SyntaxError};
use crate::gaps::Entry;
use crate::{Detail, Function, Kind, Process, Value};
use smol_str::SmolStr;
use std::borrow::Cow;

/// Why a form is no entry of a history.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OperationProblem {
    /// Something else than a map.
    #[error("expected an operation, a map like {{:index 0, :time 0, :type :invoke, ...}}")]
    NotAMap,
    /// A key that is not a keyword.
    #[error("an operation has a key that is not a keyword")]
    BadKey,
    /// A key twice.
    #[error("operation has :{0} twice")]
    DuplicateKey(SmolStr),
    /// No value for a key without which an entry means nothing.
    #[error("operation has no :{0}")]
    Missing(&'static str),
    /// Some entries of clients say who made them, and others do not.
    #[error("operation has no :process, as others have, or the reverse")]
    MixedProcesses,
    /// A value that the key cannot have.
    #[error("operation has a wrong :{key}: expected {expected}")]
    BadValue {
        /// The key, without the colon.
        key: &'static str,
        /// What it can be.
        expected: &'static str,
    },
}

/// Either kind of problem of an entry.
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

/// What has been read of an entry.
#[derive(Default)]
struct Fields {
    /// Some versions write -1 for an entry that has none.
    index: Option<i64>,
    time: Option<i64>,
    kind: Option<Kind>,
    process: Option<Process>,
    f: Option<Function>,
    value: Option<Value>,
    is_final: Option<bool>,
    detail: Option<Box<Detail>>,
}

/// Reads the entry that begins with `first`, just read.
pub(super) fn read<'a>(
    lexer: &mut Lexer<'a>,
    mut first: Token<'a>,
    builder: &mut FormBuilder,
) -> Result<Entry, EntryError> {
    if let Token::Tag(_) = first {
        first = lexer.next_token()?.ok_or_else(|| cut_off(lexer, Problem::UnfinishedTag))?;
    }
    if first != Token::Open(Shape::Map) {
        // A form that is not even EDN is reported as that.
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

/// Reads the form behind `#_` and drops it.
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
    /// Reads the value that begins with `token` into the field of `key`.
    fn set<'a>(
        &mut self,
        key: &str,
        lexer: &mut Lexer<'a>,
        token: Token<'a>,
        builder: &mut FormBuilder,
    ) -> Result<(), EntryError> {
        let bad = |key, expected| OperationProblem::BadValue { key, expected };
        let twice = match key {
            // As if the key were not there.
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

/// What `:type` can be.
pub(crate) const KINDS: &str = ":invoke, :ok, :fail or :info";

/// The form that begins with `token`, a value of the entry's map.
fn form<'a>(
    lexer: &mut Lexer<'a>,
    token: Token<'a>,
    builder: &mut FormBuilder,
) -> Result<Value, SyntaxError> {
    builder.form(lexer, token)?.ok_or_else(|| cut_off(lexer, Problem::Unclosed(Shape::Map)))
}

impl Detail {
    /// Keeps a value under its key; says whether there was one already.
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
