//! `glomers.log`: the events of a run, one per line, with the seconds since the test began, as in the
//! history; what happens before has `start` in place of a time.

use crate::failure::{Context as _, Result};
use glomers_config::Fault;
use glomers_engine::{Event, Observer, Phase, Time};
use glomers_history::visible;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// The log of one run.
pub(super) struct RunLog {
    path: PathBuf,
    file: BufWriter<File>,
    /// When the test began, in the engine's time.
    test_start: Option<Time>,
    /// The first write that failed; the run continues, and the failure is reported at its end.
    failure: Option<io::Error>,
}

impl RunLog {
    pub(super) fn create(folder: &Path) -> Result<Self> {
        let path = folder.join("glomers.log");
        let file =
            File::create(&path).with_context(|| format!("failed to write {}", path.display()))?;
        Ok(Self { path, file: BufWriter::new(file), test_start: None, failure: None })
    }

    /// Writes a line that is not an event of the engine, and has no time.
    pub(super) fn note(&mut self, text: &str) {
        self.line("", text);
    }

    fn line(&mut self, time: &str, text: &str) {
        let written = writeln!(self.file, "{time:>10}  {}", visible(text));
        if let Err(error) = written {
            self.failure.get_or_insert(error);
        }
    }

    /// Flushes the log, and returns the first error.
    pub(super) fn finish(mut self) -> Result<()> {
        let flushed = self.file.flush();
        let outcome = self.failure.map_or(flushed, Err);
        outcome.with_context(|| format!("failed to write {}", self.path.display()))
    }
}

impl Observer for RunLog {
    fn event(&mut self, time: Time, event: &Event) {
        let text = match event {
            // Flush a few times a second, so that a killed run has a log, too.
            Event::Progress(_) => {
                if let Err(error) = self.file.flush() {
                    self.failure.get_or_insert(error);
                }
                return;
            }
            Event::Phase(phase) => format!("phase: {}", phase.name()),
            Event::FaultBegan(_, text) => format!("nemesis: {text}"),
            Event::FaultEnded(Fault::Partition) => "nemesis: healed".to_owned(),
            Event::FaultEnded(fault) => format!("nemesis: end of {fault}"),
            Event::BadLine { node, kind, excerpt } => format!("{node} {kind}: {excerpt}"),
            Event::Notice { node, text } => format!("{node} {text}"),
            Event::OddLine { node, kind, excerpt } => format!("{node} {kind}: {excerpt}"),
            Event::StdoutClosed { node } => {
                format!("{node} closed its stdout and is still running: it cannot answer any more")
            }
            Event::Storm(storm) => {
                let (messages, operations) = (storm.messages, storm.operations);
                format!("storm: {messages} messages between nodes for {operations} operations")
            }
            Event::Stderr { node, line } => format!("{node} stderr: {line}"),
            Event::NetSend(message) => format!("send {message}"),
            Event::NetRecv(message) => format!("recv {message}"),
        };
        if *event == Event::Phase(Phase::SetUp) {
            self.test_start = Some(time);
        }
        let time = match self.test_start {
            Some(start) => {
                // Cut off, as in stories.
                let since = time.since(start);
                format!("{}.{:06}", since.as_secs(), since.subsec_micros())
            }
            None => "start".to_owned(),
        };
        self.line(&time, &text);
    }
}
