//! Which node each client process of a recorded run sent its requests to.

use glomers_history::Cluster;
use glomers_results::RunRecord;

/// The nodes and the number of workers of a recorded run. If either is unknown, no process is
/// mapped to a node; unknown nodes count as a single one.
pub(crate) fn of(record: &RunRecord) -> Cluster {
    let names = || {
        let names = record.plan.get("nodes")?.as_array()?.iter();
        names.map(|name| name.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
    };
    let workers = record.plan.get("concurrency").and_then(serde_json::Value::as_u64);
    names().map_or_else(Cluster::default, |names| Cluster::new(names, workers.unwrap_or(0)))
}

/// A cluster of `count` nodes with Maelstrom's default names.
pub(crate) fn of_count(count: u16) -> Cluster {
    Cluster::new((0..count).map(|node| format!("n{node}")).collect(), 0)
}
