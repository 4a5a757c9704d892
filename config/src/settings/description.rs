//! How a setting is described to a user, and to Maelstrom.

/// The flag of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlagDescription {
    /// Its group in the help of `glomers run`.
    pub heading: Heading,
    /// The name of its value (`MS` and `SECONDS` are units); empty for a switch.
    pub value: &'static str,
    /// What it is, without the default and the full stop.
    pub help: &'static str,
}

impl FlagDescription {
    /// Whether the flag takes no value.
    #[must_use]
    pub fn is_switch(&self) -> bool {
        self.value.is_empty()
    }

    /// The unit of the value, as it is written behind a number.
    #[must_use]
    pub fn unit(&self) -> Option<&'static str> {
        match self.value {
            "MS" => Some("ms"),
            "SECONDS" => Some("s"),
            _ => None,
        }
    }
}

/// The groups of flags in the help of `glomers run`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heading {
    /// Has no flag: only challenges and `glomers.toml` set it.
    Hidden,
    /// About the node's program.
    Node,
    /// What clients ask, and what is expected of the answers.
    Load,
    /// The network, and what the nemesis does to it and to the nodes.
    Network,
    /// What is written.
    Output,
}

impl Heading {
    /// The text; `None` if the setting has no flag.
    #[must_use]
    pub fn text(self) -> Option<&'static str> {
        match self {
            Self::Hidden => None,
            Self::Node => Some("Node"),
            Self::Load => Some("Load"),
            Self::Network => Some("Network"),
            Self::Output => Some("Output"),
        }
    }
}

/// How Maelstrom takes a setting. Its flags have the same names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InMaelstrom {
    /// A flag with the same value, or a switch.
    Value,
    /// A flag that takes only whole seconds.
    WholeSeconds,
    /// No flag, and none is needed: glomers itself applies the setting.
    Applied,
    /// Maelstrom cannot do it.
    Lacks,
}
