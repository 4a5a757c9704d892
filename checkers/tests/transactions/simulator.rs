//! A simulated database that satisfies a chosen isolation level, and the history of its clients.

use glomers_history::{Function, Kind, Operation, Process, Value};
use std::collections::{BTreeMap, VecDeque};

/// The isolation level of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Isolation {
    /// Each transaction happens at one moment between its invocation and its completion.
    StrictSerializable,
    /// Transactions that write do the same; the others see an old state.
    Serializable,
    /// Transactions see the state at their beginning, and fail if another one wrote the same keys
    /// since.
    Snapshot,
    /// Reads see all committed values; keys that are written are locked until the end.
    ReadCommitted,
}

/// The parameters of the simulation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Simulator {
    pub(crate) isolation: Isolation,
    /// Whether values are lists, and not registers.
    pub(crate) is_list: bool,
    pub(crate) transactions: usize,
    pub(crate) processes: usize,
    /// Keys in use at a time.
    pub(crate) keys: usize,
    /// Writes after which a key is replaced by a new one.
    pub(crate) writes_per_key: i64,
    pub(crate) seed: u64,
}

/// `SplitMix64`
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) >> 33).unwrap() % bound
    }
}

/// A key and what is appended or written to it; `None` for a read.
type MicroOp = (i64, Option<i64>);

#[derive(Debug, Default)]
struct Running {
    micro_ops: Vec<MicroOp>,
    /// The values that the reads saw.
    seen: Vec<Vec<i64>>,
    begun: usize,
    is_done: bool,
    is_aborted: bool,
}

/// The committed values of each key, and how many there were after which commit. A register's value
/// is the last.
#[derive(Debug, Default)]
struct Key {
    values: Vec<i64>,
    commits: VecDeque<usize>,
    locked_by: Option<usize>,
}

struct State {
    random: Random,
    keys: BTreeMap<i64, Key>,
    /// Commits so far.
    commits: usize,
    /// Keys in use, and how often each was given out for writing.
    live: Vec<(i64, i64)>,
    next_key: i64,
}

impl Simulator {
    /// Runs the database, and passes each entry of the history to `emit`.
    pub(crate) fn run(&self, mut emit: impl FnMut(Operation)) {
        let live = (0..self.keys).map(|key| (i64::try_from(key).unwrap(), 0)).collect();
        let next_key = i64::try_from(self.keys).unwrap();
        let mut state =
            State { random: Random(self.seed), keys: BTreeMap::new(), commits: 0, live, next_key };
        let mut running: Vec<Option<Running>> = (0..self.processes).map(|_| None).collect();
        let (mut begun, mut ended, mut index) = (0, 0, 0_i64);
        while ended < self.transactions {
            let process = state.random.below(self.processes);
            let mut entry = |kind, value| {
                let process = Process::Client(process as u64);
                let (f, time) = (Function::Txn, index * 1_000_000);
                let index = index.cast_unsigned();
                let detail = None;
                emit(Operation { index, time, kind, process, f, value, is_final: false, detail });
            };
            match &mut running[process] {
                None if begun == self.transactions => {}
                slot @ None => {
                    begun += 1;
                    let micro_ops = self.choose(&mut state);
                    entry(Kind::Invoke, self.value(&micro_ops, None));
                    index += 1;
                    *slot = Some(Running { micro_ops, begun: state.commits, ..Running::default() });
                }
                Some(transaction) if !transaction.is_done => {
                    self.step(&mut state, process, transaction);
                }
                slot => {
                    let transaction = slot.take().unwrap();
                    ended += 1;
                    let Running { micro_ops, seen, is_aborted, .. } = &transaction;
                    if *is_aborted {
                        entry(Kind::Fail, self.value(micro_ops, None));
                    } else {
                        entry(Kind::Ok, self.value(micro_ops, Some(seen)));
                    }
                    index += 1;
                }
            }
        }
    }

    /// All entries.
    pub(crate) fn history(&self) -> Vec<Operation> {
        let mut operations = Vec::new();
        self.run(|operation| operations.push(operation));
        operations
    }

