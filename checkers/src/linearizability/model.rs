//! What a sequential object does: the specification that a linearization must follow.

use std::hash::Hash;

/// A sequential object. Operations carry their results, so that a step either fits or does not.
pub(super) trait Model {
    /// What the object holds.
    type State: Copy + Eq + Hash;
    /// A call and its result.
    type Op: Copy + Eq + Hash;

    /// The state after the operation; none when it cannot have this result in this state.
    fn step(&self, state: Self::State, op: Self::Op) -> Option<Self::State>;

    /// Whether the operation changes no state. It may then take effect as soon as it fits: it
    /// stands in no other's way.
    fn is_pure(&self, op: Self::Op) -> bool;

    /// Whether another operation can notice that this one, which may not have happened, did.
    fn is_noticed(&self, op: Self::Op) -> bool;

    /// States which stand for all that the object may hold, as far as these operations can tell.
    fn states(&self, ops: impl Iterator<Item = Self::Op>) -> Vec<Self::State>;
}

/// A call of an operation. Its times are places in the history: all different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Call<Op> {
    /// What was called, and its result.
    pub(super) op: Op,
    /// When it was invoked. Calls are listed in this order.
    pub(super) begins: usize,
    /// When it returned; none when it may take effect at any later time, or never.
    pub(super) ends: Option<usize>,
}
