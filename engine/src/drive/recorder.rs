//! Writes history and journal as they happen, so that a killed run leaves a readable beginning.

use crate::{Core, EngineError};
use glomers_history::{print_operation, print_operation_text};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Bytes that are kept back before they are written.
const BUFFER_BYTES: usize = 256 * 1024;

/// The files of a run that grow while it runs.
#[derive(Debug)]
pub struct Recorder {
    history: Sink,
    history_text: Sink,
    journal: Option<Sink>,
    /// Entries of the history that are printed already.
    printed: usize,
}

#[derive(Debug)]
struct Sink {
    path: PathBuf,
    file: File,
    buffer: Vec<u8>,
}

impl Recorder {
    /// Creates `history.edn`, `history.txt` and, when wanted, `messages.jsonl` in a run directory.
    pub fn create(folder: &Path, journal: bool) -> Result<Self, EngineError> {
        Ok(Self {
            history: Sink::create(folder, "history.edn")?,
            history_text: Sink::create(folder, "history.txt")?,
            journal: journal.then(|| Sink::create(folder, "messages.jsonl")).transpose()?,
            printed: 0,
        })
    }

    /// Prints what is new; writes it once there is enough.
    pub(crate) fn take(&mut self, core: &mut Core) -> Result<(), EngineError> {
        let operations = core.history().operations();
        for operation in &operations[self.printed..] {
            print_operation(operation, &mut self.history.buffer);
            print_operation_text(operation, &mut self.history_text.buffer);
        }
        self.printed = operations.len();
        if self.history.buffer.len() >= BUFFER_BYTES {
            self.history.write()?;
            self.history_text.write()?;
        }
        if let Some(journal) = &mut self.journal
            && core.journal().lines().len() >= BUFFER_BYTES
        {
            journal.write_lines(core.journal().lines())?;
            core.journal().clear_lines();
        }
        Ok(())
    }

    /// Writes everything.
    pub(crate) fn flush(&mut self, core: &mut Core) -> Result<(), EngineError> {
        self.take(core)?;
        self.history.write()?;
        self.history_text.write()?;
        if let Some(journal) = &mut self.journal {
            journal.write_lines(core.journal().lines())?;
            core.journal().clear_lines();
        }
        Ok(())
    }
}

impl Sink {
    fn create(folder: &Path, name: &str) -> Result<Self, EngineError> {
        let path = folder.join(name);
        match File::create(&path) {
            Ok(file) => Ok(Self { path, file, buffer: Vec::new() }),
            Err(source) => Err(EngineError::Write { path, source }),
        }
    }

    fn write(&mut self) -> Result<(), EngineError> {
        let written = self.file.write_all(&self.buffer);
        self.buffer.clear();
        written.map_err(|source| EngineError::Write { path: self.path.clone(), source })
    }

    fn write_lines(&mut self, lines: &[u8]) -> Result<(), EngineError> {
        self.file
            .write_all(lines)
            .map_err(|source| EngineError::Write { path: self.path.clone(), source })
    }
}
