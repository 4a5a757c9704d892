//! Splits EDN into tokens, strictly: every token is checked, and has byte offsets.
//!
//! Does not check that brackets match: that is up to the reader of the tokens.

use super::escape::{self, Escape};
use super::number;
use super::problem::{Problem, SyntaxError};

/// The kinds of collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `( )`
    List,
    /// `[ ]`
    Vector,
    /// `{ }`
    Map,
    /// `#{ }`
    Set,
}

impl Shape {
    /// The closing bracket.
    #[must_use]
    pub fn closer(self) -> char {
        match self {
            Self::List => ')',
            Self::Vector => ']',
            Self::Map | Self::Set => '}',
        }
    }
}

/// One token. Texts are slices of the input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Token<'a> {
    /// The beginning of a collection.
    Open(Shape),
    /// `)`, `]` or `}`.
    Close(char),
    /// `#tag`, without the `#`. The form follows. `#:name` begins a map whose keys are in a
    /// namespace: this tag begins with a colon.
    Tag(&'a str),
    /// `#_`: the next form is discarded.
    Discard,
    /// A symbol, including `nil`, `true` and `false`.
    Symbol(&'a str),
    /// A keyword, without its (first) colon.
    Keyword(&'a str),
    /// A string.
    Str(StrToken<'a>),
    /// A character.
    Char(char),
    /// An integer of 64 bits, with or without `N`.
    Int(i64),
    /// A longer integer, as written, without `+` and `N`.
    BigInt(&'a str),
    /// A ratio or a decimal (with its `M`), as written, without `+`.
    Exact(&'a str),
    /// A double, including `##Inf`, `##-Inf` and `##NaN`.
    Float(f64),
}

/// The text between the quotes of a string, with valid escapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StrToken<'a> {
    /// The text as written.
    pub raw: &'a str,
    /// Whether it contains a backslash.
    pub escaped: bool,
}

impl StrToken<'_> {
    /// The text with its escapes replaced.
    #[must_use]
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        if self.escaped { escape::unescape(self.raw).into() } else { self.raw.into() }
    }
}

/// The classes of bytes.
#[derive(Clone, Copy, PartialEq)]
enum Class {
    /// Part of a symbol, keyword or number, including all bytes beyond ASCII.
    Constituent,
    /// White space and commas.
    Space,
    /// Ends a token.
    Delimiter,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Constituent; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let class = match byte as u8 {
            b'\t'..=b'\r' | 0x1c..=0x1f | b' ' | b',' => Class::Space,
            b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'"' | b';' | b'\\' | b'^' | b'`' | b'~'
            | b'@' => Class::Delimiter,
            _ => Class::Constituent,
        };
        classes[byte] = class;
        byte += 1;
    }
    classes
};

/// Reads tokens from the beginning of a text.
#[derive(Debug, Clone)]
pub struct Lexer<'a> {
    text: &'a str,
    /// Offset of the last token.
    start: usize,
    /// Offset at which the search for the next token begins.
    offset: usize,
}

impl<'a> Lexer<'a> {
    /// Starts at a byte offset, which must be on a character boundary. A byte order mark at the
    /// beginning of the text is skipped.
    #[must_use]
    pub fn new(text: &'a str, offset: usize) -> Self {
        let is_marked = offset == 0 && text.starts_with('\u{feff}');
        let offset = if is_marked { '\u{feff}'.len_utf8() } else { offset };
        Self { text, start: offset, offset }
    }

    /// Offset of the last token.
    #[must_use]
    pub fn start(&self) -> usize {
        self.start
    }

