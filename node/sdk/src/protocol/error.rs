//! The errors of requests, with the protocol's codes.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $name:literal, $definite:literal;)+) => {
        /// Why a request failed: the `code` of an `error` body.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $($(#[$doc])* $variant,)+
            /// A code that the protocol does not name.
            Other(u32),
        }

        impl ErrorCode {
            /// The error with this code.
            #[must_use]
            pub fn from_number(number: u32) -> Self {
                match number {
                    $($code => Self::$variant,)+
                    other => Self::Other(other),
                }
            }

            /// The code on the wire.
            #[must_use]
            pub fn number(self) -> u32 {
                match self {
                    $(Self::$variant => $code,)+
                    Self::Other(number) => number,
                }
            }

            /// The name in the protocol.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                    Self::Other(_) => "unknown-error",
                }
            }

            /// Whether the request definitely had no effect. After any other error it may have had
            /// one, or may still have one.
            #[must_use]
            pub fn is_definite(self) -> bool {
                match self {
                    $(Self::$variant => $definite,)+
                    Self::Other(_) => false,
                }
            }
        }
    };
}

// The rest of glomers has this table in `glomers-history`, which the SDK does not depend on, since it
// is published alone.
error_codes! {
    /// No answer in time.
    Timeout = 0, "timeout", false;
    /// The destination does not exist.
    NodeNotFound = 1, "node-not-found", true;
    /// The destination does not know this type of message.
    NotSupported = 10, "not-supported", true;
    /// The destination cannot process the request now.
    TemporarilyUnavailable = 11, "temporarily-unavailable", true;
    /// The request's fields do not match its type.
    MalformedRequest = 12, "malformed-request", true;
    /// An internal error of the destination.
    Crash = 13, "crash", false;
    /// The destination aborted the request deliberately.
    Abort = 14, "abort", true;
    /// The key does not exist.
    KeyDoesNotExist = 20, "key-does-not-exist", true;
    /// The key already exists.
    KeyAlreadyExists = 21, "key-already-exists", true;
    /// A compare-and-set found a different value.
    PreconditionFailed = 22, "precondition-failed", true;
    /// A transaction was aborted because it conflicts with another one.
    TxnConflict = 30, "txn-conflict", true;
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.number(), self.name())
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.number())
    }
}

impl<'de> Deserialize<'de> for ErrorCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u32::deserialize(deserializer).map(Self::from_number)
    }
}

/// A failed request: returned by handlers to answer with an error, and by `rpc` after an error
/// reply or a timeout. On the wire, the body of type `error`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "type", rename = "error")]
#[error("{text} ({code})")]
pub struct RpcError {
    /// The kind of error.
    pub code: ErrorCode,
    /// A description for users.
    #[serde(default)]
    pub text: String,
}

impl RpcError {
    /// An error with this code and text.
    pub fn new(code: ErrorCode, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }

    /// An internal error of this node ([`ErrorCode::Crash`]).
    pub fn crash(text: impl Into<String>) -> Self {
        Self::new(ErrorCode::Crash, text)
    }

    /// The request's fields do not match its type.
    pub fn malformed(text: impl Into<String>) -> Self {
        Self::new(ErrorCode::MalformedRequest, text)
    }

    /// This node does not know this type of message.
    #[must_use]
    pub fn not_supported(kind: &str) -> Self {
        Self::new(ErrorCode::NotSupported, format!("messages of type {kind:?} are not known here"))
    }

    /// No answer in time.
    #[must_use]
    pub fn timeout(dest: &str) -> Self {
        Self::new(ErrorCode::Timeout, format!("{dest} did not answer in time"))
    }
}
