//! `glomers check`: judges a recorded history, of glomers, of Maelstrom, or of another tool.

mod missing;
mod notes;
mod settings;
mod show;
mod write_target;

use crate::exit::Exit;
use crate::failure::{BadArguments, Result};
use crate::flag_parsers;
use crate::format::Format;
use crate::one_run::below_usual_store;
use crate::recorded::{Input, Reading};
use crate::store::note_unfinished;
use crate::terminal;
use clap::{Args, ValueEnum};
use glomers_checkers::{Referee, Streamed, has_operation_of};
use glomers_config::{Availability, Workload};
use glomers_history::{History, Validity};
use glomers_judgement::history_metrics;
use glomers_results::{Net, Results, Run, pretty, verdict_word, write_atomically};
use missing::missing;
use settings::{Settings, not_shown};
use show::Checked;
use std::path::{Path, PathBuf};
use write_target::write_target;
pub(crate) use write_target::{is_of_run, is_stdout, resolved, why_not_new};

const EXAMPLES: &str = "\
Examples:
  glomers check store/latest                    judge a run again, ours or Maelstrom's
  glomers check history.edn --workload lin-kv   a history of any Jepsen test of that shape
  glomers check history.json                    an object a line, or an array of them
  glomers check run --consistency-models snapshot-isolation --format json

A run that was killed, stopped or cut off is unknown: --partial judges what is there. A history \
that was not recorded by Maelstrom or glomers is judged by the checker alone: --rules maelstrom asks for more.

Exit status:
  0    valid
  1    invalid
  2    unknown
  254  bad arguments, or a history that cannot be read
  255  glomers itself failed";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CheckArguments {
    /// A run directory, or a history in EDN or JSON, compressed by gzip or not.
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// What clients asked [default: what the directory or the history shows].
    #[arg(long, short, value_name = "NAME")]
    workload: Option<Workload>,
    /// Consistency models that transactions must satisfy, separated by commas [default: those of
    /// the run, else strict-serializable].
    #[arg(long, value_name = "MODELS", value_parser = flag_parsers::models)]
    consistency_models: Option<flag_parsers::Models>,
    /// The fraction of operations that must succeed: total, or 0 to 1 [default: that of the run].
    #[arg(long, value_name = "FRACTION", allow_negative_numbers = true)]
    availability: Option<Availability>,
    /// Whose rules to judge by [default: maelstrom for runs of Maelstrom and glomers, else checker].
    #[arg(long, value_enum)]
    rules: Option<RulesArgument>,
    /// Judge what is there of a run that did not come to its end, or of a history that is cut off.
    #[arg(long)]
    partial: bool,
    /// Seconds that a search for a verdict may take, for each key of lin-kv or all transactions
    /// [default: those of the run, else 5].
    #[arg(long, value_name = "SECONDS", value_parser = flag_parsers::seconds)]
    #[arg(allow_negative_numbers = true)]
    search_budget: Option<f64>,
    /// How to print the verdict.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Write the results there, as a results.edn: to a new file, or over results; - is stdout, without the
    /// verdict.
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

/// Which rules a history is judged by.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum RulesArgument {
    /// Maelstrom's: every kind of operation must succeed once.
    Maelstrom,
    /// Only those of the workload's checker.
    Checker,
}

impl From<RulesArgument> for Referee {
    fn from(rules: RulesArgument) -> Self {
        match rules {
            RulesArgument::Maelstrom => Self::Maelstrom,
            RulesArgument::Checker => Self::Checker,
        }
    }
}

