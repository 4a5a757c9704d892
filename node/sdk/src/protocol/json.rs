//! A JSON value that a node handles without parsing it.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::value::RawValue;
use smol_str::SmolStr;
use std::fmt;
use std::str::FromStr;

/// Any JSON value, stored as its original text, so that no detail is lost (`1.0` stays `1.0`,
/// integers beyond 64 bits keep their digits). Cheap to clone. Values are equal if their texts are.
///
/// It can only be deserialized from JSON text, which every message is.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Json(SmolStr);

impl Json {
    /// The text of the value.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Serializes a value to JSON.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<Self, serde_json::Error> {
        Ok(Self(serde_json::to_string(value)?.into()))
    }

    /// Deserializes the value.
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        serde_json::from_str(&self.0)
    }
}

impl fmt::Display for Json {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl FromStr for Json {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        serde_json::from_str(text)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Most values of clients are integers; a read may return thousands of them.
        if let Some(number) = plain_number(&self.0) {
            return serializer.serialize_u64(number);
        }
        // Verbatim output is only possible with a borrowed `RawValue`, which scans the text once.
        let raw: &RawValue = serde_json::from_str(&self.0).map_err(ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// The number that is printed as this text, if any.
fn plain_number(text: &str) -> Option<u64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit())
        && (text.len() == 1 || !text.starts_with('0'));
    if is_plain { text.parse().ok() } else { None }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue as Deserialize>::deserialize(deserializer)
            .map(|raw| Self(raw.get().into()))
            .map_err(|error| de::Error::custom(format_args!("a value cannot be kept: {error}")))
    }
}
