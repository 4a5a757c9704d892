//! The search for a linearization: Wing and Gong's, with the improvements known since.
//!
//! Returns are processed in order. A call takes effect just in time: only when its own return, or
//! that of another call that needs it, is reached (Lowe 2017). Situations seen before are not tried
//! again, nor those that differ from one seen before only in having used more uncertain calls.
//! Reads take effect as soon as they fit. Since every situation is tried before the search gives
//! up, the return that no situation passes does not depend on the order of the search: it ends the
//! shortest prefix that cannot be ordered.

use super::marks::Marks;
use super::model::{Call, Model};
use super::schedule::Schedule;
use fixedbitset::FixedBitSet;
use rustc_hash::{FxHashMap, FxHashSet};

/// Maximum number of situations kept to describe a failure.
const KEPT: usize = 32;
/// Maximum number of remembered situations, so that a long search stays below some 800 MB; fewer if
/// sets are long. Those found after that may be tried again.
const REMEMBERED: usize = 6_000_000;
/// Number of sets of used calls that are compared at the cost of one step.
const COMPARED: usize = 16;
/// No call has taken effect.
const NONE: usize = usize::MAX;

/// The outcome of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SearchOutcome<State> {
    /// There is a valid order; this is the situation at its end.
    Linearizable(Situation<State>),
    /// There is no valid order.
    NotLinearizable {
        /// The first call to return that fits into no order, by number.
        call: usize,
        /// Situations right after the return before it, a few when there are many.
        before: Vec<Situation<State>>,
        /// The possible states of the object at that point, also after calls that are open;
        /// unsorted.
        states: Vec<State>,
    },
    /// The search took too many steps.
    OutOfSteps,
}

/// The state of a partial linearization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Situation<State> {
    /// The state of the object.
    pub(super) state: State,
    /// The last call that took effect.
    pub(super) last: Option<usize>,
    /// Calls that have begun and not taken effect, in order.
    pub(super) pending: Vec<usize>,
}

/// Looks for an order of the calls, from any of these states. Never takes more than about `steps`
/// steps beyond two for each call.
pub(super) fn search<M: Model>(
    model: &M,
    calls: &[Call<M::Op>],
    initial: &[M::State],
    steps: usize,
) -> SearchOutcome<M::State> {
    search_within(model, calls, initial, Limits { steps, remembered: REMEMBERED })
}

/// The limits of a search.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Steps beyond two for each call.
    pub(super) steps: usize,
    /// Situations kept in memory.
    pub(super) remembered: usize,
}

/// As [`search`], with any limits.
pub(super) fn search_within<M: Model>(
    model: &M,
    calls: &[Call<M::Op>],
    initial: &[M::State],
    limits: Limits,
) -> SearchOutcome<M::State> {
    let schedule = Schedule::new(model, calls);
    let bits = usize::try_from(u64::BITS).unwrap_or(0);
    if schedule.slot_count <= bits && schedule.optional.len() <= bits {
        Search::<M, u64>::new(model, calls, &schedule, limits).run(initial)
    } else {
        Search::<M, FixedBitSet>::new(model, calls, &schedule, limits).run(initial)
    }
}

#[derive(Debug, Clone)]
struct Node<State, B> {
    layer: usize,
    state: State,
    /// Slots of the open calls that have taken effect.
    done: B,
    /// Uncertain calls that have taken effect.
    used: B,
    /// The last call that took effect.
    last: usize,
}

/// The minimal sets of used calls seen in situations that are otherwise equal.
struct Least<B> {
    first: B,
    others: Vec<B>,
}

