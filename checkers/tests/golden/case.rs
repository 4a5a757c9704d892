//! Finds recorded runs and reads their files.

use flate2::read::GzDecoder;
use glomers_history::{History, Value, read_history, read_value};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

/// The golden folder's part of that name; none, loudly, when it is absent.
pub(crate) fn golden(part: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/golden");
    let folder = std::env::var_os("GLOMERS_GOLDEN").map_or(beside, PathBuf::from).join(part);
    if !folder.is_dir() {
        eprintln!("SKIPPED: no golden data at {}; set GLOMERS_GOLDEN to test it", folder.display());
        return None;
    }
    Some(folder)
}

/// Folders in a folder, sorted.
pub(crate) fn folders(parent: &Path) -> Vec<PathBuf> {
    let entries = parent.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Opens a file, or its compressed twin.
fn open(path: &Path) -> Option<Box<dyn Read>> {
    if let Ok(file) = File::open(path) {
        return Some(Box::new(file));
    }
    let mut compressed = path.as_os_str().to_owned();
    compressed.push(".gz");
    Some(Box::new(GzDecoder::new(File::open(compressed).ok()?)))
}

/// Reads a history; none when the file is absent.
pub(crate) fn history(path: &Path) -> Option<History> {
    let input = BufReader::new(open(path)?);
    Some(read_history(input).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// Reads a text; none when the file is absent.
pub(crate) fn text(path: &Path) -> Option<String> {
    let mut text = String::new();
    open(path)?.read_to_string(&mut text).unwrap();
    Some(text)
}

/// Reads a result; none when the file is absent.
pub(crate) fn results(path: &Path) -> Option<Value> {
    let text = text(path)?;
    Some(read_value(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// The value of an option in a recorded command line.
pub(crate) fn option<'a>(command: &'a str, names: &[&str]) -> Option<&'a str> {
    let mut words = command.split_whitespace().skip_while(|word| !names.contains(word));
    words.nth(1)
}
