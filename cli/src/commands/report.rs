//! `glomers report`: a table of runs.

use crate::args::{Format, ReportArguments};
use crate::exit::Exit;
use crate::project::Project;
use anyhow::Result;
use glomers_results::{Run, report as report_table, stored_runs};

/// Shows these runs, or all of the store. A run that cannot be read is named on stderr.
pub(crate) fn report(arguments: &ReportArguments) -> Result<Exit> {
    let runs = if arguments.runs.is_empty() {
        let store = Project::find()?.store(arguments.store.as_deref());
        let mut readable = Vec::new();
        for stored in stored_runs(&store)? {
            match stored.run {
                Ok(run) => readable.push(run),
                Err(error) => eprintln!("left out: {error}"),
            }
        }
        readable
    } else {
        arguments.runs.iter().map(|path| Run::open(path)).collect::<Result<Vec<_>, _>>()?
    };
    if arguments.format == Format::Json {
        let records: Vec<_> = runs.iter().map(|run| &run.record).collect();
        println!("{}", serde_json::to_string_pretty(&records)?);
    } else {
        print!("{}", report_table(&runs));
    }
    Ok(Exit::Valid)
}
