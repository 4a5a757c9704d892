//! How every type of a setting is parsed from text, as on the command line.

use crate::{
    Availability, Concurrency, ConsistencyModel, Delivery, Faults, KillTargets,
    LatencyDistribution, Metric, ParseValueError, PartitionShapes, Recovery, Services, Topology,
    Workload,
};

/// A type of flag values.
pub(crate) trait FlagValue: Sized {
    /// Parses the text of the command line.
    fn parse(text: &str) -> Result<Self, ParseValueError>;

    /// Parses an array of strings.
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

impl FlagValue for KillTargets {
    fn parse(text: &str) -> Result<Self, ParseValueError> {
        text.parse()
    }

    fn parse_list(items: &[String]) -> Result<Self, ParseValueError> {
        items.join(",").parse()
    }
}

/// A string whose meaning depends on its key.
impl FlagValue for String {
    fn parse(text: &str) -> Result<Self, ParseValueError> {
        Ok(text.to_owned())
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
