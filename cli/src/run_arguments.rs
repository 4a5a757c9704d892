//! The arguments of everything that runs a challenge, as typed.

use crate::format::Format;
use crate::{exit, flag_parsers};
use clap::{Args, ValueEnum};
use glomers_config::{
    Availability, Concurrency, Delivery, Faults, KillTargets, LatencyDistribution, Parameters,
    PartitionShapes, Recovery, Services, Target, Topology,
};
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
  glomers run all --format json                 every challenge that is built
  glomers run lin-kv --bin ./my-node            a workload, with Maelstrom's defaults
  glomers run broadcast-d --seed 42             the same operations and faults again
  glomers run broadcast-d --sim                 simulated: milliseconds, and the same bytes again
  glomers run broadcast-e --engine maelstrom    with the real one (`glomers install maelstrom`)
  glomers run 3d --engine both                  with both, and what they measured side by side
  glomers run 5a --dry-run --bin ./node         Maelstrom's command line, to be pasted";

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[command(after_help = format!("{RUN_EXAMPLES}\n\n{}", exit::HELP))]
pub(crate) struct RunArguments {
    /// Challenges, by name or number (3e), workloads by name, or `all` challenges. `glomers list`
    /// shows them.
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
    /// Show what nodes print on stderr.
    #[arg(long, help_heading = "Node")]
    pub(crate) log_stderr: bool,
    /// Seconds that a node has to answer init [default: 10].
    #[arg(long, value_name = "SECONDS", help_heading = "Node", value_parser = flag_parsers::seconds)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) init_timeout: Option<f64>,
    /// Arguments for the node.
    #[arg(last = true, value_name = "NODE_ARGS")]
    pub(crate) node_args: Vec<String>,

    /// Number of nodes.
    #[arg(long, value_name = "NUM", help_heading = "Load", value_parser = flag_parsers::node_count)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) node_count: Option<u32>,
    /// Names of the nodes, separated by commas, in place of --node-count: n1,n2,n3.
    #[arg(long, value_name = "NAMES", help_heading = "Load", value_parser = flag_parsers::names)]
    pub(crate) nodes: Option<flag_parsers::Names>,
    /// Number of workers: 10, or 4n for 4 on each node [default: 1n].
    #[arg(long, value_name = "NUM", help_heading = "Load")]
    pub(crate) concurrency: Option<Concurrency>,
    /// Operations per second over the whole test.
    #[arg(long, value_name = "RATE", help_heading = "Load", value_parser = flag_parsers::rate)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) rate: Option<f64>,
    /// Seconds of load.
    #[arg(long, value_name = "SECONDS", help_heading = "Load", value_parser = flag_parsers::seconds)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) time_limit: Option<f64>,
    /// Milliseconds that a client waits for an answer [default: 5000].
    #[arg(long, value_name = "MS", help_heading = "Load", value_parser = flag_parsers::milliseconds)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) rpc_timeout: Option<u64>,
    /// Seconds between the load and the final reads [default: 10].
    #[arg(long, value_name = "SECONDS", help_heading = "Load", allow_negative_numbers = true)]
    pub(crate) recovery: Option<Recovery>,
    /// The fraction of operations that must succeed: total, or 0 to 1.
    #[arg(long, value_name = "FRACTION", help_heading = "Load", allow_negative_numbers = true)]
    pub(crate) availability: Option<Availability>,
    /// Consistency models that transactions must satisfy, separated by commas
    /// [default: strict-serializable].
    #[arg(long, value_name = "MODELS", help_heading = "Load", value_parser = flag_parsers::models)]
    pub(crate) consistency_models: Option<flag_parsers::Models>,
    /// Number of keys that transactions use at a time.
    #[arg(long, value_name = "NUM", help_heading = "Load", value_parser = flag_parsers::count)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) key_count: Option<u32>,
    /// Most operations of a transaction [default: 4].
    #[arg(long, value_name = "NUM", help_heading = "Load", value_parser = flag_parsers::count)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) max_txn_length: Option<u32>,
    /// Most writes to a key, after which another takes its place [default: 16].
    #[arg(long, value_name = "NUM", help_heading = "Load", value_parser = flag_parsers::count)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) max_writes_per_key: Option<u32>,
    /// How lin-kv and the other services behave: reference, or documented [default: reference].
    #[arg(long, value_name = "TYPE", help_heading = "Network")]
    pub(crate) services: Option<Services>,
    /// Limits that metrics must keep to, separated by commas: server-msgs-per-op<12,
    /// 'ok-fraction>=0.99'; may be given again. Each goes over the challenge's for that metric.
    #[arg(long, alias = "target", value_name = "TARGETS", help_heading = "Load")]
    #[arg(value_parser = flag_parsers::targets)]
    pub(crate) targets: Vec<flag_parsers::Targets>,
    /// Fail when one read shows an element twice.
    #[arg(long, help_heading = "Load")]
    pub(crate) fail_on_duplicates: bool,
    /// Read nothing more of a node after a line that Maelstrom cannot take, as Maelstrom does: one
    /// that is no message, or goes to a client that has given up. --engine both sets it.
    #[arg(long, help_heading = "Load")]
    pub(crate) strict: bool,
    /// Run to the end though the first answers to some request are all unusable. Without it such a
    /// run stops early, as unknown.
    #[arg(long, help_heading = "Load")]
    pub(crate) keep_going: bool,
    /// Seconds that a search for a verdict may take, for each key of lin-kv or all transactions
    /// [default: 5].
    #[arg(long, value_name = "SECONDS", help_heading = "Load", value_parser = flag_parsers::seconds)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) search_budget: Option<f64>,
    /// Seed of every random choice; drawn and shown when absent.
    #[arg(long, value_name = "SEED", help_heading = "Load", value_parser = flag_parsers::seed)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) seed: Option<u64>,

