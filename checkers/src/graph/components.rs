//! Strongly connected components in linear time, without recursion.
//!
//! Pearce's variant of Tarjan's algorithm ("A space-efficient algorithm for finding strongly
//! connected components", 2016): one number per node, and one stack.

use super::Rows;
use crate::number::number;
use std::ops::Range;

/// The component of each node. They are numbered in topological order: an edge leads to the same
/// number or a higher one. Not every number is used.
#[derive(Debug)]
pub(crate) struct Components {
    numbers: Vec<u32>,
}

impl Components {
    /// Finds the components.
    pub(crate) fn of(rows: &impl Rows) -> Self {
        let nodes = rows.node_count();
        // 0: not seen yet. While a node is open: the lowest index known to be reachable from it.
        // Then: its component, counted down from the highest, so that it is above all open indices.
        let mut numbers = vec![0_u32; nodes];
        let mut stack: Vec<u32> = Vec::new();
        let mut path: Vec<Visit> = Vec::new();
        let mut index = 1;
        let mut component = u32::try_from(nodes).unwrap_or(u32::MAX);
        for start in 0..number(nodes) {
            if numbers[start as usize] != 0 {
                continue;
            }
            path.push(Visit::new(rows, start, &mut numbers, &mut index));
            while let Some(visit) = path.last_mut() {
                if let Some(edge) = visit.edges.next() {
                    let Some(next) = rows.target(edge) else { continue };
                    let number = numbers[next as usize];
                    if number == 0 {
                        let visit = Visit::new(rows, next, &mut numbers, &mut index);
                        path.push(visit);
                    } else if number < numbers[visit.node as usize] {
                        numbers[visit.node as usize] = number;
                        visit.is_root = false;
                    }
                    continue;
                }
                let Visit { node, is_root, .. } = *visit;
                path.pop();
                let number = numbers[node as usize];
                if is_root {
                    index -= 1;
                    while let Some(top) = stack.pop_if(|top| number <= numbers[*top as usize]) {
                        numbers[top as usize] = component;
                        index -= 1;
                    }
                    numbers[node as usize] = component;
                    component -= 1;
                } else {
                    stack.push(node);
                }
                if let Some(parent) = path.last_mut() {
                    let number = numbers[node as usize];
                    if number < numbers[parent.node as usize] {
                        numbers[parent.node as usize] = number;
                        parent.is_root = false;
                    }
                }
            }
        }
        Self { numbers }
    }

    /// The component's number.
    pub(crate) fn number(&self, node: u32) -> u32 {
        self.numbers[node as usize]
    }

    /// The components with at least two nodes that satisfy `counts`, each as these nodes,
    /// ascending; ordered by their first node.
    pub(crate) fn groups(&self, counts: impl Fn(u32) -> bool) -> Vec<Vec<u32>> {
        let nodes = || (0..number(self.numbers.len())).filter(|node| counts(*node));
        let mut sizes = vec![0_u32; self.numbers.len() + 1];
        nodes().for_each(|node| sizes[self.number(node) as usize] += 1);
        // From here on the index of the group, plus one.
        let mut groups: Vec<Vec<u32>> = Vec::new();
        let mut positions = vec![0_u32; sizes.len()];
        for node in nodes() {
            let component = self.number(node) as usize;
            if sizes[component] < 2 {
                continue;
            }
            if positions[component] == 0 {
                groups.push(Vec::with_capacity(sizes[component] as usize));
                positions[component] = number(groups.len());
            }
            groups[positions[component] as usize - 1].push(node);
        }
        groups
    }
}

/// A node whose edges are being followed.
#[derive(Debug)]
struct Visit {
    node: u32,
    edges: Range<u32>,
    is_root: bool,
}

impl Visit {
    fn new(rows: &impl Rows, node: u32, numbers: &mut [u32], index: &mut u32) -> Self {
        numbers[node as usize] = *index;
        *index += 1;
        Self { node, edges: rows.row(node), is_root: true }
    }
}

#[cfg(test)]
mod tests;
