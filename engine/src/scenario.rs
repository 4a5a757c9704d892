//! A scenario: the operations and faults of a run, listed explicitly instead of drawn. Running it
//! again with some of them removed shows which ones a failure needs.

mod fault_record;
mod recorded;

pub(crate) use recorded::{RecordedRun, recorded};

use crate::message::NodeIndex;
use crate::network::Grudge;
use fault_record::FaultRecord;
use glomers_config::{Fault, PartitionShape};
use glomers_history::{Function, Value, read_value};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use smol_str::SmolStr;

/// The input to the nodes of a run: all operations of clients and all faults.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Scenario {
    /// Operations of the load, ordered by time.
    pub operations: Vec<PlannedOperation>,
    /// Operations after the recovery wait, ordered by time.
    pub final_operations: Vec<PlannedOperation>,
    /// Faults, in the order in which they begin.
    pub faults: Vec<PlannedFault>,
    /// Nanoseconds after which the load ends, if all its operations have begun by then. If it is
    /// `None`, the load ends at the plan's time limit, which is the upper bound in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_end: Option<u64>,
}

/// An operation of one worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedOperation {
    /// Nanoseconds since the load began, or since the final operations began.
    pub at: u64,
    /// Number of the worker, which talks to the node with this number modulo the number of nodes.
    pub worker: u32,
    /// The function.
    #[serde(serialize_with = "write_function", deserialize_with = "read_function")]
    pub f: Function,
    /// The argument.
    #[serde(serialize_with = "write_edn", deserialize_with = "read_edn")]
    pub value: Value,
    /// Whether the history marks it as final.
    #[serde(default, rename = "final")]
    pub is_final: bool,
    /// Additional keys of its entries in the history.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        serialize_with = "write_entries",
        deserialize_with = "read_entries"
    )]
    pub other: Vec<(SmolStr, Value)>,
}

/// A fault with a beginning and an end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "FaultRecord", try_from = "FaultRecord")]
pub struct PlannedFault {
    /// Nanoseconds from the beginning of the load to that of the fault.
    pub from: u64,
    /// Nanoseconds from the beginning of the load to the end of the fault; [`NEVER_ENDED`] if it
    /// lasts until the end of the run. A fault that would outlast the load is ended before the
    /// recovery wait, if there is one.
    pub until: u64,
    /// The fault.
    pub injected: InjectedFault,
}

/// The end time of a fault that does not end.
pub const NEVER_ENDED: u64 = u64::MAX;

/// An action of the nemesis. Nodes are identified by their index in the plan.
#[derive(Debug, Clone, PartialEq)]
pub enum InjectedFault {
    /// Cuts links.
    Partition {
        /// The shape that it was drawn with.
        shape: PartitionShape,
        /// For each receiver, the nodes whose messages it drops.
        cut: Grudge,
    },
    /// Loses messages between nodes.
    Loss {
        /// Probability of a loss.
        probability: f64,
    },
    /// Delivers messages between nodes twice.
    Duplicate {
        /// Probability of a duplicate.
        probability: f64,
    },
    /// Delays messages between nodes, each by a separate random time.
    Reorder {
        /// Mean of that time, in ms.
        mean_ms: u64,
    },
    /// Slows messages between nodes down.
    Slow {
        /// Factor of the latencies.
        factor: f64,
    },
    /// Kills a node, and restarts it when the fault ends.
    Kill {
        /// The node.
        node: NodeIndex,
    },
    /// Suspends a node, and resumes it when the fault ends.
    Pause {
        /// The node.
        node: NodeIndex,
    },
    /// Makes a node's clock run too fast or too slowly.
    Skew {
        /// The node.
        node: NodeIndex,
        /// Seconds of the node's clock per second.
        rate: f64,
    },
}

impl InjectedFault {
    /// The kind of fault.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Partition { .. } => Fault::Partition,
            Self::Loss { .. } => Fault::Loss,
            Self::Duplicate { .. } => Fault::Duplicate,
            Self::Reorder { .. } => Fault::Reorder,
            Self::Slow { .. } => Fault::Slow,
            Self::Kill { .. } => Fault::Kill,
            Self::Pause { .. } => Fault::Pause,
            Self::Skew { .. } => Fault::Skew,
        }
    }

    /// The affected node, if the fault affects a single node.
    #[must_use]
    pub fn node(&self) -> Option<NodeIndex> {
        match self {
            Self::Kill { node } | Self::Pause { node } | Self::Skew { node, .. } => Some(*node),
            _ => None,
        }
    }

    /// A short description of the beginning of the fault.
    #[must_use]
    pub fn described(&self, names: &[String]) -> String {
        match self {
            Self::Partition { shape, .. } => format!("partition {shape}"),
            Self::Loss { probability } => format!("loss {probability}"),
            Self::Duplicate { probability } => format!("duplicate {probability}"),
            Self::Reorder { mean_ms } => format!("reorder {mean_ms} ms"),
            Self::Slow { factor } => format!("slow x{factor}"),
            Self::Kill { node } => format!("kill {}", names[*node]),
            Self::Pause { node } => format!("pause {}", names[*node]),
            Self::Skew { node, rate } => format!("skew {} x{rate:.2}", names[*node]),
        }
    }
}

