//! Runs the seeds of a sweep: simulated in memory, or in real time with processes.

use crate::embedded;
use crate::exit::Exit;
use crate::failure::{CommandFailure, Context as _, Result};
use crate::interrupt::Interrupt;
use crate::job::Job;
use crate::progress::ProgressLine;
use crate::run_outcome::{JudgedRun, RunContext};
use crate::store;
use crate::terminal;
use crate::watchdog;
use glomers_config::Plan;
use glomers_results::BuildRecord;
use glomers_simulator::WHY_NOT_REPEATABLE;
use glomers_simulator::sweep::{Counts, Pool, SeedOutcome, SeedRun, Seeds, Shard, on_threads};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Mutex;
use std::time::Instant;

/// The seeds to run, and how to run them.
pub(super) struct Work<'a> {
    pub(super) job: &'a Job,
    pub(super) seeds: Seeds,
    pub(super) shard: Shard,
    pub(super) jobs: NonZeroUsize,
    pub(super) until_failure: bool,
    /// Of how many failures, at most, the run directories are kept.
    pub(super) keep: usize,
    pub(super) quiet: bool,
    pub(super) interrupt: &'a Interrupt,
}

/// The outcome of the work.
pub(super) struct Done {
    /// The completed runs, by seed.
    pub(super) runs: Vec<SeedRun>,
    /// The error that ended the work early.
    pub(super) error: Option<CommandFailure>,
}

