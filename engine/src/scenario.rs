//! A scenario: what clients and the nemesis do in a run, spelled out instead of drawn. Whoever cuts
//! pieces out of it, and runs it again, finds out what a failure needs.

use crate::message::NodeIndex;
use crate::network::Grudge;
use glomers_config::{Fault, PartitionShape};
use glomers_history::{Function, Value, print_value, read_value};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use smol_str::SmolStr;

/// Everything that happens to the nodes of a run, apart from what they do to each other.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Scenario {
    /// Operations of the load, in the order of their times.
    pub operations: Vec<PlannedOperation>,
    /// Operations after the recovery wait, in the order of their times.
    pub final_operations: Vec<PlannedOperation>,
    /// Faults, in the order in which they begin.
    pub faults: Vec<PlannedFault>,
    /// Nanoseconds after which the load ends, if all its operations have begun by then. Without it,
    /// the load ends with the plan's time limit, which ends it in any case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_end: Option<u64>,
}

/// An operation of one worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedOperation {
    /// Nanoseconds since the load began, or the final operations.
    pub at: u64,
    /// Which worker; it talks to the node of that number, modulo their count.
    pub worker: u32,
    /// What it does.
    #[serde(serialize_with = "write_function", deserialize_with = "read_function")]
    pub f: Function,
    /// With what.
    #[serde(serialize_with = "write_edn", deserialize_with = "read_edn")]
    pub value: Value,
    /// Whether the history calls it final.
    #[serde(default, rename = "final")]
    pub is_final: bool,
    /// More keys of its entries in the history.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        serialize_with = "write_entries",
        deserialize_with = "read_entries"
    )]
    pub other: Vec<(SmolStr, Value)>,
}

/// A fault that lasts for a while.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedFault {
    /// Nanoseconds from the begin of the load to that of the fault.
    pub from: u64,
    /// Nanoseconds from the begin of the load to the end of the fault; [`NEVER_ENDED`] if it lasts
    /// to the end. What lasts longer than the load ends before the recovery wait, if there is one.
    pub until: u64,
    /// What it is.
    #[serde(flatten)]
    pub disturbance: Disturbance,
}

/// When a fault ends that does not.
pub const NEVER_ENDED: u64 = u64::MAX;

/// What the nemesis does. Nodes are told by their places in the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "fault")]
pub enum Disturbance {
    /// Cuts links.
    Partition {
        /// As what they were drawn.
        #[serde(serialize_with = "write_shape", deserialize_with = "read_shape")]
        shape: PartitionShape,
        /// By receiver, the nodes whose messages it drops.
        #[serde(serialize_with = "write_cut", deserialize_with = "read_cut")]
        cut: Grudge,
    },
    /// Loses messages between nodes.
    Loss {
        /// With this probability.
        probability: f64,
    },
    /// Delivers messages between nodes twice.
    Duplicate {
        /// With this probability.
        probability: f64,
    },
    /// Delays messages between nodes, each for a time of its own.
    Reorder {
        /// Mean of that time, in ms.
        mean_ms: u64,
    },
    /// Slows messages between nodes down.
    Slow {
        /// Factor of their latency.
        factor: f64,
    },
    /// Ends a node without warning, and starts it again in the end.
    Kill {
        /// Which one.
        node: NodeIndex,
    },
    /// Stops a node, which then goes on as if nothing was.
    Pause {
        /// Which one.
        node: NodeIndex,
    },
    /// Lets a node's clock run too fast or too slow.
    Skew {
        /// Which one.
        node: NodeIndex,
        /// Seconds of its clock in one second.
        rate: f64,
    },
}

impl Disturbance {
    /// Its kind.
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

    /// The node that it is about, if it is about one.
    #[must_use]
    pub fn node(&self) -> Option<NodeIndex> {
        match self {
            Self::Kill { node } | Self::Pause { node } | Self::Skew { node, .. } => Some(*node),
            _ => None,
        }
    }

    /// What begins, in a few words.
    #[must_use]
    pub fn told(&self, names: &[String]) -> String {
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

fn edn_text(value: &Value) -> String {
    let mut text = Vec::new();
    print_value(value, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

fn write_edn<S: Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    edn_text(value).serialize(serializer)
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

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn write_shape<S: Serializer>(shape: &PartitionShape, serializer: S) -> Result<S::Ok, S::Error> {
    shape.name().serialize(serializer)
}

fn read_shape<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PartitionShape, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
}

/// As pairs: numbers are no keys in JSON.
fn write_cut<S: Serializer>(cut: &Grudge, serializer: S) -> Result<S::Ok, S::Error> {
    cut.iter().collect::<Vec<_>>().serialize(serializer)
}

fn read_cut<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Grudge, D::Error> {
    Ok(Vec::deserialize(deserializer)?.into_iter().collect())
}

/// As an EDN map.
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
        let fault = |disturbance| PlannedFault { from: 0, until: 9, disturbance };
        let scenario = Scenario {
            operations: vec![operation],
            final_operations: vec![last],
            faults: [
                Disturbance::Partition {
                    shape: PartitionShape::OneWay,
                    cut: Grudge::from([(0, [1, 2].into())]),
                },
                Disturbance::Loss { probability: 0.05 },
                Disturbance::Duplicate { probability: 1.0 },
                Disturbance::Reorder { mean_ms: 100 },
                Disturbance::Slow { factor: 10.0 },
                Disturbance::Kill { node: 1 },
                Disturbance::Pause { node: 2 },
                Disturbance::Skew { node: 3, rate: 1.25 },
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
