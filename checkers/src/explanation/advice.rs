//! What to do about a verdict.

use super::Explanation;
use crate::KafkaAnomaly;

impl Explanation {
    /// What a node should do instead; `None` if the text says it already, or if no single mistake is
    /// likely.
    #[must_use]
    pub fn advice(&self) -> Option<&str> {
        match self {
            Self::WrongEchoes { .. } => {
                Some("answer with the `echo` of the request that is answered, unchanged")
            }
            Self::DuplicatedIds { .. } => Some(
                "an id must be the only one of the whole cluster: put the node's id into it, and a \
                 count that never begins again",
            ),
            Self::NotLinearizable { .. } => Some(
                "an operation must take effect once, between its request and its answer: answer from \
                 one place (lin-kv, or what the nodes agreed on), not from a copy that may be old",
            ),
            Self::Anomaly { count: 0, .. } => None,
            Self::Anomaly { name, .. } => of_transactions(name),
            Self::Kafka(problem) => problem.advice.as_deref(),
            _ => None,
        }
    }
}

/// The advice on an anomaly of transactions, by the reference's name.
fn of_transactions(name: &str) -> Option<&'static str> {
    const ALL_AT_ONCE: &str = "show the writes of a transaction to others all at once, at its end";
    const REFUSED: &str = "a transaction that is answered with an error must leave nothing behind: write only \
                           when it is certain to succeed";
    const ONE_MOMENT: &str = "a transaction must read and write as if at one moment: before it writes, check \
                              that what it read is still the same (a cas of the state), else begin again";
    const LATE: &str = "a transaction that began after another was answered must see it: answer from what \
                        is current, not from a copy that may be old";
    if name.ends_with("-realtime") || name.ends_with("-process") {
        return Some(LATE);
    }
    Some(match name {
        "G0" | "G1b" | "G1c" => ALL_AT_ONCE,
        "G1a" | "dirty-update" => REFUSED,
        "internal" => "a transaction must see its own earlier writes",
        "duplicate-elements" => {
            "append once: an append whose answer was lost may have been done, so look before it is tried \
             again"
        }
        "incompatible-order" => {
            "a list must have one order: keep each in one place, or change it only by a cas of what was \
             read"
        }
        "lost-update" => ONE_MOMENT,
        name if name.starts_with("G-") || name.starts_with("G2") => ONE_MOMENT,
        _ => return None,
    })
}

impl KafkaAnomaly {
    /// What a node should do instead, if a single mistake is likely.
    #[must_use]
    pub fn advice(self) -> Option<&'static str> {
        Some(match self {
            Self::InconsistentOffsets => {
                "take an offset and append the message in one step, which no other send can come between: \
                 a cas that is tried again when it fails, or one node for each key"
            }
            Self::Duplicate => {
                "append a message once: a send whose answer was lost may have been done, so look before it \
                 is tried again"
            }
            Self::LostWrite | Self::Unseen => {
                "keep every message whose send was acknowledged, and answer polls with it: no node may \
                 replace the log by an older one"
            }
            Self::NonmonotonicPoll | Self::IntNonmonotonicPoll => {
                "answer `poll` with the messages from the offset that it names on, in the order of offsets"
            }
            Self::PollSkip | Self::IntPollSkip => {
                "leave no message out between others: answer with those before the gap only"
            }
            Self::NonmonotonicSend | Self::IntNonmonotonicSend => {
                "give later sends of a client greater offsets"
            }
            Self::AbortedRead => {
                "answer a send with an error only if the message is certainly not in the log"
            }
            _ => return None,
        })
    }
}
