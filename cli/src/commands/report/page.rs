//! Pages of runs for a browser.

use super::{ReportArguments, runs};
use crate::failure::Result;
use crate::pages::{overview_page, run_page};
use crate::project::Project;
use crate::recorded_run::RecordedRun;
use crate::store::named_or_latest;
use glomers_results::Runs;

/// The page of one run, or of several.
pub(super) fn html(arguments: &ReportArguments) -> Result<String> {
    let store = Project::find()?.store(arguments.store.as_deref());
    let is_filtered = arguments.last.is_some() || !arguments.challenge.is_empty();
    if let ([] | [_], false) = (arguments.runs.as_slice(), is_filtered) {
        let path =
            named_or_latest(arguments.runs.first().map(std::path::PathBuf::as_path), &store)?;
        // A run without results has a page, too, so errors are those of the page.
        let is_folder_of_runs = Runs::open(&path).is_ok_and(|runs| runs.runs().len() > 1);
        if !is_folder_of_runs {
            let run = RecordedRun::open(&path)?;
            return Ok(run_page(&run, Vec::new()));
        }
    }
    let mut runs = runs(arguments)?;
    if !arguments.runs.is_empty() {
        // The newest first, as those of the store.
        runs.sort_by_key(|run| std::cmp::Reverse(run.record.as_ref().map(|it| it.start.clone())));
    }
    Ok(overview_page(&runs).to_html())
}
