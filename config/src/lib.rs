//! Decides which test to run: challenges, `glomers.toml` and flags become a checked [`Plan`].
//!
//! Does not depend on engines, files of a run, or terminals. Each value is parsed here by its
//! `FromStr`, whether it comes from a flag or from the file.

mod catalogue;
mod challenge;
mod consistency;
mod fault;
mod file;
mod input;
mod kill_target;
mod load;
mod metric;
mod named;
mod nearest;
mod network;
mod plan;
mod schedule;
mod settings;
mod target;
mod workload;

pub use catalogue::{Catalogue, CatalogueEntry, UnknownChallenge};
pub use challenge::{Challenge, challenges, find_challenge, workload_challenges};
pub use consistency::ConsistencyModel;
pub use fault::{Fault, Faults, PartitionShape, PartitionShapes};
pub use file::{FileError, FileProblem, KeyKind, NodeSource, ProjectChallenge, ProjectFile};
pub use input::{InputError, open_input, read_input, read_input_text};
pub use kill_target::{KillTarget, KillTargets};
pub use load::{Availability, Concurrency, ParseValueError, Recovery};
pub use metric::{Better, Metric, MetricKind};
pub use nearest::{did_you_mean, nearest};
pub use network::{Delivery, LatencyDistribution, Services, Topology};
pub use plan::{Plan, PlanError, Useless, UselessSetting};
pub use schedule::ThreadSchedule;
pub use settings::{FlagDescription, Heading, InMaelstrom, Parameters, Setting, SettingValue};
pub use target::{Comparison, Limit, Target, lay_targets};
pub use workload::Workload;
