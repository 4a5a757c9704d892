//! What a program did that may come out otherwise in another run.

use std::fmt;

/// Why a run may not be exactly repeatable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Irregularity {
    /// A thread computed for so long without a system call that it was interrupted, at a point that
    /// depends on the machine.
    Preempted,
    /// A thread waits in a system call that was not foreseen; others ran meanwhile.
    UnknownWait {
        /// The call's number.
        call: i64,
        /// Its name, if it is one that programs often wait in.
        name: Option<&'static str>,
    },
    /// Addresses in memory are drawn by the kernel, because it does not allow otherwise.
    RandomAddresses,
    /// A connection to the network was refused.
    Network,
}

impl fmt::Display for Irregularity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preempted => out.write_str(
                "it ran for a long time without a system call that lets others run, and was \
                 interrupted where the machine's speed decided",
            ),
            Self::UnknownWait { call, name } => write!(
                out,
                "it waited in {} (system call {call}), which is not simulated: other threads ran \
                 meanwhile",
                name.unwrap_or("a call")
            ),
            Self::RandomAddresses => {
                out.write_str("the system does not allow fixed addresses in memory (personality)")
            }
            Self::Network => out.write_str(
                "it opened a network socket, which was refused: a node talks through stdin and \
                 stdout only",
            ),
        }
    }
}

/// What was noted in a run, each kind once.
#[derive(Debug, Default)]
pub(crate) struct Irregularities(Vec<Irregularity>);

impl Irregularities {
    pub(crate) fn add(&mut self, irregularity: Irregularity) {
        if !self.0.contains(&irregularity) {
            self.0.push(irregularity);
        }
    }

    pub(crate) fn all(&self) -> &[Irregularity] {
        &self.0
    }
}
