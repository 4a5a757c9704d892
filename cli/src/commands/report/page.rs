//! Pages of runs for a browser.

use super::{ReportArguments, runs};
use crate::commands::check::is_stdout;
use crate::failure::{BadArguments, Result};
use crate::many_runs::open_runs;
use crate::one_run::{any_named_or_latest, below};
use crate::pages::{overview_page, run_page};
use crate::project::Project;
use crate::recorded::RecordedRun;
use std::path::PathBuf;

/// The page of one run, or of several.
pub(super) fn html(arguments: &ReportArguments) -> Result<String> {
    if arguments.open && arguments.output.as_deref().is_some_and(is_stdout) {
        let text = "--open needs a file to open: name one instead of -";
        return Err(BadArguments(text.to_owned()).into());
    }
    let store = Project::find()?.store(arguments.store.as_deref());
    let is_filtered = arguments.last.is_some() || !arguments.challenge.is_empty();
    if let ([] | [_], false) = (arguments.runs.as_slice(), is_filtered) {
        let named = arguments.runs.first().map(|run| below(run, &store));
        // A run without results has a page, too, so errors are those of the page.
        let is_one = |path: &PathBuf| open_runs(path).map_or(true, |runs| runs.runs().len() == 1);
        if named.as_ref().is_none_or(is_one) {
            let run = RecordedRun::open(&any_named_or_latest(named.as_deref(), &store)?)?;
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
