//! The digest that identifies an archive.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// Length of a SHA-256 in bytes.
const LENGTH: usize = 32;

/// A SHA-256; as text 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Digest([u8; LENGTH]);

impl Digest {
    /// The digest of what was hashed.
    pub(crate) fn of(hash: Sha256) -> Self {
        Self(hash.finalize().into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl FromStr for Digest {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let problem = || {
            format!(
                "expected the {} hexadecimal digits of a SHA-256, as sha256sum prints them",
                2 * LENGTH
            )
        };
        if text.len() != 2 * LENGTH || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(problem());
        }
        let mut digest = [0; LENGTH];
        for (byte, digits) in digest.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| problem())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| problem())?;
        }
        Ok(Self(digest))
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl TryFrom<String> for Digest {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_case_is_read_and_the_lower_is_printed() {
        // The example of FIPS 180-2: the three letters abc.
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let digest = Digest::of(Sha256::new_with_prefix("abc"));
        assert_eq!(digest.to_string(), text);
        assert_eq!(text.parse(), Ok(digest));
        assert_eq!(text.to_uppercase().parse(), Ok(digest));
    }

    #[test]
    fn anything_else_is_none() {
        let digits = "0".repeat(64);
        for text in ["", "abc", &digits[1..], &format!("{digits}0"), &digits.replace("00", "+0")] {
            assert!(text.parse::<Digest>().unwrap_err().contains("64 hexadecimal"), "{text}");
        }
        // 64 bytes, but not 64 characters.
        assert!("é".repeat(32).parse::<Digest>().is_err());
    }
}
