//! The seeds of a sweep, and how machines share them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A range of seeds, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Seeds {
    /// The lowest.
    pub first: u64,
    /// The highest.
    pub last: u64,
}

/// One of several machines that share a sweep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Shard {
    /// Its number, from 1.
    number: u64,
    /// Number of machines.
    of: u64,
}

impl Shard {
    /// The shard that takes all seeds.
    pub const WHOLE: Self = Self { number: 1, of: 1 };
}

impl Seeds {
    /// Number of seeds that a shard takes.
    #[must_use]
    pub fn count(self, shard: Shard) -> u64 {
        // All 2^64 of them are one more than fits, and no machine gets that far.
        let all = (self.last - self.first).saturating_add(1);
        all.saturating_sub(shard.number - 1).div_ceil(shard.of)
    }

    /// Whether a seed is among those that a shard takes.
    #[must_use]
    pub fn has(self, shard: Shard, seed: u64) -> bool {
        (self.first..=self.last).contains(&seed)
            && (seed - self.first) % shard.of == shard.number - 1
    }

    /// The seed at an index among those that a shard takes: it takes every `of`th.
    #[must_use]
    pub fn nth(self, shard: Shard, position: u64) -> u64 {
        self.first + (shard.number - 1) + position * shard.of
    }
}

impl fmt::Display for Seeds {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(out, "seed {}", self.first)
        } else {
            write!(out, "seeds {} to {}", self.first, self.last)
        }
    }
}

/// A text that is not a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected K/N, where K is 1 to N: 2/3 is the second of three")]
pub struct ParseShardError;

impl FromStr for Shard {
    type Err = ParseShardError;

    fn from_str(text: &str) -> Result<Self, ParseShardError> {
        let (number, of) = text.split_once('/').ok_or(ParseShardError)?;
        let parse = |text: &str| text.parse().map_err(|_| ParseShardError);
        let shard = Self { number: parse(number)?, of: parse(of)? };
        if (1..=shard.of).contains(&shard.number) { Ok(shard) } else { Err(ParseShardError) }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.number, self.of)
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

impl TryFrom<String> for Shard {
    type Error = ParseShardError;

    fn try_from(text: String) -> Result<Self, ParseShardError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shards_are_numbered_from_one() {
        for wrong in ["", "1", "0/3", "4/3", "1/0", "a/3", "1/3/5", "-1/3"] {
            assert_eq!(wrong.parse::<Shard>(), Err(ParseShardError), "{wrong}");
        }
        let seeds = Seeds { first: 10, last: 14 };
        let of = |shard: &str| -> Vec<u64> {
            let shard = shard.parse().unwrap();
            (0..seeds.count(shard)).map(|position| seeds.nth(shard, position)).collect()
        };
        assert_eq!(of("1/2"), [10, 12, 14]);
        assert_eq!(of("2/2"), [11, 13]);
        assert!(of("7/7").is_empty());
    }

    proptest! {
        #[test]
        fn every_seed_is_in_one_shard(
            first in prop_oneof![0_u64..1000, u64::MAX - 300..=u64::MAX - 100],
            more in 0_u64..100,
            of in 1_u64..20,
        ) {
            let seeds = Seeds { first, last: first + more };
            let mut all: Vec<u64> = Vec::new();
            let middle = first + more / 2;
            let having = (1..=of).filter(|&number| seeds.has(Shard { number, of }, middle));
            prop_assert_eq!(having.count(), 1);
            for number in 1..=of {
                let shard = Shard { number, of };
                all.extend((0..seeds.count(shard)).map(|position| seeds.nth(shard, position)));
            }
            all.sort_unstable();
            prop_assert!(all.into_iter().eq(first..=first + more));
        }
    }
}
