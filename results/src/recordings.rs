//! The recorded results of the reference, for tests.

use glomers_recordings::{files, recordings, text};
use std::path::{Path, PathBuf};

/// Every recorded `results.edn`: its path within the recordings, and its text. Sorted.
pub(crate) fn results() -> Vec<(String, String)> {
    let recordings = recordings();
    let of_run = |run: &PathBuf| {
        let file = run.join("results.edn");
        text(&file).map(|text| (recordings.name_of(&file), text))
    };
    let mut found: Vec<(String, String)> = recordings.runs().iter().filter_map(of_run).collect();
    assert!(found.len() > 40, "only {} results", found.len());
    let published = recordings.extra("public/results");
    let of_file = |path: &Path| (recordings.name_of(path), text(path).expect("a file"));
    found.extend(published.iter().flat_map(|folder| files(folder)).map(|path| of_file(&path)));
    found
}
