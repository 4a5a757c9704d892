//! What a run showed: `results.edn` in and out, metrics and targets, tables, comparison, report.
//!
//! A run directory has `results.edn`, in the reference's keys, and `run.json`, what only our own
//! engine knows ([`RunRecord`]). [`write_results`] and [`RunRecord::write`] make them;
//! [`Run::open`], [`latest`] and [`stored_runs`] read them, whichever engine wrote them. From a
//! [`Run`] come [`run_table`], [`Comparison`] and [`report`], all as text that the caller prints.
//!
//! Knows nothing of engines, checkers or terminals: colour is the caller's choice ([`Look`]).

mod checks;
mod compare;
mod distribution;
mod edn;
#[cfg(test)]
mod golden;
mod json;
mod lateness;
mod look;
mod metrics;
mod plan;
mod pretty;
mod report;
mod results;
mod run;
mod run_dir;
mod run_json;
mod section;
mod side_by_side;
mod table;
mod targets;
mod validity;
mod workload;
mod write;

pub use checks::{Availability, Counts, ExceptionGroup, Exceptions, Net, NetCounts, Stats};
pub use compare::{Change, Comparison, MetricChange, verdict_word};
pub use distribution::{Distribution, Distributions, Extreme};
pub use edn::EdnError;
pub use json::value_json;
pub use lateness::EngineLateness;
pub use look::{Look, markdown, markdown_code, shown_lines};
pub use metrics::{Metrics, json_number, op_latencies};
pub use plan::{JsonObject, PlanJsonError, plan_json, plan_parameters};
pub use pretty::pretty;
pub use report::{report, report_table};
pub use results::{Results, ResultsError};
pub use run::{
    BuildRecord, Clock, Engine, JavaRecord, MaelstromRecord, NodeRecord, RECORD_FILE, RunRecord,
};
pub use run_dir::{
    Run, RunError, SWEEPS, StoredRun, folder_of_record, latest, read_record, read_results,
    stored_runs,
};
pub use section::UnknownKey;
pub use side_by_side::{Disagreement, SideBySide};
pub use table::{metrics_table, run_table};
pub use targets::{TargetOutcome, TargetState, judge_targets, shown_limit};
pub use workload::{Echo, Quantiles, SetFull, UniqueIds, WorkloadResults};
pub use write::{RESULTS_FILE, WriteError, write_atomically, write_results};
