//! Builds values from tokens without recursion: nesting uses heap memory, not the stack.

use super::lexer::{Lexer, Shape, Token};
use super::problem::{Problem, SyntaxError};
use crate::Value;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use std::hash::Hash;

/// Maximum nesting of collections and tags. The reference's data nests about 10 levels; values are
/// compared, hashed, printed and dropped by recursion, so a limit is necessary.
pub(super) const DEEPEST: usize = 512;

/// Up to this many items are compared in pairs; more are put into a hash set.
const FEW: usize = 8;

/// A form whose end was not read yet.
#[derive(Debug)]
struct Frame {
    /// Offset of its first token.
    start: usize,
    kind: FrameKind,
}

#[derive(Debug)]
enum FrameKind {
    /// A collection; its items are on the stack from this index on.
    Collection(Shape, usize),
    Tag(SmolStr),
    Discard,
}

/// Builds values one after the other, reusing its memory.
#[derive(Debug, Default)]
pub(super) struct FormBuilder {
    open: Vec<Frame>,
    /// Items of all open collections. When a collection ends, its items are moved into a vector of
    /// exact size.
    items: Vec<Value>,
}

impl FormBuilder {
    /// Builds the next form; `None` at the end of the text.
    pub(super) fn next_form(&mut self, lexer: &mut Lexer) -> Result<Option<Value>, SyntaxError> {
        match lexer.next_token()? {
            Some(token) => self.form(lexer, token),
            None => Ok(None),
        }
    }

    /// Builds the form that begins with `token`, which was just read. `None` if it was a discarded
    /// form at the end of the text.
    #[inline]
    pub(super) fn form<'a>(
        &mut self,
        lexer: &mut Lexer<'a>,
        token: Token<'a>,
    ) -> Result<Option<Value>, SyntaxError> {
        match atom(&token) {
            Some(value) => Ok(Some(value)),
            None => self.compound(lexer, token),
        }
    }

    fn compound<'a>(
        &mut self,
        lexer: &mut Lexer<'a>,
        mut token: Token<'a>,
    ) -> Result<Option<Value>, SyntaxError> {
        self.open.clear();
        self.items.clear();
        loop {
            let finished = match token {
                Token::Open(shape) => {
                    self.push(lexer, FrameKind::Collection(shape, self.items.len()))?;
                    None
                }
                Token::Tag(tag) => {
                    self.push(lexer, FrameKind::Tag(SmolStr::new(tag)))?;
                    None
                }
                Token::Discard => {
                    self.push(lexer, FrameKind::Discard)?;
                    None
                }
                Token::Close(found) => Some(self.close(lexer, found)?),
                ref other => atom(other),
            };
            if let Some(value) = finished
                && let Some(value) = self.put(value)?
            {
                return Ok(Some(value));
            }
            if let Some(Frame { kind: FrameKind::Collection(..), .. }) = self.open.last() {
                while let Some(number) = lexer.next_small_int() {
                    self.items.push(Value::Int(number));
                }
            }
            token = match lexer.next_token()? {
                Some(token) => token,
                None => return self.end(),
            };
        }
    }

    fn push(&mut self, lexer: &Lexer, kind: FrameKind) -> Result<(), SyntaxError> {
        if self.open.len() == DEEPEST {
            return Err(SyntaxError { offset: lexer.start(), problem: Problem::TooDeep });
        }
        self.open.push(Frame { start: lexer.start(), kind });
        Ok(())
    }

    /// Ends the innermost open collection.
    fn close(&mut self, lexer: &Lexer, found: char) -> Result<Value, SyntaxError> {
        let here = |problem| SyntaxError { offset: lexer.start(), problem };
        let Some(frame) = self.open.pop() else { return Err(here(Problem::Unmatched(found))) };
        match frame.kind {
            FrameKind::Tag(_) | FrameKind::Discard => Err(here(Problem::NoTaggedForm)),
            FrameKind::Collection(shape, _) if shape.closer() != found => {
                Err(here(Problem::Mismatched { found, expected: shape.closer() }))
            }
            FrameKind::Collection(shape, first) => {
                // At 0, `split_off` would move the whole allocation.
                let items = match first {
                    0 => self.items.drain(..).collect(),
                    first => self.items.split_off(first),
                };
                Value::collection(shape, items)
                    .map_err(|problem| SyntaxError { offset: frame.start, problem })
            }
        }
    }

    /// Adds a finished value to the innermost open collection; returns it if there is none.
    fn put(&mut self, mut value: Value) -> Result<Option<Value>, SyntaxError> {
        loop {
            match self.open.last_mut() {
                None => return Ok(Some(value)),
                Some(Frame { kind: FrameKind::Collection(..), .. }) => {
                    self.items.push(value);
                    return Ok(None);
                }
                Some(Frame { kind: FrameKind::Discard, .. }) => {
                    self.open.pop();
                    // At the top level, the requested form comes after the discarded one.
                    return Ok(None);
                }
                Some(Frame { kind: FrameKind::Tag(tag), start }) => {
                    let (tag, start) = (std::mem::take(tag), *start);
                    self.open.pop();
                    value = Value::tagged(tag, value)
                        .map_err(|problem| SyntaxError { offset: start, problem })?;
                }
            }
        }
    }

    /// Handles the end of the text, which is only valid if no collection is open.
    fn end(&mut self) -> Result<Option<Value>, SyntaxError> {
        let Some(frame) = self.open.pop() else { return Ok(None) };
        let problem = match frame.kind {
            FrameKind::Collection(shape, _) => Problem::Unclosed(shape),
            FrameKind::Tag(_) | FrameKind::Discard => Problem::UnfinishedTag,
        };
        Err(SyntaxError { offset: frame.start, problem })
    }
}