    /// A transaction of 1 to 4 operations, half of them reads, on keys of which each is used half
    /// as often as the next.
    fn choose(&self, state: &mut State) -> Vec<MicroOp> {
        (0..=state.random.below(4))
            .map(|_| {
                let weight = state.random.below(1 << self.keys.min(20));
                let position = (weight + 1).ilog2() as usize;
                let position = self.keys - 1 - position.min(self.keys - 1);
                if state.random.below(2) == 0 {
                    return (state.live[position].0, None);
                }
                if state.live[position].1 == self.writes_per_key {
                    state.live[position] = (state.next_key, 0);
                    state.next_key += 1;
                }
                state.live[position].1 += 1;
                (state.live[position].0, Some(state.live[position].1))
            })
            .collect()
    }

    /// Runs the next part of a transaction: an operation, or all of them.
    fn step(&self, state: &mut State, process: usize, transaction: &mut Running) {
        let next = transaction.seen.len();
        let is_last = next + 1 == transaction.micro_ops.len();
        match self.isolation {
            Isolation::StrictSerializable | Isolation::Serializable => {
                let is_read_only = transaction.micro_ops.iter().all(|(_, write)| write.is_none());
                let back = if is_read_only && self.isolation == Isolation::Serializable {
                    state.random.below(20)
                } else {
                    0
                };
                let at = state.commits.saturating_sub(back);
                for position in 0..transaction.micro_ops.len() {
                    see(state, transaction, position, at);
                }
                commit(state, transaction);
                return;
            }
            Isolation::Snapshot => see(state, transaction, next, transaction.begun),
            Isolation::ReadCommitted => {
                let (key, write) = transaction.micro_ops[next];
                if write.is_some() {
                    let lock = &mut state.keys.entry(key).or_default().locked_by;
                    if lock.is_some_and(|owner| owner != process) {
                        transaction.is_aborted = true;
                    } else {
                        *lock = Some(process);
                    }
                }
                see(state, transaction, next, state.commits);
            }
        }
        if is_last && !transaction.is_aborted {
            let begun = transaction.begun;
            let mut writes = transaction.micro_ops.iter().filter(|(_, write)| write.is_some());
            let is_late = |key: &i64| {
                let key = state.keys.get(key);
                key.and_then(|key| key.commits.back()).is_some_and(|&last| last > begun)
            };
            transaction.is_aborted =
                self.isolation == Isolation::Snapshot && writes.any(|(key, _)| is_late(key));
        }
        if transaction.is_aborted || is_last {
            for (key, _) in &transaction.micro_ops {
                let key = state.keys.entry(*key).or_default();
                key.locked_by = key.locked_by.filter(|&owner| owner != process);
            }
        }
        if transaction.is_aborted {
            transaction.is_done = true;
        } else if is_last {
            commit(state, transaction);
        }
    }

    fn value(&self, micro_ops: &[MicroOp], seen: Option<&[Vec<i64>]>) -> Value {
        let part = |(position, &(key, write)): (usize, &MicroOp)| {
            let f = match write {
                None => "r",
                Some(_) if self.is_list => "append",
                Some(_) => "w",
            };
            let value = match (write, seen.map(|seen| &seen[position])) {
                (Some(value), _) => Value::Int(value),
                (None, None) => Value::Nil,
                (None, Some(seen)) if seen.is_empty() => Value::Nil,
                (None, Some(seen)) if self.is_list => {
                    Value::Vector(seen.iter().copied().map(Value::Int).collect())
                }
                (None, Some(seen)) => Value::Int(seen[seen.len() - 1]),
            };
            Value::Vector(vec![Value::keyword(f), Value::Int(key), value])
        };
        Value::Vector(micro_ops.iter().enumerate().map(part).collect())
    }
}

/// Reads a key in its state after a commit, with the changes of the transaction itself.
fn see(state: &State, transaction: &mut Running, position: usize, at: usize) {
    let (key, write) = transaction.micro_ops[position];
    let mut seen = Vec::new();
    if write.is_none() {
        if let Some(key) = state.keys.get(&key) {
            let known = key.commits.partition_point(|&commit| commit <= at);
            seen.extend(&key.values[..known]);
        }
        let own = &transaction.micro_ops[..position];
        seen.extend(own.iter().filter(|(other, _)| *other == key).filter_map(|(_, write)| *write));
    }
    transaction.seen.push(seen);
}

fn commit(state: &mut State, transaction: &mut Running) {
    state.commits += 1;
    for (key, write) in &transaction.micro_ops {
        if let Some(write) = write {
            let key = state.keys.entry(*key).or_default();
            key.values.push(*write);
            key.commits.push_back(state.commits);
        }
    }
    transaction.is_done = true;
}
