//! `glomers check`: judges a history that somebody else recorded.

mod history;

use crate::args::Format;
use crate::exit::{BadArguments, Exit};
use crate::terminal::{self, Colour, painted};
use crate::values;
use anyhow::Result;
use clap::Args;
use glomers_checkers::{Criteria, Streamed, duplicates};
use glomers_config::{Availability, Metric, Workload};
use glomers_history::Validity;
use glomers_results::{
    Look, Net, RECORD_FILE, RESULTS_FILE, Results, Run, RunRecord, op_latencies, pretty, run_table,
    value_json, verdict_word, write_atomically,
};
use std::fs;
use std::path::{Path, PathBuf};

/// Name of the history in a run directory.
const HISTORY_FILE: &str = "history.edn";

const EXAMPLES: &str = "\
Examples:
  glomers check store/latest                    judge a run again, ours or Maelstrom's
  glomers check history.edn --workload lin-kv   a history of any Jepsen test of that shape
  glomers check run --consistency-models snapshot-isolation --format json

Exit status:
  0    valid
  1    invalid
  2    unknown
  254  bad arguments, or a history that cannot be read
  255  glomers itself failed";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CheckArguments {
    /// A run directory, or a history.edn of Jepsen or Maelstrom.
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// What clients asked [default: what the directory or the history shows].
    #[arg(long, short, value_name = "NAME")]
    workload: Option<Workload>,
    /// Consistency models that transactions must satisfy, separated by commas [default: those of
    /// the run, else strict-serializable].
    #[arg(long, value_name = "MODELS", value_parser = values::models)]
    consistency_models: Option<values::Models>,
    /// The fraction of operations that must succeed: total, or 0 to 1 [default: that of the run].
    #[arg(long, value_name = "FRACTION")]
    availability: Option<Availability>,
    /// How to print the verdict.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Write the results there, as a results.edn.
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

/// What lies beside a history: results and a record, where it is in a run directory.
#[derive(Default)]
struct Beside {
    /// The name of the folder that the run is in: its workload.
    folder: Option<String>,
    recorded: Option<Results>,
    record: Option<RunRecord>,
}

/// Judges the history, prints the verdict, and writes it where that was asked for.
pub(crate) fn check(arguments: &CheckArguments) -> Result<Exit> {
    let (path, beside) = open(&arguments.path)?;
    let criteria = criteria(arguments, &beside, &path)?;
    let traffic = beside.recorded.as_ref().and_then(|it| it.net.as_ref()).and_then(Net::traffic);
    let nodes = beside.record.as_ref().and_then(|record| record.plan.get("node-count"));
    // Without a record nobody knows how many nodes there were: one never has to talk to others.
    let nodes = nodes.and_then(serde_json::Value::as_u64).unwrap_or(1);
    let nodes = usize::try_from(nodes).unwrap_or(1);
    let Streamed { judgement, explanations, warnings, outline: history } =
        history::judged(&path, &criteria, traffic, nodes)?;
    let results_value = judgement.to_value();
    if let Some(file) = &arguments.write {
        write_atomically(file, pretty(&results_value).as_bytes())?;
    }
    let results = Results::from_value(results_value)?;

    let reasons = explanations.iter().map(ToString::to_string).collect();
    let mut warned: Vec<String> = beside
        .recorded
        .iter()
        .filter(|recorded| recorded.valid != results.valid)
        .map(|recorded| {
            let (then, now) = (verdict_word(recorded.valid), verdict_word(results.valid));
            format!("the results beside the history say {then}, and ours say {now}")
        })
        .collect();
    warned.extend(warnings.iter().map(ToString::to_string));

    let mut run = Run::new(arguments.path.clone(), results, None);
    run.metrics = run.metrics.or(&op_latencies(&history));
    if criteria.workload == Workload::Broadcast {
        let count = duplicates(&history).len() as u64;
        run.metrics.put_count(Metric::DuplicatedCount, Some(count));
    }
    let exit = match run.results.valid {
        Validity::Valid => Exit::Valid,
        Validity::Invalid => Exit::Invalid,
        Validity::Unknown => Exit::Unknown,
    };
    let checked = Checked { workload: criteria.workload, run, reasons, warnings: warned };
    checked.print(arguments.format)?;
    Ok(exit)
}

