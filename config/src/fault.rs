//! The faults that the nemesis can inject, and the shapes of network partitions.
//!
//! The [`Plan`](crate::Plan) sets how strong a fault is; the engine decides when it acts.

use crate::named::named;
use crate::nearest::did_you_mean;
use crate::{ParseValueError, Setting};
use std::fmt;
use std::str::FromStr;

named! {
    /// A kind of fault that the nemesis injects. No fault affects a client's messages.
    Fault {
        /// Links between nodes are cut, and later healed.
        Partition = "partition",
        /// Some messages between nodes are lost.
        Loss = "loss",
        /// Some messages between nodes are delivered twice.
        Duplicate = "duplicate",
        /// Messages between nodes get random extra delays, so that they overtake each other.
        Reorder = "reorder",
        /// Latencies between nodes are multiplied by a factor.
        Slow = "slow",
        /// Nodes are killed, and restarted after a while. They lose all state that they did not
        /// store, and all messages that arrive while they are down.
        Kill = "kill",
        /// Nodes are suspended, and later resume with their state unchanged.
        Pause = "pause",
        /// A node's clock runs too fast or too slowly. Available in simulated time only.
        Skew = "skew",
    }
}

impl Fault {
    /// The setting for the fault's strength or shape, if it has one.
    #[must_use]
    pub fn setting(self) -> Option<Setting> {
        match self {
            Self::Partition => Some(Setting::PartitionShapes),
            Self::Loss => Some(Setting::Loss),
            Self::Duplicate => Some(Setting::Duplicate),
            Self::Reorder => Some(Setting::Reorder),
            Self::Slow => Some(Setting::Slow),
            Self::Skew => Some(Setting::Skew),
            Self::Kill | Self::Pause => Some(Setting::KillTargets),
        }
    }
}

/// The faults of a run: sorted, without duplicates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Sorts the faults and removes duplicates.
    #[must_use]
    pub fn new(mut faults: Vec<Fault>) -> Self {
        faults.sort();
        faults.dedup();
        Self(faults)
    }

    /// Iterates over the faults in the order of [`Fault::ALL`].
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Fault> + '_ {
        self.0.iter().copied()
    }

    /// Whether the fault is in the set.
    #[must_use]
    pub fn contains(&self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }

    /// Whether there are no faults.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.is_empty() { "none" } else { "" })?;
        write_list(self.iter(), out)
    }
}

impl FromStr for Faults {
    type Err = ParseValueError;

    /// A comma-separated list; `none` for no faults (to override a challenge that has some).
    fn from_str(text: &str) -> Result<Self, ParseValueError> {
        if text.trim() == "none" {
            return Ok(Self::default());
        }
        parse_list(text).map(Self::new).map_err(|wrong| ParseValueError {
            expected: format!("none, or {}", list_of(Fault::ALL, wrong)),
        })
    }
}

named! {
    /// Which links a partition cuts.
    PartitionShape {
        /// One node is cut off from the others.
        One = "one",
        /// Less than a third of the nodes are cut off from the others.
        MinorityThird = "minority-third",
        /// A majority and the others are cut off from each other.
        Majority = "majority",
        /// Every node can reach a majority, and no two nodes reach the same majority.
        MajoritiesRing = "majorities-ring",
        /// All messages from one half of the nodes to the other half are dropped; messages in the
        /// other direction are delivered. Jepsen does not use this shape.
        OneWay = "one-way",
    }
}

impl PartitionShape {
    /// The four shapes that Jepsen draws from.
    pub const JEPSEN: [Self; 4] =
        [Self::One, Self::MinorityThird, Self::Majority, Self::MajoritiesRing];
}

/// The shapes that partitions are drawn from: at least one, without duplicates, in the given order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionShapes(Vec<PartitionShape>);

impl PartitionShapes {
    /// Removes duplicates; `None` if `shapes` is empty.
    #[must_use]
    pub fn new(shapes: &[PartitionShape]) -> Option<Self> {
        let mut distinct = Vec::with_capacity(shapes.len());
        for shape in shapes {
            if !distinct.contains(shape) {
                distinct.push(*shape);
            }
        }
        (!distinct.is_empty()).then_some(Self(distinct))
    }

