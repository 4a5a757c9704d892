//! Every history that the reference wrote is read completely, and printed again unchanged.

use glomers_history::{HistoryReader, Operation, print_operation};
use glomers_recordings::{bytes, files, recordings};
use std::path::{Path, PathBuf};

#[test]
fn recorded_histories_are_read_and_printed_as_they_were() {
    let recordings = recordings();
    let histories = |run: &PathBuf| {
        let file = ["history.edn", "history.edn.gz"].map(|name| run.join(name));
        file.into_iter().find(|path| path.is_file())
    };
    let ours: Vec<PathBuf> = recordings.runs().iter().filter_map(histories).collect();
    let published = recordings.extra("public/histories").map_or_else(Vec::new, |it| all_files(&it));
    assert!(ours.len() > 40, "only {} histories", ours.len());
    for path in ours.iter().chain(&published) {
        let recorded = bytes(path).unwrap();
        let operations = operations(&recorded, path);
        let mut printed = Vec::with_capacity(recorded.len());
        for operation in &operations {
            print_operation(operation, &mut printed);
        }
        // Published recordings are from older versions, with other orders of keys.
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
    let Some(labelled) = recordings().extra("public/labelled/knossos") else { return };
    for path in all_files(&labelled) {
        let recorded = bytes(&path).unwrap();
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

/// EDN files below a folder, at any depth.
fn all_files(folder: &Path) -> Vec<PathBuf> {
    let below = |path: PathBuf| if path.is_dir() { all_files(&path) } else { vec![path] };
    let mut found: Vec<PathBuf> = files(folder).into_iter().flat_map(below).collect();
    found.retain(|path| path.to_string_lossy().contains(".edn"));
    found
}
