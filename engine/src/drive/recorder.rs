//! Writes history and journal as they happen, so that a killed run leaves a readable beginning.

use super::writer::Writer;
use crate::{Core, EngineError};
use glomers_history::{print_operation, print_operation_text};
use std::fs::File;
use std::path::Path;

/// Bytes that are kept back before they are written.
const BUFFER_BYTES: usize = 256 * 1024;

/// The files of a run that grow while it runs.
#[derive(Debug)]
pub struct Recorder {
    writer: Writer,
    history: Vec<u8>,
    history_text: Vec<u8>,
    has_journal: bool,
    /// Entries of the history that are printed already.
    printed: usize,
}

/// Places of the files in the writer's list.
const HISTORY: usize = 0;
const HISTORY_TEXT: usize = 1;
const JOURNAL: usize = 2;

impl Recorder {
    /// Creates `history.edn`, `history.txt` and, when wanted, `messages.jsonl` in a run directory.
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

    /// Prints what is new; hands it to the writer once there is enough.
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

    /// Hands everything to the writer, which writes it at once.
    pub(crate) fn flush(&mut self, core: &mut Core) -> Result<(), EngineError> {
        self.take(core)?;
        self.writer.write(HISTORY, &mut self.history)?;
        self.writer.write(HISTORY_TEXT, &mut self.history_text)?;
        if self.has_journal {
            self.writer.write(JOURNAL, core.journal().lines())?;
        }
        Ok(())
    }

    /// Returns when everything is written.
    pub(crate) fn finish(mut self, core: &mut Core) -> Result<(), EngineError> {
        self.flush(core)?;
        self.writer.finish()
    }
}

impl Drop for Recorder {
    /// What was printed is written even when a panic ends the run.
    fn drop(&mut self) {
        // An error that comes now is not the one that ended it.
        let _ = self.writer.write(HISTORY, &mut self.history);
        let _ = self.writer.write(HISTORY_TEXT, &mut self.history_text);
    }
}
