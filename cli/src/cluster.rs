//! Which node each process of a recorded run asked.

use glomers_checkers::Cluster;
use glomers_results::RunRecord;

/// The nodes of a recorded run, and how many workers asked them. Without either, no node is named,
/// and a single one never has to talk to others.
pub(crate) fn of(record: &RunRecord) -> Cluster {
    let names = || {
        let names = record.plan.get("nodes")?.as_array()?.iter();
        names.map(|name| name.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
    };
    let workers = record.plan.get("concurrency").and_then(serde_json::Value::as_u64);
    names().map_or_else(Cluster::default, |names| Cluster::new(names, workers.unwrap_or(0)))
}

/// That many nodes, with names as Maelstrom gives them, of which only the number is known.
pub(crate) fn of_count(count: u16) -> Cluster {
    Cluster::new((0..count).map(|node| format!("n{node}")).collect(), 0)
}

/// Whether a line names processes, so that a legend helps.
pub(crate) fn names_processes(line: &str) -> bool {
    line.contains("process ")
}
