//! Draws the pictures of a run that has just ended into its folder.

use crate::cluster;
use crate::failing::named_entries;
use crate::failure::Result;
use crate::recorded::{JOURNAL_FILE, heading_of};
use glomers_config::InputError;
use glomers_history::History;
use glomers_rendering::{MessageChoice, MessageCounts, Scope, pictures};
use glomers_results::{RunRecord, write_atomically};
use glomers_timeline::Timeline;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
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
    let mut part = part_of_journal(&path, 0)?;
    // If not all of a failed run fits, the diagram begins where the failure does.
    let mut from = None;
    if part.is_cut
        && let Some(blamed) = blamed(record, history)
    {
        (part, from) = (part_of_journal(&path, blamed)?, Some(blamed));
    }
    let timeline = Timeline::new(&cluster::of(record), history, &part.journal);
    let counts = if part.is_cut { Some(counts(&path, &timeline)?) } else { None };
    let messages = MessageChoice { from, ..MessageChoice::default() };
    for picture in pictures(&timeline, &heading_of(record), &Scope { messages, counts }) {
        let path = folder.join(picture.name);
        if !path.exists() {
            write_atomically(&path, picture.svg.as_bytes())?;
        }
    }
    Ok(())
}

/// When the first operation began that the reasons of the run name, in ns since the test began.
fn blamed(record: &RunRecord, history: &History) -> Option<i64> {
    let began = |entry: u64| {
        let position = usize::try_from(entry).ok()?;
        let entry = history.operations().get(position)?;
        let other = history.counterpart(position);
        Some(other.map_or(entry.time, |other| other.time.min(entry.time)))
    };
    named_entries(&record.reasons).into_iter().filter_map(began).min()
}

/// Counts the messages of the whole journal, without keeping them.
fn counts(path: &Path, timeline: &Timeline<'_>) -> Result<MessageCounts, InputError> {
    let failed = |error| InputError::io(path, error);
    let file = BufReader::with_capacity(BUFFER_BYTES, File::open(path).map_err(failed)?);
    MessageCounts::read(file, timeline).map_err(failed)
}

/// Some lines of a journal.
#[derive(Default)]
struct Part {
    journal: Vec<u8>,
    /// Whether there are others.
    is_cut: bool,
}

/// The lines of a journal from a time on, as far as they are drawn; none if there is no journal.
fn part_of_journal(path: &Path, from: i64) -> Result<Part, InputError> {
    let failed = |error| InputError::io(path, error);
    let mut file = match File::open(path) {
        Ok(file) => BufReader::with_capacity(BUFFER_BYTES, file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Part::default()),
        Err(error) => return Err(failed(error)),
    };
    let (mut journal, mut is_cut) = (Vec::new(), false);
    while from > 0 && file.read_until(b'\n', &mut journal).map_err(failed)? > 0 {
        if time_of(&journal).is_some_and(|time| time >= from) {
            break;
        }
        journal.clear();
        is_cut = true;
    }
    file.take(DRAWN_BYTES).read_to_end(&mut journal).map_err(failed)?;
    if journal.len() as u64 >= DRAWN_BYTES {
        let lines = journal.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        journal.truncate(lines);
        is_cut = true;
    }
    Ok(Part { journal, is_cut })
}

/// The time of a line of the journal, which it begins with.
fn time_of(line: &[u8]) -> Option<i64> {
    let line = line.strip_prefix(b"{\"time\":")?;
    let end = line.iter().position(|byte| *byte == b',')?;
    std::str::from_utf8(&line[..end]).ok()?.parse().ok()
}
