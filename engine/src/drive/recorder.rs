//! Writes history and journal during the run, so that a killed run leaves a readable prefix.

use super::writer::Writer;
use crate::{Core, EngineError};
use glomers_history::{print_operation, print_operation_text};
use std::fs::File;
use std::path::Path;

/// Size of the buffer before it is written, in bytes.
const BUFFER_BYTES: usize = 256 * 1024;

/// The files of a run that grow during the run.
#[derive(Debug)]
pub struct Recorder {
    writer: Writer,
    history: Vec<u8>,
    history_text: Vec<u8>,
    has_journal: bool,
    /// Number of history entries that were already printed.
    printed: usize,
}

/// Indices of the files in the writer's list.
const HISTORY: usize = 0;
const HISTORY_TEXT: usize = 1;
const JOURNAL: usize = 2;

impl Recorder {
    /// Creates `history.edn`, `history.txt` and optionally `messages.jsonl` in a run directory.
    pub fn create(folder: &Path, journal: bool) -> Result<Self, EngineError> {
        let mut names = vec!["history.edn", "history.txt"];
        if journal {
            names.push("messages.jsonl");
        }
        let mut files = Vec::with_capacity(names.len());
        for name in names {
            let path = folder.join(name);
            match File::create(&path) {
                Ok(file) => files.push((path, file)),
                Err(source) => return Err(EngineError::Write { path, source }),
            }
        }
        Ok(Self {
            writer: Writer::start(files)?,
            history: Vec::new(),
            history_text: Vec::new(),
            has_journal: journal,
            printed: 0,
        })
    }

    /// Prints new entries, and passes them to the writer once there are enough.
    pub(crate) fn take(&mut self, core: &mut Core) -> Result<(), EngineError> {
        for operation in &core.history().operations()[self.printed..] {
            print_operation(operation, &mut self.history);
            print_operation_text(operation, &mut self.history_text);
            self.printed += 1;
            if self.history.len() >= BUFFER_BYTES {
                self.writer.write(HISTORY, &mut self.history)?;
                self.writer.write(HISTORY_TEXT, &mut self.history_text)?;
            }
        }
        if self.has_journal && core.journal().lines().len() >= BUFFER_BYTES {
            self.writer.write(JOURNAL, core.journal().lines())?;
        }
        Ok(())
    }

    /// Passes everything to the writer, to be written immediately.
    pub(crate) fn flush(&mut self, core: &mut Core) -> Result<(), EngineError> {
        self.take(core)?;
        self.writer.write(HISTORY, &mut self.history)?;
        self.writer.write(HISTORY_TEXT, &mut self.history_text)?;
        if self.has_journal {
            self.writer.write(JOURNAL, core.journal().lines())?;
        }
        Ok(())
    }

    /// Returns when everything has been written.
    pub(crate) fn finish(mut self, core: &mut Core) -> Result<(), EngineError> {
        self.flush(core)?;
        self.writer.finish()
    }
}

impl Drop for Recorder {
    /// Writes what was printed, even when a panic ends the run.
    fn drop(&mut self) {
        // An error here is not the one that ended the run.
        let _ = self.writer.write(HISTORY, &mut self.history);
        let _ = self.writer.write(HISTORY_TEXT, &mut self.history_text);
    }
}
