//! A directed graph without labels, its strongly connected components, and shortest cycles in one.

use std::collections::VecDeque;

/// Not visited yet.
const UNSEEN: u32 = u32::MAX;

/// Edges by the node that they start from.
#[derive(Debug)]
pub(super) struct Graph {
    /// Index of each node's first edge; one more entry than there are nodes.
    starts: Vec<usize>,
    targets: Vec<u32>,
}

impl Graph {
    pub(super) fn new(node_count: usize, edges: &[(u32, u32)]) -> Self {
        let mut starts = vec![0; node_count + 1];
        for (from, _) in edges {
            starts[*from as usize + 1] += 1;
        }
        for node in 0..node_count {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let mut targets = vec![0; edges.len()];
        for (from, to) in edges {
            let next = &mut next[*from as usize];
            targets[*next] = *to;
            *next += 1;
        }
        Self { starts, targets }
    }

    fn out(&self, node: u32) -> &[u32] {
        &self.targets[self.starts[node as usize]..self.starts[node as usize + 1]]
    }

    /// Components of more than one node (Tarjan's algorithm, with an explicit stack), each sorted.
    pub(super) fn components(&self) -> Vec<Vec<u32>> {
        let node_count = self.starts.len() - 1;
        let mut components = Vec::new();
        let mut indices = vec![UNSEEN; node_count];
        // The lowest index that a node reaches; UNSEEN again when its component is complete.
        let mut lowest = vec![UNSEEN; node_count];
        let mut next_index = 0;
        let mut open: Vec<u32> = Vec::new();
        // Nodes on the current path, and how many of their edges were followed.
        let mut path: Vec<(u32, usize)> = Vec::new();
        for (root, _) in (0_u32..).zip(0..node_count) {
            if indices[root as usize] != UNSEEN {
                continue;
            }
            path.push((root, 0));
            while let Some((node, followed)) = path.last_mut() {
                let position = *node as usize;
                if *followed == 0 && indices[position] == UNSEEN {
                    indices[position] = next_index;
                    lowest[position] = next_index;
                    next_index += 1;
                    open.push(*node);
                }
                if let Some(target) = self.out(*node).get(*followed) {
                    *followed += 1;
                    if indices[*target as usize] == UNSEEN {
                        path.push((*target, 0));
                    } else if lowest[*target as usize] != UNSEEN {
                        lowest[position] = lowest[position].min(indices[*target as usize]);
                    }
                    continue;
                }
                let node = *node;
                path.pop();
                if let Some((parent, _)) = path.last() {
                    let parent = *parent as usize;
                    lowest[parent] = lowest[parent].min(lowest[position]);
                }
                if lowest[position] == indices[position] {
                    let start = open.iter().rposition(|open| *open == node).unwrap_or(0);
                    let mut component = open.split_off(start);
                    for node in &component {
                        lowest[*node as usize] = UNSEEN;
                    }
                    if component.len() > 1 {
                        component.sort_unstable();
                        components.push(component);
                    }
                }
            }
        }
        components.sort_unstable();
        components
    }

    /// A shortest cycle through `start` within the nodes that `within` accepts, if it has fewer
    /// than `limit` steps: its nodes, beginning with `start`. Only steps to nodes below `counted`
    /// count, and only those nodes are listed.
    pub(super) fn cycle(
        &self,
        start: u32,
        counted: u32,
        limit: usize,
        search: &mut Search,
        within: impl Fn(u32) -> bool,
    ) -> Option<Vec<u32>> {
        search.begin(self.starts.len() - 1);
        let mut queue = VecDeque::from([(start, 0)]);
        while let Some((node, steps)) = queue.pop_front() {
            for target in self.out(node) {
                if *target == start && steps + 1 < limit {
                    return Some(search.path(start, node, counted));
                }
                let cost = usize::from(*target < counted);
                if steps + cost + 1 >= limit || !within(*target) || search.is_known(*target) {
                    continue;
                }
                search.reach(*target, node);
                // Steps that do not count come first.
                if cost == 0 {
                    queue.push_front((*target, steps));
                } else {
                    queue.push_back((*target, steps + 1));
                }
            }
        }
        None
    }
}

/// How a search for a cycle reached each node; reused by the next search.
#[derive(Debug, Default)]
pub(super) struct Search {
    /// The number of the last search that reached the node, and the node before it.
    reached: Vec<(u32, u32)>,
    number: u32,
}

impl Search {
    fn begin(&mut self, node_count: usize) {
        self.reached.resize(node_count, (0, 0));
        self.number += 1;
    }

    fn is_known(&self, node: u32) -> bool {
        self.reached[node as usize].0 == self.number
    }

    fn reach(&mut self, node: u32, before: u32) {
        self.reached[node as usize] = (self.number, before);
    }

    fn path(&self, start: u32, last: u32, counted: u32) -> Vec<u32> {
        let mut path = Vec::new();
        let mut node = last;
        while node != start {
            if node < counted {
                path.push(node);
            }
            node = self.reached[node as usize].1;
        }
        path.push(start);
        path.reverse();
        path
    }
}
