//! The anomalies of kafka histories, by the reference's names.

/// An anomaly of a kafka history. Ordered by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KafkaAnomaly {
    /// `G1a`: a poll returned a message whose send failed.
    AbortedRead,
    /// `G1c`: a cycle of operations that polled each other's messages.
    Cycle,
    /// `G1c-realtime`: the same, with operations that ended before the next began.
    RealtimeCycle,
    /// `PL-2-cycle-exists`: says where a `G1c` is.
    CycleExists,
    /// `duplicate`: a message is at several offsets.
    Duplicate,
    /// `empty-transaction-graph`: no operation depends on another.
    EmptyTransactionGraph,
    /// `inconsistent-offsets`: an offset has several messages.
    InconsistentOffsets,
    /// `int-nonmonotonic-poll`: a poll returned messages out of order, or one twice.
    IntNonmonotonicPoll,
    /// `int-nonmonotonic-send`: messages that one operation sent are out of order in the log.
    IntNonmonotonicSend,
    /// `int-poll-skip`: a poll left out messages between those that it returned.
    IntPollSkip,
    /// `int-send-skip`: messages of others are between those that one operation sent, which is
    /// allowed.
    IntSendSkip,
    /// `lost-write`: no process polled a message, though a later one was polled.
    LostWrite,
    /// `nonmonotonic-poll`: a process went back from one poll to the next.
    NonmonotonicPoll,
    /// `nonmonotonic-send`: a process sent a message that precedes its previous one in the log.
    NonmonotonicSend,
    /// `poll-skip`: a process left out messages from one poll to the next.
    PollSkip,
    /// `precommitted-read`: an operation polled a message that it sent itself.
    PrecommittedRead,
    /// `strong-PL-2-cycle-exists`: says where a `G1c-realtime` is.
    RealtimeCycleExists,
    /// `unseen`: no process polled an acknowledged message.
    Unseen,
}

impl KafkaAnomaly {
    /// The keyword in results, without the colon.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AbortedRead => "G1a",
            Self::Cycle => "G1c",
            Self::RealtimeCycle => "G1c-realtime",
            Self::CycleExists => "PL-2-cycle-exists",
            Self::Duplicate => "duplicate",
            Self::EmptyTransactionGraph => "empty-transaction-graph",
            Self::InconsistentOffsets => "inconsistent-offsets",
            Self::IntNonmonotonicPoll => "int-nonmonotonic-poll",
            Self::IntNonmonotonicSend => "int-nonmonotonic-send",
            Self::IntPollSkip => "int-poll-skip",
            Self::IntSendSkip => "int-send-skip",
            Self::LostWrite => "lost-write",
            Self::NonmonotonicPoll => "nonmonotonic-poll",
            Self::NonmonotonicSend => "nonmonotonic-send",
            Self::PollSkip => "poll-skip",
            Self::PrecommittedRead => "precommitted-read",
            Self::RealtimeCycleExists => "strong-PL-2-cycle-exists",
            Self::Unseen => "unseen",
        }
    }

    /// Whether it leaves the verdict valid. The reference also allows `G0` and related anomalies,
    /// but these cannot occur, since the workload does not derive an order of operations from that
    /// of their sends.
    #[must_use]
    pub fn is_allowed(self) -> bool {
        self == Self::IntSendSkip
    }
}