struct Search<'a, M: Model, B> {
    model: &'a M,
    calls: &'a [Call<M::Op>],
    schedule: &'a Schedule<M::Op>,
    met: FxHashMap<(usize, M::State, B), Least<B>>,
    /// Current and maximum number of sets of used calls in `met`.
    remembered: usize,
    most_remembered: usize,
    /// States of the furthest layer that were met and not remembered.
    forgotten_states: FxHashSet<M::State>,
    steps: usize,
    /// The cost of a step: higher if sets are long.
    cost: usize,
    /// The furthest layer, and situations that began it.
    deepest: usize,
    before: Vec<Node<M::State, B>>,
}

impl<'a, M: Model, B: Marks> Search<'a, M, B> {
    fn new(
        model: &'a M,
        calls: &'a [Call<M::Op>],
        schedule: &'a Schedule<M::Op>,
        limits: Limits,
    ) -> Self {
        let bits = schedule.slot_count + schedule.optional.len();
        let cost = 1 + bits / 64;
        Self {
            model,
            calls,
            schedule,
            met: FxHashMap::default(),
            remembered: 0,
            most_remembered: limits.remembered / cost,
            forgotten_states: FxHashSet::default(),
            cost,
            steps: limits.steps.saturating_add(2 * calls.len()),
            deepest: 0,
            before: Vec::new(),
        }
    }

    /// Depth first, with an explicit stack of situations and the next thing to try in each.
    fn run(mut self, initial: &[M::State]) -> SearchOutcome<M::State> {
        let mut stack: Vec<(Node<M::State, B>, usize)> = Vec::new();
        for state in initial {
            let mut node = Node {
                layer: 0,
                state: *state,
                done: B::empty(self.schedule.slot_count),
                used: B::empty(self.schedule.optional.len()),
                last: NONE,
            };
            if let Some(outcome) = self.enter(&mut node, None) {
                return outcome;
            }
            if self.is_new(&node) {
                stack.push((node, 0));
            }
            while let Some((node, next)) = stack.last_mut() {
                let Some((mut child, after)) = self.child(node, *next) else {
                    stack.pop();
                    continue;
                };
                *next = after;
                let layer = node.layer;
                if let Some(outcome) = self.enter(&mut child, Some(layer)) {
                    return outcome;
                }
                if !self.is_new(&child) {
                    continue;
                }
                stack.push((child, 0));
                let Some(steps) = self.steps.checked_sub(self.cost) else {
                    return SearchOutcome::OutOfSteps;
                };
                self.steps = steps;
            }
        }
        let before = self.before.iter().map(|node| self.situation(node)).collect();
        let states = self.met.keys().filter(|(layer, ..)| *layer == self.deepest);
        let states: FxHashSet<_> =
            states.map(|(_, state, _)| *state).chain(self.forgotten_states.clone()).collect();
        let states = states.into_iter().collect();
        SearchOutcome::NotLinearizable { call: self.schedule.targets[self.deepest], before, states }
    }

    /// The situation after the first call from the `next`th on that can take effect now, and the
    /// next to try: the call that must return, then other open ones, then uncertain ones.
    fn child(
        &self,
        node: &Node<M::State, B>,
        mut next: usize,
    ) -> Option<(Node<M::State, B>, usize)> {
        let open = self.schedule.open(node.layer);
        while next < open.len() {
            let call = open[next];
            next += 1;
            let slot = self.schedule.slots[call];
            if node.done.has(slot) {
                continue;
            }
            if let Some(state) = self.model.step(node.state, self.calls[call].op) {
                let mut child = Node { state, last: call, ..node.clone() };
                child.done.add(slot);
                return Some((child, next));
            }
        }
        while let Some((op, positions)) = self.schedule.alike.get(next - open.len()) {
            next += 1;
            let Some(state) = self.model.step(node.state, *op).filter(|s| *s != node.state) else {
                continue;
            };
            let unused = positions.iter().find(|position| !node.used.has(**position));
            if let Some(position) =
                unused.filter(|position| **position < self.schedule.invoked[node.layer])
            {
                let mut child =
                    Node { state, last: self.schedule.optional[*position], ..node.clone() };
                child.used.add(*position);
                return Some((child, next));
            }
        }
        None
    }