/// A history that was judged.
struct Checked {
    workload: Workload,
    run: Run,
    reasons: Vec<String>,
    warnings: Vec<String>,
}

impl Checked {
    fn print(&self, format: Format) -> Result<()> {
        let look = match format {
            Format::Json => return terminal::print(&serde_json::to_string_pretty(&self.json()?)?),
            Format::Table => Look::Terminal { colour: terminal::colours_stdout() },
            Format::Markdown => Look::Markdown,
        };
        let colours = look == Look::Terminal { colour: true };
        let colour = match self.run.results.valid {
            Validity::Valid => Colour::Green,
            Validity::Invalid => Colour::Red,
            Validity::Unknown => Colour::Yellow,
        };
        let word = painted(verdict_word(self.run.results.valid), colour, colours);
        let path = terminal::shown_path(&self.run.path);
        let mut lines =
            vec![format!("{}: {word} ({path})", self.workload), run_table(&self.run, look)];
        let why = painted("why:", Colour::Red, colours);
        lines.extend(self.reasons.iter().map(|reason| format!("{why} {reason}")));
        let mark = painted("warning:", Colour::Yellow, colours);
        lines.extend(self.warnings.iter().map(|warning| format!("{mark} {warning}")));
        terminal::print(&lines.join("\n"))
    }

    /// The object that `run` prints, and the whole results.
    fn json(&self) -> Result<serde_json::Value> {
        let mut object = serde_json::to_value(&self.run)?;
        object["workload"] = self.workload.name().into();
        object["warnings"] = self.warnings.as_slice().into();
        object["reasons"] = self.reasons.as_slice().into();
        object["results"] = value_json(self.run.results.value());
        Ok(object)
    }
}

/// The history at a path, and what lies beside it.
fn open(path: &Path) -> Result<(PathBuf, Beside)> {
    let Ok(metadata) = fs::metadata(path) else {
        return Err(BadArguments(format!(
            "{} does not exist; give a run directory such as store/latest, or a history.edn",
            path.display()
        ))
        .into());
    };
    if !metadata.is_dir() {
        return Ok((path.to_owned(), Beside::default()));
    }
    let history = path.join(HISTORY_FILE);
    if !history.is_file() {
        return Err(BadArguments(format!(
            "{} has no {HISTORY_FILE}: give a run directory (store/<workload>/<time>)",
            path.display()
        ))
        .into());
    }
    // What was recorded is only compared with: without it the history can be judged, too.
    let recorded = fs::read_to_string(path.join(RESULTS_FILE)).ok();
    let record = fs::read(path.join(RECORD_FILE)).ok();
    let folder = || Some(path.canonicalize().ok()?.parent()?.file_name()?.to_str()?.to_owned());
    let beside = Beside {
        folder: folder(),
        recorded: recorded.and_then(|text| Results::parse(&text).ok()),
        record: record.and_then(|bytes| serde_json::from_slice(&bytes).ok()),
    };
    Ok((history, beside))
}

/// What to judge by: the flags, else what the run was made with, else the reference's defaults.
fn criteria(arguments: &CheckArguments, beside: &Beside, history: &Path) -> Result<Criteria> {
    let record = beside.record.as_ref();
    let named = record.map(|record| record.workload.as_str()).or(beside.folder.as_deref());
    let told = arguments.workload.or_else(|| named?.parse().ok());
    let workload = match told {
        Some(workload) => Some(workload),
        None => history::guess(history)?,
    };
    let workload = workload.ok_or_else(|| {
        let all = Workload::ALL.map(Workload::name).join(", ");
        BadArguments(format!(
            "the history does not show which workload it is of: add --workload with one of \
                 {all}"
        ))
    })?;
    let mut criteria = Criteria::new(workload);
    let planned = |key: &str| record.and_then(|record| record.plan.get(key));
    let availability = || planned("availability")?.as_str()?.parse().ok();
    criteria.availability = arguments.availability.or_else(availability);
    let models = || {
        let models = planned("consistency-models")?.as_array()?.iter();
        models.map(|model| model.as_str()?.parse().ok()).collect()
    };
    let given = arguments.consistency_models.clone().map(|models| models.0);
    if let Some(models) = given.or_else(models) {
        criteria.consistency_models = models;
    }
    Ok(criteria)
}
