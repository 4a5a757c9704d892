//! The settings that a history is judged by: flags, else the run's settings, else the defaults.

use super::CheckArguments;
use crate::cluster;
use crate::failure::{BadArguments, Result};
use crate::recorded::RunFolder;
use glomers_checkers::{Criteria, Referee};
use glomers_config::{Availability, ConsistencyModel, Setting, Useless, UselessSetting, Workload};
use glomers_maelstrom::LOG_FILE;
use glomers_results::{RECORD_FILE, RunRecord};
use serde_json::{Value, json};
use std::time::Duration;

/// The source of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// A flag of the command.
    Flag,
    /// The record of the run.
    Record,
    /// The log of a run of Jepsen.
    Log,
    /// The name of the folder.
    Folder,
    /// The history itself.
    History,
    /// The default.
    Default,
}

impl Source {
    fn text(self) -> &'static str {
        match self {
            Self::Flag => "as asked for",
            Self::Record => RECORD_FILE,
            Self::Log => LOG_FILE,
            Self::Folder => "the folder's name",
            Self::History => "as the history looks",
            Self::Default => "the default",
        }
    }
}

/// The settings, and their sources.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) criteria: Criteria,
    workload: Source,
    models: Source,
    availability: Source,
    /// The command line of a run of Jepsen.
    command: Option<String>,
    /// Settings of the run that cannot be used.
    pub(super) problems: Vec<String>,
}

impl Settings {
    /// A phrase for the source of the workload.
    pub(super) fn workload_source(&self) -> &'static str {
        match self.workload {
            Source::Flag => "--workload",
            Source::Record => RECORD_FILE,
            Source::Log => LOG_FILE,
            Source::Folder => "the name of the folder",
            Source::History | Source::Default => "its look",
        }
    }

    /// Decides the settings. `guess` reads the workload from the history.
    pub(super) fn decide(
        arguments: &CheckArguments,
        folder: Option<&RunFolder>,
        guess: impl FnOnce() -> Result<Workload>,
    ) -> Result<Self> {
        let mut problems = Vec::new();
        let record = folder.and_then(|folder| folder.record.found());
        let logged = folder.and_then(|folder| folder.logged.as_ref());
        let (workload, workload_source) = workload(arguments, folder, guess)?;
        let mut criteria = Criteria::new(workload);
        let is_run = folder.is_some_and(RunFolder::is_of_maelstrom);
        let usual = if is_run { Referee::Maelstrom } else { Referee::Checker };
        criteria.referee = arguments.rules.map_or(usual, Into::into);
        // Workload names given by the user are Maelstrom's.
        criteria.every_read =
            criteria.referee == Referee::Checker && workload_source == Source::History;

        let mut models = Source::Default;
        if let Some(asked) = &arguments.consistency_models {
            (criteria.consistency_models, models) = (asked.0.clone(), Source::Flag);
        } else if let Some(planned) = record.and_then(planned_models) {
            (criteria.consistency_models, models) = (planned, Source::Record);
        } else if let Some(text) = logged.and_then(|test| test.option(&["--consistency-models"])) {
            match ConsistencyModel::parse_list(text) {
                Ok(logged) => (criteria.consistency_models, models) = (logged, Source::Log),
                Err(error) => {
                    problems.push(unknown("consistency models", text, &error.to_string()));
                }
            }
        }

        let mut availability = Source::Default;
        if let Some(asked) = arguments.availability {
            (criteria.availability, availability) = (Some(asked), Source::Flag);
        } else if let Some(record) = record {
            (criteria.availability, availability) = (planned_availability(record), Source::Record);
        } else if let Some(text) = logged.and_then(|test| test.option(&["--availability"])) {
            match text.parse::<Availability>() {
                Ok(logged) => (criteria.availability, availability) = (Some(logged), Source::Log),
                Err(error) => problems.push(unknown("availability", text, &error.to_string())),
            }
        }
        if arguments.search_budget.is_some() && !workload.is_searched() {
            let (setting, reason) = (Setting::SearchBudget, Useless::InWorkload(workload));
            return Err(UselessSetting { setting, reason }.into());
        }
        if let Some(budget) = arguments
            .search_budget
            .map(seconds_of)
            .transpose()?
            .or_else(|| planned_search_budget(record?))
        {
            criteria.search_budget = budget;
        }
        let logged_nodes = || logged?.option(&["--node-count"])?.parse().ok();
        if let Some(cluster) =
            record.map(cluster::of).or_else(|| logged_nodes().map(cluster::of_count))
        {
            criteria.cluster = cluster;
        }
        let command = logged.map(glomers_maelstrom::LoggedTest::command);
        Ok(Self { criteria, workload: workload_source, models, availability, command, problems })
    }

    fn is_of_transactions(&self) -> bool {
        matches!(self.criteria.workload, Workload::TxnListAppend | Workload::TxnRwRegister)
    }

    /// The settings as lines of output.
    pub(super) fn lines(&self) -> Vec<String> {
        let criteria = &self.criteria;
        let mut parts = vec![format!("{} ({})", criteria.workload, self.workload.text())];
        if self.is_of_transactions() {
            let models = ConsistencyModel::texts(&criteria.consistency_models).join(", ");
            parts.push(format!("{models} ({})", self.models.text()));
        }
        if let Some(wanted) = criteria.availability {
            parts.push(format!("availability {wanted} ({})", self.availability.text()));
        }
        parts.push(match criteria.referee {
            Referee::Maelstrom => "by Maelstrom's rules".to_owned(),
            Referee::Checker => "by the checker alone (--rules maelstrom asks for more)".to_owned(),
        });
        let mut lines = vec![format!("judged as: {}", parts.join(", "))];
        lines.extend(self.command.as_ref().map(|command| format!("run with: {command}")));
        lines
    }

    pub(super) fn json(&self) -> Value {
        let criteria = &self.criteria;
        json!({
            "workload": criteria.workload.name(),
            "consistency-models": ConsistencyModel::texts(&criteria.consistency_models),
            "availability": criteria.availability.map(|availability| availability.to_string()),
            "rules": match criteria.referee {
                Referee::Maelstrom => "maelstrom",
                Referee::Checker => "checker",
            },
            "command": self.command,
        })
    }
}

