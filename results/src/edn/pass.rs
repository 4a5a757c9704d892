//! Checks a text strictly, and rewrites it in the subset of EDN that edn-rs reads correctly.
//!
//! The output contains only vectors, lists, strings, small integers, doubles, plain names, and the
//! tags below, each followed by a space. Maps and sets become tagged vectors, which preserve the
//! order and types of keys. Comments and discarded forms are removed.

use glomers_history::{Lexer, Problem, Shape, SyntaxError, Token};

/// `#m [offset key value ...]`: a map, and the offset of its beginning.
pub(super) const MAP: &str = "m";
/// `#s [offset element ...]`: a set.
pub(super) const SET: &str = "s";
/// `#t [offset "tag" form]`: a tagged form.
pub(super) const TAGGED: &str = "t";
/// `#b "digits"`: an integer beyond 64 bits, a ratio or a decimal.
pub(super) const BIG: &str = "b";
/// `#f "NaN"`: a double that cannot be written with digits.
pub(super) const FLOAT: &str = "f";
/// `#c "x"`: a character.
pub(super) const CHAR: &str = "c";
/// `#k "name"`: a keyword that edn-rs might split differently.
pub(super) const KEYWORD: &str = "k";
/// `#y "name"`: a symbol that edn-rs might split differently.
pub(super) const SYMBOL: &str = "y";

/// Maximum nesting, the same as in `history::read_value`. The recursion of edn-rs does not exhaust
/// the stack at this depth.
const DEEPEST: usize = 512;

/// A form whose end was not read yet.
struct Frame {
    /// Offset of its first token.
    start: usize,
    kind: FrameKind,
}

enum FrameKind {
    /// A collection, with the number of forms in it so far.
    Collection(Shape, usize),
    Tag,
    /// A discarded form, with the length of the output before it.
    Discard(usize),
}

/// Rewrites the single form in `text`.
pub(super) fn rewrite(text: &str) -> Result<String, SyntaxError> {
    let mut pass =
        Pass { lexer: Lexer::new(text, 0), out: String::with_capacity(text.len()), open: vec![] };
    let mut is_whole = false;
    while let Some(token) = pass.lexer.next_token()? {
        let is_dropped = token == Token::Discard || pass.is_discarding();
        if is_whole && !is_dropped && !matches!(token, Token::Close(_)) {
            return Err(pass.here(Problem::Trailing));
        }
        is_whole |= pass.token(token)?;
    }
    if let Some(frame) = pass.open.pop() {
        let problem = match frame.kind {
            FrameKind::Collection(shape, _) => Problem::Unclosed(shape),
            FrameKind::Tag | FrameKind::Discard(_) => Problem::UnfinishedTag,
        };
        return Err(SyntaxError { offset: frame.start, problem });
    }
    if is_whole { Ok(pass.out) } else { Err(pass.here(Problem::Empty)) }
}

struct Pass<'a> {
    lexer: Lexer<'a>,
    out: String,
    open: Vec<Frame>,
}

