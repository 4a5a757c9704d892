//! The last line of defence: a run that ends with an error or a panic of glomers leaves its partial
//! files, and the verdict unknown with the reason.

use crate::exit::Exit;
use crate::failure::{CommandFailure, Result};
use crate::run_outcome::{JudgedRun, RunContext};
use crate::store::RunDirectory;
use glomers_history::{Judgement, Validity, Value, Verdict};
use glomers_results::{
    Clock, Engine, RECORD_FILE, RESULTS_FILE, Results, Run, RunRecord, write_results,
};
use std::any::Any;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Makes and judges a run. If that fails, its directory gets `results.edn` (unknown, with the
/// reason) and `run.json`, next to the history so far.
pub(super) fn guarded(
    directory: &RunDirectory,
    context: &RunContext<'_>,
    clock: Clock,
    run: impl FnOnce() -> Result<JudgedRun>,
) -> Result<JudgedRun> {
    // Unwind safe: state that a panic leaves inconsistent is dropped with the closure.
    let error = match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(judged)) => return Ok(judged),
        Ok(Err(error)) => error,
        Err(panic) => CommandFailure::crash(panic_text(&*panic)),
    };
    leave(directory, context, clock, &format!("{error}"))
}

/// The message of a panic.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let said = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no reason given");
    format!("glomers itself failed, which is a mistake in glomers, please report it: {said}")
}

/// Writes the missing files; those that cannot be written are named in the warnings.
fn leave(
    directory: &RunDirectory,
    context: &RunContext<'_>,
    clock: Clock,
    reason: &str,
) -> Result<JudgedRun> {
    let folder = directory.path();
    let valid = Validity::Unknown;
    let map = Value::Map(vec![
        (Value::keyword("valid?"), valid.to_value()),
        (Value::keyword("reason"), Value::str(reason)),
    ]);
    let verdicts = vec![("failure", Verdict { valid, map })];
    let judgement = Judgement { verdicts, uncounted: Vec::new() };
    let results_value = judgement.to_value();
    let mut record = RunRecord {
        engine: Engine::Embedded,
        clock,
        valid: Some(valid),
        start: directory.start.to_string(),
        failure: Some(reason.to_owned()),
        reasons: vec![reason.to_owned()],
        warnings: directory.warnings().to_vec(),
        ..context.record()
    };
    if !folder.is_dir() {
        let text = "the folder of the run was removed while it ran: its history is gone";
        record.warnings.push(text.to_owned());
        let _ = fs::create_dir_all(&folder);
    }
    if !folder.join(RESULTS_FILE).exists()
        && let Err(error) = write_results(&folder, &results_value)
    {
        record.warnings.push(CommandFailure::from(error).to_string());
    }
    if !folder.join(RECORD_FILE).exists()
        && let Err(error) = record.write(&folder)
    {
        record.warnings.push(CommandFailure::from(error).to_string());
    }
    record.warnings.extend(directory.finish());
    let results = Results::from_value(results_value)?;
    let run = Run::new(folder, results, Some(record));
    Ok(JudgedRun { run, exit: Exit::Crash })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node_command::{NodeCommand, Origin};
    use glomers_config::{Parameters, Plan, challenges, find_challenge};
    use std::time::Instant;

    /// The result of `guarded` for this run.
    fn ended(run: impl FnOnce() -> Result<JudgedRun>) -> (JudgedRun, tempfile::TempDir) {
        let challenges = challenges();
        let challenge = find_challenge(&challenges, "echo").unwrap();
        let plan = Plan::resolve(challenge, Parameters::default(), 1).unwrap();
        let node = NodeCommand {
            program: "node".into(),
            args: Vec::new(),
            is_built_in: false,
            folder: None,
            origin: Origin::Flag,
            build: None,
            hosted: None,
        };
        let store = tempfile::tempdir().unwrap();
        let directory = RunDirectory::create(store.path(), "echo", 1, None).unwrap();
        let (plan, node, began) = (&plan, &node, Instant::now());
        let context = RunContext { plan, node, build: None, group: None, began };
        let judged = guarded(&directory, &context, Clock::Real, run).unwrap();
        (judged, store)
    }

    #[test]
    fn a_panic_leaves_results_that_say_so() {
        let (judged, store) = ended(|| panic!("no such index: {}", 7));
        assert_eq!(judged.exit, Exit::Crash);
        let stored = Run::open(&store.path().join("latest")).unwrap();
        assert_eq!(stored.valid(), Validity::Unknown);
        let failure = stored.record.unwrap().failure.unwrap();
        assert!(failure.contains("a mistake in glomers"), "{failure}");
        assert!(failure.ends_with("no such index: 7"), "{failure}");
        assert_eq!(judged.run.reasons(), [failure]);
    }

    #[test]
    fn so_does_an_error() {
        let (judged, store) = ended(|| Err(CommandFailure::crash("the disk is full")));
        assert_eq!((judged.exit, judged.run.reasons().len()), (Exit::Crash, 1));
        let results = fs::read_to_string(store.path().join("latest").join(RESULTS_FILE)).unwrap();
        assert!(results.contains(":reason \"the disk is full\""), "{results}");
    }
}
