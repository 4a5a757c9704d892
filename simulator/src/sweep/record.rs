//! `sweep.json`: how a sweep was made, the outcome of each seed, and a summary.

use crate::sweep::seed_run::{Counts, SeedOutcome, SeedRun};
use crate::sweep::seeds::{Seeds, Shard};
use glomers_config::{InputError, Plan, Setting, read_input};
use glomers_results::{
    Clock, Distributions, JsonObject, NodeRecord, WriteError, plan_json, write_atomically,
};
use serde::ser::{Error as _, SerializeSeq as _};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::to_raw_value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Name of the file in a sweep's folder.
pub const SWEEP_FILE: &str = "sweep.json";

/// Stands for the seed in the command that repeats one.
pub const SEED_MARK: &str = "SEED";

/// Maximum size of the file in bytes: some million seeds.
const MOST_BYTES: u64 = 1 << 30;

/// Maximum number of seeds that are listed because they did not pass, or were not run.
pub const SHOWN_SEEDS: usize = 20;

/// A seed that did not pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailedSeed {
    /// The seed.
    pub seed: u64,
    /// Failed or unknown.
    pub outcome: SeedOutcome,
    /// The first line of the reason.
    pub reason: Option<String>,
    /// The command that repeats it.
    pub command: String,
    /// Its run directory, if that was kept.
    pub store: Option<String>,
}

/// The seeds that were to be run and were not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct NotRun {
    /// Their number.
    pub count: u64,
    /// The first of them.
    pub first: Vec<u64>,
}

impl NotRun {
    fn is_none(&self) -> bool {
        self.count == 0
    }
}

/// A sweep, or a part of one. Data that can be derived from its runs is written too, but not read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SweepRecord {
    /// Name of the challenge.
    pub challenge: String,
    /// Name of the workload.
    pub workload: String,
    /// The kind of time: real or virtual.
    pub clock: Clock,
    /// The seeds of the whole sweep.
    pub seeds: Seeds,
    /// The part of them that was to be run; `None` for all.
    pub shard: Option<Shard>,
    /// Whether it was to end at the first failure.
    pub until_failure: bool,
    /// Whether the user ended it.
    pub interrupted: bool,
    /// Every setting but the seed, see [`plan_json`].
    pub plan: JsonObject,
    /// The limits on metrics: `< 30`. Older versions wrote the bound alone.
    pub targets: BTreeMap<String, serde_json::Value>,
    /// The program under test.
    pub node: NodeRecord,
    /// Versions of glomers and of the system.
    pub versions: BTreeMap<String, String>,
    /// When it began, RFC 3339.
    pub start: String,
    /// Duration of the whole sweep in seconds; of shards that were merged, the longest.
    pub wall_seconds: f64,
    /// A line for the shell that repeats a run, with [`SEED_MARK`] for its seed.
    pub repeat: String,
    /// Total duration of all runs in seconds, in their kind of time.
    #[serde(skip_deserializing)]
    pub run_seconds: f64,
    /// The speed of the sweep.
    #[serde(skip_deserializing)]
    pub seeds_per_second: f64,
    /// Number of runs by outcome.
    #[serde(skip_deserializing)]
    pub counts: Counts,
    /// The seeds that were to be run and were not.
    #[serde(skip_deserializing, skip_serializing_if = "NotRun::is_none")]
    pub not_run: NotRun,
    /// The distribution of each metric.
    #[serde(skip_deserializing)]
    pub metrics: Distributions,
    /// The first seeds that failed, and after them the first with an unknown outcome.
    #[serde(skip_deserializing)]
    pub failures: Vec<FailedSeed>,
    /// The run of each seed, by seed.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "a_line_each")]
    pub runs: Vec<SeedRun>,
}

/// A sweep that could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// There is no such file.
    #[error(
        "{} has no {SWEEP_FILE}: give folders that `glomers sweep` made, as store/sweeps has them",
        .0.display()
    )]
    NotFound(PathBuf),
    /// The file cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The file is a JSON object, but not one of a sweep.
    #[error("{} names no challenge: is it the {SWEEP_FILE} of a sweep?", .0.display())]
    NotASweep(PathBuf),
    /// Its runs do not match its seeds.
    #[error("{} is damaged: {what}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// A description of the damage.
        what: String,
    },
    /// The file does not have the expected form.
    #[error("failed to read {}, which is no {SWEEP_FILE} or a damaged one", .path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// The error of the parser.
        #[source]
        error: serde_json::Error,
    },
}

impl SweepRecord {
    /// The record of a sweep that has not begun.
    #[must_use]
    pub fn new(plan: &Plan, seeds: Seeds, shard: Option<Shard>) -> Self {
        let mut settings = plan_json(plan);
        settings.shift_remove(Setting::Seed.flag());
        let targets = plan.targets.iter();
        Self {
            challenge: plan.challenge.clone(),
            workload: plan.workload.to_string(),
            seeds,
            shard,
            plan: settings,
            targets: targets
                .map(|target| (target.metric.to_string(), target.limit.to_string().into()))
                .collect(),
            ..Self::default()
        }
    }

