//! How many nodes a kill or a pause hits at once.

use crate::ParseValueError;
use crate::fault::{list_of, parse_list, write_list};
use crate::named::named;
use std::fmt;
use std::str::FromStr;

named! {
    /// How many nodes a kill or a pause hits. The nodes themselves are drawn anew each time.
    KillTarget {
        /// One node.
        One = "one",
        /// Fewer than a third of the nodes: 0 of up to 3.
        MinorityThird = "minority-third",
        /// Half of the nodes, rounded down: 0 of 1.
        Minority = "minority",
        /// The smallest majority.
        Majority = "majority",
        /// Every node.
        All = "all",
        /// A random number of nodes, at least one.
        Subset = "subset",
    }
}

impl KillTarget {
    /// How many of `nodes` nodes are hit; `None` if the number is random.
    #[must_use]
    pub fn count(self, nodes: usize) -> Option<usize> {
        match self {
            Self::One => Some(nodes.min(1)),
            Self::MinorityThird => Some(nodes.saturating_sub(1) / 3),
            Self::Minority => Some(nodes / 2),
            Self::Majority => Some((nodes / 2 + 1).min(nodes)),
            Self::All => Some(nodes),
            Self::Subset => None,
        }
    }
}

/// The choices that the targets of kills and pauses are drawn from: at least one, without
/// duplicates, in the given order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KillTargets(Vec<KillTarget>);

impl KillTargets {
    /// Removes duplicates; `None` if `targets` is empty.
    #[must_use]
    pub fn new(targets: &[KillTarget]) -> Option<Self> {
        let mut distinct = Vec::with_capacity(targets.len());
        for target in targets {
            if !distinct.contains(target) {
                distinct.push(*target);
            }
        }
        (!distinct.is_empty()).then_some(Self(distinct))
    }

    /// All choices that the reference draws from.
    #[must_use]
    pub fn of_reference() -> Self {
        Self(KillTarget::ALL.to_vec())
    }

    /// The choices; never empty.
    #[must_use]
    pub fn as_slice(&self) -> &[KillTarget] {
        &self.0
    }

    /// Whether at least one of the choices hits a node, out of `nodes` nodes.
    #[must_use]
    pub fn hit_any(&self, nodes: usize) -> bool {
        self.0.iter().any(|target| target.count(nodes) != Some(0))
    }
}

impl Default for KillTargets {
    /// One node at a time.
    fn default() -> Self {
        Self(vec![KillTarget::One])
    }
}

impl fmt::Display for KillTargets {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_list(self.0.iter(), out)
    }
}

impl FromStr for KillTargets {
    type Err = ParseValueError;

    /// A comma-separated list.
    fn from_str(text: &str) -> Result<Self, ParseValueError> {
        parse_list(text)
            .and_then(|targets: Vec<KillTarget>| Self::new(&targets).ok_or(""))
            .map_err(|wrong| ParseValueError { expected: list_of(KillTarget::ALL, wrong) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_hit_as_in_the_reference() {
        let counts = |nodes| {
            let counted = &KillTarget::ALL[..5];
            counted.iter().map(|target| target.count(nodes).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(counts(1), [1, 0, 0, 1, 1]);
        assert_eq!(counts(2), [1, 0, 1, 2, 2]);
        assert_eq!(counts(3), [1, 0, 1, 2, 3]);
        assert_eq!(counts(4), [1, 1, 2, 3, 4]);
        assert_eq!(counts(5), [1, 1, 2, 3, 5]);
        assert_eq!(KillTarget::Subset.count(5), None);
    }

    #[test]
    fn targets_are_a_list_that_keeps_its_order() {
        let targets: KillTargets = "majority, one,majority".parse().unwrap();
        assert_eq!(targets.to_string(), "majority,one");
        assert_eq!(KillTargets::default().to_string(), "one");
        let all = KillTargets::of_reference();
        assert_eq!(all.to_string().parse(), Ok(all));
        for wrong in ["", "none", "two", "one,"] {
            let error = wrong.parse::<KillTargets>().unwrap_err().to_string();
            let expected = "expected a comma-separated list of: one, minority-third, minority, \
                            majority, all, subset";
            assert!(error.starts_with(expected), "{wrong}: {error}");
        }
    }

    #[test]
    fn some_targets_are_nobody() {
        let hit = |text: &str, nodes| text.parse::<KillTargets>().unwrap().hit_any(nodes);
        assert!(!hit("minority-third", 3) && hit("minority-third", 4));
        assert!(!hit("minority,minority-third", 1) && hit("minority,subset", 1));
    }
}