impl Pass<'_> {
    fn here(&self, problem: Problem) -> SyntaxError {
        SyntaxError { offset: self.lexer.start(), problem }
    }

    /// Whether the outermost open form is discarded.
    fn is_discarding(&self) -> bool {
        matches!(self.open.first(), Some(Frame { kind: FrameKind::Discard(_), .. }))
    }

    /// Rewrites a token; returns whether it ended a form at the top level.
    fn token(&mut self, token: Token) -> Result<bool, SyntaxError> {
        match token {
            Token::Open(shape) => {
                self.push(FrameKind::Collection(shape, 0))?;
                match shape {
                    Shape::List => self.out.push_str("( "),
                    Shape::Vector => self.out.push_str("[ "),
                    Shape::Map => self.open_tagged(MAP),
                    Shape::Set => self.open_tagged(SET),
                }
                return Ok(false);
            }
            Token::Tag(tag) => {
                self.push(FrameKind::Tag)?;
                self.open_tagged(TAGGED);
                self.string(tag);
                return Ok(false);
            }
            Token::Discard => {
                self.push(FrameKind::Discard(self.out.len()))?;
                return Ok(false);
            }
            Token::Close(found) => self.close(found)?,
            atom => self.atom(atom),
        }
        Ok(self.end_form())
    }

    fn push(&mut self, kind: FrameKind) -> Result<(), SyntaxError> {
        if self.open.len() == DEEPEST {
            return Err(self.here(Problem::TooDeep));
        }
        self.open.push(Frame { start: self.lexer.start(), kind });
        Ok(())
    }

    fn open_tagged(&mut self, tag: &str) {
        let offset = self.lexer.start();
        self.out.push('#');
        self.out.push_str(tag);
        self.out.push_str(" [ ");
        self.number(&offset.to_string());
    }

    fn close(&mut self, found: char) -> Result<(), SyntaxError> {
        let Some(frame) = self.open.pop() else { return Err(self.here(Problem::Unmatched(found))) };
        let FrameKind::Collection(shape, count) = frame.kind else {
            return Err(self.here(Problem::NoTaggedForm));
        };
        if shape.closer() != found {
            return Err(self.here(Problem::Mismatched { found, expected: shape.closer() }));
        }
        if shape == Shape::Map && !count.is_multiple_of(2) {
            return Err(SyntaxError { offset: frame.start, problem: Problem::OddMap });
        }
        self.out.push_str(if shape == Shape::List { ") " } else { "] " });
        Ok(())
    }

    /// Handles the end of a form: counts it, ends the tags before it, or removes it if discarded.
    fn end_form(&mut self) -> bool {
        loop {
            match self.open.last_mut() {
                None => return true,
                Some(Frame { kind: FrameKind::Collection(_, count), .. }) => {
                    *count += 1;
                    return false;
                }
                Some(Frame { kind: FrameKind::Tag, .. }) => {
                    self.out.push_str("] ");
                    self.open.pop();
                }
                Some(Frame { kind: FrameKind::Discard(length), .. }) => {
                    self.out.truncate(*length);
                    self.open.pop();
                    return false;
                }
            }
        }
    }

    fn atom(&mut self, token: Token) {
        match token {
            Token::Symbol(name) => self.name(SYMBOL, "", name),
            Token::Keyword(name) => self.name(KEYWORD, ":", name),
            Token::Str(text) => self.string(&text.text()),
            Token::Char(character) => self.tagged_string(CHAR, character.encode_utf8(&mut [0; 4])),
            Token::Int(number) => self.number(&number.to_string()),
            Token::BigInt(text) | Token::Exact(text) => self.tagged_string(BIG, text),
            Token::Float(number) if number.is_finite() => {
                self.number(&format!("{number:e}"));
            }
            Token::Float(number) => self.tagged_string(FLOAT, &number.to_string()),
            Token::Open(_) | Token::Close(_) | Token::Tag(_) | Token::Discard => {}
        }
    }

    fn number(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push(' ');
    }

    fn name(&mut self, tag: &str, colon: &str, name: &str) {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-?!*./<>=".contains(&byte);
        if name.bytes().all(is_plain) {
            self.out.push_str(colon);
            self.out.push_str(name);
            self.out.push(' ');
        } else {
            self.tagged_string(tag, name);
        }
    }

    fn tagged_string(&mut self, tag: &str, text: &str) {
        self.out.push('#');
        self.out.push_str(tag);
        self.out.push(' ');
        self.string(text);
    }

    /// Writes a string with the two necessary escapes.
    fn string(&mut self, text: &str) {
        self.out.push('"');
        let mut rest = text;
        while let Some(position) = rest.find(['"', '\\']) {
            self.out.push_str(&rest[..position]);
            self.out.push('\\');
            self.out.push_str(&rest[position..=position]);
            rest = &rest[position + 1..];
        }
        self.out.push_str(rest);
        self.out.push_str("\" ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_what_edn_rs_reads_rightly() {
        for (text, expected) in [
            ("#a.B{:k ##NaN}", "#t [ 0 \"a.B\" #m [ 4 :k #f \"NaN\" ] ] "),
            ("{10 \\a, 1N 1.5}", "#m [ 0 10 #c \"a\" 1 1.5e0 ] "),
            ("#_ #a{:b 1} (1 #_ 2 #_#_ 3 4) ; x", "( 1 ) "),
            ("[\"a\\u0041\\\"\\\\\\f\" a#b]", "[ \"aA\\\"\\\\\u{c}\" #y \"a#b\" ] "),
            ("#{1/2 99999999999999999999N}", "#s [ 0 #b \"1/2\" #b \"99999999999999999999\" ] "),
        ] {
            assert_eq!(rewrite(text).as_deref(), Ok(expected), "{text}");
        }
    }
}
