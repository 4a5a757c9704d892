//! Two runs, compared.

use super::answer;
use super::fence::Fence;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use glomers_rendering::html::escaped;
use glomers_results::{CompareError, Comparison, Look, Rules, RunError, Runs};
use std::path::Path;

/// Width of the table in characters.
const WIDTH: u16 = 130;

#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Compare(#[from] CompareError),
}

/// The comparison of the two chosen runs, of which the older is the baseline.
pub(super) fn page(fence: &Fence, chosen: &[String]) -> Response<Body> {
    let [one, other] = chosen else {
        return answer::failed("two runs can be compared: choose them in the list of runs");
    };
    let mut paths = Vec::new();
    for name in [one, other] {
        match fence.find(name) {
            Some(path) => {
                if let Some(way_out) = fence.way_out(&path) {
                    return answer::failed(&fence.refusal(&way_out));
                }
                paths.push(path);
            }
            None => return answer::not_found(name),
        }
    }
    // The names of run directories begin with their time.
    paths.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
    match table(&paths[0], &paths[1]) {
        Ok(table) => {
            let html = format!("<pre tabindex=\"0\">{}</pre>", escaped(&table));
            answer::small_page(StatusCode::OK, "Comparison", &html)
        }
        Err(refusal) => answer::failed(&refusal.to_string()),
    }
}

/// Runs of different tests are compared, too, and the table says so.
fn table(baseline: &Path, candidate: &Path) -> Result<String, Refusal> {
    let (baseline, candidate) = (Runs::open(baseline)?, Runs::open(candidate)?);
    let comparison = Comparison::new(baseline, candidate, &Rules::default(), true)?;
    Ok(comparison.table(Look::Terminal { colour: false }, Some(WIDTH)))
}
