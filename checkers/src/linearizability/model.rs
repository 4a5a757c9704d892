//! Models of sequential objects: the specification that a linearization must follow.

use std::hash::Hash;

/// A sequential object. Operations carry their results, so that a step either fits or does not.
pub(super) trait Model {
    /// The state of the object.
    type State: Copy + Eq + Hash;
    /// A call and its result.
    type Op: Copy + Eq + Hash;

    /// The state after the operation; `None` if it cannot have this result in this state.
    fn step(&self, state: Self::State, op: Self::Op) -> Option<Self::State>;

    /// Whether the operation changes no state. It may then take effect as soon as it fits, since it
    /// does not affect any other.
    fn is_pure(&self, op: Self::Op) -> bool;

    /// Whether another operation can observe that this one, whose outcome is unknown, took effect.
    fn is_noticed(&self, op: Self::Op) -> bool;

    /// States that represent all that the object may have, as far as these operations can
    /// distinguish them.
    fn states(&self, ops: impl Iterator<Item = Self::Op>) -> Vec<Self::State>;
}

/// A call of an operation. Its times are positions in the history: all different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Call<Op> {
    /// The operation, and its result.
    pub(super) op: Op,
    /// When it was invoked. Calls are listed in this order.
    pub(super) begins: usize,
    /// When it returned; `None` if it may take effect at any later time, or never.
    pub(super) ends: Option<usize>,
}