    /// Adds the runs, which are in the order of their seeds, and their summary. The duration of the
    /// sweep must be set before.
    #[must_use]
    pub fn with_runs(mut self, runs: Vec<SeedRun>) -> Self {
        self.counts = Counts::default();
        for run in &runs {
            self.counts.add(run.outcome);
        }
        self.run_seconds = rounded(runs.iter().map(|run| run.seconds).sum());
        let is_timed = self.wall_seconds > 0.0;
        let rate = if is_timed { runs.len() as f64 / self.wall_seconds } else { 0.0 };
        self.seeds_per_second = rounded(rate);
        self.metrics = Distributions::of(runs.iter().map(|run| (run.seed, &run.metrics)));
        let of = |outcome| runs.iter().filter(move |run| run.outcome == outcome);
        let failures = of(SeedOutcome::Fail).chain(of(SeedOutcome::Unknown)).take(SHOWN_SEEDS);
        self.failures = failures.map(|run| self.failed(run)).collect();
        self.runs = runs;
        let first = self.missing_seeds().take(SHOWN_SEEDS).collect();
        self.not_run = NotRun { count: self.missing(), first };
        self
    }

    fn failed(&self, run: &SeedRun) -> FailedSeed {
        FailedSeed {
            seed: run.seed,
            outcome: run.outcome,
            reason: run.reason.clone(),
            command: self.repeat.replacen(SEED_MARK, &run.seed.to_string(), 1),
            store: run.store.clone(),
        }
    }

    /// Number of seeds that were to be run and were not: the sweep was stopped, or parts are
    /// missing.
    #[must_use]
    pub fn missing(&self) -> u64 {
        let planned = self.seeds.count(self.shard.unwrap_or(Shard::WHOLE));
        planned.saturating_sub(self.runs.len() as u64)
    }

    /// These seeds, in order.
    pub fn missing_seeds(&self) -> impl Iterator<Item = u64> + '_ {
        let shard = self.shard.unwrap_or(Shard::WHOLE);
        let mut run = self.runs.iter().map(|run| run.seed).peekable();
        let planned = (0..self.seeds.count(shard)).map(move |index| self.seeds.nth(shard, index));
        planned.filter(move |seed| run.next_if_eq(seed).is_none())
    }

    /// Whether all seeds that were to be run were run.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.missing() == 0 || (self.until_failure && self.counts.fail > 0)
    }

    /// Writes it into the sweep's folder.
    pub fn write(&self, folder: &Path) -> Result<(), WriteError> {
        let path = folder.join(SWEEP_FILE);
        let mut text = serde_json::to_vec_pretty(self)
            .map_err(|error| WriteError { path: path.clone(), error: error.into() })?;
        text.push(b'\n');
        write_atomically(&path, &text)
    }

    /// Reads the sweep in a folder, or the file itself.
    pub fn read(path: &Path) -> Result<Self, SweepError> {
        let file = if path.is_dir() { path.join(SWEEP_FILE) } else { path.to_owned() };
        let text = read_input(&file, MOST_BYTES).map_err(|error| {
            if error.is_not_found() { SweepError::NotFound(path.to_owned()) } else { error.into() }
        })?;
        let mut record: Self = serde_json::from_slice(&text)
            .map_err(|error| SweepError::Json { path: file.clone(), error })?;
        let mut runs = std::mem::take(&mut record.runs);
        runs.sort_by_key(|run| run.seed);
        match record.damage(&runs) {
            Some(what) => Err(SweepError::Damaged { path: path.to_owned(), what }),
            None if record.challenge.is_empty() => Err(SweepError::NotASweep(file)),
            None => Ok(record.with_runs(runs)),
        }
    }

    /// Describes inconsistencies between the seeds and runs of a file; the runs are ordered by
    /// seed.
    fn damage(&self, runs: &[SeedRun]) -> Option<String> {
        let Seeds { first, last } = self.seeds;
        if first > last {
            return Some(format!("its seeds go from {first} to {last}"));
        }
        let shard = self.shard.unwrap_or(Shard::WHOLE);
        if let Some(stray) = runs.iter().find(|run| !self.seeds.has(shard, run.seed)) {
            return Some(format!(
                "it has a run of seed {}, which is not one of its seeds",
                stray.seed
            ));
        }
        let twice = runs.windows(2).find(|pair| pair[0].seed == pair[1].seed)?;
        Some(format!("it has two runs of seed {}", twice[0].seed))
    }
}

/// Rounds to thousandths. An empty sum is -0.0, and shown as 0.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0 + 0.0
}

