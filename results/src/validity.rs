//! A verdict as JSON: true, false, "unknown", or null for `None`.

use glomers_history::Validity;
use serde::de::{Deserializer, Error, Visitor};
use serde::ser::Serializer;
use std::fmt;

#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
pub(crate) fn serialize<S: Serializer>(
    valid: &Option<Validity>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match valid {
        None => serializer.serialize_none(),
        Some(Validity::Valid) => serializer.serialize_bool(true),
        Some(Validity::Invalid) => serializer.serialize_bool(false),
        Some(Validity::Unknown) => serializer.serialize_str("unknown"),
    }
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Validity>, D::Error> {
    struct Verdict;
    impl Visitor<'_> for Verdict {
        type Value = Option<Validity>;

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("true, false, \"unknown\" or null")
        }

        fn visit_bool<E>(self, valid: bool) -> Result<Self::Value, E> {
            Ok(Some(valid.into()))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            match text {
                "unknown" => Ok(Some(Validity::Unknown)),
                other => Err(E::invalid_value(serde::de::Unexpected::Str(other), &self)),
            }
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }
    deserializer.deserialize_any(Verdict)
}

/// The JSON value of a verdict.
pub(crate) fn to_json(valid: Validity) -> serde_json::Value {
    match valid {
        Validity::Valid => true.into(),
        Validity::Unknown => "unknown".into(),
        Validity::Invalid => false.into(),
    }
}
