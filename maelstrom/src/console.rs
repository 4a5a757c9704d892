//! Parses Maelstrom's output while it runs: its phase, its operations, its problems.
//!
//! The verdict is not read from the output: it is in `results.edn`.

mod header;
mod problem;

pub(crate) use header::Header;
use header::Level;
pub use problem::{BadLine, BadLineKind, Break, Problem};
use std::path::{Path, PathBuf};

/// Most lines of an entry that are kept: they include the last output of a node.
const MOST_LINES: usize = 400;
/// Most problems that are kept; further ones are counted.
const MOST_PROBLEMS: usize = 1000;
/// Most lines before the log begins that are kept: output of the shell or the JVM.
const MOST_PREFACE: usize = 50;

/// The phase of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// The JVM starts.
    Boot,
    /// Nodes start and answer `init`.
    Start,
    /// Clients issue operations.
    Load,
    /// No faults and no load, so that nodes can recover.
    Recovery,
    /// Every worker issues its final reads.
    FinalReads,
    /// Nodes are stopped, files written.
    TearDown,
    /// Checkers judge, plots are drawn.
    Analysis,
    /// The run has ended.
    Done,
}

impl Phase {
    /// The text of the progress line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Boot => "starting Maelstrom",
            Self::Start => "starting nodes",
            Self::Load => "running",
            Self::Recovery => "recovering",
            Self::FinalReads => "final reads",
            Self::TearDown => "stopping nodes",
            Self::Analysis => "analyzing",
            Self::Done => "done",
        }
    }
}

/// The number of operations by outcome, so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Operations that succeeded.
    pub ok: u64,
    /// Operations that failed.
    pub fail: u64,
    /// Operations with an unknown outcome.
    pub info: u64,
}

/// The final line of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastWord {
    /// `Everything looks good!`
    Good,
    /// `Analysis invalid!`
    Invalid,
    /// `Errors occurred during analysis, but no anomalies found.`
    Unknown,
}

/// The state parsed from the log so far.
#[derive(Debug)]
pub struct Console {
    phase: Phase,
    counts: Counts,
    partition: Option<String>,
    name: Option<String>,
    start: Option<String>,
    wrote: Option<PathBuf>,
    entry: Entry,
    problems: Vec<Problem>,
    more_problems: u64,
    preface: Vec<String>,
    out_of_memory: bool,
    last_word: Option<LastWord>,
}

/// The entry that the next lines may belong to.
#[derive(Debug)]
enum Entry {
    /// Output before the log begins.
    Preface,
    /// The entry that prints the test map.
    Test,
    /// A warning.
    Warning { first: String, following: Vec<String> },
    /// Any other entry.
    Other,
}

impl Default for Console {
    fn default() -> Self {
        Self::new()
    }
}

impl Console {
    /// The state before the first line.
    #[must_use]
    pub fn new() -> Self {
        Self {
            phase: Phase::Boot,
            counts: Counts::default(),
            partition: None,
            name: None,
            start: None,
            wrote: None,
            entry: Entry::Preface,
            problems: Vec::new(),
            more_problems: 0,
            preface: Vec::new(),
            out_of_memory: false,
            last_word: None,
        }
    }

    /// Parses the next line, without its line end.
    pub fn line(&mut self, line: &str) {
        let Some(header) = Header::parse(line) else { return self.following(line) };
        self.end_entry();
        self.entry = match header.level {
            Level::Warning => {
                // An exception makes an operation's outcome unknown; only this entry logs that.
                if Problem::is_of_operation(header) {
                    self.counts.info += 1;
                }
                Entry::Warning { first: line.to_owned(), following: Vec::new() }
            }
            Level::Info => self.info(header),
        };
    }

    /// Ends the log.
    pub fn end(&mut self) {
        self.end_entry();
        self.entry = Entry::Other;
    }

    fn info(&mut self, header: Header<'_>) -> Entry {
        match (header.logger, header.message) {
            ("jepsen.util", operation) => self.operation(operation),
            ("jepsen.core", "Running test:") => {
                // A repeated test begins again.
                self.phase = Phase::Boot;
                self.counts = Counts::default();
                (self.name, self.start, self.wrote) = (None, None, None);
                return Entry::Test;
            }
            ("jepsen.core", "Relative time begins now") => self.phase = Phase::Load,
            ("jepsen.core", "Run complete, writing") => self.phase = Phase::TearDown,
            ("jepsen.core", "Analyzing...") => self.phase = Phase::Analysis,
            ("jepsen.core", "Analysis complete") => self.phase = Phase::Done,
            ("maelstrom.net", "Starting Maelstrom network") | ("jepsen.db", "Setting up DB") => {
                self.phase = Phase::Start;
            }
            ("jepsen.generator.interpreter", "Waiting for recovery...") => {
                self.phase = Phase::Recovery;
            }
            ("jepsen.store", message) => {
                let file = message.strip_prefix("Wrote store/").map(Path::new);
                let results = file.filter(|file| file.ends_with("results.edn"));
                // Results of a single key (store/lin-kv/<time>/independent/...) are deeper.
                self.wrote = results
                    .and_then(Path::parent)
                    .filter(|folder| folder.components().count() == 2)
                    .map_or(self.wrote.take(), |folder| Some(folder.to_owned()));
            }
            _ => {}
        }
        Entry::Other
    }

