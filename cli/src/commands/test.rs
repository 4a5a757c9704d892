//! `glomers test`: accepts Maelstrom's command line, so that any `maelstrom test ...` of a tutorial
//! works with the program's name replaced.

use super::run::{draw_seed, require_simulation, run_jobs};
use crate::exit::{self, Exit};
use crate::failure::{Context as _, Result};
use crate::format::Format;
use crate::job::{Job, Output, Time};
use crate::node_command::{NodeCommand, Origin};
use crate::setting_flags::MaelstromFlags;
use crate::{flag_parsers, terminal};
use clap::Args;
use glomers_config::{
    Challenge, KillTargets, Parameters, Plan, Setting, Workload, read_input_text,
};
use glomers_engine::check_plan;
use std::path::PathBuf;

/// The folder of run directories, the same as Maelstrom's.
const STORE: &str = "store";
/// Largest accepted file of node names, in bytes.
const MOST_NAMES_BYTES: u64 = 16 << 20;

const EXAMPLES: &str = "\
Examples:
  glomers test -w echo --bin ./node --node-count 1 --time-limit 10
  glomers test -w broadcast --bin ./node --node-count 5 --time-limit 20 --rate 10 --nemesis partition
  glomers test -w lin-kv --bin ./node --concurrency 4n -- --my-flag

The flags and their defaults are Maelstrom's, but for --sim. `glomers run` has more: seeds, targets, \
comparisons.";

/// Maelstrom's flags, with its names and defaults.
#[derive(Debug, Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{}", exit::HELP))]
pub(crate) struct TestArguments {
    /// What workload to run.
    #[arg(short, long, value_name = "NAME", default_value = "lin-kv")]
    workload: Workload,
    /// Path to the program that runs a node.
    #[arg(long, value_name = "FILE")]
    bin: PathBuf,
    /// Arguments for the node.
    #[arg(value_name = "NODE_ARGS")]
    node_args: Vec<String>,

    /// Name of a node; may be given again.
    #[arg(short, long, value_name = "HOSTNAME", action = clap::ArgAction::Append)]
    node: Vec<String>,
    /// Names of nodes, separated by commas [default: n1,n2,n3,n4,n5].
    #[arg(long, value_name = "NODE_LIST", value_parser = flag_parsers::names)]
    nodes: Option<flag_parsers::Names>,
    /// File with names of nodes, one on each line.
    #[arg(long, value_name = "FILENAME")]
    nodes_file: Option<PathBuf>,

    /// How many times to repeat the test; the first that is not valid is the last.
    #[arg(long, value_name = "NUMBER", default_value = "1", value_parser = flag_parsers::count)]
    #[arg(allow_negative_numbers = true)]
    test_count: u32,

    /// Simulate, which Maelstrom cannot: let time jump. Each test is of another seed, which is shown.
    #[arg(long)]
    sim: bool,

    #[command(flatten)]
    settings: MaelstromFlags,

    #[command(flatten)]
    ignored: IgnoredArguments,
}

/// Flags of Maelstrom that have no meaning here, since nodes are local processes.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the reference")]
#[command(next_help_heading = "Ignored")]
struct IgnoredArguments {
    /// Name for logins.
    #[arg(long, value_name = "USER")]
    username: Option<String>,
    /// Password for sudo.
    #[arg(long, value_name = "PASS")]
    password: Option<String>,
    /// Whether to check host keys.
    #[arg(long)]
    strict_host_key_checking: bool,
    /// Whether to leave ssh out.
    #[arg(long)]
    no_ssh: bool,
    /// An ssh identity.
    #[arg(long, value_name = "FILE")]
    ssh_private_key: Option<String>,
    /// Leave the database running at the end.
    #[arg(long)]
    leave_db_running: bool,
    /// Use JSON in the reference's own log.
    #[arg(long)]
    logging_json: bool,
}

impl IgnoredArguments {
    /// The flags that were given.
    fn given(&self) -> Vec<&'static str> {
        let flags = [
            ("--username", self.username.is_some()),
            ("--password", self.password.is_some()),
            ("--strict-host-key-checking", self.strict_host_key_checking),
            ("--no-ssh", self.no_ssh),
            ("--ssh-private-key", self.ssh_private_key.is_some()),
            ("--leave-db-running", self.leave_db_running),
            ("--logging-json", self.logging_json),
        ];
        flags.into_iter().filter(|(_, is_given)| *is_given).map(|(flag, _)| flag).collect()
    }
}

impl TestArguments {
    /// Whether any of the flags names nodes.
    fn names_nodes(&self) -> bool {
        !self.node.is_empty() || self.nodes.is_some() || self.nodes_file.is_some()
    }
}

