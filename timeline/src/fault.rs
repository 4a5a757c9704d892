//! The actions of the nemesis, read from the history: its own entries, ours and the reference's.

use glomers_history::{Function, Operation, Process, Value};
use std::collections::{BTreeMap, BTreeSet};

/// For each receiver, the nodes whose messages it does not get.
pub type Cut = BTreeMap<usize, BTreeSet<usize>>;

/// A fault, in ns since the test began.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// When it began.
    pub from: i64,
    /// When it ended; `None` if it lasted until the end of the run.
    pub until: Option<i64>,
    /// What it did.
    pub kind: FaultKind,
}

/// What a fault does. Nodes are given by their position in the list of nodes.
#[derive(Debug, Clone, PartialEq)]
pub enum FaultKind {
    /// Links are cut.
    Partition(Cut),
    /// Messages between nodes are lost, with this probability.
    Loss(f64),
    /// Messages between nodes arrive twice, with this probability.
    Duplicate(f64),
    /// Messages between nodes take an extra random time, of this mean in ms.
    Reorder(i64),
    /// Messages between nodes take longer, by this factor.
    Slow(f64),
    /// A node is killed, and started again when the fault ends.
    Kill(usize),
    /// A node stands still.
    Pause(usize),
    /// A node's clock runs at this rate, in seconds per second.
    Skew {
        /// The node.
        node: usize,
        /// The rate.
        rate: f64,
    },
    /// A fault of another engine or version, by its name.
    Other(String),
}

impl Fault {
    /// Whether it was active at some moment between these, the ends included.
    #[must_use]
    pub fn overlaps(&self, from: i64, until: i64) -> bool {
        self.from <= until && self.until.is_none_or(|end| from <= end)
    }

    /// Whether it affects a node in particular.
    #[must_use]
    pub fn concerns(&self, node: usize) -> bool {
        match &self.kind {
            FaultKind::Partition(cut) => {
                cut.iter().any(|(dest, sources)| *dest == node || sources.contains(&node))
            }
            FaultKind::Kill(hit) | FaultKind::Pause(hit) | FaultKind::Skew { node: hit, .. } => {
                *hit == node
            }
            _ => true,
        }
    }
}

impl FaultKind {
    /// The name that the fault has as a setting.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Partition(_) => "partition",
            Self::Loss(_) => "loss",
            Self::Duplicate(_) => "duplicate",
            Self::Reorder(_) => "reorder",
            Self::Slow(_) => "slow",
            Self::Kill(_) => "kill",
            Self::Pause(_) => "pause",
            Self::Skew { .. } => "skew",
            Self::Other(name) => name,
        }
    }
}

/// All faults of a history, in the order in which they began.
pub(crate) fn faults<'a>(
    entries: impl IntoIterator<Item = &'a Operation>,
    nodes: &[String],
) -> Vec<Fault> {
    let mut found = Found { nodes, faults: Vec::new(), requests: BTreeMap::new() };
    for entry in entries.into_iter().filter(|entry| entry.process == Process::Nemesis) {
        found.entry(entry);
    }
    found.faults
}

/// The faults so far.
struct Found<'a> {
    nodes: &'a [String],
    faults: Vec<Fault>,
    /// By function: the value of a request whose outcome has not come yet.
    requests: BTreeMap<String, &'a Value>,
}

impl<'a> Found<'a> {
    /// Each action is two entries of the same function: the request, and its outcome.
    fn entry(&mut self, entry: &'a Operation) {
        let f = entry.f.name();
        let Some(request) = self.requests.remove(f) else {
            self.requests.insert(f.to_owned(), &entry.value);
            return;
        };
        let (time, outcome) = (entry.time, &entry.value);
        match &entry.f {
            Function::StartPartition => self.begin(time, FaultKind::Partition(self.cut(outcome))),
            Function::StopPartition => {
                self.end(time, |kind| matches!(kind, FaultKind::Partition(_)));
            }
            _ => match f {
                "kill" => {
                    self.each(outcome).for_each(|node| self.begin(time, FaultKind::Kill(node)));
                }
                "pause" => {
                    self.each(outcome).for_each(|node| self.begin(time, FaultKind::Pause(node)));
                }
                "start" => self.end(time, |kind| matches!(kind, FaultKind::Kill(_))),
                "resume" => self.end(time, |kind| matches!(kind, FaultKind::Pause(_))),
                _ => match (f.strip_prefix("start-"), f.strip_prefix("stop-")) {
                    (Some(name), _) => self.begin_named(time, name, request),
                    (_, Some(name)) => self.end(time, |kind| kind.name() == name),
                    _ => {}
                },
            },
        }
    }

    fn begin(&mut self, from: i64, kind: FaultKind) {
        self.faults.push(Fault { from, until: None, kind });
    }

