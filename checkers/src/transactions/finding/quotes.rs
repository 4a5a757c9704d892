//! The entries of a history that a result quotes.

use glomers_history::{History, Operation, Value};
use rustc_hash::FxHashMap;

/// Looks up entries by their position among all entries of a history.
pub trait Entries {
    /// The entry at a position; `None` if it is not available.
    fn entry(&self, position: usize) -> Option<&Operation>;
}

impl Entries for History {
    fn entry(&self, position: usize) -> Option<&Operation> {
        self.operations().get(position)
    }
}

/// For histories that are read again to quote entries.
impl<S: std::hash::BuildHasher> Entries for std::collections::HashMap<usize, Operation, S> {
    fn entry(&self, position: usize) -> Option<&Operation> {
        self.get(&position)
    }
}

/// Selects the entries at these positions, which are sorted, from the whole of a history.
pub(crate) fn select(
    positions: &[usize],
    operations: impl IntoIterator<Item = Operation>,
) -> FxHashMap<usize, Operation> {
    let mut wanted = positions.iter().copied().peekable();
    let mut selected = FxHashMap::default();
    for (position, operation) in operations.into_iter().enumerate() {
        let Some(&next) = wanted.peek() else { break };
        if position == next {
            wanted.next();
            selected.insert(position, operation);
        }
    }
    selected
}

/// The entry as a result shows it, `nil` if it is not available.
pub(crate) fn quote(entries: &dyn Entries, position: u32) -> Value {
    entries.entry(position as usize).map_or(Value::Nil, Operation::to_value)
}
