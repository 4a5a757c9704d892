//! Finds the recordings of the reference, for tests; none when they are not there.

use flate2::read::GzDecoder;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The folder of recordings: beside the repository, or where the environment says.
fn folder() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/golden");
    let folder = std::env::var_os("GLOMERS_GOLDEN").map_or_else(|| beside.into(), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no recordings at {} (set GLOMERS_GOLDEN)", folder.display());
    None
}

/// Every recorded `results.edn`, packed or not: its path below the folder, and its text. Sorted.
pub(crate) fn results() -> Vec<(String, String)> {
    let Some(folder) = folder() else { return Vec::new() };
    let cases = files(&folder.join("maelstrom")).into_iter().flat_map(|case| {
        ["results.edn", "results.edn.gz"]
            .map(|name| case.join(name))
            .into_iter()
            .filter(|p| p.is_file())
    });
    let paths: Vec<_> = cases.chain(files(&folder.join("public/results"))).collect();
    assert!(!paths.is_empty(), "no results in {}", folder.display());
    let shown = |path: &Path| path.strip_prefix(&folder).unwrap().display().to_string();
    paths.iter().map(|path| (shown(path), read(path))).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The text of a file, unpacked.
fn read(path: &Path) -> String {
    let bytes = fs::read(path).unwrap();
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut text = String::new();
        GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
        return text;
    }
    String::from_utf8(bytes).unwrap()
}
