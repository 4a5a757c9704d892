//! How many examples a text shows.

/// Maximum number of examples in an explanation, and of keys that are explained.
pub(crate) const EXAMPLES: usize = 5;
