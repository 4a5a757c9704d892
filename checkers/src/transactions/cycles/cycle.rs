//! A cycle of transactions, and its name.

use crate::transactions::dependency_graph::Edge;
use crate::transactions::models::Anomaly;

/// One transaction of a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    /// Its number.
    pub(crate) txn: u32,
    /// Why it comes before the next one; the last comes before the first.
    pub(crate) edge: Edge,
}

/// Transactions each of which comes before the next, and the last before the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cycle {
    /// The name of the cycle.
    pub(crate) anomaly: Anomaly,
    /// Begins with the lowest number.
    pub(crate) steps: Vec<Step>,
}

impl Cycle {
    /// The cycle through these transactions; `None` if process or time order alone forms the cycle,
    /// which only wrong times can cause.
    pub(super) fn through(mut steps: Vec<Step>) -> Option<Self> {
        let anomaly = classify(&steps)?;
        let lowest = (0..steps.len()).min_by_key(|position| steps[*position].txn)?;
        steps.rotate_left(lowest);
        Some(Self { anomaly, steps })
    }
}

/// The name of a cycle with these edges, each of which counts as one kind.
pub(super) fn classify(steps: &[Step]) -> Option<Anomaly> {
    let count = |edge| steps.iter().filter(|step| step.edge == edge).count();
    let is_rw = |position: usize| steps[position % steps.len()].edge == Edge::Rw;
    let is_adjacent = (0..steps.len()).any(|position| is_rw(position) && is_rw(position + 1));
    let [plain, process, realtime] = match count(Edge::Rw) {
        0 if count(Edge::Wr) > 0 => KINDS[1],
        0 if count(Edge::Ww) > 0 => KINDS[0],
        0 => return None,
        1 => KINDS[2],
        _ if is_adjacent => KINDS[4],
        _ => KINDS[3],
    };
    Some(match (count(Edge::Process), count(Edge::Realtime)) {
        (0, 0) => plain,
        (_, 0) => process,
        _ => realtime,
    })
}

/// Each kind of cycle: of data alone, with the order of processes, with that of time.
pub(super) const KINDS: [[Anomaly; 3]; 5] = [
    [Anomaly::G0, Anomaly::G0Process, Anomaly::G0Realtime],
    [Anomaly::G1c, Anomaly::G1cProcess, Anomaly::G1cRealtime],
    [Anomaly::GSingleItem, Anomaly::GSingleItemProcess, Anomaly::GSingleItemRealtime],
    [
        Anomaly::GNonadjacentItem,
        Anomaly::GNonadjacentItemProcess,
        Anomaly::GNonadjacentItemRealtime,
    ],
    [Anomaly::G2Item, Anomaly::G2ItemProcess, Anomaly::G2ItemRealtime],
];
