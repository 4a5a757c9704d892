//! The file to which a process writes its stderr.

use super::lines::{Cut, LineCutter};
use super::log_times::LogTimes;
use super::recent_lines::RecentLines;
use crate::Time;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// Number of bytes at the end of the file that are searched for its last lines.
const LAST_BYTES: u64 = 64 * 1024;
/// Number of bytes per read, and number of reads before other nodes get their turn.
const CHUNK_BYTES: usize = 256 * 1024;
const CHUNKS_AT_ONCE: usize = 4;

/// The stderr of a node that is a process.
#[derive(Debug)]
pub struct StderrFile {
    path: PathBuf,
    /// Reads the file as it grows; `None` before the first read.
    reader: Option<Reader>,
    /// The file, whose size is watched.
    watched: Option<File>,
    times: LogTimes,
}

#[derive(Debug)]
struct Reader {
    file: File,
    cutter: LineCutter,
    chunk: Vec<u8>,
}

impl StderrFile {
    /// A file that need not exist yet.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self { path, reader: None, watched: None, times: LogTimes::default() }
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Records how large it is now, so that its lines get their times.
    pub fn note(&mut self, now: Time) {
        if self.watched.is_none() {
            self.watched = File::open(&self.path).ok();
        }
        // A file that the node removed has no times any more.
        if let Some(size) = self.watched.as_ref().and_then(|file| file.metadata().ok()) {
            self.times.note(now, size.len());
        }
    }

    /// When its lines were noticed.
    #[must_use]
    pub fn times(&self) -> &LogTimes {
        &self.times
    }

    /// Puts before each line the time at which it was noticed, see [`LogTimes::write`]. The file is
    /// replaced as a whole. For a node that has ended, with everything that it started.
    pub fn add_times(&self, in_test: impl Fn(Time) -> Option<i64>) -> io::Result<()> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            // A node that never started has none.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let aside = self.path.with_extension("log.new");
        let written = File::create(&aside).and_then(|new| {
            let mut new = BufWriter::new(new);
            self.times.write(&mut BufReader::new(file), in_test, &mut new)?;
            new.flush()
        });
        let replaced = written.and_then(|()| fs::rename(&aside, &self.path));
        if replaced.is_err() {
            // What is left of it helps nothing.
            let _ = fs::remove_file(&aside);
        }
        replaced
    }

    /// The last lines in it; none if it cannot be read.
    #[must_use]
    pub fn last_lines(&self) -> Vec<String> {
        self.read_last_lines().unwrap_or_default()
    }

    fn read_last_lines(&self) -> io::Result<Vec<String>> {
        let mut file = File::open(&self.path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(LAST_BYTES)))?;
        let mut end = Vec::new();
        file.take(LAST_BYTES).read_to_end(&mut end)?;
        let text = String::from_utf8_lossy(&end);
        let lines: Vec<&str> = text.lines().collect();
        let last = &lines[lines.len().saturating_sub(RecentLines::MOST)..];
        Ok(last.iter().map(|line| (*line).to_owned()).collect())
    }

    /// Passes on the lines that were added since the last call, or as many as others have time for.
    pub fn collect(&mut self, sink: &mut dyn FnMut(&[u8])) {
        if self.reader.is_none() {
            let Ok(file) = File::open(&self.path) else { return };
            let (cutter, chunk) = (LineCutter::default(), vec![0; CHUNK_BYTES]);
            self.reader = Some(Reader { file, cutter, chunk });
        }
        let Some(Reader { file, cutter, chunk }) = &mut self.reader else { return };
        let mut keep = |cut: Cut<'_>| match cut {
            Cut::Line(line) | Cut::TooLong(line) => sink(line),
        };
        for _ in 0..CHUNKS_AT_ONCE {
            let Ok(length @ 1..) = file.read(chunk) else { return };
            cutter.take(&chunk[..length], &mut keep);
        }
    }
}
