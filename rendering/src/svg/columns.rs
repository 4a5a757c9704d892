//! The columns of a diagram: nodes in their order, then services. Clients have none.

use glomers_timeline::{Participant, Role, Timeline};

/// Up to this number of nodes, those without a message have a column too.
const ALL_NODES: usize = 30;
/// Distances between columns in pixels: for few of them, and for many.
const WIDE: f64 = 210.0;
const NARROW: f64 = 104.0;
/// The width that columns share until they are at the narrowest.
const SHARED: f64 = 1400.0;

/// The columns.
pub(super) struct Columns {
    /// Name of each.
    pub(super) names: Vec<String>,
    /// The node that each is of.
    pub(super) nodes: Vec<Option<usize>>,
    /// The distance between two, in pixels.
    pub(super) distance: f64,
    /// By participant: its column.
    column_of: Vec<Option<usize>>,
}

impl Columns {
    /// The columns for these messages.
    pub(super) fn new(timeline: &Timeline<'_>, positions: &[usize]) -> Self {
        let participants = timeline.participants();
        let mut is_used = vec![false; participants.len()];
        for position in positions {
            let message = &timeline.messages()[*position];
            is_used[message.src] = true;
            is_used[message.dest] = true;
        }
        let (mut names, mut nodes) = (Vec::new(), Vec::new());
        let mut column_of = vec![None; participants.len()];
        let are_few = timeline.nodes().len() <= ALL_NODES;
        for (node, name) in timeline.nodes().iter().enumerate() {
            let participant = participants.iter().position(|it| it.role == Role::Node(node));
            if are_few || participant.is_some_and(|it| is_used[it]) {
                if let Some(participant) = participant {
                    column_of[participant] = Some(names.len());
                }
                names.push(name.clone());
                nodes.push(Some(node));
            }
        }
        for (position, Participant { name, role }) in participants.iter().enumerate() {
            if *role == Role::Service && is_used[position] {
                column_of[position] = Some(names.len());
                names.push(name.to_string());
                nodes.push(None);
            }
        }
        let distance = (SHARED / (names.len().max(1) as f64)).clamp(NARROW, WIDE);
        Self { names, nodes, distance, column_of }
    }

    /// The column of a participant; `None` for a client.
    pub(super) fn of(&self, participant: usize) -> Option<usize> {
        self.column_of[participant]
    }
}
