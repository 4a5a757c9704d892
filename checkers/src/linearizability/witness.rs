//! The witness of a failure: a small set of operations, close in time, that have no valid order.
//!
//! Found by removing operations as long as there is still no valid order: first all that ended
//! before some moment, whatever the register held then; then one operation after the other. A
//! removed read is dropped; any other removed operation may have happened or not.

use super::RegisterCall;
use super::model::Model;
use super::register::{NIL, Register, RegisterHistory};
use super::search::{SearchOutcome, search};
use glomers_history::{Operation, Value};

/// Steps of a search that shortens a witness. One that takes more proves nothing.
const TRIAL_STEPS: usize = 20_000;
/// Maximum number of searches that leave out operations.
const TRIALS: usize = 300;

/// Operations on one key that have no valid order.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The first operation that fits into no order with those before.
    pub failed: ConflictingCall,
    /// The values that the register may have held at the failed operation; sorted.
    pub held: Vec<Value>,
    /// Operations that may have left one of these values, or not yet: by invocation.
    pub pending: Vec<PendingCall>,
    /// The origin of the value that the failed operation found.
    pub origin: Origin,
    /// Operations that exclude it, by invocation; without itself.
    pub others: Vec<ConflictingCall>,
    /// Where they begin: index of the first entry that matters, whatever the register held then.
    /// `None` if it matters that it was empty at first.
    pub since: Option<u64>,
}

/// An operation that succeeded.
#[derive(Debug, Clone, PartialEq)]
pub struct ConflictingCall {
    /// Its invocation.
    pub invocation: Operation,
    /// Its completion, with its value without the key.
    pub completion: Operation,
}

/// An operation that had begun before the failed one ended, and had not surely taken effect.
#[derive(Debug, Clone, PartialEq)]
pub enum PendingCall {
    /// It ended later, and succeeded.
    Open(ConflictingCall),
    /// Its outcome is unknown; this is its invocation.
    Uncertain(Operation),
}

/// The operations on the key that may have left the value that the failed operation found.
#[derive(Debug, Clone, PartialEq)]
pub enum Origin {
    /// Operations that began before it ended.
    Begun,
    /// Only operations that begin later: the invocation of the first.
    Later(Operation),
    /// Only operations that failed: the first of them.
    Failed(ConflictingCall),
    /// No operation; this is the value.
    Nowhere(Value),
}

impl RegisterHistory<'_> {
    /// Why there is no valid order; `None` if there is one, or if it was not proved that there is
    /// not.
    pub(super) fn conflict(&self, steps: usize) -> Option<Conflict> {
        let model = Register::of(&self.calls);
        let SearchOutcome::NotLinearizable { call: failed, states, .. } =
            search(&model, &self.calls, &[NIL], steps)
        else {
            return None;
        };
        let end = self.calls[failed].ends?;
        let mut window = Window {
            model: &model,
            // A call that ends later may take effect before or later: as if its outcome were
            // unknown.
            calls: (0..self.calls.len())
                .filter(|call| self.calls[*call].begins < end)
                .map(|call| (call, self.calls[call].ends.is_some_and(|ends| ends <= end)))
                .collect(),
            all: &self.calls,
            failed,
            start: 0,
        };
        window.move_start();
        window.leave_out();
        let needed = window.calls.iter().filter(|(call, needed)| *needed && *call != failed);
        let (held, pending) = self.held(&model, states, end);
        let mut held: Vec<Value> = held.into_iter().map(|state| self.value(state)).collect();
        held.sort();
        Some(Conflict {
            failed: self.conflicting(failed),
            held,
            pending: pending.into_iter().map(|call| self.pending(call)).collect(),
            origin: self.origin(failed, end),
            others: needed.map(|(call, _)| self.conflicting(*call)).collect(),
            since: window.first().map(|call| self.entries[call].0.index),
        })
    }

    /// The values that the register may hold at `end`, if the search found these states, and the
    /// calls that leave one of these values and are not surely over. The search leaves out calls of
    /// unknown outcome whose effect no other call can notice; here they count.
    fn held(&self, model: &Register, mut states: Vec<u32>, end: usize) -> (Vec<u32>, Vec<usize>) {
        let is_left_out = |call: &RegisterCall| call.ends.is_none() && !model.is_noticed(call.op);
        let left_out = self.calls.iter().filter(|call| call.begins < end && is_left_out(call));
        let results: Vec<u32> = left_out
            .flat_map(|call| states.iter().filter_map(|state| model.step(*state, call.op)))
            .collect();
        states.extend(results);
        states.sort_unstable();
        states.dedup();
        let is_pending = |call: &RegisterCall| {
            let is_over = call.ends.is_some_and(|ends| ends <= end);
            let left = call.op.left().filter(|_| call.begins < end && !is_over);
            left.is_some_and(|left| states.contains(&left))
        };
        let pending = (0..self.calls.len()).filter(|call| is_pending(&self.calls[*call]));
        let pending = pending.collect();
        (states, pending)
    }

    fn pending(&self, call: usize) -> PendingCall {
        match self.calls[call].ends {
            Some(_) => PendingCall::Open(self.conflicting(call)),
            None => PendingCall::Uncertain(self.invocation(call)),
        }
    }

    /// The origin of the value that a call found, which ended at `end`.
    fn origin(&self, call: usize, end: usize) -> Origin {
        let Some(wanted) = self.calls[call].op.expected() else { return Origin::Begun };
        let value = self.value(wanted);
        let leaves = |other: &usize| *other != call && self.calls[*other].op.left() == Some(wanted);
        let first = (0..self.calls.len()).find(leaves);
        if first.is_some_and(|first| self.calls[first].begins < end) {
            return Origin::Begun;
        }
        let failed = self.failed.iter().find(|it| it.begins < end && it.would_leave(&value));
        match (failed, first) {
            (Some(failed), _) => Origin::Failed(ConflictingCall {
                invocation: failed.invocation.clone(),
                completion: Operation {
                    value: failed.argument.clone(),
                    detail: None,
                    ..failed.completion.clone()
                },
            }),
            (None, Some(first)) => Origin::Later(self.invocation(first)),
            (None, None) => Origin::Nowhere(value),
        }
    }

    fn conflicting(&self, call: usize) -> ConflictingCall {
        ConflictingCall { invocation: self.invocation(call), completion: self.completion(call) }
    }
}

