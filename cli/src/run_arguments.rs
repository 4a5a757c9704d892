//! The arguments of everything that runs a challenge, as typed.

use crate::format::Format;
use crate::setting_flags::SettingFlags;
use crate::{exit, flag_parsers};
use clap::{Args, ValueEnum};
use glomers_config::{Parameters, Target};
use std::path::PathBuf;

/// What runs the nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum EngineChoice {
    /// Our own: nothing to install, and the same seed makes the same operations and faults.
    #[default]
    Embedded,
    /// The real Maelstrom, which must be installed.
    Maelstrom,
    /// One after the other, with the same plan, and the metrics side by side.
    Both,
}

impl EngineChoice {
    /// Whether the embedded engine runs.
    pub(crate) fn has_embedded(self) -> bool {
        matches!(self, Self::Embedded | Self::Both)
    }

    /// Whether Maelstrom runs.
    pub(crate) fn has_maelstrom(self) -> bool {
        matches!(self, Self::Maelstrom | Self::Both)
    }
}

const RUN_EXAMPLES: &str = "\
Examples:
  glomers run broadcast-e                       our node, or the one that glomers.toml names
  glomers run broadcast-e --bin ./my-node       a node of yours, in any language
  glomers run echo --bin ./node.py -- --debug   with arguments for the node
  glomers run 3b 3c --nemesis partition         several challenges, by name or number
  glomers run 3 --sim                           3a to 3e, simulated
  glomers run all --format json                 every challenge that is built
  glomers run lin-kv --bin ./my-node            a workload, with Maelstrom's defaults
  glomers run broadcast-d --seed 42             the same operations and faults again
  glomers run broadcast-b --watch               again whenever you save a source file
  glomers run broadcast-d --repeat 5            five seeds, one table with medians
  glomers run broadcast-d --sim                 simulated: milliseconds, and the same bytes again
  glomers run broadcast-e --engine maelstrom    with the real one (`glomers install maelstrom`)
  glomers run 3d --engine both                  with both, and what they measured side by side
  glomers run 5a --dry-run --bin ./node         Maelstrom's command line, to be pasted";

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[command(after_help = format!("{RUN_EXAMPLES}\n\n{}", exit::HELP))]
pub(crate) struct RunArguments {
    /// Challenges, by name or number (3e, or 3 for 3a to 3e), workloads by name, or `all` challenges.
    /// `glomers list` shows them; what they set goes over the defaults below.
    #[arg(required = true, value_name = "CHALLENGE")]
    pub(crate) challenges: Vec<String>,

    /// The node's program. Without it: what glomers.toml says, else our own node.
    #[arg(long, value_name = "FILE", help_heading = "Node")]
    pub(crate) bin: Option<PathBuf>,
    /// A node that glomers brings along, by name: ours, or one of the bug museum.
    #[arg(long, value_name = "NAME", help_heading = "Node", conflicts_with = "bin")]
    pub(crate) node: Option<String>,
    /// Give the node that glomers brings along a disk, which survives when it is killed.
    #[arg(long, help_heading = "Node")]
    pub(crate) durable: bool,
    /// Arguments for the node.
    #[arg(last = true, value_name = "NODE_ARGS")]
    pub(crate) node_args: Vec<String>,

    #[command(flatten)]
    pub(crate) settings: SettingFlags,

    /// Limits that metrics must keep to, separated by commas: server-msgs-per-op<12,
    /// 'ok-fraction>=0.99'; may be given again. Each goes over the challenge's for that metric.
    #[arg(long, alias = "target", value_name = "TARGETS", help_heading = "Load")]
    #[arg(value_parser = flag_parsers::targets)]
    pub(crate) targets: Vec<flag_parsers::Targets>,

    /// Simulate: let time jump. A run takes milliseconds to seconds, and the same seed gives the same
    /// bytes. For any program, on Linux; elsewhere for nodes that glomers brings along.
    #[arg(long, help_heading = "Engine")]
    pub(crate) sim: bool,
    /// What runs the nodes.
    #[arg(long, value_enum, default_value = "embedded", help_heading = "Engine")]
    pub(crate) engine: EngineChoice,
    /// The real Maelstrom: its script, folder, or jar [default: `MAELSTROM_HOME`, glomers.toml, what
    /// `glomers install` put there, or the PATH].
    #[arg(long, value_name = "PATH", help_heading = "Engine")]
    pub(crate) maelstrom: Option<PathBuf>,
    /// An option for Maelstrom's JVM, such as -Xmx4g; may be given again.
    #[arg(long, value_name = "OPTION", help_heading = "Engine", allow_hyphen_values = true)]
    pub(crate) jvm_opt: Vec<String>,
    /// Seconds after which Maelstrom is killed [default: time limit + 310].
    #[arg(long, value_name = "SECONDS", help_heading = "Engine", value_parser = flag_parsers::seconds)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) timeout: Option<f64>,
    /// Print the command line for the real Maelstrom, and start nothing.
    #[arg(long, help_heading = "Engine")]
    pub(crate) dry_run: bool,

    /// Run each challenge with this many seeds, from --seed or 0 on, and show one table with medians
    /// and ranges.
    #[arg(long, value_name = "NUM", help_heading = "Output")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) repeat: Option<u32>,
    /// Build and run again whenever a source file of the node changes, and show what that changed, until
    /// Ctrl-C. Watched is the folder of glomers.toml, or of --bin, without the store, hidden files and
    /// folders of built or installed files such as target and `node_modules`.
    #[arg(long, help_heading = "Output")]
    pub(crate) watch: bool,
    /// Keep the run under this name, for `glomers compare NAME`.
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    pub(crate) save_baseline: Option<String>,
    /// Folder of run directories [default: store beside glomers.toml, else here].
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub(crate) store: Option<PathBuf>,
    /// How to print the results.
    #[arg(long, value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) format: Format,
    /// Show no progress, and of a valid run only the verdict.
    #[arg(long, short, help_heading = "Output")]
    pub(crate) quiet: bool,
    /// Show Maelstrom's own output.
    #[arg(long, short, help_heading = "Output", conflicts_with = "quiet")]
    pub(crate) verbose: bool,
}

impl RunArguments {
    /// The targets that the flags name, in their order.
    pub(crate) fn targets(&self) -> impl Iterator<Item = Target> {
        self.targets.iter().flat_map(|targets| targets.0.iter().copied())
    }

    /// The run parameters set by flags; a flag that is absent leaves its parameter unset.
    pub(crate) fn parameters(&self) -> Parameters {
        self.settings.parameters.clone()
    }
}
