//! Draws the pictures of a run that has just ended into its folder.

use crate::cluster;
use crate::failure::{CommandFailure, Result};
use crate::recorded::{JOURNAL_FILE, heading_of};
use glomers_config::InputError;
use glomers_history::History;
use glomers_rendering::{MessageCounts, Scope, pictures};
use glomers_results::{RunRecord, write_atomically};
use glomers_timeline::Timeline;
use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::Path;

/// Maximum size in bytes of the part of a journal that is read for the pictures of a run that has
/// just ended: reading takes some 10 ms then. `glomers export --pictures` reads all.
const DRAWN_BYTES: u64 = 2 << 20;

/// Size in bytes of the parts in which a journal is read.
const BUFFER_BYTES: usize = 256 << 10;

/// Draws the pictures, and returns warnings if that failed: a verdict does not depend on them. Files
/// that are there already, as Maelstrom's own, stay as they are.
pub(crate) fn draw_pictures(folder: &Path, record: &RunRecord, history: &History) -> Vec<String> {
    match draw(folder, record, history) {
        Ok(()) => Vec::new(),
        Err(error) => vec![format!("the pictures of the run are missing: {error}")],
    }
}

fn draw(folder: &Path, record: &RunRecord, history: &History) -> Result<()> {
    let path = folder.join(JOURNAL_FILE);
    let (journal, is_cut) = beginning_of_journal(&path)?;
    let timeline = Timeline::new(&cluster::of(record), history, &journal);
    let counts = if is_cut { Some(counts(&path, &timeline)?) } else { None };
    let scope = Scope { counts, ..Scope::default() };
    for picture in pictures(&timeline, &heading_of(record), &scope) {
        let path = folder.join(picture.name);
        if !path.exists() {
            write_atomically(&path, picture.svg.as_bytes())?;
        }
    }
    Ok(())
}

/// Counts the messages of the whole journal, without keeping them.
fn counts(path: &Path, timeline: &Timeline<'_>) -> Result<MessageCounts, InputError> {
    let failed = |error| InputError::io(path, error);
    let file = BufReader::with_capacity(BUFFER_BYTES, File::open(path).map_err(failed)?);
    MessageCounts::read(file, timeline).map_err(failed)
}

/// The first lines of a journal, and whether more follow; empty if there is none.
fn beginning_of_journal(path: &Path) -> Result<(Vec<u8>, bool)> {
    let mut journal = Vec::new();
    match File::open(path) {
        Ok(file) => {
            let read = file.take(DRAWN_BYTES).read_to_end(&mut journal);
            read.map_err(|error| CommandFailure::from(InputError::io(path, error)))?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((journal, false)),
        Err(error) => return Err(InputError::io(path, error).into()),
    }
    let is_cut = journal.len() as u64 == DRAWN_BYTES;
    if is_cut {
        let lines = journal.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        journal.truncate(lines);
    }
    Ok((journal, is_cut))
}
