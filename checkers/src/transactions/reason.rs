//! Why one transaction comes before another, in terms of their operations.

/// Members of each side of a dependency between many and many that are all paired. Beyond that,
/// only pairs with one of the first on either side are: enough to find cycles, and linear.
pub(crate) const PAIRED: usize = 128;

/// A dependency over a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reason {
    /// The key in common.
    pub(crate) key: u32,
    /// The version that the earlier transaction wrote or read; none for the initial state of a list.
    pub(crate) value: Option<u32>,
    /// The version that the later one wrote; none where it read.
    pub(crate) next: Option<u32>,
    /// Which operation of the earlier transaction.
    pub(crate) earlier_place: usize,
    /// Which operation of the later one.
    pub(crate) later_place: usize,
}
