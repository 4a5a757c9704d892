//! Values of flags in the file: parsed from their text, like on the command line.

use crate::{
    Availability, Concurrency, ConsistencyModel, Delivery, Faults, LatencyDistribution, Metric,
    ParseValueError, PartitionShapes, Recovery, Services, Topology, Workload,
};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// A value that the file may write as a string, a number or a boolean, or as an array where the
/// flag takes a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Flag<T>(pub(super) T);

/// A type that flags have.
pub(super) trait FlagValue: Sized {
    /// Parses what is written on the command line.
    fn parse(text: &str) -> Result<Self, ParseValueError>;

    /// Parses an array.
    fn parse_list(_items: &[String]) -> Result<Self, ParseValueError> {
        Err(ParseValueError::expected("a single value, not an array"))
    }
}

macro_rules! from_str {
    ($($type:ty),+) => {
        $(impl FlagValue for $type {
            fn parse(text: &str) -> Result<Self, ParseValueError> {
                text.parse()
            }
        })+
    };
}

from_str!(
    Availability,
    Concurrency,
    Delivery,
    LatencyDistribution,
    Metric,
    Recovery,
    Services,
    Topology,
    Workload
);

macro_rules! primitive {
    ($($type:ty: $expected:literal),+ $(,)?) => {
        $(impl FlagValue for $type {
            fn parse(text: &str) -> Result<Self, ParseValueError> {
                text.parse().map_err(|_| ParseValueError::expected($expected))
            }
        })+
    };
}

primitive! {
    bool: "true or false",
    u32: "a whole number from 0 to 4294967295",
    u64: "a whole number from 0 to 18446744073709551615 (as a string when beyond 63 bits)",
}

impl FlagValue for f64 {
    fn parse(text: &str) -> Result<Self, ParseValueError> {
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| ParseValueError::expected("a number"))
    }
}

impl FlagValue for Faults {
    fn parse(text: &str) -> Result<Self, ParseValueError> {
        text.parse()
    }

    fn parse_list(items: &[String]) -> Result<Self, ParseValueError> {
        if items.is_empty() { Ok(Self::default()) } else { items.join(",").parse() }
    }
}

impl FlagValue for PartitionShapes {
    fn parse(text: &str) -> Result<Self, ParseValueError> {
        text.parse()
    }

    fn parse_list(items: &[String]) -> Result<Self, ParseValueError> {
        items.join(",").parse()
    }
}

/// Names separated by commas.
impl FlagValue for Vec<String> {
    fn parse(text: &str) -> Result<Self, ParseValueError> {
        let items: Vec<String> = text.split(',').map(|item| item.trim().to_owned()).collect();
        Self::parse_list(&items)
    }

    fn parse_list(items: &[String]) -> Result<Self, ParseValueError> {
        if items.is_empty() || items.iter().any(String::is_empty) {
            return Err(ParseValueError::expected("one or more names"));
        }
        Ok(items.to_vec())
    }
}

impl FlagValue for Vec<ConsistencyModel> {
    fn parse(text: &str) -> Result<Self, ParseValueError> {
        ConsistencyModel::parse_list(text)
    }

    fn parse_list(items: &[String]) -> Result<Self, ParseValueError> {
        Self::parse(&items.join(","))
    }
}

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