/// Runs the test `--test-count` times, or until a run is not valid.
pub(crate) fn test(arguments: &TestArguments) -> Result<Exit> {
    let ignored = arguments.ignored.given();
    if !ignored.is_empty() {
        terminal::print_to_stderr(&format!(
            "ignored: {} (nodes are processes of this machine)",
            ignored.join(", ")
        ));
    }
    if arguments.settings.parameters.node_count.is_some() && arguments.names_nodes() {
        terminal::print_to_stderr(
            "ignored: the names of nodes, since --node-count is given (as Maelstrom does)",
        );
    }
    let program = std::path::absolute(&arguments.bin)
        .with_context(|| format!("failed to find {}", arguments.bin.display()))?;
    let node = NodeCommand {
        program,
        args: arguments.node_args.clone(),
        is_built_in: false,
        origin: Origin::Flag,
        folder: None,
        build: None,
        hosted: None,
    };
    if arguments.sim {
        require_simulation(&node)?;
    }
    let mut jobs = Vec::new();
    for _ in 0..arguments.test_count {
        let plan = plan(arguments)?;
        check_plan(&plan)?;
        let store = PathBuf::from(STORE);
        jobs.push(Job {
            plan,
            node: node.clone(),
            store,
            group: None,
            embedded: Some(if arguments.sim { Time::Virtual } else { Time::Real }),
            maelstrom: None,
        });
    }
    let output = Output { format: Format::Table, quiet: false, verbose: false };
    run_jobs(&jobs, output, |exit| exit != Exit::Valid)
}

/// The plan that the flags describe.
fn plan(arguments: &TestArguments) -> Result<Plan> {
    let challenge = Challenge {
        name: arguments.workload.to_string(),
        alias: "",
        parameters: Parameters::default(),
        order: Setting::ALL,
        targets: Vec::new(),
    };
    Ok(Plan::resolve(&challenge, parameters(arguments)?, draw_seed())?)
}

/// The run parameters that the flags set.
fn parameters(arguments: &TestArguments) -> Result<Parameters> {
    let nodes = nodes(arguments)?;
    let given = arguments.settings.parameters.clone();
    Ok(Parameters {
        workload: Some(arguments.workload),
        // As in Maelstrom, `--node-count` overrides the names.
        nodes: nodes.filter(|_| given.node_count.is_none()),
        kill_targets: Some(KillTargets::of_reference()),
        // As Maelstrom does.
        keep_going: Some(true),
        ..given
    })
}

/// The node names from all flags that give them.
fn nodes(arguments: &TestArguments) -> Result<Option<Vec<String>>> {
    let mut names = arguments.node.clone();
    names.extend(arguments.nodes.iter().flat_map(|names| names.0.iter().cloned()));
    if let Some(file) = &arguments.nodes_file {
        let text = read_input_text(file, MOST_NAMES_BYTES)?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        names.extend(lines.map(str::to_owned));
    }
    Ok((!names.is_empty()).then_some(names))
}

#[cfg(test)]
mod tests {
    use super::plan;
    use crate::args::{Arguments, Command};
    use clap::Parser as _;
    use glomers_recordings::{recordings, text};

    /// Whether glomers accepts a command line of Maelstrom, with the program's name replaced.
    fn is_taken(line: &str) -> bool {
        let line = line.split('#').next().unwrap();
        let words = shlex::split(line).unwrap();
        let words = std::iter::once("glomers".to_owned()).chain(words.into_iter().skip(1));
        match Arguments::try_parse_from(words).map(|arguments| arguments.command) {
            Ok(Command::Test(arguments)) => plan(&arguments).is_ok(),
            _ => false,
        }
    }

    #[test]
    fn every_recorded_command_line_is_taken_or_refused_as_it_was() {
        let recordings = recordings();
        let mut compared = 0;
        for run in recordings.runs() {
            let (Some(line), Some(wall)) = (text(&run.join("cmd")), text(&run.join("wall"))) else {
                continue;
            };
            let name = recordings.name_of(&run);
            // Maelstrom reports unknown models only after the run, clap treats help as an
            // error, and Maelstrom knows kill since July 2026.
            let is_newer = line.contains("--nemesis kill");
            if name.contains("model") || line.contains("--help") || is_newer {
                continue;
            }
            assert_eq!(is_taken(&line), !wall.contains("exit 254"), "{name}: {line}");
            compared += 1;
        }
        let expected = if recordings.is_whole { 80 } else { 50 };
        assert!(compared > expected, "only {compared} command lines");
    }

    #[test]
    fn flags_are_those_of_the_reference_and_no_others() {
        let names = tempfile::NamedTempFile::new().unwrap();
        let file = names.path().display();
        for line in [
            &format!("m test -w g-set --bin n -n a -n b --nodes c,d --nodes-file {file} x"),
            "m test --bin n --log-net-send",
            "m test --bin n --consistency-models 'serializable , read-atomic' --key-count 3",
            "m test --bin n --nemesis kill,pause",
            "m test --bin n --nemesis 'partition, kill'",
            "m test --bin n --no-ssh --username u --password p --ssh-private-key k",
            "m test --bin n --strict-host-key-checking --leave-db-running --logging-json -- -x y",
        ] {
            assert!(is_taken(line), "{line}");
        }
        for line in [
            "m test --bin n --seed 1",
            "m test --bin n --nemesis loss",
            "m test --bin n --nemesis kill --kill-targets all",
            "m test --bin n --time-limit 1.5",
            "m test --bin n --time-limit 0",
            "m test --bin n --format json",
            "m test --bin n --node-count x",
        ] {
            assert!(!is_taken(line), "{line}");
        }
    }
}
