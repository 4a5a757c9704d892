//! Why a kafka history cannot be judged.

/// Errors at which the kafka checker gives up, like the reference's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KafkaError {
    /// A value does not have the shape that the function requires.
    #[error("entry {index} has {value} where {expected} should be")]
    Malformed {
        /// Index of the entry.
        index: u64,
        /// The value, as EDN.
        value: String,
        /// The expected shape.
        expected: &'static str,
    },
    /// A poll returned a message that was never sent.
    #[error(
        "entry {index} polls the message {message} of key {key}, which no client sent: answer `poll` \
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
    /// A poll returned a message of a send that the history does not complete.
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
