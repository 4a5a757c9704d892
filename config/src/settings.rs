//! The settings of a run: the one table from which the flags of the command line, the keys of
//! `glomers.toml`, `run.json`, Maelstrom's command line and the documentation are made.
//!
//! To add a setting, add a row to [`for_each_setting`], then use the plan's new field.

mod description;
mod parameters;
pub(crate) mod range;
mod resolve;
mod value;

pub use description::{FlagDescription, Heading, InMaelstrom};
pub use parameters::{Parameters, Setting};
pub use value::SettingValue;

pub(crate) use resolve::{DEFAULT_LATENCY_MS, Known, optional, or, or_else, seconds_or};
pub(crate) use value::FlagValue;

/// Passes the rows of the table to a macro. A row is
///
/// ```text
/// Setting "flag-and-key" Heading "VALUE" "What it is: the help of the flag, the doc of the field" {
///     given { field of Parameters: type, range }
///     plan { field of Plan: type = default or conversion, |plan| the value to be given for it }
///     maelstrom { how Maelstrom takes it }
/// }
/// ```
///
/// - A value called `MS` or `SECONDS` has that unit; a setting without a name for its value is a
///   switch. `Heading` groups the flags of `glomers run`; a `Hidden` setting has none.
/// - The ranges are constants of [`Range`](range::Range). A type of values implements
///   [`FlagValue`], by its `FromStr` in most cases.
/// - The conversion gets what was given and what is [`Known`] of the plan; [`or`], [`or_else`],
///   [`seconds_or`] and [`optional`] are the usual ones. A setting may have no field in the plan.
macro_rules! for_each_setting {
    ($make:ident) => {
        $make! {
            Workload "workload" Hidden "NAME" "The workload" {
                given { workload: Workload, ANY }
                plan { workload: Workload = |_, known| Ok(known.workload), |plan| Some(plan.workload) }
                maelstrom { Applied }
            }
            NodeCount "node-count" Load "NUM" "Number of nodes" {
                given { node_count: u32, NODE_COUNT }
                plan {, |plan| u32::try_from(plan.nodes.len()).ok() }
                maelstrom { Value }
            }
            Nodes "nodes" Load "NAMES" "Names of the nodes, separated by commas, in place of --node-count: n1,n2,n3" {
                given { nodes: Vec<String>, ANY }
                plan { nodes: Vec<String> = |_, known| Ok(known.nodes.clone()), |plan| Some(plan.nodes.clone()) }
                maelstrom { Value }
            }
            Concurrency "concurrency" Load "NUM" "Number of workers: 10, or 4n for 4 on each node" {
                given { concurrency: Concurrency, ANY }
                plan { concurrency: Concurrency = or(Concurrency::DEFAULT), |plan| Some(plan.concurrency) }
                maelstrom { Value }
            }
            Rate "rate" Load "RATE" "Operations per second over the whole test; 0 for no operations" {
                given { rate: f64, RATE }
                plan { rate: f64 = or(5.0), |plan| Some(plan.rate) }
                maelstrom { Value }
            }
            TimeLimit "time-limit" Load "SECONDS" "Seconds of load" {
                given { time_limit: f64, SECONDS }
                plan { time_limit: Duration = seconds_or(60.0), |plan| Some(plan.time_limit.as_secs_f64()) }
                maelstrom { WholeSeconds }
            }
            Latency "latency" Network "MS" "Mean latency between nodes in ms" {
                given { latency: u64, LATENCY }
                plan { latency_ms: u64 = or(DEFAULT_LATENCY_MS), |plan| Some(plan.latency_ms) }
                maelstrom { Value }
            }
            LatencyDist "latency-dist" Network "TYPE" "Shape of the latency: constant, uniform, exponential" {
                given { latency_dist: LatencyDistribution, ANY }
                plan { latency_distribution: LatencyDistribution = or(LatencyDistribution::Constant), |plan| Some(plan.latency_distribution) }
                maelstrom { Value }
            }
            Delivery "delivery" Network "TYPE" "How receivers take messages: queued as the reference does, or independent" {
                given { delivery: Delivery, ANY }
                plan { delivery: Delivery = or(Delivery::Queued), |plan| Some(plan.delivery) }
                maelstrom { Lacks }
            }
            Nemesis "nemesis" Network "FAULTS" "Faults to inject, separated by commas: partition, loss, duplicate, reorder, slow, kill, pause, skew (simulation only), or none" {
                given { nemesis: Faults, ANY }
                plan { faults: Faults = or_else(Faults::default), |plan| Some(plan.faults.clone()) }
                maelstrom { Value }
            }
            NemesisInterval "nemesis-interval" Network "SECONDS" "Mean seconds between nemesis operations; between kills at least 5" {
                given { nemesis_interval: f64, INTERVAL }
                plan { nemesis_interval: Duration = seconds_or(10.0), |plan| Some(plan.nemesis_interval.as_secs_f64()) }
                maelstrom { Value }
            }
            PartitionShapes "partition-shapes" Network "SHAPES" "Shapes that a partition is drawn from, separated by commas: one, minority-third, majority, majorities-ring, one-way" {
                given { partition_shapes: PartitionShapes, ANY }
                plan { partition_shapes: PartitionShapes = or_else(PartitionShapes::default), |plan| Some(plan.partition_shapes.clone()) }
                maelstrom { Lacks }
            }
            KillTargets "kill-targets" Network "TARGETS" "Which nodes a kill or a pause hits, separated by commas; each time one of these is drawn: one, minority-third, minority, majority, all, subset" {
                given { kill_targets: KillTargets, ANY }
                plan { kill_targets: KillTargets = |given, known| kill_targets(given.unwrap_or_default(), known.nodes.len()), |plan| Some(plan.kill_targets.clone()) }
                maelstrom { Lacks }
            }
            Loss "loss" Network "P" "Probability that a message between nodes is lost, while that fault is on" {
                given { loss: f64, PROBABILITY }
                plan { loss: f64 = or(0.05), |plan| Some(plan.loss) }
                maelstrom { Lacks }
            }
            Duplicate "duplicate" Network "P" "Probability that a message between nodes is delivered twice, while that fault is on" {
                given { duplicate: f64, PROBABILITY }
                plan { duplicate: f64 = or(0.05), |plan| Some(plan.duplicate) }
                maelstrom { Lacks }
            }
            Reorder "reorder" Network "MS" "Mean milliseconds that messages between nodes are delayed, at random, while they are reordered" {
                given { reorder: u64, MILLISECONDS }
                plan { reorder_ms: u64 = or(100), |plan| Some(plan.reorder_ms) }
                maelstrom { Lacks }
            }
            Slow "slow" Network "FACTOR" "How many times as long messages between nodes take while the network is slow" {
                given { slow: f64, FACTOR }
                plan { slow: f64 = or(10.0), |plan| Some(plan.slow) }
                maelstrom { Lacks }
            }
            Skew "skew" Network "FRACTION" "Fraction by which a clock may run too fast or too slowly" {
                given { skew: f64, FRACTION }
                plan { skew: f64 = or(0.5), |plan| Some(plan.skew) }
                maelstrom { Lacks }
            }
            Topology "topology" Network "SPEC" "Neighbours that broadcast suggests: grid, line, total, tree, tree2, tree3, tree4" {
                given { topology: Topology, ANY }
                plan { topology: Topology = or(Topology::Grid), |plan| Some(plan.topology) }
                maelstrom { Value }
            }
            Availability "availability" Load "FRACTION" "The fraction of operations that must succeed: total, or 0 to 1" {
                given { availability: Availability, ANY }
                plan { availability: Option<Availability> = optional, |plan| plan.availability }
                maelstrom { Value }
            }
            ConsistencyModels "consistency-models" Load "MODELS" "Consistency models that transactions must satisfy, separated by commas" {
                given { consistency_models: Vec<ConsistencyModel>, ANY }
                plan { consistency_models: Vec<ConsistencyModel> = or_else(|| vec![ConsistencyModel::DEFAULT]), |plan| Some(plan.consistency_models.clone()) }
                maelstrom { Value }
            }
            KeyCount "key-count" Load "NUM" "Number of keys that transactions use at a time" {
                given { key_count: u32, COUNT }
                plan { key_count: Option<u32> = optional, |plan| plan.key_count }
                maelstrom { Value }
            }
            MaxTxnLength "max-txn-length" Load "NUM" "Most operations of a transaction" {
                given { max_txn_length: u32, TRANSACTION_LENGTH }
                plan { max_txn_length: u32 = or(4), |plan| Some(plan.max_txn_length) }
                maelstrom { Value }
            }
            MaxWritesPerKey "max-writes-per-key" Load "NUM" "Most writes to a key, after which another key is used" {
                given { max_writes_per_key: u32, COUNT }
                plan { max_writes_per_key: u32 = or(16), |plan| Some(plan.max_writes_per_key) }
                maelstrom { Value }
            }
            Services "services" Network "TYPE" "How lin-kv and the other services behave: reference, or documented" {
                given { services: Services, ANY }
                plan { services: Services = or(Services::Reference), |plan| Some(plan.services) }
                maelstrom { Lacks }
            }
            Recovery "recovery" Load "SECONDS" "Seconds between the load and the final reads" {
                given { recovery: Recovery, ANY }
                plan { recovery: Duration = |given, _| Ok(given.map_or(REFERENCE_RECOVERY, |given| given.0)), |plan| Some(Recovery(plan.recovery)) }
                maelstrom { Lacks }
            }
            InitTimeout "init-timeout" Node "SECONDS" "Seconds that a node has to answer init" {
                given { init_timeout: f64, SECONDS }
                plan { init_timeout: Duration = seconds_or(10.0), |plan| Some(plan.init_timeout.as_secs_f64()) }
                maelstrom { Lacks }
            }
            RpcTimeout "rpc-timeout" Load "MS" "Milliseconds that a client waits for an answer; in lin-kv 10 times the latency, at least 1000" {
                given { rpc_timeout: u64, MILLISECONDS }
                plan { rpc_timeout: Duration = |given, known| Ok(given.map_or_else(|| known.rpc_timeout(), Duration::from_millis)), |plan| u64::try_from(plan.rpc_timeout.as_millis()).ok() }
                maelstrom { Lacks }
            }
            Schedule "schedule" Node "ORDER" "Order of the threads of a simulated program: fifo, or random (from the seed), which shows other interleavings" {
                given { schedule: ThreadSchedule, ANY }
                plan { schedule: ThreadSchedule = or(ThreadSchedule::Fifo), |plan| Some(plan.schedule) }
                maelstrom { Lacks }
            }
            LogStderr "log-stderr" Node "" "Show what nodes print on stderr" {
                given { log_stderr: bool, ANY }
                plan { log_stderr: bool = or(false), |plan| Some(plan.log_stderr) }
                maelstrom { Value }
            }
            LogNetSend "log-net-send" Network "" "Show messages as they are sent" {
                given { log_net_send: bool, ANY }
                plan { log_net_send: bool = or(false), |plan| Some(plan.log_net_send) }
                maelstrom { Value }
            }
            LogNetRecv "log-net-recv" Network "" "Show messages as they are received" {
                given { log_net_recv: bool, ANY }
                plan { log_net_recv: bool = or(false), |plan| Some(plan.log_net_recv) }
                maelstrom { Value }
            }
            FailOnDuplicates "fail-on-duplicates" Load "" "Fail when one read shows an element twice" {
                given { fail_on_duplicates: bool, ANY }
                plan { fail_on_duplicates: bool = or(false), |plan| Some(plan.fail_on_duplicates) }
                maelstrom { Applied }
            }
            Strict "strict" Load "" "Read nothing more of a node after a line that Maelstrom cannot take, as Maelstrom does: one that is no message, or goes to a client that has given up. --engine both sets it" {
                given { strict: bool, ANY }
                plan { strict: bool = or(false), |plan| Some(plan.strict) }
                maelstrom { Applied }
            }
            KeepGoing "keep-going" Load "" "Run to the end though the first answers to some request are all unusable. Without it such a run stops early, as unknown" {
                given { keep_going: bool, ANY }
                plan { keep_going: bool = or(false), |plan| Some(plan.keep_going) }
                maelstrom { Applied }
            }
            SearchBudget "search-budget" Load "SECONDS" "Seconds that a search for a verdict may take, for each key of lin-kv or all transactions" {
                given { search_budget: f64, SECONDS }
                plan { search_budget: Duration = seconds_or(5.0), |plan| Some(plan.search_budget.as_secs_f64()) }
                maelstrom { Applied }
            }
            NoJournal "no-journal" Output "" "Leave the journal of messages (messages.jsonl) out" {
                given { no_journal: bool, ANY }
                plan { journal: bool = |given, _| Ok(!given.unwrap_or(false)), |plan| Some(!plan.journal) }
                maelstrom { Lacks }
            }
            JournalLimit "journal-limit" Output "MIB" "Most MiB that messages.jsonl may have: at that size it ends, and the run continues; 0 for no limit" {
                given { journal_limit: u32, MEBIBYTES }
                plan { journal_limit: u32 = or(256), |plan| Some(plan.journal_limit) }
                maelstrom { Lacks }
            }
            Seed "seed" Load "SEED" "Seed of every random choice; drawn and shown when absent" {
                given { seed: u64, WHOLE }
                plan { seed: u64 = |given, known| Ok(given.unwrap_or(known.seed)), |plan| Some(plan.seed) }
                maelstrom { Lacks }
            }
        }
    };
}

pub(crate) use for_each_setting;
