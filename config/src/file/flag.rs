//! Values of flags in the file: written as strings, or as values of the matching TOML type.

use crate::settings::FlagValue;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// A value that the file may write as a string, a number or a boolean; or as an array, if the flag
/// takes a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Flag<T>(pub(super) T);

impl<'de, T: FlagValue> Deserialize<'de> for Flag<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FlagVisitor(PhantomData))
    }
}

struct FlagVisitor<T>(PhantomData<T>);

impl<T: FlagValue> FlagVisitor<T> {
    fn parse<E: Error>(value: &impl ToString) -> Result<Flag<T>, E> {
        let text = value.to_string();
        T::parse(&text)
            .map(Flag)
            .map_err(|error| E::custom(format_args!("invalid value {text:?}: {error}")))
    }
}

impl<'de, T: FlagValue> Visitor<'de> for FlagVisitor<T> {
    type Value = Flag<T>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a string, a number or a boolean, as the flag of that name takes it")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Self::parse(&text)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Self::parse(&number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Self::parse(&number)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Self::parse(&number)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Self::parse(&value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element::<String>()? {
            items.push(item);
        }
        T::parse_list(&items)
            .map(Flag)
            .map_err(|error| A::Error::custom(format_args!("invalid value {items:?}: {error}")))
    }
}
