//! Where candidates are run, counted and judged.

use super::candidate::{Candidate, Size};
use super::symptom::Symptom;
use crate::run::{Cast, Simulated, simulate_quietly};
use glomers_config::Workload;
use glomers_engine::EngineError;
use glomers_node::Program;
use glomers_solutions::Solutions;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::ControlFlow;

/// Other seeds that are tried with scenarios of so many operations at most: where runs are cheap,
/// more of them.
const OTHER_SEEDS: [(usize, u64); 3] = [(24, 6), (120, 3), (1000, 1)];
/// Refused candidates are remembered from that size on down.
const REMEMBERED_OPERATIONS: usize = 400;

/// How far shrinking is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShrinkProgress {
    /// Runs so far.
    pub tries: u64,
    /// The smallest run that failed.
    pub size: Size,
}

/// Says how far it is, and hears whether to go on.
pub(super) type Watch<'a> = &'a mut dyn FnMut(&ShrinkProgress) -> ControlFlow<()>;

/// Runs candidates, and keeps the smallest that failed as the original did.
pub(super) struct Laboratory<'a> {
    cast: Cast,
    symptom: Symptom,
    /// A node that is right, which must not fail likewise; none where it is of no help.
    control: Option<Cast>,
    best: Candidate,
    tries: u64,
    most_tries: u64,
    watch: Watch<'a>,
    is_stopped: bool,
    /// Marks of candidates that were refused.
    refused: BTreeSet<u64>,
    /// Candidates that were accepted.
    accepted: u64,
}

impl<'a> Laboratory<'a> {
    /// Begins with a run that failed so.
    pub(super) fn new(
        original: Candidate,
        cast: Cast,
        symptom: Symptom,
        most_tries: u64,
        watch: Watch<'a>,
    ) -> Self {
        // With a disk it passes kills, too.
        let right = Cast { program: Program::of::<Solutions>(), is_durable: true };
        let mut laboratory = Self {
            cast,
            symptom,
            control: None,
            best: original,
            tries: 0,
            most_tries,
            watch,
            is_stopped: false,
            refused: BTreeSet::new(),
            accepted: 0,
        };
        // A run that nobody can pass tells nothing.
        let best = laboratory.best.clone();
        if is_played(best.plan.workload) && !laboratory.fails(&best, right) {
            laboratory.control = Some(right);
        }
        laboratory
    }

    /// The smallest run that failed.
    pub(super) fn best(&self) -> &Candidate {
        &self.best
    }

    /// Runs so far.
    pub(super) fn tries(&self) -> u64 {
        self.tries
    }

    /// Candidates that were accepted so far.
    pub(super) fn accepted(&self) -> u64 {
        self.accepted
    }

    /// Whether a node that is right watches over it.
    pub(super) fn has_control(&self) -> bool {
        self.control.is_some()
    }

    /// Whether no more runs are to be made.
    pub(super) fn is_over(&self) -> bool {
        self.is_stopped || self.tries >= self.most_tries
    }

    /// Whether somebody stopped it.
    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// Runs a candidate with its seed and perhaps with others; if it fails as the original did, it
    /// is the best.
    #[expect(clippy::needless_pass_by_value, reason = "whoever makes a candidate gives it away")]
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

    /// Runs a candidate with many seeds, for what happens by chance.
    pub(super) fn gamble(&mut self, candidate: &Candidate, seeds: u64) -> bool {
        keeps_a_last_look(&self.best, candidate)
            && (1..=seeds).any(|seed| !self.is_over() && self.accept(candidate.with_seed(seed)))
    }

    /// Runs a candidate; if it fails as the original did, it is the best.
    fn accept(&mut self, candidate: Candidate) -> bool {
        let fails = self.fails(&candidate, self.cast)
            && self.control.is_none_or(|right| !self.fails(&candidate, right));
        if fails {
            self.best = candidate;
            self.accepted += 1;
        }
        fails
    }

    /// Runs the smallest run that failed once more, with its journal.
    pub(super) fn observe(&mut self) -> Option<Simulated> {
        self.tries += 1;
        simulate_quietly(&self.best.plan, self.cast, Some(&self.best.scenario)).ok()
    }

    /// Whether it fails as the original did.
    fn fails(&mut self, candidate: &Candidate, cast: Cast) -> bool {
        self.tries += 1;
        let progress = ShrinkProgress { tries: self.tries, size: self.best.size() };
        self.is_stopped |= (self.watch)(&progress).is_break();
        let mut plan = candidate.plan.clone();
        plan.journal = false;
        // What the engine cannot run is no failure of a node.
        let run: Result<_, EngineError> = simulate_quietly(&plan, cast, Some(&candidate.scenario));
        run.is_ok_and(|mut run| Symptom::of(&mut run).is_some_and(|it| self.symptom.is_like(&it)))
    }
}

/// Whether our own node plays a workload.
fn is_played(workload: Workload) -> bool {
    !matches!(workload, Workload::GSet | Workload::LinKv | Workload::TxnListAppend)
}

/// Whether there is still a look after the recovery wait, if there was one, where nodes have that
/// long to agree: what is not looked for there may only have been late.
fn keeps_a_last_look(before: &Candidate, after: &Candidate) -> bool {
    let is_eventual = matches!(
        after.plan.workload,
        Workload::Broadcast | Workload::GSet | Workload::GCounter | Workload::PnCounter
    );
    !is_eventual
        || before.scenario.final_operations.is_empty()
        || !after.scenario.final_operations.is_empty()
}

/// A number that other candidates will not have.
fn mark(candidate: &Candidate) -> u64 {
    // With fixed keys, so that it is the same in each process.
    let mut hasher = DefaultHasher::new();
    let Candidate { plan, scenario } = candidate;
    format!("{scenario:?} {:?} {} {:?}", plan.nodes, plan.seed, plan.recovery).hash(&mut hasher);
    hasher.finish()
}
