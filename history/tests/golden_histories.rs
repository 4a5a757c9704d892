//! Every history that the reference wrote is read whole, and printed again as it was.

use flate2::read::GzDecoder;
use glomers_history::{HistoryReader, Operation, print_operation};
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

/// The folder of recordings: beside the repository, or where the environment says.
fn golden() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/golden");
    let folder = std::env::var_os("GLOMERS_GOLDEN").map_or_else(|| beside.into(), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no recordings at {} (set GLOMERS_GOLDEN)", folder.display());
    None
}

/// EDN files below a folder, packed or not, whose name has `part` in it, sorted.
fn files(folder: &Path, part: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.contains(part) && name.contains(".edn") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = BufReader::new(File::open(path)?);
    if path.extension().is_some_and(|extension| extension == "gz") {
        GzDecoder::new(file).read_to_end(&mut bytes)?;
    } else {
        { file }.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

#[test]
fn recorded_histories_are_read_and_printed_as_they_were() {
    let Some(golden) = golden() else { return };
    let ours = files(&golden.join("maelstrom"), "history");
    let published = files(&golden.join("public/histories"), "");
    assert!(!ours.is_empty() && !published.is_empty(), "no histories in {}", golden.display());
    for path in ours.iter().chain(&published) {
        let recorded = read(path).unwrap();
        let operations = operations(&recorded, path);
        let mut printed = Vec::with_capacity(recorded.len());
        for operation in &operations {
            print_operation(operation, &mut printed);
        }
        // Published ones come from older versions, with other orders of keys.
        if published.contains(path) {
            assert!(operations == self::operations(&printed, path), "{}", path.display());
            assert_eq!(operations.len(), lines_with(&recorded, ":type"), "{}", path.display());
        } else if printed != recorded {
            let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
            for (ours, theirs) in text(printed).lines().zip(text(recorded).lines()) {
                assert_eq!(ours, theirs, "{}", path.display());
            }
            panic!("{}: not as many lines", path.display());
        }
    }
}

#[test]
fn labelled_histories_of_other_tools_are_read() {
    let Some(golden) = golden() else { return };
    for path in files(&golden.join("public/labelled/knossos"), "") {
        let recorded = read(&path).unwrap();
        let operations = operations(&recorded, &path);
        assert_eq!(operations.len(), lines_with(&recorded, ":type"), "{}", path.display());
    }
}

fn operations(text: &[u8], path: &Path) -> Vec<Operation> {
    let read: Result<Vec<_>, _> = HistoryReader::new(text).collect();
    read.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn lines_with(bytes: &[u8], part: &str) -> usize {
    String::from_utf8_lossy(bytes).lines().filter(|line| line.contains(part)).count()
}
