//! A thread that writes files, so that slow disks do not delay messages.

use crate::{EngineError, platform};
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};

/// Number of buffers that may wait for the disk before the run waits too.
const WAITING_BUFFERS: usize = 16;

/// Text for the file with this index in the list.
type Piece = (usize, Vec<u8>);

/// The engine's side of the thread.
#[derive(Debug)]
pub(super) struct Writer {
    pieces: Option<SyncSender<Piece>>,
    /// Written buffers that can be filled again.
    spare: Receiver<Vec<u8>>,
    thread: Option<JoinHandle<Result<(), EngineError>>>,
}

impl Writer {
    /// Starts the thread, which ends at the first write that fails.
    #[expect(
        clippy::disallowed_methods,
        reason = "it takes text and gives nothing back but errors"
    )]
    pub(super) fn start(files: Vec<(PathBuf, File)>) -> Result<Self, EngineError> {
        let (pieces, waiting) = sync_channel(WAITING_BUFFERS);
        let (written, spare) = channel();
        let thread = thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || {
                platform::use_batch_scheduling();
                write_all(files, &waiting, &written)
            })
            .map_err(|source| EngineError::System { what: "start the writer", source })?;
        Ok(Self { pieces: Some(pieces), spare, thread: Some(thread) })
    }

    /// Passes the contents of the buffer to the thread, and leaves the buffer empty.
    pub(super) fn write(&mut self, file: usize, buffer: &mut Vec<u8>) -> Result<(), EngineError> {
        if buffer.is_empty() {
            return Ok(());
        }
        let empty = self.spare.try_recv().unwrap_or_default();
        let full = std::mem::replace(buffer, empty);
        let sent = self.pieces.as_ref().is_some_and(|pieces| pieces.send((file, full)).is_ok());
        // The thread only stops receiving if it has an error to report.
        if sent { Ok(()) } else { self.finish() }
    }

    /// Waits until everything has been written.
    pub(super) fn finish(&mut self) -> Result<(), EngineError> {
        self.pieces = None;
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(result)) => result,
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            None => Ok(()),
        }
    }
}

impl Drop for Writer {
    /// Writes what was passed on, even when a panic ends the run.
    fn drop(&mut self) {
        self.pieces = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write_all(
    mut files: Vec<(PathBuf, File)>,
    waiting: &Receiver<Piece>,
    written: &Sender<Vec<u8>>,
) -> Result<(), EngineError> {
    for (position, mut text) in waiting {
        let Some((path, file)) = files.get_mut(position) else { continue };
        file.write_all(&text)
            .map_err(|source| EngineError::Write { path: path.clone(), source })?;
        text.clear();
        // At the end of the run, buffers are no longer taken back.
        let _ = written.send(text);
    }
    Ok(())
}
