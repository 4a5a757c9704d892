//! The types that settings have: how each is parsed from a text, and shown.

use crate::{
    Availability, Concurrency, ConsistencyModel, Delivery, Faults, KillTargets,
    LatencyDistribution, Metric, ParseValueError, PartitionShapes, Recovery, Services,
    ThreadSchedule, Topology, Workload,
};
use std::fmt;

/// The value of a setting, whatever its type.
#[derive(Debug, Clone, PartialEq)]
pub enum SettingValue {
    /// A number, in the unit of the setting.
    Number(f64),
    /// A whole number.
    Whole(u64),
    /// A switch.
    Switch(bool),
    /// A name, or a list of names of a fixed set.
    Text(String),
    /// A list of names.
    List(Vec<String>),
}

/// As the flag takes it.
impl fmt::Display for SettingValue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(out, "{number}"),
            Self::Whole(number) => write!(out, "{number}"),
            Self::Switch(is_on) => write!(out, "{is_on}"),
            Self::Text(text) => out.write_str(text),
            Self::List(items) => out.write_str(&items.join(",")),
        }
    }
}

/// A type of flag values.
pub(crate) trait FlagValue: Sized {
    /// The value, to be shown or written to a file.
    fn to_value(&self) -> SettingValue;

    /// Parses the text of the command line.
    fn parse(text: &str) -> Result<Self, ParseValueError>;

    /// Whether an array of strings may be such a value.
    const IS_LIST: bool = false;

    /// Parses an array of strings.
    fn parse_list(_items: &[String]) -> Result<Self, ParseValueError> {
        Err(ParseValueError::expected("a single value, not an array"))
    }
}

macro_rules! from_str {
    ($($type:ty),+) => {
        $(impl FlagValue for $type {
            fn to_value(&self) -> SettingValue {
                SettingValue::Text(self.to_string())
            }

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
    ThreadSchedule,
    LatencyDistribution,
    Metric,
    Services,
    Topology,
    Workload
);

macro_rules! primitive {
    ($($type:ty => $variant:ident: $expected:literal),+ $(,)?) => {
        $(impl FlagValue for $type {
            fn to_value(&self) -> SettingValue {
                SettingValue::$variant((*self).into())
            }

            fn parse(text: &str) -> Result<Self, ParseValueError> {
                text.parse().map_err(|_| ParseValueError::expected($expected))
            }
        })+
    };
}

primitive! {
    bool => Switch: "true or false",
    u32 => Whole: "a whole number from 0 to 4294967295",
    u64 => Whole: "a whole number from 0 to 18446744073709551615 (as a string when beyond 63 bits)",
}

impl FlagValue for Recovery {
    fn to_value(&self) -> SettingValue {
        SettingValue::Number(self.0.as_secs_f64())
    }

    fn parse(text: &str) -> Result<Self, ParseValueError> {
        text.parse()
    }
}

impl FlagValue for f64 {
    fn to_value(&self) -> SettingValue {
        SettingValue::Number(*self)
    }

    fn parse(text: &str) -> Result<Self, ParseValueError> {
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| ParseValueError::expected("a number"))
    }
}

impl FlagValue for Faults {
    const IS_LIST: bool = true;

    fn to_value(&self) -> SettingValue {
        SettingValue::Text(self.to_string())
    }

    fn parse(text: &str) -> Result<Self, ParseValueError> {
        text.parse()
    }

    fn parse_list(items: &[String]) -> Result<Self, ParseValueError> {
        if items.is_empty() { Ok(Self::default()) } else { items.join(",").parse() }
    }
}

macro_rules! names {
    ($($type:ty),+) => {
        $(impl FlagValue for $type {
            const IS_LIST: bool = true;

            fn to_value(&self) -> SettingValue {
                SettingValue::Text(self.to_string())
            }

            fn parse(text: &str) -> Result<Self, ParseValueError> {
                text.parse()
            }

            fn parse_list(items: &[String]) -> Result<Self, ParseValueError> {
                items.join(",").parse()
            }
        })+
    };
}

names!(KillTargets, PartitionShapes);

/// A string whose meaning depends on its key.
impl FlagValue for String {
    fn to_value(&self) -> SettingValue {
        SettingValue::Text(self.clone())
    }

    fn parse(text: &str) -> Result<Self, ParseValueError> {
        Ok(text.to_owned())
    }
}

/// Names separated by commas.
impl FlagValue for Vec<String> {
    const IS_LIST: bool = true;

    fn to_value(&self) -> SettingValue {
        SettingValue::List(self.clone())
    }

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
    const IS_LIST: bool = true;

    fn to_value(&self) -> SettingValue {
        SettingValue::List(ConsistencyModel::texts(self))
    }

    fn parse(text: &str) -> Result<Self, ParseValueError> {
        ConsistencyModel::parse_list(text)
    }

    fn parse_list(items: &[String]) -> Result<Self, ParseValueError> {
        Self::parse(&items.join(","))
    }
}
