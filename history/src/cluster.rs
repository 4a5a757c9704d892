//! The nodes of a run, and which of them each process talked to.

use crate::Process;

/// Maximum number of processes that a legend names.
const NAMED: u64 = 8;

/// The nodes of a run and the number of its workers; empty if only a history is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cluster {
    nodes: Vec<String>,
    workers: u64,
}

impl Cluster {
    /// A cluster of these nodes, with this number of workers.
    #[must_use]
    pub fn new(nodes: Vec<String>, workers: u64) -> Self {
        Self { nodes, workers }
    }

    /// Names of the nodes.
    #[must_use]
    pub fn nodes(&self) -> &[String] {
        &self.nodes
    }

    /// Number of nodes; at least one.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.nodes.len().max(1)
    }

    /// Name of the node that a process talks to: workers are assigned to nodes round-robin, and the
    /// process that replaces a crashed one has the old number plus the number of workers. `None` if
    /// that is not known.
    #[must_use]
    pub fn node_of(&self, process: Process) -> Option<&str> {
        let Process::Client(process) = process else { return None };
        let nodes = u64::try_from(self.nodes.len()).ok()?;
        let worker = process.checked_rem(self.workers)?;
        let node = usize::try_from(worker.checked_rem(nodes)?).ok()?;
        self.nodes.get(node).map(String::as_str)
    }

    /// A line with the node of each process; `None` for a single node, or if that is not known.
    #[must_use]
    pub fn legend(&self) -> Option<String> {
        if self.nodes.len() < 2 || self.workers == 0 {
            return None;
        }
        let workers = self.workers;
        let after =
            format!("after an operation of unknown outcome a process continues as {workers} more");
        if workers > NAMED {
            let (first, count) = (self.nodes.first()?, self.nodes.len());
            return Some(format!(
                "processes: p asked node p mod {workers} mod {count}, where {first} is 0 ({after})"
            ));
        }
        let asked = (0..workers).map(|process| {
            let node = self.node_of(Process::Client(process)).unwrap_or_default();
            format!("{process} asked {node}")
        });
        Some(format!("processes: {} ({after})", asked.collect::<Vec<_>>().join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_talk_to_the_nodes_in_turn() {
        let cluster = Cluster::new(vec!["a".to_owned(), "b".to_owned(), "c".to_owned()], 6);
        let nodes: Vec<_> = [0, 1, 2, 4, 6, 7, 11]
            .map(|process| cluster.node_of(Process::Client(process)))
            .into_iter()
            .flatten()
            .collect();
        assert_eq!(nodes, ["a", "b", "c", "b", "a", "b", "c"]);
        assert_eq!(cluster.node_of(Process::Nemesis), None);
        assert_eq!(Cluster::default().node_of(Process::Client(3)), None);
        assert_eq!(Cluster::default().node_count(), 1);
        let legend = "processes: 0 asked a, 1 asked b, 2 asked c, 3 asked a, 4 asked b, 5 asked c \
                      (after an operation of unknown outcome a process continues as 6 more)";
        assert_eq!(cluster.legend().as_deref(), Some(legend));
        assert_eq!(Cluster::new(vec!["a".to_owned()], 6).legend(), None);
        assert_eq!(Cluster::default().legend(), None);
    }
}
