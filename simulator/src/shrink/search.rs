//! Runs, counts and judges candidates.

use super::candidate::{Candidate, Size};
use super::pipeline::with_journal;
use super::signature::FailureSignature;
use crate::run::{NodeSpec, Simulated, simulate_quietly};
use glomers_config::Workload;
use glomers_engine::EngineError;
use glomers_node::Program;
use glomers_solutions::{Solutions, WORKLOADS};
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::ControlFlow;

/// Maximum number of operations of a scenario, and number of other seeds that are tried with it:
/// more of them if runs are cheap.
const OTHER_SEEDS: [(usize, u64); 3] = [(24, 6), (120, 3), (1000, 1)];
/// Rejected candidates are remembered up to this number of operations.
const REMEMBERED_OPERATIONS: usize = 400;

/// The progress of shrinking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShrinkProgress {
    /// Number of runs so far.
    pub tries: u64,
    /// The smallest run that failed.
    pub size: Size,
}

/// Reports progress, and returns whether to continue.
pub(super) type Watch<'a> = &'a mut dyn FnMut(&ShrinkProgress) -> ControlFlow<()>;

/// Runs candidates, and keeps the smallest that failed in the same manner as the original.
pub(super) struct Search<'a> {
    spec: &'a NodeSpec,
    signature: FailureSignature,
    /// Whether a correct node is run as well, which must not fail in the same manner.
    has_control: bool,
    best: Candidate,
    tries: u64,
    most_tries: u64,
    watch: Watch<'a>,
    is_stopped: bool,
    /// Hashes of candidates that were rejected.
    refused: BTreeSet<u64>,
    /// Number of candidates that were accepted.
    accepted: u64,
}

impl<'a> Search<'a> {
    /// Begins with a run that failed in this manner.
    pub(super) fn new(
        original: Candidate,
        spec: &'a NodeSpec,
        signature: FailureSignature,
        most_tries: u64,
        watch: Watch<'a>,
    ) -> Self {
        let mut search = Self {
            spec,
            signature,
            has_control: false,
            best: original,
            tries: 0,
            most_tries,
            watch,
            is_stopped: false,
            refused: BTreeSet::new(),
            accepted: 0,
        };
        // A run that the correct node cannot pass shows nothing.
        let best = search.best.clone();
        search.has_control =
            WORKLOADS.contains(&best.plan.workload.name()) && !search.fails(&best, &correct_node());
        search
    }

    /// The smallest run that failed.
    pub(super) fn best(&self) -> &Candidate {
        &self.best
    }

    /// Number of runs so far.
    pub(super) fn tries(&self) -> u64 {
        self.tries
    }

    /// Number of candidates that were accepted so far.
    pub(super) fn accepted(&self) -> u64 {
        self.accepted
    }

    /// Whether candidates are also run with a correct node.
    pub(super) fn has_control(&self) -> bool {
        self.has_control
    }

    /// Whether no more runs are to be made.
    pub(super) fn is_over(&self) -> bool {
        self.is_stopped || self.tries >= self.most_tries
    }

    /// Whether it was stopped.
    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// Runs a candidate with its seed and perhaps with others; if it fails in the same manner as
    /// the original, it becomes the best.
    #[expect(clippy::needless_pass_by_value, reason = "the caller gives it away")]
    pub(super) fn attempt(&mut self, candidate: Candidate) -> bool {
        if candidate == self.best || !keeps_a_last_look(&self.best, &candidate) {
            return false;
        }
        let count = candidate.size().operations;
        let mark = (count <= REMEMBERED_OPERATIONS).then(|| mark(&candidate));
        if mark.is_some_and(|mark| self.refused.contains(&mark)) {
            return false;
        }
        let others = OTHER_SEEDS.iter().find(|(most, _)| count <= *most).map_or(0, |(_, n)| *n);
        let first = candidate.plan.seed;
        for other in 0..=others {
            if self.is_over() {
                return false;
            }
            let seed = if other == 0 { first } else { other };
            if other > 0 && seed == first {
                continue;
            }
            if self.accept(candidate.with_seed(seed)) {
                return true;
            }
        }
        self.refused.extend(mark);
        false
    }

    /// Runs a candidate with many seeds, for failures that depend on chance.
    pub(super) fn try_seeds(&mut self, candidate: &Candidate, seeds: u64) -> bool {
        keeps_a_last_look(&self.best, candidate)
            && (1..=seeds).any(|seed| !self.is_over() && self.accept(candidate.with_seed(seed)))
    }

    /// Runs a candidate; if it fails in the same manner as the original, it becomes the best.
    fn accept(&mut self, candidate: Candidate) -> bool {
        let fails = self.fails(&candidate, self.spec)
            && !(self.has_control && self.fails(&candidate, &correct_node()));
        if fails {
            self.best = candidate;
            self.accepted += 1;
        }
        fails
    }

    /// Runs the smallest run that failed once more, with its journal.
    pub(super) fn observe(&mut self) -> Option<Simulated> {
        self.tries += 1;
        simulate_quietly(&with_journal(&self.best.plan), self.spec, Some(&self.best.scenario)).ok()
    }

    /// Whether it fails in the same manner as the original.
    fn fails(&mut self, candidate: &Candidate, spec: &NodeSpec) -> bool {
        self.tries += 1;
        let progress = ShrinkProgress { tries: self.tries, size: self.best.size() };
        self.is_stopped |= (self.watch)(&progress).is_break();
        let mut plan = candidate.plan.clone();
        plan.journal = false;
        // A candidate that the engine cannot run is not a failure of a node.
        let run: Result<_, EngineError> = simulate_quietly(&plan, spec, Some(&candidate.scenario));
        run.is_ok_and(|mut run| {
            FailureSignature::of(&mut run).is_some_and(|it| self.signature.is_like(&it))
        })
    }
}

/// A node that does everything right. With a disk it survives kills, too.
fn correct_node() -> NodeSpec {
    NodeSpec::sdk(Program::of::<Solutions>(), true)
}

/// Whether there is still a final read after the recovery wait, if there was one, for workloads
/// whose nodes have that long to agree: a value missing before may only have been late.
fn keeps_a_last_look(before: &Candidate, after: &Candidate) -> bool {
    let is_eventual = matches!(
        after.plan.workload,
        Workload::Broadcast | Workload::GSet | Workload::GCounter | Workload::PnCounter
    );
    !is_eventual
        || before.scenario.final_operations.is_empty()
        || !after.scenario.final_operations.is_empty()
}

/// A hash that identifies a candidate.
fn mark(candidate: &Candidate) -> u64 {
    // With fixed keys, so that it is the same in each process.
    let mut hasher = DefaultHasher::new();
    let Candidate { plan, scenario } = candidate;
    format!("{scenario:?} {:?} {} {:?}", plan.nodes, plan.seed, plan.recovery).hash(&mut hasher);
    hasher.finish()
}
