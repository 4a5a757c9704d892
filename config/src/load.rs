//! Load, required availability, and recovery time.

use crate::nearest::{did_you_mean, nearest};
use crate::settings::range::LONGEST_SECONDS;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A value that a flag or a key does not accept; the error says what is accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct ParseValueError {
    /// What is allowed, as the end of a sentence.
    pub expected: String,
}

impl ParseValueError {
    pub(crate) fn expected(expected: &str) -> Self {
        Self { expected: expected.to_owned() }
    }

    /// Picks the choice of that name. The error lists the names, or only the nearest if there are
    /// many.
    pub(crate) fn choose<T: Copy>(text: &str, choices: &[(&str, T)]) -> Result<T, Self> {
        /// Maximum number of names that are listed together with a suggestion.
        const MOST_LISTED: usize = 12;
        choices.iter().find(|(name, _)| *name == text).map(|(_, choice)| *choice).ok_or_else(|| {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            let expected = match nearest(text, names.iter().copied()) {
                Some(meant) if names.len() > MOST_LISTED => {
                    format!("one of {} names (did you mean {meant}?)", names.len())
                }
                Some(meant) => format!("one of {} (did you mean {meant}?)", names.join(", ")),
                None => format!("one of {}", names.join(", ")),
            };
            Self { expected }
        })
    }
}

/// How many workers run operations: a number, or a multiple of the node count (`4n`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concurrency {
    /// The number of workers.
    Workers(u32),
    /// The number of workers per node.
    PerNode(u32),
}

impl Concurrency {
    /// The reference's default.
    pub(crate) const DEFAULT: Self = Self::PerNode(1);

    /// Number of workers with `nodes` nodes; `None` if it overflows.
    #[must_use]
    pub fn workers(self, nodes: u32) -> Option<u32> {
        match self {
            Self::Workers(workers) => Some(workers),
            Self::PerNode(factor) => factor.checked_mul(nodes),
        }
    }
}

impl fmt::Display for Concurrency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workers(workers) => write!(out, "{workers}"),
            Self::PerNode(factor) => write!(out, "{factor}n"),
        }
    }
}

impl FromStr for Concurrency {
    type Err = ParseValueError;

    fn from_str(text: &str) -> Result<Self, ParseValueError> {
        let (digits, per_node) = match text.strip_suffix('n') {
            Some(digits) => (digits, true),
            None => (text, false),
        };
        match digits.parse() {
            Ok(number) if number > 0 && !digits.starts_with('+') => {
                Ok(if per_node { Self::PerNode(number) } else { Self::Workers(number) })
            }
            _ => Err(ParseValueError::expected(
                "a positive whole number, optionally followed by n (4n means 4 for each node)",
            )),
        }
    }
}

/// The fraction of operations that must succeed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Availability {
    /// Every operation must succeed.
    Total,
    /// At least this fraction, from 0 to 1.
    AtLeast(f64),
}

impl fmt::Display for Availability {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Total => out.write_str("total"),
            Self::AtLeast(fraction) => write!(out, "{fraction}"),
        }
    }
}

impl FromStr for Availability {
    type Err = ParseValueError;

    fn from_str(text: &str) -> Result<Self, ParseValueError> {
        if text == "total" {
            return Ok(Self::Total);
        }
        match text.parse::<f64>() {
            Ok(fraction) if (0.0..=1.0).contains(&fraction) => Ok(Self::AtLeast(fraction)),
            _ => {
                let meant = did_you_mean(text, ["total"]);
                let expected = format!("total, or a fraction from 0 to 1{meant}");
                Err(ParseValueError::expected(&expected))
            }
        }
    }
}

/// How long the network is healed and without faults before the final reads.
///
/// There is no `auto`: silence does not show that nodes are done, since a node may retry after any
/// time. A wait that ended when traffic stopped made correct nodes look wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recovery(pub Duration);

impl fmt::Display for Recovery {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0.as_secs_f64())
    }
}

impl FromStr for Recovery {
    type Err = ParseValueError;

    fn from_str(text: &str) -> Result<Self, ParseValueError> {
        if text == "auto" {
            return Err(ParseValueError::expected(
                "a number of seconds (auto is gone: nodes that are silent may still be about to retry)",
            ));
        }
        text.parse::<f64>()
            .ok()
            .filter(|seconds| *seconds <= LONGEST_SECONDS)
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .map(Self)
            .ok_or_else(|| ParseValueError::expected("a number of seconds, at most a year"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concurrency_is_a_number_or_a_multiple_of_the_nodes() {
        assert_eq!("10".parse::<Concurrency>().unwrap().workers(3), Some(10));
        assert_eq!("4n".parse::<Concurrency>().unwrap().workers(3), Some(12));
        for wrong in ["", "n", "0", "-1", "+1", "2x", "1.5n", "99999999999"] {
            assert!(wrong.parse::<Concurrency>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn availability_is_total_or_a_fraction() {
        assert_eq!("total".parse(), Ok(Availability::Total));
        assert_eq!("0.5".parse(), Ok(Availability::AtLeast(0.5)));
        for wrong in ["2", "-0.1", "NaN", "all"] {
            assert!(wrong.parse::<Availability>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn recovery_is_a_number_of_seconds() {
        assert_eq!("0.5".parse(), Ok(Recovery(Duration::from_millis(500))));
        for wrong in ["-1", "soon", "inf"] {
            assert!(wrong.parse::<Recovery>().is_err(), "{wrong}");
        }
        let error = "auto".parse::<Recovery>().unwrap_err().to_string();
        assert!(error.contains("auto is gone"), "{error}");
    }
}