/// Each run on a separate line.
fn a_line_each<S: Serializer>(runs: &[SeedRun], serializer: S) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(Some(runs.len()))?;
    for run in runs {
        list.serialize_element(&to_raw_value(run).map_err(S::Error::custom)?)?;
    }
    list.end()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use glomers_config::{Metric, Parameters, challenges, find_challenge};
    use glomers_results::Metrics;
    use std::fs;

    pub(in crate::sweep) fn record() -> SweepRecord {
        let challenges = challenges();
        let challenge = find_challenge(&challenges, "broadcast-d").unwrap();
        let plan = Plan::resolve(challenge, Parameters::default(), 3).unwrap();
        SweepRecord {
            clock: Clock::Virtual,
            start: "2026-11-21T11:00:00Z".to_owned(),
            wall_seconds: 2.5,
            repeat: "glomers run broadcast-d --sim --seed SEED --loss 0.5".to_owned(),
            ..SweepRecord::new(&plan, Seeds { first: 3, last: 6 }, None)
        }
    }

    pub(in crate::sweep) fn run(seed: u64, outcome: SeedOutcome) -> SeedRun {
        let mut metrics = Metrics::new();
        metrics.put(Metric::OpCount, Some(40.0));
        metrics.put(Metric::ServerMsgsPerOp, Some(0.1 + seed as f64 / 3.0));
        let reason = (outcome != SeedOutcome::Pass).then(|| "lost 3".to_owned());
        SeedRun { seed, outcome, reason, seconds: 30.25, metrics, store: None }
    }

    fn swept() -> SweepRecord {
        let mut runs = vec![
            run(3, SeedOutcome::Pass),
            run(4, SeedOutcome::Unknown),
            run(5, SeedOutcome::Fail),
            run(6, SeedOutcome::Pass),
        ];
        runs[2].store = Some("store/broadcast/x-s5".to_owned());
        record().with_runs(runs)
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let record = swept();
        record.write(folder.path()).unwrap();
        assert_eq!(SweepRecord::read(folder.path()).unwrap(), record);
        let file = folder.path().join(SWEEP_FILE);
        assert_eq!(SweepRecord::read(&file).unwrap(), record);
        insta::assert_snapshot!(fs::read_to_string(&file).unwrap());
    }

    #[test]
    fn failures_come_before_what_no_checker_decides() {
        let record = swept();
        let seeds: Vec<_> = record.failures.iter().map(|it| (it.seed, it.outcome)).collect();
        assert_eq!(seeds, [(5, SeedOutcome::Fail), (4, SeedOutcome::Unknown)]);
        let command = "glomers run broadcast-d --sim --seed 5 --loss 0.5";
        assert_eq!(record.failures[0].command, command);
        assert_eq!((record.counts.pass, record.counts.all()), (2, 4));
    }

    #[test]
    fn a_sweep_is_whole_when_every_seed_ran_or_the_first_failure_was_wanted() {
        let mut record = swept();
        assert!(record.is_whole());
        record.seeds.last = 8;
        assert_eq!((record.missing(), record.is_whole()), (2, false));
        record.until_failure = true;
        assert!(record.is_whole());
        record.shard = "2/3".parse().ok();
        assert_eq!(record.missing(), 0);
    }

    #[test]
    fn errors_name_the_file_and_the_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let error = SweepRecord::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("has no sweep.json: give folders that `glomers sweep`"), "{error}");
        fs::write(folder.path().join(SWEEP_FILE), "{\"runs\": 3}").unwrap();
        let error = SweepRecord::read(folder.path()).unwrap_err();
        assert!(matches!(error, SweepError::Json { .. }), "{error}");
        for (text, what) in [
            (r#"{"seeds": {"first": 3, "last": 2}}"#, "its seeds go from 3 to 2"),
            (
                r#"{"seeds": {"first": 0, "last": 9}, "shard": "1/2",
                    "runs": [{"seed": 3, "outcome": "pass", "seconds": 1.0,
                     "metrics": {}}]}"#,
                "a run of seed 3, which is not one of its seeds",
            ),
            (
                r#"{"seeds": {"first": 0, "last": 9},
                    "runs": [{"seed": 3, "outcome": "pass", "seconds": 1.0,
                     "metrics": {}},
                             {"seed": 3, "outcome": "pass", "seconds": 1.0,
                     "metrics": {}}]}"#,
                "it has two runs of seed 3",
            ),
        ] {
            fs::write(folder.path().join(SWEEP_FILE), text).unwrap();
            let error = SweepRecord::read(folder.path()).unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
        fs::write(folder.path().join(SWEEP_FILE), "{}").unwrap();
        let error = SweepRecord::read(folder.path()).unwrap_err();
        assert!(matches!(error, SweepError::NotASweep(_)), "{error}");
    }
}
