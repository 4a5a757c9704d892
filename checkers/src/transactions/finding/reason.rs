//! Why one transaction comes before another, in terms of their operations.

/// Number of members up to which all pairs of a many-to-many dependency are linked. Beyond that,
/// only pairs with one of the first members of either side are: enough to find cycles, and linear.
pub(crate) const PAIRED: usize = 128;

/// A dependency over a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reason {
    /// The key in common.
    pub(crate) key: u32,
    /// The version that the earlier transaction wrote or read; `None` for the initial state of a
    /// list.
    pub(crate) value: Option<u32>,
    /// The version that the later one wrote; `None` if it read.
    pub(crate) next: Option<u32>,
    /// Index of the operation in the earlier transaction.
    pub(crate) earlier_position: usize,
    /// Index of the operation in the later transaction.
    pub(crate) later_position: usize,
}
