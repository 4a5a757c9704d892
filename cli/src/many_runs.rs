//! Opens what stands for one run or for several: a run, a folder of runs, a sweep, or what
//! `run --format json` printed.

use crate::failure::{BadArguments, Context as _, Result};
use glomers_config::{Target, read_input};
use glomers_history::{Validity, Value};
use glomers_results::{RECORD_FILE, Results, Run, RunRecord, Runs, judge_targets};
use glomers_simulator::sweep::{SWEEP_FILE, SeedOutcome, SeedRun, SweepRecord};
use std::path::{Path, PathBuf};

/// Maximum size in bytes of what `run --format json` printed.
const MOST_JSON_BYTES: u64 = 64 << 20;

/// Opens a path.
///
/// # Errors
/// If it stands for no run, with what it is.
pub(crate) fn open_runs(path: &Path) -> Result<Runs> {
    let is_named = |name: &str| path.file_name().is_some_and(|it| it == name) && path.is_file();
    if is_named(SWEEP_FILE) || path.join(SWEEP_FILE).is_file() {
        return of_sweep(path);
    }
    let is_json = path.extension().is_some_and(|it| it == "json") && !is_named(RECORD_FILE);
    if is_json && path.is_file() {
        return of_json(path);
    }
    Ok(Runs::open(path)?)
}

/// The runs of a sweep: their metrics, as it recorded them.
fn of_sweep(path: &Path) -> Result<Runs> {
    let sweep = SweepRecord::read(path)?;
    let target = |(metric, limit): (&String, &serde_json::Value)| {
        Target::parse(&format!("{metric} {}", limit.as_str()?)).ok()
    };
    // A target that this version does not know decided nothing here.
    let targets: Vec<Target> = sweep.targets.iter().filter_map(target).collect();
    let runs = sweep.runs.iter().map(|run| of_seed(path, &sweep, &targets, run));
    let runs: Vec<Run> = runs.collect::<Result<_>>()?;
    if runs.is_empty() {
        return Err(BadArguments(format!("{} has no run of any seed", path.display())).into());
    }
    Ok(Runs::several(path.to_owned(), runs))
}

fn of_seed(path: &Path, sweep: &SweepRecord, targets: &[Target], run: &SeedRun) -> Result<Run> {
    let reason = run.reason.as_deref().unwrap_or_default();
    let valid = match run.outcome {
        SeedOutcome::Pass => Validity::Valid,
        SeedOutcome::Unknown => Validity::Unknown,
        // The first reason is that of the verdict, if there is one.
        SeedOutcome::Fail if reason.starts_with("target missed") => Validity::Valid,
        SeedOutcome::Fail => Validity::Invalid,
    };
    let results = Value::Map(vec![(Value::keyword("valid?"), valid.to_value())]);
    let record = RunRecord {
        challenge: sweep.challenge.clone(),
        workload: sweep.workload.clone(),
        clock: sweep.clock,
        seed: Some(run.seed),
        valid: Some(valid),
        plan: sweep.plan.clone(),
        node: sweep.node.clone(),
        start: sweep.start.clone(),
        wall_seconds: run.seconds,
        targets: judge_targets(targets, &run.metrics),
        metrics: run.metrics.clone(),
        reasons: run.reason.iter().cloned().collect(),
        ..RunRecord::default()
    };
    let folder = run.store.as_ref().map_or_else(|| path.to_owned(), PathBuf::from);
    Ok(Run::new(folder, Results::from_value(results)?, Some(record)))
}

/// The runs that `run --format json` printed, from their folders.
fn of_json(path: &Path) -> Result<Runs> {
    let shown = path.display();
    let bytes = read_input(path, MOST_JSON_BYTES)?;
    let json: Option<serde_json::Value> = serde_json::from_slice(&bytes).ok();
    let objects = match &json {
        Some(serde_json::Value::Array(objects)) => objects.as_slice(),
        Some(object) => std::slice::from_ref(object),
        None => &[],
    };
    let folders: Vec<&str> =
        objects.iter().filter_map(|object| object.get("store")?.as_str()).collect();
    if folders.is_empty() {
        let text = format!(
            "{shown} is no run: give a run directory, a results.edn, or what `glomers run --format \
             json` printed"
        );
        return Err(BadArguments(text).into());
    }
    let open = |folder: &&str| {
        let failed = || format!("{shown} is what a run printed, and the run itself is needed");
        Run::open(Path::new(folder)).with_context(failed)
    };
    let runs = folders.iter().map(open).collect::<Result<_>>()?;
    Ok(Runs::several(path.to_owned(), runs))
}
