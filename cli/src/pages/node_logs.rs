//! The ends of what the nodes wrote to stderr.

use glomers_config::{InputError, open_input};
use glomers_rendering::html::NodeLog;
use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// Folder of the logs in a run directory.
const FOLDER: &str = "node-logs";
/// How much of the end of a log is shown, in bytes.
const SHOWN_BYTES: u64 = 32 << 10;
/// Maximum number of logs.
const MOST_LOGS: usize = 64;

/// The ends of the logs, by name, and notes on what is left out.
pub(super) fn node_logs(run: &Path) -> (Vec<NodeLog>, Vec<String>) {
    let mut notes = Vec::new();
    // Runs of other engines, and single histories, have none.
    let Ok(entries) = fs::read_dir(run.join(FOLDER)) else { return (Vec::new(), notes) };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    if paths.len() > MOST_LOGS {
        notes.push(format!("{} of {} logs of nodes are shown", MOST_LOGS, paths.len()));
        paths.truncate(MOST_LOGS);
    }
    let mut logs = Vec::new();
    for path in paths {
        match end_of(&path) {
            Ok(log) if log.text.is_empty() => {}
            Ok(log) => logs.push(log),
            Err(error) => notes.push(format!("a log is not shown: {error}")),
        }
    }
    (logs, notes)
}

fn end_of(path: &Path) -> Result<NodeLog, InputError> {
    let failed = |error| InputError::io(path, error);
    let mut file = open_input(path)?;
    let length = file.metadata().map_err(failed)?.len();
    let hidden_bytes = length.saturating_sub(SHOWN_BYTES);
    file.seek(SeekFrom::Start(hidden_bytes)).map_err(failed)?;
    let mut bytes = Vec::new();
    // A log of a running node may grow meanwhile.
    file.take(SHOWN_BYTES).read_to_end(&mut bytes).map_err(failed)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(NodeLog { name, text, hidden_bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_long_log_is_shown() {
        let run = tempfile::tempdir().unwrap();
        assert!(node_logs(run.path()).0.is_empty());
        let folder = run.path().join(FOLDER);
        fs::create_dir(&folder).unwrap();
        fs::create_dir(folder.join("n2.log")).unwrap();
        fs::write(folder.join("n1.log"), b"short \xff\n").unwrap();
        let bytes = usize::try_from(SHOWN_BYTES).unwrap();
        fs::write(folder.join("n0.log"), "x".repeat(bytes) + "end").unwrap();
        let (logs, notes) = node_logs(run.path());
        assert_eq!(logs.len(), 2);
        assert_eq!((logs[0].hidden_bytes, logs[0].text.ends_with("xend")), (3, true));
        assert_eq!(logs[1].text, "short \u{fffd}\n");
        assert!(notes[0].contains("n2.log"), "{notes:?}");
    }
}