fn write_edn<S: Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    value.to_string().serialize(serializer)
}

fn read_edn<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    read_value(&String::deserialize(deserializer)?).map_err(de::Error::custom)
}

fn write_function<S: Serializer>(f: &Function, serializer: S) -> Result<S::Ok, S::Error> {
    f.name().serialize(serializer)
}

fn read_function<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Function, D::Error> {
    Ok(Function::from_name(&String::deserialize(deserializer)?))
}

/// Written as an EDN map.
fn write_entries<S: Serializer>(
    entries: &[(SmolStr, Value)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let map = entries.iter().map(|(key, value)| (Value::keyword(key), value.clone())).collect();
    write_edn(&Value::Map(map), serializer)
}

fn read_entries<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<(SmolStr, Value)>, D::Error> {
    let Value::Map(entries) = read_edn(deserializer)? else {
        return Err(de::Error::custom("expected an EDN map"));
    };
    let name = |(key, value)| match key {
        Value::Keyword(name) => Ok((name, value)),
        _ => Err(de::Error::custom("expected keywords as keys")),
    };
    entries.into_iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The form of faults in the run.json of older runs, which must stay readable.
    const FAULTS: &str = concat!(
        r#"[{"from":0,"until":9,"fault":"partition","shape":"one-way","cut":[[0,[1,2]],[3,[0]]]},"#,
        r#"{"from":0,"until":9,"fault":"loss","probability":0.05},"#,
        r#"{"from":0,"until":9,"fault":"duplicate","probability":1.0},"#,
        r#"{"from":0,"until":9,"fault":"reorder","mean_ms":100},"#,
        r#"{"from":0,"until":9,"fault":"slow","factor":10.0},"#,
        r#"{"from":0,"until":9,"fault":"kill","node":1},"#,
        r#"{"from":0,"until":9,"fault":"pause","node":2},"#,
        r#"{"from":7,"until":18446744073709551615,"fault":"skew","node":3,"rate":0.8123456789012345}]"#,
    );

    #[test]
    fn faults_are_written_as_always() {
        let faults: Vec<PlannedFault> = serde_json::from_str(FAULTS).unwrap();
        assert_eq!(serde_json::to_string(&faults).unwrap(), FAULTS);
        assert_eq!(faults[0].injected.described(&[]), "partition one-way");
        let injected = InjectedFault::Skew { node: 3, rate: 0.812_345_678_901_234_5 };
        assert_eq!(faults[7], PlannedFault { from: 7, until: NEVER_ENDED, injected });
    }

    #[test]
    fn a_fault_that_lacks_something_is_refused() {
        for (fault, expected) in [
            (r#"{"from":0,"until":9,"fault":"kill"}"#, "missing field `node`"),
            (r#"{"from":0,"fault":"kill","node":1}"#, "missing field `until`"),
            (r#"{"from":0,"until":9,"node":1}"#, "missing field `fault`"),
            (r#"{"from":0,"until":9,"fault":"skew","node":1,"rate":"x"}"#, "expected f64"),
        ] {
            let error = serde_json::from_str::<PlannedFault>(fault).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn a_scenario_is_read_as_it_was_written() {
        let operation = PlannedOperation {
            at: 7,
            worker: 2,
            f: Function::Send,
            value: Value::Vector(vec![Value::keyword("send"), Value::str("9"), Value::Int(5)]),
            is_final: false,
            other: vec![("unseen".into(), Value::Map(vec![(Value::Int(1), Value::Nil)]))],
        };
        let last = PlannedOperation { is_final: true, other: Vec::new(), ..operation.clone() };
        let fault = |injected| PlannedFault { from: 0, until: 9, injected };
        let scenario = Scenario {
            operations: vec![operation],
            final_operations: vec![last],
            faults: [
                InjectedFault::Partition {
                    shape: PartitionShape::OneWay,
                    cut: Grudge::from([(0, [1, 2].into())]),
                },
                InjectedFault::Loss { probability: 0.05 },
                InjectedFault::Duplicate { probability: 1.0 },
                InjectedFault::Reorder { mean_ms: 100 },
                InjectedFault::Slow { factor: 10.0 },
                InjectedFault::Kill { node: 1 },
                InjectedFault::Pause { node: 2 },
                InjectedFault::Skew { node: 3, rate: 1.25 },
            ]
            .map(fault)
            .to_vec(),
            load_end: Some(11),
        };
        let text = serde_json::to_string(&scenario).unwrap();
        assert_eq!(serde_json::from_str::<Scenario>(&text).unwrap(), scenario);
        assert!(text.contains(r#"{"from":0,"until":9,"fault":"kill","node":1}"#), "{text}");
    }
}