impl Work<'_> {
    /// Simulates the seeds in memory, and repeats the failures with files.
    pub(super) fn simulate(&self) -> Done {
        let spec = self.job.node.spec();
        let done = self.on_threads(|| {
            // A run in memory has no files, so the journal and stderr are not recorded.
            let mut plan = Plan { journal: false, log_stderr: false, ..self.job.plan.clone() };
            (plan.log_net_send, plan.log_net_recv) = (false, false);
            let spec = &spec;
            move |seed| {
                plan.seed = seed;
                Ok(SeedRun::simulate(&plan, spec, &|| self.interrupt.is_set())?)
            }
        });
        self.keeping(done, |run| {
            let plan = Plan { seed: run.seed, ..self.job.plan.clone() };
            let context = self.context(&plan, None);
            let store = &self.job.store;
            let judged = embedded::simulate(&context, None, store, true, self.interrupt)?;
            if judged.exit != Exit::Interrupted && !is_same(run, &judged) {
                let text = format!(
                    "warning: seed {} came out differently when it was run again, so that the \
                     command beside it may not bring it back: the node is not repeatable; {}",
                    run.seed,
                    if self.job.node.hosted.is_some() {
                        WHY_NOT_REPEATABLE
                    } else {
                        "warnings of its run may say why"
                    }
                );
                terminal::print_to_stderr(&text);
            }
            Ok(judged.run.path)
        })
    }

    /// Runs the seeds with processes, in a temporary store, and moves the failures to the store.
    pub(super) fn run(&self, aside: &Path, build: Option<&BuildRecord>) -> Done {
        let paths: Mutex<Vec<(u64, PathBuf)>> = Mutex::new(Vec::new());
        let done = self.on_threads(|| {
            let mut plan = self.job.plan.clone();
            // Each thread has its own watchdog: it is not `Send`.
            let mut watchdog = None;
            let paths = &paths;
            move |seed| {
                plan.seed = seed;
                let watchdog = match &watchdog {
                    Some(watchdog) => Rc::clone(watchdog),
                    None => Rc::clone(watchdog.insert(watchdog::start()?)),
                };
                let context = self.context(&plan, build);
                let judged = embedded::run(&context, aside, true, self.interrupt, &watchdog)?;
                let run = seed_run(seed, &judged);
                if run.as_ref().is_some_and(|run| run.outcome == SeedOutcome::Fail) {
                    lock(paths).push((seed, judged.run.path));
                } else {
                    let path = judged.run.path;
                    let failed = || format!("failed to remove {}", path.display());
                    std::fs::remove_dir_all(&path).with_context(failed)?;
                }
                Ok(run)
            }
        });
        let workload = self.job.plan.workload.name();
        self.keeping(done, |run| {
            let paths = lock(&paths);
            let path = paths.iter().find(|(seed, _)| *seed == run.seed);
            let (_, path) = path.context("the run directory is gone")?;
            store::adopt(path, &self.job.store, workload)
        })
    }

    fn context<'a>(&'a self, plan: &'a Plan, build: Option<&BuildRecord>) -> RunContext<'a> {
        RunContext {
            plan,
            node: &self.job.node,
            build: build.cloned(),
            group: None,
            began: Instant::now(),
        }
    }

    /// Distributes the seeds over threads, with one worker per thread, and shows the progress.
    fn on_threads<W: FnMut(u64) -> Result<Option<SeedRun>>>(
        &self,
        worker: impl Fn() -> W + Sync,
    ) -> Done {
        let tasks = self.seeds.count(self.shard);
        let progress = ProgressLine::new(self.quiet);
        let counts = Mutex::new(Counts::default());
        let is_last = |result: &Result<SeedRun>| match result {
            Ok(run) => self.until_failure && run.outcome == SeedOutcome::Fail,
            Err(_) => true,
        };
        let pool = Pool {
            tasks,
            jobs: self.jobs,
            is_last: &is_last,
            is_interrupted: &|| self.interrupt.is_set(),
        };
        let results = on_threads(&pool, || {
            let mut worker = worker();
            let (progress, counts) = (&progress, &counts);
            move |index| {
                let seed = self.seeds.nth(self.shard, index);
                let result = worker(seed).with_context(|| format!("seed {seed}")).transpose()?;
                if let Ok(run) = &result {
                    let mut counts = lock(counts);
                    counts.add(run.outcome);
                    let Counts { pass, fail, unknown } = *counts;
                    let text = format!("pass {pass} fail {fail} unknown {unknown}");
                    progress.show_count("sweep", counts.all(), tasks, &text);
                }
                Some(result)
            }
        });
        progress.finish();
        let mut done = Done { runs: Vec::with_capacity(results.len()), error: None };
        for result in results {
            match result {
                Ok(run) => done.runs.push(run),
                Err(error) => done.error = Some(error),
            }
        }
        done
    }

    /// Keeps the run directories of the first failures. The lowest seed is handled last, so that
    /// `latest` points to its run.
    fn keeping(&self, mut done: Done, mut keep: impl FnMut(&SeedRun) -> Result<PathBuf>) -> Done {
        let failed = done.runs.iter_mut().filter(|run| run.outcome == SeedOutcome::Fail);
        let mut failed: Vec<&mut SeedRun> = failed.take(self.keep).collect();
        while let Some(run) = failed.pop().filter(|_| !self.interrupt.is_set()) {
            let seed = run.seed;
            match keep(run).with_context(|| format!("failed to keep the run of seed {seed}")) {
                Ok(path) => run.store = Some(path.display().to_string()),
                Err(error) => {
                    done.error.get_or_insert(error);
                    break;
                }
            }
        }
        done
    }
}

/// The sweep's record of a run in real time; `None` if the run was interrupted.
fn seed_run(seed: u64, judged: &JudgedRun) -> Option<SeedRun> {
    let outcome = match judged.exit {
        Exit::Valid => SeedOutcome::Pass,
        Exit::Unknown => SeedOutcome::Unknown,
        Exit::Interrupted => return None,
        Exit::Invalid | Exit::BadArguments | Exit::Crash => SeedOutcome::Fail,
    };
    Some(SeedRun {
        seed,
        outcome,
        reason: SeedRun::first_line(judged.run.reasons()),
        seconds: judged.run.record.as_ref().map_or(0.0, |record| record.wall_seconds),
        metrics: judged.run.metrics.clone(),
        store: None,
    })
}

/// Whether the repetition of a run equals the run in memory.
fn is_same(run: &SeedRun, judged: &JudgedRun) -> bool {
    seed_run(run.seed, judged)
        .is_some_and(|again| run.is_same(&SeedRun { seconds: run.seconds, ..again }))
}

/// Locks, ignoring poison: no code here panics within a change, so the data is consistent.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
