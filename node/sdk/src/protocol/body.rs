//! Reads a body into a type that the node defines; the message's `type` selects the variant.
//!
//! An enum is read by its variants' names, without serde's buffering of tagged enums, which is
//! slower and does not support [`Json`](crate::Json).

use crate::protocol::RpcError;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, VariantAccess, Visitor,
};
use std::fmt;

/// A body that can be read from a message.
///
/// Every enum that derives `Deserialize` is one: with `#[serde(rename_all = "snake_case")]`, the
/// variant `ReadOk { messages }` is the body `{"type": "read_ok", "messages": ...}`. A struct is
/// read from the body's fields, for any `type`. Fields that the Rust type does not have are
/// ignored.
pub trait Body: Sized {
    /// Reads the body (JSON text) of a message of type `kind`. An unknown type is
    /// [`NotSupported`](crate::ErrorCode::NotSupported), wrong fields are
    /// [`MalformedRequest`](crate::ErrorCode::MalformedRequest).
    fn parse(kind: &str, text: &str) -> Result<Self, RpcError>;
}

impl<T: DeserializeOwned> Body for T {
    fn parse(kind: &str, text: &str) -> Result<Self, RpcError> {
        T::deserialize(Tagged { kind, text }).map_err(|unread| match unread {
            Unread::UnknownType => RpcError::not_supported(kind),
            Unread::Malformed(why) => {
                RpcError::malformed(format!("a message of type {kind:?} cannot be read: {why}"))
            }
        })
    }
}

/// Why a body could not be read.
#[derive(Debug)]
enum Unread {
    UnknownType,
    Malformed(String),
}

impl de::Error for Unread {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Malformed(message.to_string())
    }

    // Called for variants of the outer enum only: errors within fields are serde_json's.
    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self::UnknownType
    }
}

impl From<serde_json::Error> for Unread {
    fn from(error: serde_json::Error) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownType => out.write_str("unknown type"),
            Self::Malformed(why) => out.write_str(why),
        }
    }
}

impl std::error::Error for Unread {}

/// A body with its type, presented to serde as an enum.
#[derive(Clone, Copy)]
struct Tagged<'de> {
    kind: &'de str,
    text: &'de str,
}

impl<'de> Deserializer<'de> for Tagged<'de> {
    type Error = Unread;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unread> {
        Ok(serde_json::Deserializer::from_str(self.text).deserialize_any(visitor)?)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        visitor.visit_enum(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unread> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> EnumAccess<'de> for Tagged<'de> {
    type Error = Unread;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Unread> {
        let variant = seed.deserialize(BorrowedStrDeserializer::<Unread>::new(self.kind))?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Tagged<'de> {
    type Error = Unread;

    fn unit_variant(self) -> Result<(), Unread> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Unread> {
        Ok(seed.deserialize(&mut serde_json::Deserializer::from_str(self.text))?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Unread> {
        Err(de::Error::custom("a body has named fields, so its variant cannot be a tuple"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unread> {
        let mut json = serde_json::Deserializer::from_str(self.text);
        Ok(json.deserialize_struct("", fields, visitor)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorCode, Json};
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Request {
        Read,
        Send { key: String, msg: Json },
        Commit(Offsets),
        Mode { mode: Mode },
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Offsets {
        offsets: std::collections::BTreeMap<String, u64>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    enum Mode {
        Fast,
    }

    fn parse(kind: &str, text: &str) -> Result<Request, ErrorCode> {
        Request::parse(kind, text).map_err(|error| error.code)
    }

    #[test]
    fn variants_are_chosen_by_type_and_read_from_the_fields() {
        assert_eq!(parse("read", r#"{"type":"read","msg_id":1}"#), Ok(Request::Read));
        assert_eq!(
            parse("send", r#"{"msg": [1, 2.50],"x":{},"type":"send","key":"a\n"}"#),
            Ok(Request::Send { key: "a\n".into(), msg: "[1, 2.50]".parse().unwrap() })
        );
        let offsets = [("k".to_owned(), 3)].into();
        assert_eq!(
            parse("commit", r#"{"offsets":{"k":3}}"#),
            Ok(Request::Commit(Offsets { offsets }))
        );
        assert_eq!(Offsets::parse("any", r#"{"offsets":{}}"#).unwrap().offsets.len(), 0);
    }

    #[test]
    fn unknown_types_are_distinguished_from_wrong_fields() {
        assert_eq!(parse("reed", "{}"), Err(ErrorCode::NotSupported));
        assert_eq!(parse("send", r#"{"key":"a"}"#), Err(ErrorCode::MalformedRequest));
        assert_eq!(parse("send", r#"{"key":1,"msg":1}"#), Err(ErrorCode::MalformedRequest));
        // An unknown variant of an enum in a field is an error in the fields.
        assert_eq!(parse("mode", r#"{"mode":"Slow"}"#), Err(ErrorCode::MalformedRequest));
    }
}
