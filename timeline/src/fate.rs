//! What became of a message, and why.

use crate::fault::{Fault, FaultKind};
use crate::message::Message;
use crate::participant::Role;
use crate::timeline::Timeline;

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrived.
    Arrived,
    /// It was dropped because its link was cut; the position of the fault.
    Cut(usize),
    /// It was lost; the position of the fault.
    Lost(usize),
    /// Its receiver was not running; the position of the fault.
    Dead(usize),
    /// It came to a client that did not wait for it any more.
    NotAwaited,
    /// The run ended before it arrived.
    Late,
}

impl Fate {
    /// The fault that dropped it, by its position.
    #[must_use]
    pub fn fault(self) -> Option<usize> {
        match self {
            Self::Cut(fault) | Self::Lost(fault) | Self::Dead(fault) => Some(fault),
            Self::Arrived | Self::NotAwaited | Self::Late => None,
        }
    }
}

impl Timeline<'_> {
    /// What became of a message. The journal says only whether it arrived: of a message that did not,
    /// the reason follows from the faults that were active meanwhile.
    #[must_use]
    pub fn fate(&self, message: &Message<'_>) -> Fate {
        if message.received.is_some() {
            return Fate::Arrived;
        }
        let (src, dest) = (self.role(message.src), self.role(message.dest));
        let is_client = src == Role::Client || dest == Role::Client;
        let hits = |fault: &Fault| match &fault.kind {
            FaultKind::Kill(node) => dest == Role::Node(*node),
            FaultKind::Partition(cut) => match (src, dest) {
                (Role::Node(src), Role::Node(dest)) => {
                    cut.get(&dest).is_some_and(|unheard| unheard.contains(&src))
                }
                _ => false,
            },
            FaultKind::Loss(_) => !is_client,
            _ => false,
        };
        // Faults that were active when it was sent, or else those that began before it could arrive.
        let sent = message.sent;
        let faults = self.faults();
        let found = (faults.iter().position(|fault| fault.overlaps(sent, sent) && hits(fault)))
            .or_else(|| faults.iter().position(|fault| sent < fault.from && hits(fault)));
        match found {
            Some(at) => match faults[at].kind {
                FaultKind::Kill(_) => Fate::Dead(at),
                FaultKind::Partition(_) => Fate::Cut(at),
                _ => Fate::Lost(at),
            },
            None if dest == Role::Client => Fate::NotAwaited,
            None => Fate::Late,
        }
    }
}