/// The value of a token that is a form by itself.
#[inline]
fn atom(token: &Token) -> Option<Value> {
    Some(match token {
        Token::Int(number) => Value::Int(*number),
        Token::Symbol("nil") => Value::Nil,
        Token::Symbol("true") => Value::Bool(true),
        Token::Symbol("false") => Value::Bool(false),
        Token::Symbol(name) => Value::Symbol(SmolStr::new(name)),
        Token::Keyword(name) => Value::Keyword(SmolStr::new(name)),
        Token::Str(text) => Value::Str(SmolStr::new(text.text())),
        Token::Char(character) => Value::Char(*character),
        Token::BigInt(text) | Token::Exact(text) => Value::BigNumber(SmolStr::new(text)),
        Token::Float(number) => Value::Float(*number),
        Token::Open(_) | Token::Close(_) | Token::Tag(_) | Token::Discard => return None,
    })
}

impl Value {
    /// Makes a collection of these items, in their order; for a map they are alternating keys and
    /// values.
    ///
    /// Rejects keys without a value, and duplicate keys or elements.
    pub fn collection(shape: Shape, items: Vec<Value>) -> Result<Self, Problem> {
        match shape {
            Shape::List => Ok(Value::List(items)),
            Shape::Vector => Ok(Value::Vector(items)),
            Shape::Set if has_duplicate(&items, |item| item) => Err(Problem::DuplicateElement),
            Shape::Set => Ok(Value::Set(items)),
            Shape::Map if !items.len().is_multiple_of(2) => Err(Problem::OddMap),
            Shape::Map => {
                let mut entries = Vec::with_capacity(items.len() / 2);
                let mut items = items.into_iter();
                while let (Some(key), Some(value)) = (items.next(), items.next()) {
                    entries.push((key, value));
                }
                if has_duplicate(&entries, |(key, _)| key) {
                    return Err(Problem::DuplicateKey);
                }
                Ok(Value::Map(entries))
            }
        }
    }

    /// Makes a tagged form; `#:name{:a 1}` is the map `{:name/a 1}`.
    ///
    /// The tag is given without `#`. A namespace before anything other than a map is rejected.
    pub fn tagged(tag: SmolStr, form: Value) -> Result<Self, Problem> {
        let Some(namespace) = tag.strip_prefix(':') else {
            return Ok(Value::Tagged(Box::new((tag, form))));
        };
        let Value::Map(entries) = form else { return Err(Problem::NamespaceWithoutMap) };
        let qualified = |name: &SmolStr| match name.strip_prefix("_/") {
            Some(bare) => SmolStr::new(bare),
            None if name.contains('/') => name.clone(),
            None => smol_str::format_smolstr!("{namespace}/{name}"),
        };
        let entries: Vec<_> = entries
            .into_iter()
            .map(|(key, value)| match key {
                Value::Keyword(name) => (Value::Keyword(qualified(&name)), value),
                Value::Symbol(name) => (Value::Symbol(qualified(&name)), value),
                other => (other, value),
            })
            .collect();
        if has_duplicate(&entries, |(key, _)| key) {
            return Err(Problem::DuplicateKey);
        }
        Ok(Value::Map(entries))
    }
}

/// Whether two items have equal keys.
fn has_duplicate<T, K: Eq + Hash>(items: &[T], key: impl Fn(&T) -> &K) -> bool {
    if items.len() <= FEW {
        let mut later = items;
        while let [first, rest @ ..] = later {
            if rest.iter().any(|other| key(other) == key(first)) {
                return true;
            }
            later = rest;
        }
        return false;
    }
    let mut seen = FxHashSet::with_capacity_and_hasher(items.len(), rustc_hash::FxBuildHasher);
    !items.iter().all(|item| seen.insert(key(item)))
}

#[cfg(test)]
mod tests {
    use crate::{Value, read_value};

    /// Whether all collections in the value have exactly the capacity that they need.
    fn is_exact(value: &Value) -> bool {
        match value {
            Value::List(items) | Value::Vector(items) | Value::Set(items) => {
                items.capacity() == items.len() && items.iter().all(is_exact)
            }
            Value::Map(entries) => {
                entries.capacity() == entries.len()
                    && entries.iter().all(|(key, value)| is_exact(key) && is_exact(value))
            }
            _ => true,
        }
    }

    #[test]
    fn collections_take_no_more_memory_than_they_need() {
        // A Kafka history has millions of pairs, so spare capacity would matter.
        let poll = "[[:poll {\"9\" [[0 1] [1 2] [2 3]], \"8\" [[5 1]]}]]";
        assert!(is_exact(&read_value(poll).unwrap()));
        assert!(is_exact(&read_value("(#{1 2 3} {} [])").unwrap()));
    }
}
