//! A whole history, with invocations and completions paired.

use crate::shared::Pieces;
use crate::{Function, Kind, Operation, Process};
use rustc_hash::FxHashMap;

/// Marks entries without a counterpart.
const NONE: u32 = u32::MAX;

/// How a client entry violates the rule that each process alternates between invocation and
/// completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mispaired {
    /// An invocation while an operation of the process is still open.
    StillRunning {
        /// Index of the invocation.
        index: u64,
        /// Index of the invocation that is still open.
        running: u64,
    },
    /// A completion while the process has no open operation.
    NeverBegan {
        /// Index of the completion.
        index: u64,
    },
}

/// The entries of a run in order, with links between invocations and completions. Long reads, and
/// lists of messages in polls, are [shared](crate::Value::Shared).
#[derive(Debug, Clone, Default)]
pub struct History {
    operations: Vec<Operation>,
    /// By position of an invocation: the position of its completion; and the reverse.
    counterparts: Vec<u32>,
    /// Position of the open invocation of each busy process.
    open: FxHashMap<u64, u32>,
    /// The shared parts of reads of sets and of polls.
    pieces: Pieces,
    mispaired_count: usize,
    first_mispaired: Option<Mispaired>,
}

impl History {
    /// An empty history.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends an entry and pairs it with the open invocation of its process.
    ///
    /// # Panics
    /// With more than 2^32 - 1 entries.
    pub fn push(&mut self, mut operation: Operation) {
        operation.value = match (&operation.f, operation.kind) {
            (Function::Read, Kind::Ok) => self.pieces.share(operation.value),
            (Function::Poll, Kind::Ok) => self.pieces.share_messages(operation.value),
            _ => operation.value,
        };
        let position = u32::try_from(self.operations.len()).expect("fewer than 2^32 entries");
        let mut counterpart = NONE;
        if let Process::Client(process) = operation.process {
            let index = operation.index;
            if operation.kind == Kind::Invoke {
                if let Some(running) = self.open.insert(process, position) {
                    let running = self.operations[running as usize].index;
                    self.note(Mispaired::StillRunning { index, running });
                }
            } else if let Some(invocation) = self.open.remove(&process) {
                counterpart = invocation;
                self.counterparts[invocation as usize] = position;
            } else {
                self.note(Mispaired::NeverBegan { index });
            }
        }
        self.operations.push(operation);
        self.counterparts.push(counterpart);
    }

    fn note(&mut self, mispaired: Mispaired) {
        self.mispaired_count += 1;
        self.first_mispaired.get_or_insert(mispaired);
    }

    /// The first client entry that violates the alternation.
    #[must_use]
    pub fn first_mispaired(&self) -> Option<Mispaired> {
        self.first_mispaired
    }

    /// Number of client entries that violate the alternation.
    #[must_use]
    pub fn mispaired_count(&self) -> usize {
        self.mispaired_count
    }

    /// All entries, in order.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Entries of clients with their positions, in order.
    pub fn client_operations(&self) -> impl Iterator<Item = (usize, &Operation)> {
        self.operations.iter().enumerate().filter(|(_, operation)| operation.is_client())
    }

    /// The completion of the invocation at `position`, or the invocation of the completion at
    /// `position`.
    #[must_use]
    pub fn counterpart(&self, position: usize) -> Option<&Operation> {
        let counterpart = *self.counterparts.get(position)?;
        self.operations.get(counterpart as usize)
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.operations.len()
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }
}

impl FromIterator<Operation> for History {
    fn from_iter<I: IntoIterator<Item = Operation>>(operations: I) -> Self {
        let mut history = Self::new();
        for operation in operations {
            history.push(operation);
        }
        history
    }
}
