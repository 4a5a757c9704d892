//! `glomers doctor`: checks the machine for everything that a run needs or benefits from.

use crate::doctor::{Environment, Installer, Reader, examine, show};
use crate::exit::Exit;
use crate::failure::{Context as _, Result};
use crate::format::Format;
use crate::interrupt::Interrupt;
use crate::project::Project;
use crate::run_arguments::EngineChoice;
use crate::terminal;
use clap::Args;
use glomers_results::Engine;
use std::path::PathBuf;

const HELP: &str = "\
Examples:
  glomers doctor                                can the embedded engine run here?
  glomers doctor --engine maelstrom             and the real Maelstrom?
  glomers doctor --engine both --format json    for a script
  glomers doctor --format markdown              for a bug report

It lists what was found, to which engine it is needed or useful, and for each thing that is not ok \
the command that fixes it on this system. It installs nothing.

With --format json: an object with
  chosen    the engines that --engine names
  can_run   whether all of them can run
  engines   by name, can_run and lacks: the names of what stops it
  findings  an array of objects:
    id         glomers-toml, build-tool, node, store, disk, cores, load, maelstrom, java, git,
               gnuplot or graphviz; build-tool and node may come several times, or build-tool not at all
    name       what people call it
    state      ok, missing, too-old, wrong, low or high
    version, path, note       what was found, or null
    embedded, maelstrom       needed, useful or null: what it is to that engine
    purpose    what it is for
    command    what fixes it, for a shell, or null
    advice     what fixes it, where no command can, or null

Exit status:
  0    the engine of --engine can run
  1    it lacks something that it needs
  130  stopped by Ctrl-C
  254  bad arguments
  255  glomers itself failed";

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct DoctorArguments {
    /// Which engine decides on the exit status: embedded, maelstrom or both.
    #[arg(long, value_enum, value_name = "ENGINE", default_value = "embedded")]
    #[arg(hide_possible_values = true)]
    engine: EngineChoice,
    /// The real Maelstrom: its script, folder or jar [default: `MAELSTROM_HOME`, glomers.toml, what
    /// `glomers install` put there, or the PATH].
    #[arg(long, value_name = "PATH")]
    maelstrom: Option<PathBuf>,
    /// Folder of run directories [default: store beside glomers.toml, else here].
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// How to print what was found.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Examines the machine, and exits according to whether the chosen engine can run.
pub(crate) fn doctor(arguments: &DoctorArguments) -> Result<Exit> {
    let here = std::env::current_dir().context("failed to find the current folder")?;
    let path = std::env::var_os("PATH");
    let java_home = std::env::var_os("JAVA_HOME").filter(|home| !home.is_empty());
    let environment = Environment {
        installer: Installer::of_system(path.as_deref()),
        path,
        java_home: java_home.map(PathBuf::from),
        maelstrom: arguments.maelstrom.clone(),
        store: arguments.store.clone(),
        here,
    };
    let project = Project::find();
    let interrupt = Interrupt::listen()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("failed to start the runtime")?;
    let report = runtime.block_on(async {
        // The programs asked for their version end when this future is dropped.
        tokio::select! {
            report = examine(&project, &environment) => Some(report),
            () = interrupt.wait() => None,
        }
    });
    let Some(report) = report else { return Ok(Exit::Interrupted) };
    let chosen: &[Engine] = match arguments.engine {
        EngineChoice::Embedded => &[Engine::Embedded],
        EngineChoice::Maelstrom => &[Engine::Maelstrom],
        EngineChoice::Both => &[Engine::Embedded, Engine::Maelstrom],
    };
    match arguments.format {
        Format::Json => {
            terminal::print(&serde_json::to_string_pretty(&report.json(chosen))?)?;
        }
        Format::Markdown => terminal::print(&show(&report, chosen, Reader::Markdown))?,
        Format::Table => {
            let colour = terminal::colours_stdout();
            let reader = Reader::Terminal { colour, width: terminal::width() };
            terminal::print(&show(&report, chosen, reader))?;
        }
    }
    Ok(if report.can_run(chosen) { Exit::Valid } else { Exit::Invalid })
}
