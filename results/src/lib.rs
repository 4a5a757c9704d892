//! The results of a run: reading and writing `results.edn`, metrics and targets, tables,
//! comparisons and reports.
//!
//! A run directory contains `results.edn`, with the reference's keys, and `run.json` with what only
//! glomers' engine knows ([`RunRecord`]). [`write_results`] and [`RunRecord::write`] write them;
//! [`Run::open`], [`latest`] and [`stored_runs`] read them, whichever engine wrote them. From a
//! [`Run`], [`run_table`], [`Comparison`] and [`report`] make text that the caller prints.
//!
//! Does not depend on engines, checkers or terminals: the caller decides whether to use colour
//! ([`Look`]).

mod compare;
mod distribution;
mod edn;
mod json;
mod junit;
mod lateness;
mod map_reader;
mod metrics;
mod plan;
mod pretty;
#[cfg(test)]
mod recordings;
mod report;
mod results;
mod run;
mod run_dir;
mod run_json;
mod sections;
mod side_by_side;
mod significance;
mod table;
mod table_style;
mod targets;
mod validity;
mod workload;
mod write;

pub use compare::{
    Chance, Change, CompareError, Comparison, JudgedChange, MetricChange, Rules, Runs,
    TargetChange, verdict_word,
};
pub use distribution::{Distribution, Distributions, Extreme};
pub use edn::EdnError;
pub use json::value_json;
pub use junit::junit;
pub use lateness::EngineLateness;
pub use map_reader::UnknownKey;
pub use metrics::{Metrics, json_number, op_latencies, shown as shown_metric};
pub use plan::{JsonObject, PlanJsonError, plan_json, plan_parameters, setting_json};
pub use pretty::pretty;
pub use report::{csv_field, report, report_csv, report_table};
pub use results::{Results, ResultsError};
pub use run::{
    BuildRecord, Clock, Engine, JavaRecord, MaelstromRecord, NodeRecord, RECORD_FILE, RunRecord,
};
pub use run_dir::{
    BASELINES, GROUP_MARK, Run, RunError, SWEEPS, StoredRun, folder_of_record, group_of, is_group,
    latest, read_record, read_results, run_directories, run_folders, stored_runs,
};
pub use sections::{Availability, Counts, ExceptionGroup, Exceptions, Net, NetCounts, Stats};
pub use side_by_side::{Disagreement, SideBySide};
pub use table::{metrics_table, run_table};
pub use table_style::{
    LONGEST_WHOLE_WORD, Look, TableBuilder, Tone, fits, fitting, markdown, markdown_code, plain,
    shown_lines,
};
pub use targets::{TargetOutcome, TargetState, judge_targets, shown_limit};
pub use workload::{Echo, Quantiles, SetFull, UniqueIds, WorkloadResults};
pub use write::{RESULTS_FILE, WriteError, write_atomically, write_atomically_with, write_results};