    /// Offset after the last token.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The next token; `None` at the end.
    #[inline]
    pub fn next_token(&mut self) -> Result<Option<Token<'a>>, SyntaxError> {
        let bytes = self.text.as_bytes();
        loop {
            let Some(&byte) = bytes.get(self.offset) else {
                self.start = self.offset;
                return Ok(None);
            };
            self.start = self.offset;
            self.offset += 1;
            return Ok(Some(match byte {
                _ if CLASSES[byte as usize] == Class::Space => continue,
                b';' => {
                    let line = &bytes[self.offset..];
                    self.offset += memchr::memchr(b'\n', line).unwrap_or(line.len());
                    continue;
                }
                b'(' => Token::Open(Shape::List),
                b'[' => Token::Open(Shape::Vector),
                b'{' => Token::Open(Shape::Map),
                b')' | b']' | b'}' => Token::Close(char::from(byte)),
                b':' => Token::Keyword(&self.constituents()[1..]),
                b'"' => self.string()?,
                b'\\' => self.character()?,
                b'#' => self.dispatch()?,
                b'0'..=b'9' => self.number()?,
                b'+' | b'-' if bytes.get(self.offset).is_some_and(u8::is_ascii_digit) => {
                    self.number()?
                }
                b'^' | b'`' | b'~' | b'@' | b'\'' => {
                    return Err(self.error(Problem::Unexpected(char::from(byte))));
                }
                _ => Token::Symbol(self.constituents()),
            }));
        }
    }

    /// The next token if it is an integer of few digits, which most tokens of a history are: a fast
    /// path for [`Self::next_token`].
    #[inline]
    pub(super) fn next_small_int(&mut self) -> Option<i64> {
        /// Number of digits that always fit.
        const MOST: usize = 18;
        let bytes = self.text.as_bytes();
        let mut start = self.offset;
        while bytes.get(start) == Some(&b' ') {
            start += 1;
        }
        let first = start + usize::from(bytes.get(start) == Some(&b'-'));
        let mut number = 0_i64;
        let mut end = first;
        loop {
            let byte = *bytes.get(end)?;
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                let is_octal = bytes[first] == b'0' && end > first + 1;
                if end == first || is_octal || CLASSES[byte as usize] == Class::Constituent {
                    return None;
                }
                self.start = start;
                self.offset = end;
                return Some(if first > start { -number } else { number });
            }
            if end == first + MOST {
                return None;
            }
            number = number * 10 + i64::from(digit);
            end += 1;
        }
    }

    fn error(&self, problem: Problem) -> SyntaxError {
        SyntaxError { offset: self.start, problem }
    }

    /// Advances to the next delimiter, and returns the text since the beginning of the token.
    #[inline]
    fn constituents(&mut self) -> &'a str {
        let rest = &self.text.as_bytes()[self.offset..];
        let length = rest.iter().position(|&byte| CLASSES[byte as usize] != Class::Constituent);
        self.offset += length.unwrap_or(rest.len());
        &self.text[self.start..self.offset]
    }

    #[inline]
    fn number(&mut self) -> Result<Token<'a>, SyntaxError> {
        let text = self.constituents();
        number::token(text).ok_or_else(|| self.error(Problem::BadNumber(text.to_owned())))
    }

    fn string(&mut self) -> Result<Token<'a>, SyntaxError> {
        let bytes = self.text.as_bytes();
        let body = self.offset;
        let mut escaped = false;
        loop {
            let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[self.offset..]) else {
                return Err(self.error(Problem::UnclosedString));
            };
            self.offset += found + 1;
            if bytes[self.offset - 1] == b'"' {
                let raw = &self.text[body..self.offset - 1];
                return Ok(Token::Str(StrToken { raw, escaped }));
            }
            escaped = true;
            match escape::read(&self.text[self.offset..]) {
                Escape::Char(_, length) => self.offset += length,
                Escape::Bad => {
                    let offset = self.offset - 1;
                    return Err(SyntaxError { offset, problem: Problem::BadEscape });
                }
                Escape::Unfinished => return Err(self.error(Problem::UnclosedString)),
            }
        }
    }

    fn character(&mut self) -> Result<Token<'a>, SyntaxError> {
        // The first character may be any, including delimiters: `\(` and `\,` are characters.
        let Some(first) = self.text[self.offset..].chars().next() else {
            return Err(self.error(Problem::UnfinishedChar));
        };
        self.offset += first.len_utf8();
        let name = &self.constituents()[1..];
        if name.len() == first.len_utf8() {
            return Ok(Token::Char(first));
        }
        escape::named_character(name)
            .map(Token::Char)
            .ok_or_else(|| self.error(Problem::BadChar(name.to_owned())))
    }

    fn dispatch(&mut self) -> Result<Token<'a>, SyntaxError> {
        let rest = &self.text[self.offset..];
        match rest.chars().next() {
            Some('{') => {
                self.offset += 1;
                Ok(Token::Open(Shape::Set))
            }
            Some('_') => {
                self.offset += 1;
                Ok(Token::Discard)
            }
            Some('#') => {
                self.offset += 1;
                match &self.constituents()[2..] {
                    "Inf" => Ok(Token::Float(f64::INFINITY)),
                    "-Inf" => Ok(Token::Float(f64::NEG_INFINITY)),
                    "NaN" => Ok(Token::Float(f64::NAN)),
                    name => {
                        let problem = Problem::BadSymbolicValue(name.to_owned());
                        Err(self.error(problem))
                    }
                }
            }
            Some(first) if first == ':' || first.is_alphabetic() => {
                let tag = &self.constituents()[1..];
                if matches!(tag.as_bytes(), [b':'] | [b':', b':', ..]) {
                    return Err(self.error(Problem::BadTag));
                }
                Ok(Token::Tag(tag))
            }
            None => Err(self.error(Problem::UnfinishedTag)),
            _ => Err(self.error(Problem::BadTag)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token<'_>> {
        let mut lexer = Lexer::new(text, 0);
        std::iter::from_fn(|| lexer.next_token().unwrap()).collect()
    }

    fn problem(text: &str) -> (usize, Problem) {
        let mut lexer = Lexer::new(text, 0);
        loop {
            match lexer.next_token() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("no error in {text}"),
                Err(error) => return (error.offset, error.problem),
            }
        }
    }

    #[test]
    fn adjacent_tokens_are_distinguished() {
        assert_eq!(
            tokens("{:a\"x\":b 2}#_#foo[1]"),
            [
                Token::Open(Shape::Map),
                Token::Keyword("a"),
                Token::Str(StrToken { raw: "x", escaped: false }),
                Token::Keyword("b"),
                Token::Int(2),
                Token::Close('}'),
                Token::Discard,
                Token::Tag("foo"),
                Token::Open(Shape::Vector),
                Token::Int(1),
                Token::Close(']'),
            ]
        );
        assert_eq!(
            tokens("\u{feff}-a +1 #{\\(\\,} ; the end\r\n:n/k"),
            [
                Token::Symbol("-a"),
                Token::Int(1),
                Token::Open(Shape::Set),
                Token::Char('('),
                Token::Char(','),
                Token::Close('}'),
                Token::Keyword("n/k"),
            ]
        );
    }

    #[test]
    fn characters_have_names_and_codes() {
        for (text, character) in [
            ("\\newline", '\n'),
            ("\\space", ' '),
            ("\\ ", ' '),
            ("\\formfeed", '\u{c}'),
            ("\\backspace", '\u{8}'),
            ("\\u0041", 'A'),
            ("\\u", 'u'),
            ("\\o101", 'A'),
            ("\\ü", 'ü'),
        ] {
            assert_eq!(tokens(text), [Token::Char(character)], "{text}");
        }
        assert_eq!(problem(" \\nosuch"), (1, Problem::BadChar("nosuch".to_owned())));
        assert_eq!(problem("\\"), (0, Problem::UnfinishedChar));
    }

    #[test]
    fn errors_say_where() {
        assert_eq!(problem("[1 \"a"), (3, Problem::UnclosedString));
        assert_eq!(problem("\"ab\\q\""), (3, Problem::BadEscape));
        assert_eq!(problem("\"\\ud800\""), (1, Problem::BadEscape));
        assert_eq!(problem("1 ##Nan"), (2, Problem::BadSymbolicValue("Nan".to_owned())));
        assert_eq!(problem("#<Foo>"), (0, Problem::BadTag));
        assert_eq!(problem("#::a{}"), (0, Problem::BadTag));
        assert_eq!(problem("^a"), (0, Problem::Unexpected('^')));
        assert_eq!(problem("12x"), (0, Problem::BadNumber("12x".to_owned())));
    }
}