    fn begin_named(&mut self, time: i64, name: &str, request: &Value) {
        let other = || FaultKind::Other(name.to_owned());
        let kind = match name {
            "loss" => number(request).map(FaultKind::Loss),
            "duplicate" => number(request).map(FaultKind::Duplicate),
            "reorder" => request.as_int().map(FaultKind::Reorder),
            "slow" => number(request).map(FaultKind::Slow),
            "skew" => self.skew(request),
            _ => None,
        };
        self.begin(time, kind.unwrap_or_else(other));
    }

    fn end(&mut self, time: i64, is_it: impl Fn(&FaultKind) -> bool) {
        let open = |fault: &&mut Fault| fault.until.is_none() && is_it(&fault.kind);
        self.faults.iter_mut().filter(open).for_each(|fault| fault.until = Some(time));
    }

    fn node(&self, name: &Value) -> Option<usize> {
        let Value::Str(name) = name else { return None };
        self.nodes.iter().position(|node| node == name)
    }

    /// The nodes of an outcome: `{"n0" :killed}`.
    fn each(&self, outcome: &Value) -> std::vec::IntoIter<usize> {
        let Value::Map(entries) = outcome else { return Vec::new().into_iter() };
        let nodes: Vec<usize> = entries.iter().filter_map(|(name, _)| self.node(name)).collect();
        nodes.into_iter()
    }

    /// The links of an outcome: `[:isolated {"n1" #{"n0"}}]`.
    fn cut(&self, outcome: &Value) -> Cut {
        let links = outcome.elements().and_then(|parts| parts.get(1));
        let Some(Value::Map(entries)) = links else { return Cut::new() };
        let link = |(dest, sources): &(Value, Value)| {
            let mut unheard = BTreeSet::new();
            sources.each_element(|source| unheard.extend(self.node(source)));
            Some((self.node(dest)?, unheard))
        };
        entries.iter().filter_map(link).collect()
    }

    /// The clock of a request: `{"n0" 1.25}`.
    fn skew(&self, request: &Value) -> Option<FaultKind> {
        let Value::Map(entries) = request else { return None };
        let (name, rate) = entries.first()?;
        Some(FaultKind::Skew { node: self.node(name)?, rate: number(rate)? })
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Float(number) => Some(*number),
        Value::Int(number) => Some(*number as f64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glomers_history::read_history;

    fn read(text: &str) -> Vec<Fault> {
        let history = read_history(text.as_bytes()).unwrap();
        let nodes = ["n0", "n1", "n2"].map(str::to_owned);
        faults(history.operations(), &nodes)
    }

    #[test]
    fn each_fault_is_read_with_its_nodes() {
        let faults = read(
            r#"{:time 1, :type :info, :process :nemesis, :f :start-partition, :value :one}
{:time 2, :type :info, :process :nemesis, :f :start-partition, :value [:isolated {"n0" #{"n2" "n1"}, "n9" #{"n1"}}]}
{:time 3, :type :info, :process :nemesis, :f :kill, :value ["n1" "n2"]}
{:time 3, :type :info, :process :nemesis, :f :kill, :value {"n1" :killed, "n2" :killed}}
{:time 4, :type :info, :process :nemesis, :f :stop-partition, :value nil}
{:time 5, :type :info, :process :nemesis, :f :stop-partition, :value :network-healed}
{:time 6, :type :info, :process :nemesis, :f :start, :value nil}
{:time 6, :type :info, :process :nemesis, :f :start, :value {"n1" :started, "n2" :started}}
{:time 7, :type :info, :process :nemesis, :f :start-skew, :value {"n1" 1.25}}
{:time 7, :type :info, :process :nemesis, :f :start-skew, :value :started}
{:time 8, :type :info, :process :nemesis, :f :start-earthquake, :value 3}
{:time 8, :type :info, :process :nemesis, :f :start-earthquake, :value :started}
"#,
        );
        let cut = Cut::from([(0, BTreeSet::from([1, 2]))]);
        let fault = |from, until, kind| Fault { from, until, kind };
        assert_eq!(
            faults,
            [
                fault(2, Some(5), FaultKind::Partition(cut)),
                fault(3, Some(6), FaultKind::Kill(1)),
                fault(3, Some(6), FaultKind::Kill(2)),
                fault(7, None, FaultKind::Skew { node: 1, rate: 1.25 }),
                fault(8, None, FaultKind::Other("earthquake".to_owned())),
            ]
        );
    }

    #[test]
    fn a_fault_is_active_from_its_beginning_to_its_end() {
        let fault = Fault { from: 5, until: Some(9), kind: FaultKind::Kill(0) };
        let active = |from, until| fault.overlaps(from, until);
        assert_eq!(
            [active(0, 4), active(0, 5), active(9, 20), active(10, 20)],
            [false, true, true, false]
        );
        assert!(Fault { until: None, ..fault.clone() }.overlaps(100, 100));
        assert_eq!([fault.concerns(0), fault.concerns(1)], [true, false]);
    }
}
