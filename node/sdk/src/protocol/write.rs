//! Writes a body: any serializable enum or struct, directly into the output, without a JSON tree.
//!
//! An enum's variant is the body's type. A struct must have a `type` field, which
//! `#[serde(tag = "type")]` adds.

use serde::ser::{self, Impossible, SerializeMap, SerializeStruct, SerializeStructVariant};
use serde::{Serialize, Serializer};
use std::fmt;

/// The numbers that match a reply to its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Correlation {
    /// Set if an answer is expected.
    pub msg_id: Option<u64>,
    /// Set if this is a reply: the request's `msg_id`.
    pub in_reply_to: Option<u64>,
}

/// Why a value cannot be a body: an error in the type, not in the data.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// It is not an object.
    #[error("a body must be a struct, a map, or an enum of such, not {0}")]
    NotAnObject(&'static str),
    /// It has no `type`.
    #[error("a body must be an enum or have a field named type")]
    NoType,
    /// One of its fields cannot be written.
    #[error(transparent)]
    Field(#[from] serde_json::Error),
    /// The type's `Serialize` implementation failed.
    #[error("{0}")]
    Custom(String),
}

impl ser::Error for WriteError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Custom(message.to_string())
    }
}

/// Appends a body to `out` as one JSON object. After an error, `out` ends with a partial object.
pub fn write_body<B: Serialize + ?Sized>(
    out: &mut Vec<u8>,
    correlation: Correlation,
    body: &B,
) -> Result<(), WriteError> {
    body.serialize(BodyWriter { out, correlation, kind: None })
}

struct BodyWriter<'a> {
    out: &'a mut Vec<u8>,
    correlation: Correlation,
    kind: Option<&'static str>,
}

impl<'a> BodyWriter<'a> {
    fn begin(self) -> Result<Fields<'a>, WriteError> {
        let correlation = Some(self.correlation);
        let mut fields = Fields { out: self.out, correlation, started: false, typed: false };
        if let Some(kind) = self.kind {
            fields.write("type", kind)?;
        }
        Ok(fields)
    }
}

/// The fields of an object while it is written.
struct Fields<'a> {
    out: &'a mut Vec<u8>,
    /// Not yet written: it follows the type, if that is the first field.
    correlation: Option<Correlation>,
    started: bool,
    typed: bool,
}

impl Fields<'_> {
    fn write<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), WriteError> {
        self.key(key)?;
        self.value(value)
    }

    fn key(&mut self, key: &str) -> Result<(), WriteError> {
        if key == "type" {
            self.typed = true;
        } else {
            self.correlate()?;
        }
        self.out.push(if self.started { b',' } else { b'{' });
        self.started = true;
        serde_json::to_writer(&mut *self.out, key)?;
        self.out.push(b':');
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
        Ok(serde_json::to_writer(&mut *self.out, value)?)
    }

    fn correlate(&mut self) -> Result<(), WriteError> {
        let Correlation { msg_id, in_reply_to } = self.correlation.take().unwrap_or_default();
        if let Some(msg_id) = msg_id {
            self.write("msg_id", &msg_id)?;
        }
        if let Some(in_reply_to) = in_reply_to {
            self.write("in_reply_to", &in_reply_to)?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(), WriteError> {
        self.correlate()?;
        if !self.typed {
            return Err(WriteError::NoType);
        }
        self.out.push(b'}');
        Ok(())
    }
}

impl SerializeStruct for Fields<'_> {
    type Ok = ();
    type Error = WriteError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), WriteError> {
        self.write(key, value)
    }

    fn end(self) -> Result<(), WriteError> {
        self.finish()
    }
}

impl SerializeStructVariant for Fields<'_> {
    type Ok = ();
    type Error = WriteError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), WriteError> {
        self.write(key, value)
    }

    fn end(self) -> Result<(), WriteError> {
        self.finish()
    }
}

impl SerializeMap for Fields<'_> {
    type Ok = ();
    type Error = WriteError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), WriteError> {
        // By way of a value, since only serde_json can convert a key to a string.
        match serde_json::to_value(key)? {
            serde_json::Value::String(key) => self.key(&key),
            other => self.key(&other.to_string()),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), WriteError> {
        self.value(value)
    }

    fn end(self) -> Result<(), WriteError> {
        self.finish()
    }
}

macro_rules! not_an_object {
    ($($method:ident($type:ty) $what:literal),+ $(,)?) => {
        $(fn $method(self, _: $type) -> Result<(), WriteError> {
            Err(WriteError::NotAnObject($what))
        })+
    };
}

