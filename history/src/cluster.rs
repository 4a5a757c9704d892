//! The nodes of a run, and which of them each process talked to.

use crate::Process;
use std::borrow::Cow;

/// How texts begin the number of a process.
const PROCESS: &str = "process ";

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

    /// A text for people in which each `process 3` is `n0 (process 3)`, as far as the nodes are known:
    /// people think of their nodes, and a history numbers processes.
    #[must_use]
    pub fn name_nodes<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut named = String::new();
        let mut rest = text;
        while let Some(position) = rest.find(PROCESS) {
            let (before, found) = rest.split_at(position);
            let digits = found[PROCESS.len()..].bytes().take_while(u8::is_ascii_digit).count();
            let (process, after) = found.split_at(PROCESS.len() + digits);
            let number = process[PROCESS.len()..].parse().ok().map(Process::Client);
            named += before;
            match number.and_then(|process| self.node_of(process)) {
                Some(node) if before.ends_with('(') => named.extend([node, ", ", process]),
                Some(node) => named.extend([node, " (", process, ")"]),
                None => named += process,
            }
            rest = after;
        }
        if named.is_empty() {
            return Cow::Borrowed(text);
        }
        named += rest;
        Cow::Owned(named)
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
        let text = "by process 4 at 1 s (process 7, entry 3), and the process of process x";
        assert_eq!(
            cluster.name_nodes(text),
            "by b (process 4) at 1 s (b, process 7, entry 3), and the process of process x"
        );
        assert_eq!(Cluster::default().name_nodes(text), text);
    }
}
