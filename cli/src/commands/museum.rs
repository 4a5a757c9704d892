//! `glomers museum`: runs tests against every wrong node of the bug museum and against its correct
//! counterpart, to verify that glomers fails the wrong node and passes the correct one.

mod hunt;
mod table;

use crate::exit::Exit;
use crate::failure::{BadArguments, Result};
use crate::format::Format;
use crate::interrupt::Interrupt;
use crate::progress::count_bar;
use crate::terminal;
use clap::Args;
use glomers_config::did_you_mean;
use glomers_museum::{Exhibit, exhibit, exhibits};
use glomers_simulator::sweep::{Pool, on_threads};
use hunt::{Catch, hunt};
use std::num::NonZeroUsize;
use std::sync::Mutex;

const EXAMPLES: &str = "\
Examples:
  glomers museum                                hunt every wrong node
  glomers museum kafka-counts-per-node          one of them
  glomers museum --format markdown              the table of docs/museum.md

Exit status:
  0    each was caught, and the right node never was
  1    one was not caught, or the right node was
  130  stopped by Ctrl-C
  254  bad arguments
  255  glomers itself failed";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct MuseumArguments {
    /// Wrong nodes, by name [default: all].
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// How many seeds each is hunted with, from 0 on, and the right node is run with.
    #[arg(long, value_name = "NUM", default_value_t = 200)]
    seeds: u64,
    /// Most runs to make a failure smaller.
    #[arg(long, value_name = "NUM", default_value_t = 4000)]
    tries: u64,
    /// Number of threads [default: one for each processor].
    #[arg(long, value_name = "NUM")]
    jobs: Option<NonZeroUsize>,
    /// How to print the table.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Hunts the wrong nodes, and prints the results.
pub(crate) fn museum(arguments: &MuseumArguments) -> Result<Exit> {
    let chosen = chosen(&arguments.names)?;
    let interrupt = Interrupt::listen()?;
    let bar = count_bar("hunting", chosen.len() as u64);
    let jobs = arguments.jobs.or_else(|| std::thread::available_parallelism().ok());
    let failure: Mutex<Option<crate::failure::CommandFailure>> = Mutex::new(None);
    let pool = Pool {
        tasks: chosen.len() as u64,
        jobs: jobs.unwrap_or(NonZeroUsize::MIN),
        is_last: &|_| false,
        is_interrupted: &|| interrupt.is_set(),
    };
    let catches: Vec<Catch> = on_threads(&pool, || {
        |task| {
            let exhibit = usize::try_from(task).ok().and_then(|task| chosen.get(task))?;
            let caught = hunt(exhibit, arguments.seeds, arguments.tries, &|| interrupt.is_set());
            bar.inc(1);
            match caught {
                Ok(caught) => Some(caught),
                Err(error) => {
                    // Only one error is reported.
                    if let Ok(mut failure) = failure.lock() {
                        *failure = Some(error);
                    }
                    None
                }
            }
        }
    });
    bar.finish_and_clear();
    if let Some(error) = failure.into_inner().unwrap_or_default() {
        return Err(error);
    }
    terminal::print(&table::text(&catches, arguments)?)?;
    Ok(if interrupt.is_set() {
        Exit::Interrupted
    } else if catches.iter().all(Catch::is_good) {
        Exit::Valid
    } else {
        Exit::Invalid
    })
}

fn chosen(names: &[String]) -> Result<Vec<&'static Exhibit>> {
    if names.is_empty() {
        return Ok(exhibits().iter().collect());
    }
    if let Some(unknown) = names.iter().find(|name| exhibit(name).is_none()) {
        let all: Vec<&str> = exhibits().iter().map(|exhibit| exhibit.name).collect();
        let meant = did_you_mean(unknown, all.iter().copied());
        let text = format!("there is no {unknown} in the museum{meant}, but {}", all.join(", "));
        return Err(BadArguments(text).into());
    }
    Ok(names.iter().filter_map(|name| exhibit(name)).collect())
}