    /// Lets reads take effect and passes the returns that need nothing more. `from` is the layer it
    /// comes from. Reports when all returns are passed.
    fn enter(
        &mut self,
        node: &mut Node<M::State, B>,
        from: Option<usize>,
    ) -> Option<SearchOutcome<M::State>> {
        loop {
            let Some(target) = self.schedule.targets.get(node.layer) else {
                return Some(SearchOutcome::Linearizable(self.situation(node)));
            };
            let unsettled = node.clone();
            for call in self.schedule.open(node.layer) {
                let (slot, op) = (self.schedule.slots[*call], self.calls[*call].op);
                let fits = || self.model.step(node.state, op).is_some();
                if !node.done.has(slot) && self.model.is_pure(op) && fits() {
                    node.done.add(slot);
                    node.last = *call;
                }
            }
            let slot = self.schedule.slots[*target];
            if !node.done.has(slot) {
                if from != Some(node.layer) {
                    self.keep(unsettled);
                }
                return None;
            }
            node.done.take(slot);
            node.layer += 1;
        }
    }

    fn keep(&mut self, node: Node<M::State, B>) {
        if node.layer > self.deepest {
            self.deepest = node.layer;
            self.before.clear();
            self.forgotten_states.clear();
        }
        let alike = |other: &Node<M::State, B>| {
            other.state == node.state && other.done == node.done && other.used == node.used
        };
        if node.layer == self.deepest && self.before.len() < KEPT && !self.before.iter().any(alike)
        {
            self.before.push(node);
        }
    }

    /// Whether no situation at least as good was seen; remembers this one.
    fn is_new(&mut self, node: &Node<M::State, B>) -> bool {
        use std::collections::hash_map::Entry;
        let is_full = self.remembered >= self.most_remembered;
        match self.met.entry((node.layer, node.state, node.done.clone())) {
            Entry::Vacant(_) if is_full => {
                if node.layer == self.deepest {
                    self.forgotten_states.insert(node.state);
                }
                true
            }
            Entry::Vacant(entry) => {
                self.remembered += 1;
                entry.insert(Least { first: node.used.clone(), others: Vec::new() });
                true
            }
            Entry::Occupied(mut entry) => {
                let least = entry.get_mut();
                self.steps = self.steps.saturating_sub(least.others.len() / COMPARED);
                let better = |used: &B| used.is_within(&node.used);
                if better(&least.first) || least.others.iter().any(better) {
                    return false;
                }
                let had = least.others.len();
                least.others.retain(|used| !node.used.is_within(used));
                self.remembered -= had - least.others.len();
                if node.used.is_within(&least.first) {
                    least.first = node.used.clone();
                } else if !is_full {
                    self.remembered += 1;
                    least.others.push(node.used.clone());
                }
                true
            }
        }
    }

    fn situation(&self, node: &Node<M::State, B>) -> Situation<M::State> {
        let mut pending = Vec::new();
        let mut end = usize::MAX;
        if let Some(target) = self.schedule.targets.get(node.layer) {
            let is_done = |call: &usize| node.done.has(self.schedule.slots[*call]);
            pending.extend(self.schedule.open(node.layer).iter().filter(|call| !is_done(call)));
            end = self.calls[*target].ends.unwrap_or(end);
        }
        // Also uncertain calls that the search leaves out, since no operation can observe them.
        let mut used = (0..self.schedule.optional.len())
            .filter(|position| node.used.has(*position))
            .map(|position| self.schedule.optional[position])
            .peekable();
        for (number, call) in self.calls.iter().enumerate().take_while(|(_, c)| c.begins < end) {
            if used.next_if_eq(&number).is_none() && call.ends.is_none() {
                pending.push(number);
            }
        }
        pending.sort_unstable();
        let last = (node.last != NONE).then_some(node.last);
        Situation { state: node.state, last, pending }
    }
}
