//! Why a kafka history cannot be judged.

/// What the kafka checker, and the reference's, gives up at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KafkaError {
    /// A value is not what this function carries.
    #[error("entry {index} has {value} where {expected} should be")]
    Malformed {
        /// Index of the entry.
        index: u64,
        /// What is there, as EDN.
        value: String,
        /// What should be.
        expected: &'static str,
    },
    /// A poll returned what nobody sent.
    #[error(
        "entry {index} polls the message {message} of key {key}, which nobody sent: answer `poll` \
         with nothing but the `msg` of `send` requests of that key, unchanged"
    )]
    NeverSent {
        /// Index of the poll's completion.
        index: u64,
        /// The key, as EDN.
        key: String,
        /// The message, as EDN.
        message: String,
    },
    /// A poll returned what was sent by an operation that the history does not complete.
    #[error(
        "entry {index} polls the message {message} of key {key}, whose send (entry {send}) has no \
         completion in the history: let every operation end, with :info when its outcome is unknown"
    )]
    SendNeverEnded {
        /// Index of the poll's completion.
        index: u64,
        /// The key, as EDN.
        key: String,
        /// The message, as EDN.
        message: String,
        /// Index of the send's invocation.
        send: u64,
    },
    /// A poll listed the key, but no offset of a message that was polled is known.
    #[error(
        "key {key} was polled, but only without messages: leave keys that have none out of \
         `poll_ok` (the reference cannot judge such a history)"
    )]
    NoMessages {
        /// The key, as EDN.
        key: String,
    },
}
