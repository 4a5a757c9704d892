//! How the simulated network behaves: latency, delivery, faults, and the topology it suggests.

use crate::ParseValueError;
use std::fmt;
use std::str::FromStr;

macro_rules! named {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $variant:ident = $name:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $type { $($(#[$variant_doc])* $variant,)+ }

        impl $type {
            /// Every choice.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name that flags and files use.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(self.name())
            }
        }

        impl FromStr for $type {
            type Err = ParseValueError;

            fn from_str(text: &str) -> Result<Self, ParseValueError> {
                ParseValueError::choose(text, &[$(($name, Self::$variant),)+])
            }
        }
    };
}

named! {
    /// How latencies are drawn, given their mean.
    LatencyDistribution {
        /// Always the mean.
        Constant = "constant",
        /// A whole number of ms, evenly from 0 to twice the mean.
        Uniform = "uniform",
        /// Exponential, in whole ms.
        Exponential = "exponential",
    }
}

named! {
    /// How a receiver takes messages from its queue.
    Delivery {
        /// As the reference: a receiver takes the earliest message now queued and waits for it; one
        /// that arrives meanwhile waits behind it, even if it is due earlier.
        Queued = "queued",
        /// Every message takes exactly its own latency.
        Independent = "independent",
    }
}

named! {
    /// A kind of fault that the nemesis injects.
    Fault {
        /// Links between nodes are cut, and mended.
        Partition = "partition",
    }
}

named! {
    /// How the services (`lin-kv`, `seq-kv`, `lww-kv`, `lin-tso`) behave.
    Services {
        /// As the reference's really do.
        Reference = "reference",
        /// As the reference's documentation says.
        Documented = "documented",
    }
}

named! {
    /// The neighbours that the broadcast workload suggests to each node.
    Topology {
        /// A square grid.
        Grid = "grid",
        /// One line.
        Line = "line",
        /// Everyone with everyone.
        Total = "total",
        /// A tree with two children each.
        Tree = "tree",
        /// A tree with two children each.
        Tree2 = "tree2",
        /// A tree with three children each.
        Tree3 = "tree3",
        /// A tree with four children each.
        Tree4 = "tree4",
    }
}

/// The faults of a run, each at most once, ordered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Just these.
    #[must_use]
    pub fn new(mut faults: Vec<Fault>) -> Self {
        faults.sort();
        faults.dedup();
        Self(faults)
    }

    /// Whether this one is among them.
    #[must_use]
    pub fn contains(&self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.0.iter().map(|fault| fault.name()).collect();
        out.write_str(if names.is_empty() { "none" } else { "" })?;
        out.write_str(&names.join(","))
    }
}

impl FromStr for Faults {
    type Err = ParseValueError;

    /// A comma-separated list; `none` for no faults (to override a challenge that has some).
    fn from_str(text: &str) -> Result<Self, ParseValueError> {
        if text.trim() == "none" {
            return Ok(Self::default());
        }
        let faults: Result<Vec<Fault>, _> =
            text.split(',').map(|name| name.trim().parse::<Fault>()).collect();
        faults
            .map(Self::new)
            .map_err(|_| ParseValueError::expected("none, or a comma-separated list of: partition"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_found_by_its_name() {
        for topology in Topology::ALL {
            assert_eq!(topology.name().parse(), Ok(*topology));
        }
        let error = "ring".parse::<Topology>().unwrap_err().to_string();
        assert_eq!(error, "expected one of grid, line, total, tree, tree2, tree3, tree4");
    }

    #[test]
    fn faults_are_a_list_or_none() {
        let partition = Faults::new(vec![Fault::Partition]);
        for text in ["partition", " partition , partition"] {
            assert_eq!(text.parse(), Ok(partition.clone()), "{text}");
        }
        assert_eq!("none".parse(), Ok(Faults::default()));
        for faults in [Faults::default(), partition] {
            assert_eq!(faults.to_string().parse(), Ok(faults));
        }
        for wrong in ["", "kill", "partition,", "none,partition"] {
            assert!(wrong.parse::<Faults>().is_err(), "{wrong}");
        }
    }
}
