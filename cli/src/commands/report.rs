//! `glomers report`: a table of runs.

use crate::args::{Format, ReportArguments};
use crate::exit::Exit;
use crate::project::Project;
use crate::terminal;
use anyhow::Result;
use glomers_results::{Look, Run, report_table, stored_runs};

/// Shows these runs, or all of the store. A run that cannot be read is named on stderr.
pub(crate) fn report(arguments: &ReportArguments) -> Result<Exit> {
    let runs = if arguments.runs.is_empty() {
        let store = Project::find()?.store(arguments.store.as_deref());
        let mut readable = Vec::new();
        for stored in stored_runs(&store)? {
            match stored.run {
                Ok(run) => readable.push(run),
                Err(error) => {
                    terminal::complain(&format!("left out: {:#}", anyhow::Error::from(error)));
                }
            }
        }
        readable
    } else {
        arguments.runs.iter().map(|path| Run::open(path)).collect::<Result<Vec<_>, _>>()?
    };
    match arguments.format {
        Format::Json => terminal::print(&serde_json::to_string_pretty(&runs)?)?,
        Format::Table if !arguments.markdown => {
            let colour = terminal::colours_stdout();
            terminal::print(&report_table(&runs, Look::Terminal { colour }))?;
        }
        Format::Table | Format::Markdown => terminal::print(&report_table(&runs, Look::Markdown))?,
    }
    Ok(Exit::Valid)
}