/// Judges the history, prints the verdict, and writes it to the file of `--write`.
pub(crate) fn check(arguments: &CheckArguments) -> Result<Exit> {
    let path = below_usual_store(&arguments.path)?;
    note_unfinished(&path);
    let input = Input::find(&path)?;
    if input.is_empty && input.folder.is_none() && arguments.workload.is_none() {
        let text = format!(
            "{} is empty: no operation was recorded, or the run was killed at its start (with \
             --workload it is judged all the same)",
            path.display()
        );
        return Err(BadArguments(text).into());
    }
    let target = arguments.write.as_deref();
    let target = target.map(|file| write_target(file, &input.history.path)).transpose()?;
    let checked = judged(arguments, path, input)?;
    match target {
        None => checked.print(arguments.format)?,
        // Who reads the results there does not expect the verdict in front of them.
        Some(None) => terminal::print(&pretty(checked.run.results.value()))?,
        Some(Some(file)) => {
            write_atomically(&file, pretty(checked.run.results.value()).as_bytes())?;
            checked.print(arguments.format)?;
        }
    }
    Ok(match checked.run.results.valid {
        Validity::Valid => Exit::Valid,
        Validity::Invalid => Exit::Invalid,
        Validity::Unknown => Exit::Unknown,
    })
}

/// Why a stored run is not valid.
pub(crate) fn reasons(run: &Path) -> Result<Vec<String>> {
    let arguments = CheckArguments {
        path: run.to_owned(),
        workload: None,
        consistency_models: None,
        availability: None,
        rules: None,
        partial: false,
        search_budget: None,
        format: Format::Table,
        write: None,
    };
    Ok(judged(&arguments, run.to_owned(), Input::find(run)?)?.reasons)
}

/// Judges the history that was found at a path.
fn judged(arguments: &CheckArguments, path: PathBuf, input: Input) -> Result<Checked> {
    let Input { history, folder, is_folder, .. } = input;
    let folder = folder.as_ref();
    let mut reading = Reading::new(history, arguments.partial || folder.is_some());
    if let Some(workload) = arguments.workload {
        reading.assume(workload);
    }
    let guess = || reading.guess()?.map_err(|other| not_shown(other).into());
    let settings = Settings::decide(arguments, folder, guess)?;
    let criteria = &settings.criteria;
    reading.assume(criteria.workload);

    let recorded = folder.and_then(|folder| folder.results.found());
    // If the argument is a history file, not a run's folder, only the history is judged.
    let net = recorded.filter(|_| is_folder).and_then(|results| results.net.as_ref());
    let traffic = net.and_then(Net::traffic);
    let streamed = reading.judged(criteria, traffic)?;
    let Streamed { mut judgement, explanations, warnings, outline } = streamed;
    let mut missing = missing(folder, criteria.workload, &outline, reading.cut());
    missing.extend(settings.problems.iter().cloned());
    missing.extend(strange(criteria.workload, settings.workload_source(), &outline));
    let of_what_is_there = judgement.valid();
    let is_open = !missing.is_empty() && !arguments.partial;
    if is_open {
        judgement.leave_open(&missing);
    }
    let results = Results::from_value(judgement.to_value())?;

    let mut warned: Vec<String> = Vec::new();
    if let Some(recorded) =
        recorded.filter(|recorded| missing.is_empty() && recorded.valid != results.valid)
    {
        let (then, now) = (verdict_word(recorded.valid), verdict_word(results.valid));
        warned.push(format!("the results beside the history say {then}, and ours say {now}"));
    }
    if arguments.partial {
        warned.extend(missing.iter().map(|text| format!("incomplete: {text}")));
    }
    warned.extend(notes::notes(criteria, &outline, &results, folder.is_some()));
    let named = |text: String| criteria.cluster.name_nodes(&text).into_owned();
    warned.extend(warnings.iter().filter_map(notes::text).map(named));
    let reasons = if is_open {
        show::open_reasons(&missing, of_what_is_there)
    } else {
        explanations.iter().map(|it| named(it.to_string())).collect()
    };

    let mut run = Run::new(path, results, None);
    run.metrics = run.metrics.or(&history_metrics(criteria.workload, &outline));
    Ok(Checked { run, reasons, warnings: warned, missing, settings })
}

/// The message for a history without any operation of the workload that `source` names.
fn strange(workload: Workload, source: &str, history: &History) -> Option<String> {
    let is_strange =
        history.client_operations().next().is_some() && !has_operation_of(workload, history);
    is_strange
        .then(|| format!("it has no operation of {workload}, which is the workload by {source}"))
}
