//! The calls of one object, arranged for the search: by their returns.

use super::model::{Call, Model};
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Calls by when they matter. A *layer* is a return: by then, its call must have taken effect.
pub(super) struct Schedule<Op> {
    /// Number in the list of calls of the call that returns, by layer.
    pub(super) targets: Vec<usize>,
    /// The slot of each call that returns, shared only by calls that are never open at the same
    /// time.
    pub(super) slots: Vec<usize>,
    /// Number of slots.
    pub(super) slot_count: usize,
    /// Calls that return, and are open at the return of the layer, its target included; the next
    /// to return comes first.
    open: Vec<usize>,
    /// The index in `open` at which each layer's part begins.
    starts: Vec<usize>,
    /// Calls that never return and whose effect can be noticed.
    pub(super) optional: Vec<usize>,
    /// By layer: number of these that were invoked before its return.
    pub(super) invoked: Vec<usize>,
    /// Indices in `optional` of calls of the same operation: only the first unused one need be
    /// tried, since they are interchangeable once invoked.
    pub(super) alike: Vec<(Op, Vec<usize>)>,
}

impl<Op: Copy + Eq + std::hash::Hash> Schedule<Op> {
    pub(super) fn new<M: Model<Op = Op>>(model: &M, calls: &[Call<Op>]) -> Self {
        let mut targets: Vec<usize> =
            (0..calls.len()).filter(|call| calls[*call].ends.is_some()).collect();
        targets.sort_by_key(|call| calls[*call].ends);
        let is_useful = |call: &Call<Op>| !model.is_pure(call.op) && model.is_noticed(call.op);
        let optional: Vec<usize> = (0..calls.len())
            .filter(|call| calls[*call].ends.is_none() && is_useful(&calls[*call]))
            .collect();
        let mut alike: Vec<(Op, Vec<usize>)> = Vec::new();
        let mut kinds: FxHashMap<Op, usize> = FxHashMap::default();
        for (position, call) in optional.iter().enumerate() {
            let op = calls[*call].op;
            let kind = *kinds.entry(op).or_insert(alike.len());
            if kind == alike.len() {
                alike.push((op, Vec::new()));
            }
            alike[kind].1.push(position);
        }
        let mut schedule = Self {
            slots: vec![0; calls.len()],
            slot_count: 0,
            open: Vec::new(),
            starts: vec![0],
            invoked: Vec::with_capacity(targets.len()),
            targets,
            optional,
            alike,
        };
        schedule.sweep(calls);
        schedule
    }

    /// Walks from return to return, with the calls that are open.
    fn sweep(&mut self, calls: &[Call<Op>]) {
        let mut free = BinaryHeap::new();
        let mut begun = 0;
        let mut invoked = 0;
        let mut open: Vec<usize> = Vec::new();
        for target in &self.targets {
            let end = calls[*target].ends;
            while begun < calls.len() && Some(calls[begun].begins) < end {
                if calls[begun].ends.is_some() {
                    let Reverse(slot) = free.pop().unwrap_or_else(|| {
                        self.slot_count += 1;
                        Reverse(self.slot_count - 1)
                    });
                    self.slots[begun] = slot;
                    let position =
                        open.partition_point(|call| calls[*call].ends < calls[begun].ends);
                    open.insert(position, begun);
                }
                begun += 1;
            }
            while invoked < self.optional.len() && self.optional[invoked] < begun {
                invoked += 1;
            }
            self.invoked.push(invoked);
            self.open.extend(&open);
            self.starts.push(self.open.len());
            // The target is the first to return.
            free.push(Reverse(self.slots[open.remove(0)]));
        }
    }

    /// The calls that are open at the return of the layer, its target first.
    pub(super) fn open(&self, layer: usize) -> &[usize] {
        &self.open[self.starts[layer]..self.starts[layer + 1]]
    }
}
