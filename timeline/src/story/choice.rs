//! Which part of a run a story is about.

/// A part of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// One value: who had it when, and the messages with it; as JSON.
    pub value: Option<String>,
    /// These operations, by the index of an entry of the history, and what the node did for them.
    pub operations: Vec<u64>,
    /// One node, by its position.
    pub node: Option<usize>,
    /// Only from this time on, in ns since the test began.
    pub from: Option<i64>,
    /// Only until this time.
    pub until: Option<i64>,
}

impl Choice {
    /// Whether it is the whole run.
    pub(super) fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn has_time(&self, time: i64) -> bool {
        self.from.is_none_or(|from| from <= time) && self.until.is_none_or(|until| time <= until)
    }
}
