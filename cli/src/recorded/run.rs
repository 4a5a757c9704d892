//! A run as its folder shows it: what `story`, the pictures and the exports are made from.

use super::{Input, Reading, Recorded, RunFolder};
use crate::cluster;
use crate::failure::Result;
use crate::terminal;
use glomers_checkers::guess_workload;
use glomers_config::{InputError, Workload, open_input};
use glomers_history::{Cluster, History};
use glomers_judgement::CUT_JOURNAL;
use glomers_results::{RECORD_FILE, Results, RunRecord, folder_of_record};
use glomers_timeline::{Heading, Timeline};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// File name of the journal in a run directory.
pub(crate) const JOURNAL_FILE: &str = "messages.jsonl";

/// The folder of the logs of nodes in a run directory.
const NODE_LOGS: &str = "node-logs";
/// Of the log of a node, at most this number of bytes is read.
const MOST_LOG_BYTES: u64 = 16 << 20;

/// The history and the journal of a run, and what stands beside them.
pub(crate) struct RecordedRun {
    /// The folder; for a history in no run's folder, the path of the history.
    pub(crate) path: PathBuf,
    folder: Option<RunFolder>,
    history: History,
    journal: Vec<u8>,
    /// By node: what it logged.
    logs: Vec<String>,
    cluster: Cluster,
    /// What is missing.
    notes: Vec<String>,
}

impl RecordedRun {
    /// Reads a run directory, ours or Maelstrom's, or a file in it, or a single history. A history
    /// that ends within an entry, as that of a killed run, is read up to there.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let path = folder_of_record(path).unwrap_or_else(|| path.to_owned());
        let Input { history: file, folder, .. } = Input::find(&path)?;
        let path = folder.as_ref().map_or(path, |folder| folder.path.clone());
        let mut reading = Reading::new(file, true);
        if let Some(workload) = folder.as_ref().and_then(RunFolder::workload_of_name) {
            reading.assume(workload);
        }
        let history = reading.history()?;
        let mut notes: Vec<String> = reading.cut().into_iter().collect();
        if let Some(Recorded::Damaged(why)) = folder.as_ref().map(|folder| &folder.record) {
            notes.push(format!("{RECORD_FILE} cannot be read, so the nodes are not known: {why}"));
        }
        let journal = match read_journal(&path.join(JOURNAL_FILE)) {
            Ok(journal) => journal,
            Err(error) if error.is_not_found() || !path.is_dir() => {
                notes.push(format!(
                    "there is no {JOURNAL_FILE}, so no message is shown: only a run of glomers' own \
                     engine has one (without --no-journal)"
                ));
                Vec::new()
            }
            Err(error) => return Err(error.into()),
        };
        let cluster = cluster(folder.as_ref());
        let logs = cluster.nodes().iter().map(|node| read_log(&path, node)).collect();
        Ok(Self { path, folder, history, journal, logs, cluster, notes })
    }

    /// What happened.
    pub(crate) fn timeline(&self) -> Timeline<'_> {
        Timeline::new(&self.cluster, &self.history, &self.journal).with_logs(&self.logs)
    }

    /// What is missing, also of the journal.
    pub(crate) fn all_notes(&self, timeline: &Timeline<'_>) -> Vec<String> {
        let damaged = match timeline.damaged() {
            0 => None,
            1 => Some("1 line of the journal cannot be read".to_owned()),
            lines => Some(format!("{lines} lines of the journal cannot be read")),
        };
        let warnings = self.record().map_or(&[][..], |record| &record.warnings);
        let cut = warnings.iter().find(|warning| warning.starts_with(CUT_JOURNAL));
        let cut = cut
            .map(|cut| format!("later messages are not shown, and some seem not to arrive: {cut}"));
        self.notes.iter().cloned().chain(cut).chain(damaged).collect()
    }

    /// The history.
    pub(crate) fn history(&self) -> &History {
        &self.history
    }

    /// The content of `run.json`, if there is one that can be read.
    pub(crate) fn record(&self) -> Option<&RunRecord> {
        self.folder.as_ref()?.record.found()
    }

    /// The content of `results.edn`, if there is one that can be read.
    pub(crate) fn results(&self) -> Option<&Results> {
        self.folder.as_ref()?.results.found()
    }

    /// The workload, as far as the folder or the history shows it.
    pub(crate) fn workload(&self) -> Option<Workload> {
        let recorded = self.record().and_then(|record| record.workload.parse().ok());
        let named = recorded.or_else(|| self.folder.as_ref()?.workload_of_name());
        named.or_else(|| guess_workload(&self.history))
    }

    /// Why the run is not valid, or missed a target.
    pub(crate) fn reasons(&self) -> &[String] {
        self.record().map_or(&[], |record| &record.reasons)
    }

    /// What a story says first.
    pub(crate) fn heading(&self) -> Heading {
        let Some(record) = self.record() else {
            let workload = self.workload().map_or("a history".to_owned(), |it| it.to_string());
            return Heading {
                workload,
                node: terminal::shown_path(&self.path),
                ..Heading::default()
            };
        };
        heading_of(record)
    }
}

/// What a story or a picture of a run with this record says first.
pub(crate) fn heading_of(record: &RunRecord) -> Heading {
    let latency = record.plan.get("latency").and_then(serde_json::Value::as_u64);
    let distribution = record.plan.get("latency-dist").and_then(serde_json::Value::as_str);
    let node = match &record.node.name {
        Some(name) => name.clone(),
        None if record.node.own => "glomers' own node".to_owned(),
        None => record.node.command.join(" "),
    };
    Heading {
        workload: record.challenge.clone(),
        node,
        latency: latency.map(|ms| (ms, distribution.unwrap_or("constant").to_owned())),
        seed: record.seed,
    }
}

/// What a node logged. A log that is missing or cannot be read shows nothing, and nothing depends on it.
fn read_log(folder: &Path, node: &str) -> String {
    let path = folder.join(NODE_LOGS).join(format!("{node}.log"));
    let mut log = Vec::new();
    if let Ok(file) = open_input(&path) {
        let _ = file.take(MOST_LOG_BYTES).read_to_end(&mut log);
    }
    String::from_utf8_lossy(&log).into_owned()
}

fn read_journal(path: &Path) -> Result<Vec<u8>, InputError> {
    let mut journal = Vec::new();
    let mut file = open_input(path)?;
    file.read_to_end(&mut journal).map_err(|error| InputError::io(path, error))?;
    Ok(journal)
}

/// The nodes and workers, as far as the folder shows them.
fn cluster(folder: Option<&RunFolder>) -> Cluster {
    let Some(folder) = folder else { return Cluster::default() };
    if let Some(record) = folder.record.found() {
        return cluster::of(record);
    }
    let logged = || folder.logged.as_ref()?.option(&["--node-count"])?.parse().ok();
    logged().map(cluster::of_count).unwrap_or_default()
}
