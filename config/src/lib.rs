//! Which test to run: challenges, `glomers.toml` and flags become a checked [`Plan`].
//!
//! Knows nothing of engines, files of a run, or terminals. Values are parsed here once, by
//! `FromStr`, whether they come from a flag or from the file.

mod catalogue;
mod challenge;
mod consistency;
mod file;
mod load;
mod metric;
mod nearest;
mod network;
mod parameters;
mod plan;
mod workload;

pub use catalogue::{Catalogue, CatalogueEntry, UnknownChallenge};
pub use challenge::{Challenge, challenges, find_challenge};
pub use consistency::ConsistencyModel;
pub use file::{FileError, FileProblem, NodeSource, ProjectChallenge, ProjectFile};
pub use load::{Availability, Concurrency, ParseValueError, Recovery};
pub use metric::{Better, Metric};
pub use network::{Delivery, Fault, Faults, LatencyDistribution, Services, Topology};
pub use parameters::{Parameters, Setting};
pub use plan::{Plan, PlanError, Target};
pub use workload::Workload;
