//! A run of either engine that was judged and stored, and what both engines record of a run.

use crate::exit::Exit;
use crate::node_command::NodeCommand;
use glomers_config::Plan;
use glomers_history::{Validity, Value};
use glomers_results::{
    BuildRecord, Results, ResultsError, Run, RunRecord, TargetOutcome, TargetState, plan_json,
};
use std::time::Instant;

/// A run that was judged and stored.
pub(crate) struct JudgedRun {
    /// The run as read back from its directory; its record is present.
    pub(crate) run: Run,
    pub(crate) exit: Exit,
}

/// The judged runs of one plan.
pub(crate) enum Judgements {
    /// By one engine.
    One(Box<JudgedRun>),
    /// By the embedded engine, and by Maelstrom.
    Both(Box<(JudgedRun, JudgedRun)>),
}

impl Judgements {
    /// The worse of the exits.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::One(run) => run.exit,
            Self::Both(both) => both.0.exit.max(both.1.exit),
        }
    }
}

/// What is known of a run before its outcome.
pub(crate) struct RunContext<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) node: &'a NodeCommand,
    pub(crate) build: Option<BuildRecord>,
    /// The folder in which it is stored together with runs that it repeats.
    pub(crate) group: Option<&'a str>,
    /// When the build was finished.
    pub(crate) began: Instant,
}

impl RunContext<'_> {
    /// A record of the run with everything that does not depend on its outcome.
    pub(crate) fn record(&self) -> RunRecord {
        let Self { plan, node, build, began, .. } = self;
        RunRecord {
            challenge: plan.challenge.clone(),
            workload: plan.workload.to_string(),
            seed: Some(plan.seed),
            plan: plan_json(plan),
            node: node.record(),
            build: build.clone(),
            versions: [
                ("glomers".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
                ("os".to_owned(), std::env::consts::OS.to_owned()),
                ("arch".to_owned(), std::env::consts::ARCH.to_owned()),
            ]
            .into_iter()
            .collect(),
            wall_seconds: (began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
            ..RunRecord::default()
        }
    }
}

/// The results of a run that has none because it failed.
pub(crate) fn results_of_failure(valid: Validity, text: &str) -> Result<Results, ResultsError> {
    let valid = || (Value::keyword("valid?"), valid.to_value());
    let reason = (Value::keyword("reason"), Value::str(text));
    let failure = (Value::keyword("failure"), Value::Map(vec![valid(), reason]));
    Results::from_value(Value::Map(vec![failure, valid()]))
}

/// The exit of a completed run.
pub(crate) fn exit_of(valid: Validity, targets: &[TargetOutcome]) -> Exit {
    match valid {
        Validity::Unknown => Exit::Unknown,
        Validity::Invalid => Exit::Invalid,
        Validity::Valid => match TargetState::of_all(targets) {
            TargetState::Met => Exit::Valid,
            TargetState::Missed => Exit::Invalid,
            TargetState::Unknown => Exit::Unknown,
        },
    }
}
