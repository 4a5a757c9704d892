//! Addresses of pages: paths and queries, with their escapes.

use std::fmt::Write as _;
use std::path::{Component, Path};

/// The address of something in the store: `/run/echo/2026...`.
pub(super) fn of(kind: &str, path: &Path) -> String {
    let mut address = format!("/{kind}");
    for component in path.components() {
        if let Component::Normal(name) = component {
            address.push('/');
            address += &encoded(&name.to_string_lossy());
        }
    }
    address
}

fn encoded(text: &str) -> String {
    let mut address = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

/// The values of a name in a query; those that are no UTF-8 are left out.
pub(super) fn values(query: &str, name: &str) -> Vec<String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(key, _)| *key == name).filter_map(|(_, value)| decoded(value)).collect()
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                let value = digit()? * 16 + digit()?;
                bytes.push(u8::try_from(value).ok()?);
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_keep_odd_names() {
        let address = of("run", Path::new("a b/c?%&é"));
        assert_eq!(address, "/run/a%20b/c%3F%25%26%C3%A9");
        assert_eq!(decoded(&address[5..]).unwrap(), "a b/c?%&é");
    }

    #[test]
    fn queries_may_hold_anything() {
        assert_eq!(values("run=a%2Fb&x=1&run=c+d", "run"), ["a/b", "c d"]);
        for odd in ["", "run", "run=%", "run=%f", "run=%zz", "run=%ff", "&&=="] {
            assert_eq!(values(odd, "run"), [""; 0], "{odd}");
        }
    }
}
