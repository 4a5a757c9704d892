//! Classifies text that is not JSON by what it looks like.

use glomers_history::json::exact::{Refusal, TopValue, read_first};
use std::fmt;

/// What a line that is not JSON looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NotJson {
    /// Empty, or white space.
    Blank,
    /// It begins with a byte order mark.
    ByteOrderMark,
    /// It is encoded as UTF-16.
    Utf16,
    /// It is not UTF-8.
    NotUtf8,
    /// It contains escape sequences for coloured text.
    Coloured,
    /// The printed form of an object in this language.
    Printed(Language),
    /// One line of an object that is printed over several lines.
    PartOfObject,
    /// A message after other text.
    TextBefore,
    /// A comma before a closing bracket.
    TrailingComma,
    /// Strings in single quotes.
    SingleQuotes,
    /// Keys without quotes.
    BareKey,
    /// `NaN`, `Infinity`, `01`, `+1`, `.5`, `0x1f`.
    Number,
    /// A comment.
    Comment,
    /// A backslash before a character that cannot be escaped that way.
    Escape,
    /// An object with a character that JSON does not allow at that position.
    Malformed,
    /// Any other text.
    Other,
}

/// A language whose printed objects resemble JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// `{'src': 'n0', 'ok': True}`
    Python,
    /// `{ src: 'n0' }`, `[object Object]`
    JavaScript,
    /// `{"src"=>"n0"}`, `{:src=>"n0"}`
    Ruby,
    /// `map[src:n0]`, `&{n0 c1}`
    Go,
    /// `{src=n0}`
    Java,
    /// `{:src "n0"}`
    Clojure,
    /// `%{src: "n0"}`, `#{src => "n0"}`
    Elixir,
    /// `Message { src: "n0" }`, `Message(src=n0)`, `Message@1f2e3d`
    Struct,
    /// `b'{"src":"n0"}'`
    PythonBytes,
}

impl Language {
    /// The displayed name, and the call that prints JSON instead.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Python => ("a Python dict", "print(json.dumps(message), flush=True)"),
            Self::JavaScript => ("a JavaScript object", "console.log(JSON.stringify(message))"),
            Self::Ruby => ("a Ruby hash", "puts JSON.generate(message)"),
            Self::Go => ("a Go value", "json.NewEncoder(os.Stdout).Encode(message)"),
            Self::Java => ("a Java map", "a JSON library, such as Jackson's writeValueAsString"),
            Self::Clojure => {
                ("a Clojure map", "a JSON library, such as cheshire's generate-string")
            }
            Self::Elixir => ("an Elixir or Erlang map", "a JSON library, such as Jason.encode!"),
            Self::Struct => ("a struct or class", "a JSON library, such as serde_json::to_string"),
            Self::PythonBytes => ("Python bytes", "bytes.decode() before print"),
        }
    }
}

impl NotJson {
    /// Classifies a line whose text is not JSON.
    pub(super) fn of(line: &[u8], text: &str) -> Self {
        /// The line is UTF-16 if at least one byte in this many is 0; in plain text it is every
        /// second.
        const NULS: usize = 3;
        /// Minimum number of zero bytes that indicate UTF-16; even the shortest message has more.
        const FEWEST_NULS: usize = 2;
        let nuls = memchr::memchr_iter(0, line).count();
        if nuls >= FEWEST_NULS && nuls * NULS >= line.len() {
            return Self::Utf16;
        }
        if text.starts_with('\u{feff}') {
            return Self::ByteOrderMark;
        }
        let text = text.trim();
        if text.is_empty() {
            return Self::Blank;
        }
        if text.contains("\u{1b}[") {
            return Self::Coloured;
        }
        if let Some(language) = printed(text) {
            return Self::Printed(language);
        }
        let mut starts = text.match_indices('{').take(TRIED_STARTS).map(|(at, _)| &text[at..]);
        if !text.starts_with('{') && starts.any(is_message) {
            return Self::TextBefore;
        }
        if is_part(text) {
            return Self::PartOfObject;
        }
        if text.starts_with(['{', '['])
            && let Some(problem) = within(text)
        {
            return problem;
        }
        if std::str::from_utf8(line).is_err() { Self::NotUtf8 } else { Self::Other }
    }
}