    /// Parses an operation: process, kind, function and value, separated by tabs.
    fn operation(&mut self, operation: &str) {
        let mut fields = operation.split('\t').map(str::trim);
        let (process, kind) = (fields.next(), fields.next());
        if process == Some(":nemesis") {
            match (fields.next(), fields.next()) {
                (Some(":start-partition"), Some(shape)) if shape.starts_with(':') => {
                    self.partition = Some(shape[1..].to_owned());
                }
                (Some(":stop-partition"), _) => self.partition = None,
                _ => {}
            }
            return;
        }
        match kind {
            Some(":invoke") if self.phase == Phase::Recovery => self.phase = Phase::FinalReads,
            Some(":ok") => self.counts.ok += 1,
            Some(":fail") => self.counts.fail += 1,
            Some(":info") => self.counts.info += 1,
            _ => {}
        }
    }

    fn following(&mut self, line: &str) {
        if line.contains("java.lang.OutOfMemoryError") {
            self.out_of_memory = true;
        }
        match &mut self.entry {
            Entry::Preface if self.preface.len() < MOST_PREFACE => {
                self.preface.push(line.to_owned());
            }
            Entry::Test => self.test(line),
            Entry::Warning { following, .. } if following.len() < MOST_LINES => {
                following.push(line.to_owned());
            }
            _ => {}
        }
        self.last_word = match line {
            _ if line.starts_with("Everything looks good!") => Some(LastWord::Good),
            _ if line.starts_with("Analysis invalid!") => Some(LastWord::Invalid),
            _ if line.starts_with("Errors occurred during analysis") => Some(LastWord::Unknown),
            _ => self.last_word,
        };
    }

    /// Two keys of the test map give the path of its files: `:name "echo"`, and `:start-time` with
    /// a `"2026-11-21T00:17:15.066Z"`, which may be on the next line.
    fn test(&mut self, line: &str) {
        if let Some(name) = line.trim_start().strip_prefix(":name \"") {
            self.name = self.name.take().or_else(|| Some(name.split('"').next()?.to_owned()));
        }
        let time = line.split('"').find(|text| is_time(text));
        if self.start.is_none()
            && let Some(time) = time
        {
            self.start = Some(time.chars().filter(|c| !matches!(c, '-' | ':')).collect());
            // Folder names keep the minus sign of a negative UTC offset.
            if let Some((position, '-')) = time.char_indices().nth(23)
                && let Some(start) = &mut self.start
            {
                let zone = time[position + 1..].replace(':', "");
                start.truncate(start.len() - zone.len());
                start.push('-');
                start.push_str(&zone);
            }
        }
    }

    fn end_entry(&mut self) {
        if let Entry::Warning { first, following } =
            std::mem::replace(&mut self.entry, Entry::Other)
            && let Some(header) = Header::parse(&first)
        {
            if self.problems.len() == MOST_PROBLEMS {
                self.more_problems += 1;
                return;
            }
            self.problems.push(Problem::recognize(header, &following));
        }
    }

    /// The current phase.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The number of operations by outcome.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// The shape of the current partition.
    #[must_use]
    pub fn partition(&self) -> Option<&str> {
        self.partition.as_deref()
    }

    /// The first problems, in order; at most 1000.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Number of further problems.
    #[must_use]
    pub fn more_problems(&self) -> u64 {
        self.more_problems
    }

    /// Why the test broke: the last problem of this kind, with its cause.
    #[must_use]
    pub fn broke(&self) -> Option<Break> {
        let why = self.problems.iter().rev().find_map(|problem| match problem {
            Problem::Broke(why) => Some(why.clone()),
            _ => None,
        })?;
        let Break::NoInit { node, .. } = why else { return Some(why) };
        // A bad line of this node; or of another node, which probably runs the same program.
        let bad_lines = || {
            self.problems.iter().filter_map(|problem| match problem {
                Problem::BadLine(line) => Some(line),
                _ => None,
            })
        };
        let because = bad_lines().find(|line| line.node == node).or_else(|| bad_lines().next());
        Some(Break::NoInit { because: because.cloned().map(Box::new), node })
    }

    /// Whether the JVM ran out of memory.
    #[must_use]
    pub fn out_of_memory(&self) -> bool {
        self.out_of_memory
    }

    /// The lines before the log began.
    #[must_use]
    pub fn preface(&self) -> &[String] {
        &self.preface
    }

    /// The final line, if it was printed.
    #[must_use]
    pub fn last_word(&self) -> Option<LastWord> {
        self.last_word
    }

    /// The run's folder, relative to the store: `echo/20261121T001715.066Z`. It is created shortly
    /// after the log names it.
    #[must_use]
    pub fn folder(&self) -> Option<PathBuf> {
        let announced = || Some(Path::new(self.name.as_ref()?).join(self.start.as_ref()?));
        self.wrote.clone().or_else(announced)
    }
}

/// Whether a text is a time as Joda prints it: `2026-11-21T00:17:15.066Z`.
fn is_time(text: &str) -> bool {
    let shape = "dddd-dd-ddTdd:dd:dd.ddd";
    text.len() > shape.len()
        && text.is_ascii()
        && shape.bytes().zip(text.bytes()).all(|(wanted, byte)| match wanted {
            b'd' => byte.is_ascii_digit(),
            _ => byte == wanted,
        })
}

#[cfg(test)]
mod tests;