    /// The shapes; never empty.
    #[must_use]
    pub fn as_slice(&self) -> &[PartitionShape] {
        &self.0
    }
}

impl Default for PartitionShapes {
    /// The four shapes of Jepsen.
    fn default() -> Self {
        Self(PartitionShape::JEPSEN.to_vec())
    }
}

impl fmt::Display for PartitionShapes {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_list(self.0.iter(), out)
    }
}

impl FromStr for PartitionShapes {
    type Err = ParseValueError;

    /// A comma-separated list.
    fn from_str(text: &str) -> Result<Self, ParseValueError> {
        parse_list(text)
            .and_then(|shapes: Vec<PartitionShape>| Self::new(&shapes).ok_or(""))
            .map_err(|wrong| ParseValueError { expected: list_of(PartitionShape::ALL, wrong) })
    }
}

/// Parses names separated by commas and optional spaces. The error is the first invalid name.
pub(crate) fn parse_list<T: FromStr>(text: &str) -> Result<Vec<T>, &str> {
    text.split(',').map(|name| name.trim().parse().map_err(|_| name.trim())).collect()
}

pub(crate) fn write_list<T: fmt::Display>(
    items: impl Iterator<Item = T>,
    out: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    for (position, item) in items.enumerate() {
        write!(out, "{}{item}", if position > 0 { "," } else { "" })?;
    }
    Ok(())
}

/// The end of an error message: the valid choices, and a suggestion for the invalid one.
pub(crate) fn list_of<T: ToString>(choices: &[T], wrong: &str) -> String {
    let names: Vec<String> = choices.iter().map(ToString::to_string).collect();
    let meant = did_you_mean(wrong, names.iter().map(String::as_str));
    format!("a comma-separated list of: {}{meant}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_a_list_or_none() {
        let partition = Faults::new(vec![Fault::Partition]);
        for text in ["partition", " partition , partition"] {
            assert_eq!(text.parse(), Ok(partition.clone()), "{text}");
        }
        assert_eq!("none".parse(), Ok(Faults::default()));
        // Whatever order they are given in, it is the same set.
        let several: Faults = "skew,loss , partition".parse().unwrap();
        assert_eq!(several.to_string(), "partition,loss,skew");
        assert_eq!(several.iter().collect::<Vec<_>>(), several.0);
        for faults in [Faults::default(), partition, several, Faults::new(Fault::ALL.to_vec())] {
            assert_eq!(faults.to_string().parse(), Ok(faults));
        }
        for wrong in ["", "flood", "partition,", "none,partition"] {
            let error = wrong.parse::<Faults>().unwrap_err().to_string();
            let expected = "expected none, or a comma-separated list of: partition, loss, \
                            duplicate, reorder, slow, kill, pause, skew";
            assert_eq!(error, expected, "{wrong}");
        }
        let error = "loss,partitoin".parse::<Faults>().unwrap_err().to_string();
        assert!(error.ends_with("pause, skew (did you mean partition?)"), "{error}");
        let error = "majorty".parse::<PartitionShapes>().unwrap_err().to_string();
        assert!(error.ends_with("one-way (did you mean majority?)"), "{error}");
    }

    #[test]
    fn shapes_are_a_list_that_keeps_its_order() {
        let shapes: PartitionShapes = "one-way, majority,one-way".parse().unwrap();
        assert_eq!(shapes.as_slice(), [PartitionShape::OneWay, PartitionShape::Majority]);
        assert_eq!(shapes.to_string(), "one-way,majority");
        let jepsen = PartitionShapes::default();
        assert_eq!(jepsen.to_string(), "one,minority-third,majority,majorities-ring");
        assert_eq!(jepsen.to_string().parse(), Ok(jepsen));
        for wrong in ["", "all", "one,", "half"] {
            let error = wrong.parse::<PartitionShapes>().unwrap_err().to_string();
            let expected = "expected a comma-separated list of: one, minority-third, majority, \
                            majorities-ring, one-way";
            assert_eq!(error, expected, "{wrong}");
        }
    }
}
