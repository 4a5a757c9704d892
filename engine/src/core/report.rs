//! What a run showed so far, for drivers and for those who judge it.

use super::Core;
use super::observed::answers::Unanswered;
use super::observed::commits::ForgottenCommits;
use super::observed::deafness::Deafness;
use super::observed::lines::LineCount;
use super::observed::stale::StaleAnswers;
use super::observed::storm::Storm;
use super::stage::Stage;
use crate::Time;
use crate::event::{Failure, Phase, Progress};
use crate::journal::CutJournal;
use crate::message::{BadLine, NodeIndex, OddLine};
use crate::scenario::{self, RecordedRun, Scenario};
use crate::trail::ValueTrail;
use crate::unmatched::{UnmatchedCount, UnmatchedKind};
use glomers_config::Plan;
use glomers_history::{History, Value};
use std::collections::BTreeMap;

/// Milliseconds until broadcast values reached every node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PropagationTimes {
    /// Median.
    pub median_ms: f64,
    /// Maximum.
    pub max_ms: f64,
}

/// How nodes passed on the first broadcast values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ValuesPassedOn {
    /// Number of values.
    pub values: u64,
    /// Number of pairs of value and link, from one node to another, without the way back.
    pub links: u64,
    /// Number of messages with a value on these.
    pub deliveries: u64,
}

/// The run itself.
impl Core {
    /// The current progress.
    #[must_use]
    pub fn progress(&self, now: Time) -> Progress {
        let completions = self.record.completions();
        Progress {
            elapsed: self.times.load_start.map_or_else(Default::default, |start| now.since(start)),
            ok: completions.ok,
            fail: completions.fail,
            info: completions.info,
            messages: self.messages.journal().traffic().all().messages,
        }
    }

    /// The plan that is run.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The current phase of the run.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.stage.phase()
    }

    /// A time as nanoseconds since the test began; `None` if it has not begun.
    #[must_use]
    pub fn in_test(&self, time: Time) -> Option<i64> {
        self.times.test_start.map(|_| self.times.in_test(time))
    }

    /// Why the run ended early, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        if let Stage::Done(failure) = &self.stage { failure.as_ref() } else { None }
    }

    /// The history so far.
    #[must_use]
    pub fn history(&self) -> &History {
        self.record.history()
    }

    /// The operations and faults of this run, so that they can be run again.
    #[must_use]
    pub fn scenario(&self) -> Scenario {
        let final_start = self.times.final_start.map_or(0, |start| self.times.in_test(start));
        scenario::recorded(&RecordedRun {
            operations: self.history().operations(),
            faults: self.nemesis.done(),
            workers: self.workers.count() as u64,
            load_start: self.times.load_in_test(),
            load_nanos: self.times.load_nanos(),
            before_final: self.record.before_final(),
            final_start,
        })
    }
}

/// What only the engine can observe.
impl Core {
    /// Rejected lines, by node and kind.
    #[must_use]
    pub fn bad_lines(&self) -> &BTreeMap<(NodeIndex, BadLine), LineCount> {
        self.observed.bad_lines()
    }

    /// Odd lines that were accepted, by node and kind.
    #[must_use]
    pub fn odd_lines(&self) -> &BTreeMap<(NodeIndex, OddLine), LineCount> {
        self.observed.odd_lines()
    }

    /// Messages to clients that answered no request, by node and reason.
    #[must_use]
    pub fn unmatched_replies(&self) -> &BTreeMap<(NodeIndex, UnmatchedKind), UnmatchedCount> {
        self.observed.unmatched_replies()
    }

    /// Types of request that were left unanswered and got no usable answer.
    #[must_use]
    pub fn unanswered(&self) -> Vec<Unanswered> {
        self.observed.unanswered()
    }

    /// The moments at which the reference would have stopped reading nodes, in order.
    #[must_use]
    pub fn deafness(&self) -> &[Deafness] {
        self.observed.deafness()
    }

    /// The stale answers by service and node: how many, and the last.
    pub fn stale_answers(&self) -> impl Iterator<Item = &StaleAnswers> {
        self.observed.stale_answers()
    }

    /// The storm, if there was one, with its numbers at the last entry of the history.
    #[must_use]
    pub fn storm(&self) -> Option<Storm> {
        let last = self.history().operations().last().map_or(0, |operation| operation.time);
        self.observed.storm(last, self.messages.journal(), self.record.invocations())
    }

    /// Where the journal ended, if its limit ended it before the run.
    #[must_use]
    pub fn cut_journal(&self) -> Option<CutJournal> {
        self.messages.journal().cut()
    }

    /// How long broadcast values took from the first node to the last; `None` for other workloads,
    /// for a single node, and if no value reached every node.
    #[must_use]
    pub fn propagation(&self) -> Option<PropagationTimes> {
        self.observed.propagation()?.times()
    }

    /// What happened to a broadcast value; `None` for other workloads and for a value that no
    /// client sent.
    #[must_use]
    pub fn value_trail(&self, element: &Value) -> Option<ValueTrail> {
        self.observed.value_trail(element, self.times, self.nemesis.done())
    }

    /// How nodes passed on broadcast values; `None` for other workloads, and if they passed on none.
    #[must_use]
    pub fn values_passed_on(&self) -> Option<ValuesPassedOn> {
        self.observed.propagation()?.passed_on()
    }

    /// Offsets that kafka nodes acknowledged as committed and then did not list; `None` if there
    /// are none.
    #[must_use]
    pub fn forgotten_commits(&self) -> Option<ForgottenCommits> {
        self.observed.forgotten_commits()
    }

    /// Server messages per client operation before recovery began; `None` if recovery did not
    /// begin.
    #[must_use]
    pub fn load_server_msgs_per_op(&self) -> Option<f64> {
        self.observed.load_messages_per_operation()
    }
}