    /// Mean latency between nodes in ms.
    #[arg(long, value_name = "MS", help_heading = "Network", value_parser = flag_parsers::latency)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) latency: Option<u64>,
    /// Shape of the latency: constant, uniform, exponential [default: constant].
    #[arg(long, value_name = "TYPE", help_heading = "Network")]
    pub(crate) latency_dist: Option<LatencyDistribution>,
    /// How receivers take messages: queued as the reference does, or independent [default: queued].
    #[arg(long, value_name = "TYPE", help_heading = "Network")]
    pub(crate) delivery: Option<Delivery>,
    /// Faults to inject, separated by commas: partition, loss, duplicate, reorder, slow, kill,
    /// pause, skew (simulation only), or none.
    #[arg(long, value_name = "FAULTS", help_heading = "Network")]
    pub(crate) nemesis: Option<Faults>,
    /// Mean seconds between nemesis operations; between kills at least 5 [default: 10].
    #[arg(long, value_name = "SECONDS", help_heading = "Network", value_parser = flag_parsers::seconds)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) nemesis_interval: Option<f64>,
    /// Shapes that a partition is drawn from, separated by commas: one, minority-third, majority,
    /// majorities-ring, one-way [default: all but one-way].
    #[arg(long, value_name = "SHAPES", help_heading = "Network")]
    pub(crate) partition_shapes: Option<PartitionShapes>,
    /// Which nodes a kill or a pause hits, separated by commas; each time one of these is drawn: one,
    /// minority-third, minority, majority, all, subset [default: one].
    #[arg(long, value_name = "TARGETS", help_heading = "Network")]
    pub(crate) kill_targets: Option<KillTargets>,
    /// Probability that a message between nodes is lost, while that fault is on [default: 0.05].
    #[arg(long, value_name = "P", help_heading = "Network", value_parser = flag_parsers::probability)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) loss: Option<f64>,
    /// Probability that a message between nodes is delivered twice, while that fault is on
    /// [default: 0.05].
    #[arg(long, value_name = "P", help_heading = "Network", value_parser = flag_parsers::probability)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) duplicate: Option<f64>,
    /// Mean milliseconds that messages between nodes are delayed, at random, while they are
    /// reordered [default: 100].
    #[arg(long, value_name = "MS", help_heading = "Network", value_parser = flag_parsers::milliseconds)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) reorder: Option<u64>,
    /// How many times as long messages between nodes take while the network is slow [default: 10].
    #[arg(long, value_name = "FACTOR", help_heading = "Network", value_parser = flag_parsers::factor)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) slow: Option<f64>,
    /// Fraction by which a clock may run too fast or too slowly [default: 0.5].
    #[arg(long, value_name = "FRACTION", help_heading = "Network", value_parser = flag_parsers::fraction)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) skew: Option<f64>,
    /// Neighbours that broadcast suggests: grid, line, total, tree, tree2, tree3, tree4
    /// [default: grid].
    #[arg(long, value_name = "SPEC", help_heading = "Network")]
    pub(crate) topology: Option<Topology>,
    /// Show messages as they are sent.
    #[arg(long, help_heading = "Network")]
    pub(crate) log_net_send: bool,
    /// Show messages as they are received.
    #[arg(long, help_heading = "Network")]
    pub(crate) log_net_recv: bool,

    /// Simulate: host a node that glomers brings along, and let time jump. A run takes milliseconds,
    /// and the same seed gives the same bytes.
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

    /// Folder of run directories [default: store beside glomers.toml, else here].
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub(crate) store: Option<PathBuf>,
    /// Leave the journal of messages (messages.jsonl) out.
    #[arg(long, help_heading = "Output")]
    pub(crate) no_journal: bool,
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
        let set = |flag: bool| flag.then_some(true);
        Parameters {
            workload: None,
            nodes: self.nodes.clone().map(|names| names.0),
            node_count: self.node_count,
            concurrency: self.concurrency,
            rate: self.rate,
            time_limit: self.time_limit,
            latency: self.latency,
            latency_dist: self.latency_dist,
            delivery: self.delivery,
            nemesis: self.nemesis.clone(),
            nemesis_interval: self.nemesis_interval,
            partition_shapes: self.partition_shapes.clone(),
            kill_targets: self.kill_targets.clone(),
            loss: self.loss,
            duplicate: self.duplicate,
            reorder: self.reorder,
            slow: self.slow,
            skew: self.skew,
            topology: self.topology,
            availability: self.availability,
            consistency_models: self.consistency_models.clone().map(|models| models.0),
            key_count: self.key_count,
            max_txn_length: self.max_txn_length,
            max_writes_per_key: self.max_writes_per_key,
            services: self.services,
            recovery: self.recovery,
            init_timeout: self.init_timeout,
            rpc_timeout: self.rpc_timeout,
            log_stderr: set(self.log_stderr),
            log_net_send: set(self.log_net_send),
            log_net_recv: set(self.log_net_recv),
            fail_on_duplicates: set(self.fail_on_duplicates),
            strict: set(self.strict),
            keep_going: set(self.keep_going),
            search_budget: self.search_budget,
            no_journal: set(self.no_journal),
            seed: self.seed,
        }
    }
}
