//! The first page: all runs of the store.

use super::address;
use super::fence::Fence;
use crate::failure::{CommandFailure, Result};
use crate::pages::overview_page;
use glomers_rendering::html::OverviewPage;
use glomers_results::{Run, RunError, stored_runs};
use std::path::PathBuf;

/// Where the script writes the runs in progress.
const LIVE: &str = "<section aria-labelledby=\"progress\"><h2 id=\"progress\">In progress</h2>\n\
     <ul id=\"live\" class=\"plain\" aria-live=\"polite\"></ul></section>\n";
/// Maximum number of unreadable runs that are named.
const NAMED: usize = 20;

/// The page, the newest run first.
pub(super) fn page(fence: &Fence) -> Result<OverviewPage> {
    let (mut runs, mut unreadable): (Vec<Run>, Vec<String>) = (Vec::new(), Vec::new());
    for stored in stored_runs(fence.store())?.into_iter().rev() {
        if let Some(way_out) = fence.way_out(&stored.path) {
            unreadable.push(format!("left out: {}", fence.refusal(&way_out)));
            continue;
        }
        match stored.run {
            Ok(mut run) => {
                run.path = PathBuf::from(fence.inner(&run.path));
                runs.push(run);
            }
            // In progress, or killed: these are listed apart.
            Err(RunError::NoResults(_)) => {}
            Err(error) => unreadable.push(format!("left out: {}", CommandFailure::from(error))),
        }
    }
    let more = unreadable.len().saturating_sub(NAMED);
    unreadable.truncate(NAMED);
    if more > 0 {
        unreadable.push(format!("left out: {more} more runs that cannot be read"));
    }
    let mut page = overview_page(&runs);
    for (row, run) in page.rows.iter_mut().zip(&runs) {
        row.link = Some(address::of("run", &run.path));
        row.id = run.path.display().to_string();
    }
    page.title = format!("{} in the store", page.title);
    page.notes.extend(unreadable);
    LIVE.clone_into(&mut page.before);
    page.is_served = true;
    Ok(page)
}