fn unknown(what: &str, text: &str, problem: &str) -> String {
    format!("{LOG_FILE} has the {what} {text:?}, which this version does not know: {problem}")
}

/// The workload, and its source.
fn workload(
    arguments: &CheckArguments,
    folder: Option<&RunFolder>,
    guess: impl FnOnce() -> Result<Workload>,
) -> Result<(Workload, Source)> {
    let record = folder.and_then(|folder| folder.record.found());
    let logged = folder.and_then(|folder| folder.logged.as_ref());
    let recorded = || record?.workload.parse().ok();
    // Maelstrom's default is lin-kv.
    let of_log = || {
        let test = logged.filter(|test| test.is_of_maelstrom())?;
        test.option(&["-w", "--workload"]).map_or(Some(Workload::LinKv), |name| name.parse().ok())
    };
    let of_name = || folder?.workload_of_name();
    let known = arguments
        .workload
        .map(|workload| (workload, Source::Flag))
        .or_else(|| Some((recorded()?, Source::Record)))
        .or_else(|| Some((of_log()?, Source::Log)))
        .or_else(|| Some((of_name()?, Source::Folder)));
    match known {
        Some(known) => Ok(known),
        None => Ok((guess()?, Source::History)),
    }
}

/// The consistency models of the plan; `None` if it names no known model.
fn planned_models(record: &RunRecord) -> Option<Vec<ConsistencyModel>> {
    let models = record.plan.get("consistency-models")?.as_array()?.iter();
    models.map(|model| model.as_str()?.parse().ok()).collect()
}

fn planned_search_budget(record: &RunRecord) -> Option<Duration> {
    Duration::try_from_secs_f64(record.plan.get("search-budget")?.as_f64()?).ok()
}

fn planned_availability(record: &RunRecord) -> Option<Availability> {
    record.plan.get("availability")?.as_str()?.parse().ok()
}

/// The error if the workload is unknown.
pub(super) fn not_shown(other: Option<glomers_checkers::OtherTest>) -> BadArguments {
    let all = Workload::ALL.map(Workload::name).join(", ");
    BadArguments(match other {
        Some(test) => format!(
            "the history is of {}, and no workload here judges that; what does: {} (the workloads \
             are {all})",
            test.name, test.judge
        ),
        None => format!(
            "the history does not show which workload it is of: add --workload with one of {all}"
        ),
    })
}

/// The time budget, given in seconds.
fn seconds_of(seconds: f64) -> Result<Duration, BadArguments> {
    let duration = Duration::try_from_secs_f64(seconds).ok().filter(|it| !it.is_zero());
    duration.ok_or_else(|| {
        BadArguments(format!(
            "invalid value {seconds} for --search-budget: expected a positive number of seconds"
        ))
    })
}