impl<'a> Serializer for BodyWriter<'a> {
    type Ok = ();
    type Error = WriteError;
    type SerializeSeq = Impossible<(), WriteError>;
    type SerializeTuple = Impossible<(), WriteError>;
    type SerializeTupleStruct = Impossible<(), WriteError>;
    type SerializeTupleVariant = Impossible<(), WriteError>;
    type SerializeMap = Fields<'a>;
    type SerializeStruct = Fields<'a>;
    type SerializeStructVariant = Fields<'a>;

    not_an_object! {
        serialize_bool(bool) "a boolean",
        serialize_i8(i8) "a number",
        serialize_i16(i16) "a number",
        serialize_i32(i32) "a number",
        serialize_i64(i64) "a number",
        serialize_u8(u8) "a number",
        serialize_u16(u16) "a number",
        serialize_u32(u32) "a number",
        serialize_u64(u64) "a number",
        serialize_f32(f32) "a number",
        serialize_f64(f64) "a number",
        serialize_char(char) "a character",
        serialize_str(&str) "a string",
        serialize_bytes(&[u8]) "bytes",
        serialize_unit_struct(&'static str) "a struct without fields",
    }

    fn serialize_none(self) -> Result<(), WriteError> {
        Err(WriteError::NotAnObject("nothing"))
    }

    fn serialize_unit(self) -> Result<(), WriteError> {
        Err(WriteError::NotAnObject("nothing"))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), WriteError> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), WriteError> {
        value.serialize(self)
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), WriteError> {
        Self { kind: Some(variant), ..self }.begin()?.finish()
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), WriteError> {
        value.serialize(Self { kind: Some(variant), ..self })
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Fields<'a>, WriteError> {
        Self { kind: Some(variant), ..self }.begin()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields<'a>, WriteError> {
        self.begin()
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Fields<'a>, WriteError> {
        self.begin()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, WriteError> {
        Err(WriteError::NotAnObject("a list"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, WriteError> {
        Err(WriteError::NotAnObject("a tuple"))
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleStruct, WriteError> {
        Err(WriteError::NotAnObject("a tuple"))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleVariant, WriteError> {
        Err(WriteError::NotAnObject("a tuple"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ErrorCode, Json, RpcError};

    #[derive(Serialize)]
    #[serde(rename_all = "snake_case")]
    enum Reply {
        WriteOk,
        ReadOk { value: Json, note: Option<u8> },
        Moved(Place),
        Odd(u8),
    }

    #[derive(Serialize)]
    struct Place {
        x: i64,
    }

    fn written<B: Serialize + ?Sized>(body: &B) -> Result<String, String> {
        let correlation = Correlation { msg_id: Some(7), in_reply_to: None };
        let mut out = Vec::new();
        write_body(&mut out, correlation, body).map_err(|error| error.to_string())?;
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn bodies_of_every_shape() {
        let ok = |body: &str| Ok(body.to_owned());
        assert_eq!(written(&Reply::WriteOk), ok(r#"{"type":"write_ok","msg_id":7}"#));
        assert_eq!(
            written(&Reply::ReadOk { value: "[1, 2.50]".parse().unwrap(), note: None }),
            ok(r#"{"type":"read_ok","msg_id":7,"value":[1, 2.50],"note":null}"#)
        );
        assert_eq!(
            written(&Reply::Moved(Place { x: -1 })),
            ok(r#"{"type":"moved","msg_id":7,"x":-1}"#)
        );
        assert_eq!(
            written(&RpcError::new(ErrorCode::Abort, "a \"quoted\" text")),
            ok(r#"{"type":"error","msg_id":7,"code":14,"text":"a \"quoted\" text"}"#)
        );
        assert_eq!(
            written(&serde_json::json!({"type": "read"})),
            ok(r#"{"type":"read","msg_id":7}"#)
        );
    }

    #[test]
    fn what_cannot_be_a_body_says_so() {
        let message =
            |what| Err(format!("a body must be a struct, a map, or an enum of such, not {what}"));
        assert_eq!(written("read"), message("a string"));
        assert_eq!(written(&[1]), message("a tuple"));
        assert_eq!(written(&Reply::Odd(1)), message("a number"));
        assert_eq!(
            written(&Place { x: 1 }),
            Err("a body must be an enum or have a field named type".to_owned())
        );
    }
}
