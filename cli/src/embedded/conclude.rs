//! Judges a completed run, and writes the results into its directory.

use super::Execution;
use crate::exit::Exit;
use crate::failure::{Context as _, Result};
use crate::pictures::draw_pictures;
use crate::run_outcome::{JudgedRun, RunContext, exit_of};
use crate::store::RunDirectory;
use glomers_engine::Scenario;
use glomers_judgement::{Assessment, assess};
use glomers_results::{Engine, Run, RunRecord, write_results};

/// Judges the history, writes `results.edn` and `run.json`, and lets `latest` point to the run.
pub(super) fn conclude(
    execution: Execution,
    directory: &RunDirectory,
    context: &RunContext<'_>,
    scenario: Option<&Scenario>,
) -> Result<JudgedRun> {
    let Execution { mut core, clock, last_lines, lateness, warnings } = execution;
    let assessment = assess(&mut core, &last_lines, lateness)?;
    let Assessment { valid, metrics, targets, reasons, failure, is_interrupted, .. } = assessment;
    let folder = directory.path();
    write_results(&folder, &assessment.results_value)?;
    // Read back the files, as other commands will.
    let stored = Run::open(&folder)?;
    let exit = if is_interrupted { Exit::Interrupted } else { exit_of(valid, &targets) };
    let mut record = RunRecord {
        engine: Engine::Embedded,
        clock,
        valid: Some(valid),
        start: directory.start.to_string(),
        targets,
        metrics,
        reasons,
        warnings: assessment
            .warnings
            .into_iter()
            .chain(warnings)
            .chain(directory.warnings().iter().cloned())
            .collect(),
        failure,
        interrupted: is_interrupted,
        scenario: scenario
            .map(serde_json::to_value)
            .transpose()
            .context("failed to write down the scenario")?,
        ..context.record()
    };
    record.warnings.extend(draw_pictures(&folder, &record, core.history()));
    record.write(&folder)?;
    let unlinked = directory.finish();
    if !unlinked.is_empty() {
        record.warnings.extend(unlinked);
        record.write(&folder)?;
    }
    Ok(JudgedRun { run: Run::new(folder, stored.results, Some(record)), exit })
}
