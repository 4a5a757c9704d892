//! Numbers: the token for a text that begins with a digit.

use super::lexer::Token;

/// Number of decimal digits that always fit into 64 bits.
const SURELY_SMALL: usize = 18;

/// The token for a text that begins with a digit, or with a sign and a digit; `None` if it is
/// invalid.
#[inline]
pub(super) fn token(text: &str) -> Option<Token<'_>> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    // Nearly all numbers of a history are small integers.
    let is_leading_zero = digits.len() > 1 && digits[0] == b'0';
    if digits.len() <= SURELY_SMALL && !is_leading_zero {
        let mut number = 0_i64;
        for digit in digits {
            let digit = digit.wrapping_sub(b'0');
            if digit > 9 {
                return other(text, negative);
            }
            number = number * 10 + i64::from(digit);
        }
        return Some(Token::Int(if negative { -number } else { number }));
    }
    other(text, negative)
}

fn other(text: &str, negative: bool) -> Option<Token<'_>> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_decimal = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_unpadded = |digits: &str| digits.len() == 1 || !digits.starts_with('0');

    let whole = digits.strip_suffix('N').unwrap_or(digits);
    if is_decimal(whole) && is_unpadded(whole) {
        let text = text.strip_suffix('N').unwrap_or(text);
        return Some(text.parse().map_or(Token::BigInt(text), Token::Int));
    }
    if let Some((above, below)) = digits.split_once('/') {
        let is_ratio = is_decimal(above) && is_decimal(below) && below.bytes().any(|b| b != b'0');
        return is_ratio.then_some(Token::Exact(text));
    }
    if let Some((magnitude, radix)) = radix(whole) {
        let number = i64::from_str_radix(magnitude, radix).ok()?;
        return Some(Token::Int(if negative { -number } else { number }));
    }
    // Digits that begin with 0 are octal, or invalid.
    if is_decimal(whole) {
        return None;
    }
    let exact = digits.strip_suffix('M');
    if !is_float(exact.unwrap_or(digits)) {
        return None;
    }
    if exact.is_some() { Some(Token::Exact(text)) } else { text.parse().ok().map(Token::Float) }
}

/// The digits and radix of `0x1f`, `017` and `36rZZ`.
fn radix(whole: &str) -> Option<(&str, u32)> {
    let (digits, radix) = match whole.strip_prefix("0x").or_else(|| whole.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None => match whole.split_once(['r', 'R']) {
            Some((radix, digits)) => (digits, radix.parse().ok()?),
            None => (whole.strip_prefix('0')?, 8),
        },
    };
    let is_plain = !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_alphanumeric());
    let in_range = (2..=36).contains(&radix) && digits.chars().all(|digit| digit.is_digit(radix));
    (is_plain && in_range).then_some((digits, radix))
}

/// Whether a text is a float: digits, optionally a point with or without more digits, and
/// optionally an exponent.
fn is_float(text: &str) -> bool {
    let skip_digits = |text: &mut &[u8]| {
        let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        *text = &text[digits..];
        digits > 0
    };
    let mut rest = text.as_bytes();
    if !skip_digits(&mut rest) {
        return false;
    }
    if let [b'.', fraction @ ..] = rest {
        rest = fraction;
        skip_digits(&mut rest);
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        rest = exponent.strip_prefix(b"-").or(exponent.strip_prefix(b"+")).unwrap_or(exponent);
        if !skip_digits(&mut rest) {
            return false;
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_clojure_makes_of_them() {
        for (text, expected) in [
            ("0", Token::Int(0)),
            ("-0", Token::Int(0)),
            ("+7", Token::Int(7)),
            ("5N", Token::Int(5)),
            ("-9223372036854775808", Token::Int(i64::MIN)),
            ("9223372036854775808", Token::BigInt("9223372036854775808")),
            ("-99999999999999999999N", Token::BigInt("-99999999999999999999")),
            ("0x1F", Token::Int(31)),
            ("017", Token::Int(15)),
            ("-2r101", Token::Int(-5)),
            ("1/3", Token::Exact("1/3")),
            ("1.50M", Token::Exact("1.50M")),
            ("+3M", Token::Exact("3M")),
            ("1.", Token::Float(1.0)),
            ("-2.5E-3", Token::Float(-0.0025)),
            ("1e400", Token::Float(f64::INFINITY)),
        ] {
            assert_eq!(token(text), Some(expected), "{text}");
        }
        for wrong in ["1x", "08", "1/0", "1/", "1.5N", "1e", "1.2.3", "0x", "1r1", "2r2", "0x+1"] {
            assert_eq!(token(wrong), None, "{wrong}");
        }
    }
}
