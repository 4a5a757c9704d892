//! Escape sequences in strings, and names of characters.

/// What follows a backslash in a string.
pub(super) enum Escape {
    /// A character, and the number of bytes after the backslash that it takes.
    Char(char, usize),
    /// An escape that EDN does not have.
    Bad,
    /// The text ends within the escape.
    Unfinished,
}

/// Reads the escape at the beginning of `rest`, which starts after the backslash.
pub(super) fn read(rest: &str) -> Escape {
    let simple = match rest.as_bytes().first() {
        None => return Escape::Unfinished,
        Some(b'u') => return unicode(rest),
        Some(b'0'..=b'7') => return octal(rest),
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(_) => return Escape::Bad,
    };
    Escape::Char(simple, 1)
}

/// `u` and four hexadecimal digits; a surrogate pair for a character outside the basic plane.
fn unicode(rest: &str) -> Escape {
    /// Bytes of one UTF-16 unit, including the `u`.
    const UNIT: usize = 5;
    let Some(high) = hexadecimal(rest) else {
        let could_go_on = rest[1..].bytes().all(|byte| byte.is_ascii_hexdigit());
        return if rest.len() < UNIT && could_go_on { Escape::Unfinished } else { Escape::Bad };
    };
    if let Some(character) = char::from_u32(high) {
        return Escape::Char(character, UNIT);
    }
    let low = rest[UNIT..].strip_prefix('\\').filter(|rest| rest.starts_with('u'));
    match low.and_then(hexadecimal) {
        Some(low @ 0xdc00..=0xdfff) if high < 0xdc00 => {
            let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            char::from_u32(code).map_or(Escape::Bad, |char| Escape::Char(char, 2 * UNIT + 1))
        }
        _ => Escape::Bad,
    }
}

/// The four hexadecimal digits after the `u`.
fn hexadecimal(rest: &str) -> Option<u32> {
    let digits = rest.get(1..5).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok()
}

/// One to three octal digits, at most 377.
fn octal(rest: &str) -> Escape {
    let length = rest.bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    u8::from_str_radix(&rest[..length], 8)
        .map_or(Escape::Bad, |code| Escape::Char(char::from(code), length))
}

/// Replaces the escapes of a string that was checked by the lexer.
pub(super) fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(backslash) = memchr::memchr(b'\\', rest.as_bytes()) {
        text.push_str(&rest[..backslash]);
        rest = &rest[backslash + 1..];
        if let Escape::Char(character, length) = read(rest) {
            text.push(character);
            rest = &rest[length..];
        }
    }
    text.push_str(rest);
    text
}

/// The character of a name longer than one character; the name is given without the backslash.
pub(super) fn named_character(name: &str) -> Option<char> {
    match name {
        "newline" => Some('\n'),
        "space" => Some(' '),
        "tab" => Some('\t'),
        "return" => Some('\r'),
        "backspace" => Some('\u{8}'),
        "formfeed" => Some('\u{c}'),
        _ => {
            let (digits, radix) = match name.strip_prefix('u') {
                Some(digits) => (digits, 16),
                None => (name.strip_prefix('o')?, 8),
            };
            let is_long_enough = if radix == 16 { digits.len() == 4 } else { digits.len() <= 3 };
            let is_plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            let code = u32::from_str_radix(digits, radix).ok()?;
            let in_range = radix == 16 || code <= 0o377;
            char::from_u32(code).filter(|_| is_long_enough && is_plain && in_range)
        }
    }
}