/// The remaining calls.
struct Window<'a> {
    model: &'a Register,
    all: &'a [RegisterCall],
    /// Numbers of calls in order, and whether they must take effect.
    calls: Vec<(usize, bool)>,
    /// The call that fits into no order.
    failed: usize,
    /// Calls that ended before this time are left out; 0 if none are.
    start: usize,
}

impl Window<'_> {
    /// The call at whose invocation the window begins; `None` if it begins with the history.
    fn first(&self) -> Option<usize> {
        let begins = |call: &RegisterCall| call.begins == self.start;
        (self.start > 0).then(|| self.all.iter().position(begins))?
    }

    /// Whether these calls have no order, from that time on.
    fn fails(&self, calls: &[(usize, bool)], start: usize, steps: usize) -> bool {
        let left = calls.iter().filter(|(call, needed)| {
            let call = &self.all[*call];
            call.ends.is_none_or(|ends| ends >= start) && (*needed || !self.model.is_pure(call.op))
        });
        let left: Vec<RegisterCall> = left
            .map(|(number, needed)| {
                let call = self.all[*number];
                // A call that began before may have taken effect before.
                let ends = call.ends.filter(|_| *needed && call.begins >= start);
                RegisterCall { ends, ..call }
            })
            .collect();
        let initial = match start {
            0 => vec![NIL],
            _ => self.model.states(left.iter().map(|call| call.op)),
        };
        matches!(search(self.model, &left, &initial, steps), SearchOutcome::NotLinearizable { .. })
    }

    /// Finds the latest start such that there is still no order. A later start only gives more
    /// freedom, so that this can be bisected.
    fn move_start(&mut self) {
        let needed = self.calls.iter().filter(|(_, needed)| *needed);
        let starts: Vec<usize> = needed.map(|(call, _)| self.all[*call].begins).collect();
        let fails = |window: &Self, back: usize| {
            let start = starts[starts.len() - back];
            start > 0 && window.fails(&window.calls, start, TRIAL_STEPS)
        };
        // The least number of calls at the end that fails is above `passing`, at most `failing`.
        let (mut passing, mut failing) = (0, 1);
        while failing < starts.len() && !fails(self, failing) {
            passing = failing;
            failing *= 2;
        }
        if failing >= starts.len() {
            failing = starts.len();
            if failing == 0 || !fails(self, failing) {
                return;
            }
        }
        while passing + 1 < failing {
            let middle = usize::midpoint(passing, failing);
            if fails(self, middle) {
                failing = middle;
            } else {
                passing = middle;
            }
        }
        self.start = starts[starts.len() - failing];
        let start = self.start;
        self.calls.retain(|(call, _)| self.all[*call].ends.is_none_or(|ends| ends >= start));
        for (call, needed) in &mut self.calls {
            *needed &= self.all[*call].begins >= start;
        }
    }

    /// Tries to remove calls: all at once, then half of them, ever smaller parts, and finally each
    /// alone.
    fn leave_out(&mut self) {
        let mut size = self.calls.len().max(1);
        let mut trials = 0;
        loop {
            let mut from = 0;
            while from < self.calls.len() {
                let to = (from + size).min(self.calls.len());
                let mut fewer = self.calls.clone();
                for (call, needed) in &mut fewer[from..to] {
                    *needed &= *call == self.failed;
                }
                if fewer != self.calls {
                    trials += 1;
                    if trials > TRIALS {
                        return;
                    }
                    if self.fails(&fewer, self.start, TRIAL_STEPS) {
                        self.calls = fewer;
                    }
                }
                from = to;
            }
            if size == 1 {
                return;
            }
            size = size.div_ceil(2);
        }
    }
}
