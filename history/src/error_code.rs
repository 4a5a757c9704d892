//! The protocol's codes for the errors of nodes and services, which histories give by name.

macro_rules! error_codes {
    ($($(#[$doc:meta])* $constant:ident = $number:literal, $name:literal, $is_definite:literal;)+) => {
        impl ErrorCode {
            $($(#[$doc])* pub const $constant: Self =
                Self { number: $number, name: $name, is_definite: $is_definite };)+

            /// All codes, in the order of their numbers.
            pub const ALL: &[Self] = &[$(Self::$constant),+];
        }
    };
}

/// A code of the protocol. (The SDK, which is published alone, has the same table in its
/// `ErrorCode`.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ErrorCode {
    /// Its number in messages.
    pub number: i64,
    /// Its name in histories, where it is a keyword.
    pub name: &'static str,
    /// Whether the request certainly had no effect.
    pub is_definite: bool,
}

error_codes! {
    /// No answer in time.
    TIMEOUT = 0, "timeout", false;
    /// The destination does not exist.
    NODE_NOT_FOUND = 1, "node-not-found", true;
    /// The destination does not know this type of message.
    NOT_SUPPORTED = 10, "not-supported", true;
    /// The destination cannot process the request now.
    TEMPORARILY_UNAVAILABLE = 11, "temporarily-unavailable", true;
    /// The request's fields do not match its type.
    MALFORMED_REQUEST = 12, "malformed-request", true;
    /// An internal error of the destination.
    CRASH = 13, "crash", false;
    /// The destination aborted the request deliberately.
    ABORT = 14, "abort", true;
    /// The key does not exist.
    KEY_DOES_NOT_EXIST = 20, "key-does-not-exist", true;
    /// The key already exists.
    KEY_ALREADY_EXISTS = 21, "key-already-exists", true;
    /// A compare-and-set found a different value.
    PRECONDITION_FAILED = 22, "precondition-failed", true;
    /// A transaction was aborted because it conflicts with another one.
    TXN_CONFLICT = 30, "txn-conflict", true;
}

impl ErrorCode {
    /// The code with this number; `None` if the protocol does not define it.
    #[must_use]
    pub fn with_number(number: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.number == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_by_their_numbers() {
        assert!(ErrorCode::ALL.is_sorted_by_key(|code| code.number));
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::with_number(code.number), Some(*code));
        }
        assert_eq!(ErrorCode::with_number(1000), None);
    }
}