/// Maximum number of brackets at which a message may begin within other text.
const TRIED_STARTS: usize = 4;

fn is_message(text: &str) -> bool {
    read_first(text).is_ok_and(|first| {
        matches!(first.value, TopValue::Object(entries)
            if entries.iter().any(|(key, _)| key == "dest" || key == "body"))
    })
}

/// Whether the text is one line of an object that spans several lines: `"src": "n0",` or `}`.
fn is_part(text: &str) -> bool {
    let is_closing = text.bytes().all(|byte| b"{}[], \t".contains(&byte));
    is_closing || (text.starts_with('"') && text.contains("\":"))
}

/// The language in whose notation the text is printed.
fn printed(text: &str) -> Option<Language> {
    let inside = text.strip_prefix('{').unwrap_or_default().trim_start();
    let has_word = |word: &str| text.contains(word);
    let starts = |starts: &[&str]| starts.iter().any(|start| text.starts_with(start));
    if starts(&["map[", "&{", "&map["]) {
        return Some(Language::Go);
    }
    if starts(&["[object Object]"]) {
        return Some(Language::JavaScript);
    }
    if starts(&["b'", "b\""]) {
        return Some(Language::PythonBytes);
    }
    // `Message@1f2e3d`, `#<Message:0x0001>`, `<__main__.Message object at 0x7f00>`
    let is_reference = starts(&["#<"]) || (starts(&["<"]) && has_word(" object at 0x"));
    let is_java_reference = text.split_once('@').is_some_and(|(class, hash)| {
        class.starts_with(|c: char| c.is_ascii_alphabetic())
            && !hash.is_empty()
            && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    if is_reference || is_java_reference {
        return Some(Language::Struct);
    }
    if starts(&["%{", "#{"]) {
        return Some(Language::Elixir);
    }
    if inside.starts_with('\'') {
        return Some(Language::Python);
    }
    let word_end = |text: &str| text.find(|c: char| !c.is_alphanumeric() && c != '_');
    if inside.starts_with('"') {
        // `{"src": "n0", "ok": True}` and `{"src"=>"n0"}`
        let behind = |word: &str| text.contains(&format!(": {word}"));
        return if inside.contains("\"=>") || inside.contains("\" => ") {
            Some(Language::Ruby)
        } else if ["None", "True", "False"].into_iter().any(behind) && !is_message(text) {
            Some(Language::Python)
        } else {
            None
        };
    }
    if inside.starts_with(':') {
        return Some(if inside.contains("=>") { Language::Ruby } else { Language::Clojure });
    }
    if inside.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        let rest = &inside[word_end(inside)?..];
        return match rest.as_bytes() {
            [b'=', ..] => Some(Language::Java),
            // `{n0 c1 {echo_ok 1}}`, the fields of a struct
            [b' ', next, ..] if next.is_ascii_alphanumeric() => Some(Language::Go),
            // Unquoted keys alone may also be JSON5, or the newest notation of Ruby.
            [b':', ..] if inside.contains('\'') => Some(Language::JavaScript),
            _ => None,
        };
    }
    // One line of an object that spans several lines.
    if ["src: '", "dest: '", "body: {", "type: '"].iter().any(|start| text.starts_with(start)) {
        return Some(Language::JavaScript);
    }
    // `Message { src: "n0", ... }` and `Message(src=n0, ...)`
    let name = &text[..word_end(text)?];
    let rest = text[name.len()..].trim_start();
    let is_struct = name.starts_with(|c: char| c.is_ascii_uppercase())
        && rest.starts_with(['{', '('])
        && has_word("src")
        && has_word("dest");
    is_struct.then_some(Language::Struct)
}

/// The first error in a text that begins like an object or an array.
fn within(text: &str) -> Option<NotJson> {
    let at = match read_first(text) {
        Err(Refusal::Ended) => return Some(NotJson::PartOfObject),
        Err(Refusal::Unexpected(at)) => at,
        _ => return None,
    };
    let (before, rest) = text.split_at(at);
    let last = before.trim_end().bytes().last();
    let first = rest.chars().next()?;
    match first {
        '}' | ']' if last == Some(b',') => Some(NotJson::TrailingComma),
        '\'' => Some(NotJson::SingleQuotes),
        '/' | '#' => Some(NotJson::Comment),
        _ if last == Some(b'\\') => Some(NotJson::Escape),
        '+' | '.' | '0'..='9' => Some(NotJson::Number),
        _ if before.ends_with(['.', '-', '+', 'e', 'E']) => Some(NotJson::Number),
        // `0x1f`
        'x' | 'X' if last == Some(b'0') => Some(NotJson::Number),
        _ if rest.starts_with("NaN") || rest.starts_with("Infinity") => Some(NotJson::Number),
        _ if rest.starts_with("undefined") => Some(NotJson::Printed(Language::JavaScript)),
        _ if ["None", "True", "False"].iter().any(|word| rest.starts_with(word)) => {
            Some(NotJson::Printed(Language::Python))
        }
        _ if matches!(last, Some(b'{' | b',')) && (first.is_alphabetic() || first == '_') => {
            Some(NotJson::BareKey)
        }
        _ if text.starts_with('{') => Some(NotJson::Malformed),
        _ => None,
    }
}

impl fmt::Display for NotJson {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// The advice for text that another language printed.
        const LIBRARY: &str = "encode messages with a JSON library";
        out.write_str("printed a line to stdout that is not JSON: ")?;
        match self {
            Self::Blank => out
                .write_str("it is empty; print one newline behind each message, and no other line"),
            Self::ByteOrderMark => out.write_str(
                "it begins with a byte order mark, which terminals do not show; encode stdout as \
                 plain UTF-8 (in Python utf-8, not utf-8-sig)",
            ),
            Self::Utf16 => out.write_str("it is UTF-16; encode stdout as UTF-8"),
            Self::NotUtf8 => out.write_str("it is not UTF-8; messages are JSON text"),
            Self::Coloured => out.write_str(
                "it has the escape sequences of colours; print messages plain, and what is for \
                 people to stderr",
            ),
            Self::Printed(language) => {
                let (what, instead) = language.names();
                write!(out, "it is the printed form of {what}; use {instead}")
            }
            Self::PartOfObject => out.write_str(
                "it is a part of an object that does not end on this line; print each message on \
                 one line, without indentation, and newlines in strings as \\n",
            ),
            Self::TextBefore => out.write_str(
                "it has text before the message; print only the message, and everything else to \
                 stderr",
            ),
            Self::TrailingComma => {
                write!(out, "it has a comma before a closing bracket; {LIBRARY}")
            }
            Self::SingleQuotes => {
                write!(out, "it has strings in single quotes; JSON's are double: {LIBRARY}")
            }
            Self::BareKey => {
                write!(out, "it has keys without quotes; JSON's are in double quotes: {LIBRARY}")
            }
            Self::Number => out.write_str(
                "it has a number that JSON does not know (NaN, Infinity, 01, +1, .5, 1., 0x1f); \
                 write another number, or null",
            ),
            Self::Comment => {
                out.write_str("it has a comment, which JSON does not know; leave it out")
            }
            Self::Escape => write!(
                out,
                "it has a backslash before a character that JSON does not escape; {LIBRARY}"
            ),
            Self::Malformed => write!(
                out,
                "it begins like an object, and continues with what is not JSON; {LIBRARY}"
            ),
            Self::Other => {
                out.write_str("only messages belong there, print everything else to stderr")
            }
        }
    }
}
