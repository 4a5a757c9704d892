#![doc = include_str!("../README.md")]

use flate2::read::GzDecoder;
use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

/// The variable that names the folder of the larger set.
const VARIABLE: &str = "GLOMERS_GOLDEN";
/// Where the larger set is looked for without it: next to the repository.
const NEXT_TO_REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/golden");

/// The recordings that are there.
#[derive(Debug, Clone)]
pub struct Recordings {
    folder: PathBuf,
    /// Whether it is the larger set.
    pub is_whole: bool,
}

/// The larger set if it is there, else the selection of the repository.
///
/// # Panics
/// When `GLOMERS_GOLDEN` names a folder that does not exist.
#[must_use]
pub fn recordings() -> Recordings {
    let named = std::env::var_os(VARIABLE).map(PathBuf::from);
    if let Some(folder) = &named {
        assert!(folder.is_dir(), "{VARIABLE} names {}, which is no folder", folder.display());
    }
    let whole = named.unwrap_or_else(|| NEXT_TO_REPOSITORY.into());
    let is_whole = whole.join("maelstrom").is_dir();
    let folder = if is_whole { whole } else { env!("CARGO_MANIFEST_DIR").into() };
    Recordings { folder, is_whole }
}

impl Recordings {
    /// The folders of all runs of Maelstrom, sorted.
    ///
    /// # Panics
    /// When they cannot be read.
    #[must_use]
    pub fn runs(&self) -> Vec<PathBuf> {
        let mut runs = files(&self.folder.join("maelstrom"));
        runs.retain(|path| path.is_dir());
        runs
    }

    /// The folder of a run, if it is part of this set.
    #[must_use]
    pub fn run(&self, name: &str) -> Option<PathBuf> {
        let folder = self.folder.join("maelstrom").join(name);
        folder.is_dir().then_some(folder)
    }

    /// A part that only the larger set has (`public`, `differential`). Without it, `None`, and a line
    /// on stderr.
    #[must_use]
    pub fn extra(&self, part: &str) -> Option<PathBuf> {
        let folder = self.folder.join(part);
        if folder.is_dir() {
            return Some(folder);
        }
        skipped(&format!(
            "the recordings in {part}: set {VARIABLE} to the folder of the larger set"
        ));
        None
    }

    /// The path of a file within the set.
    ///
    /// # Panics
    /// When it is not in it.
    #[must_use]
    pub fn name_of(&self, path: &Path) -> String {
        path.strip_prefix(&self.folder).expect("a recording").display().to_string()
    }
}

/// The entries of a folder, sorted.
///
/// # Panics
/// When it cannot be read.
#[must_use]
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

/// Opens a file, or its compressed twin; `None` if neither exists. A compressed file may also be named
/// itself.
#[must_use]
pub fn open(path: &Path) -> Option<Box<dyn Read>> {
    let is_packed = path.extension().is_some_and(|extension| extension == "gz");
    if let Ok(file) = File::open(path) {
        return Some(if is_packed { Box::new(GzDecoder::new(file)) } else { Box::new(file) });
    }
    let mut packed = path.as_os_str().to_owned();
    packed.push(".gz");
    Some(Box::new(GzDecoder::new(File::open(packed).ok()?)))
}

/// The bytes of a file, or of its compressed twin; `None` if neither exists.
///
/// # Panics
/// When it cannot be read.
#[must_use]
pub fn bytes(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = open(path)?.read_to_end(&mut bytes);
    read.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Some(bytes)
}

/// The text of a file, or of its compressed twin; `None` if neither exists.
///
/// # Panics
/// When it cannot be read, or is not UTF-8.
#[must_use]
pub fn text(path: &Path) -> Option<String> {
    Some(String::from_utf8(bytes(path)?).expect("UTF-8"))
}

/// Says on stderr that something was not tested. The test runner hides what passing tests print, but
/// not this.
pub fn skipped(what: &str) {
    // Without a stderr, there is no reader.
    let _ = writeln!(io::stderr(), "SKIPPED: {what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selection_has_every_workload_and_failures() {
        let own = Recordings { folder: env!("CARGO_MANIFEST_DIR").into(), is_whole: false };
        let runs = own.runs();
        let commands: Vec<String> = runs.iter().filter_map(|run| text(&run.join("cmd"))).collect();
        for workload in [
            "broadcast",
            "echo",
            "g-counter",
            "g-set",
            "kafka",
            "lin-kv",
            "pn-counter",
            "txn-list-append",
            "txn-rw-register",
            "unique-ids",
        ] {
            let named = format!("-w {workload} ");
            assert!(commands.iter().any(|command| command.contains(&named)), "{workload}");
        }
        let has = |valid: &str| {
            let ends = format!(":valid? {valid}}}");
            let is_so = |run: &PathBuf| {
                text(&run.join("results.edn")).is_some_and(|it| it.trim_end().ends_with(&ends))
            };
            runs.iter().filter(|run| is_so(run)).count()
        };
        assert!(has("true") > 20 && has("false") > 10, "{} {}", has("true"), has("false"));
    }

    #[test]
    fn a_file_is_its_compressed_twin() {
        let own = Recordings { folder: env!("CARGO_MANIFEST_DIR").into(), is_whole: false };
        let run = own.run("broadcast-3d").expect("a run");
        let history = text(&run.join("history.edn")).expect("a history");
        assert!(history.starts_with("{:index 0"));
        assert_eq!(text(&run.join("history.edn.gz")), Some(history));
        assert_eq!(text(&run.join("no.edn")), None);
        assert_eq!(own.name_of(&run), "maelstrom/broadcast-3d");
    }
}
