//! Faults in a file: one flat object for each, with the fields that its kind has.

use super::{InjectedFault, PlannedFault};
use crate::message::NodeIndex;
use crate::network::Grudge;
use glomers_config::{Fault, PartitionShape};
use serde::{Deserialize, Serialize};

/// A fault as it is written, in the order of the fields.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct FaultRecord {
    from: u64,
    until: u64,
    /// The kind of fault.
    fault: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    shape: Option<String>,
    /// As pairs, since numbers cannot be keys in JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    cut: Option<Vec<(NodeIndex, Vec<NodeIndex>)>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mean_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    factor: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<NodeIndex>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate: Option<f64>,
}

/// Why a fault in a file is none.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum FaultRecordError {
    #[error("missing field `{0}`")]
    Missing(&'static str),
    #[error(transparent)]
    Name(#[from] glomers_config::ParseValueError),
}

impl From<PlannedFault> for FaultRecord {
    fn from(planned: PlannedFault) -> Self {
        let PlannedFault { from, until, injected } = planned;
        let fault = injected.fault().name().to_owned();
        let base = Self { from, until, fault, ..Self::default() };
        match injected {
            InjectedFault::Partition { shape, cut } => {
                let cut =
                    cut.into_iter().map(|(dest, sources)| (dest, sources.into_iter().collect()));
                Self { shape: Some(shape.name().to_owned()), cut: Some(cut.collect()), ..base }
            }
            InjectedFault::Loss { probability } | InjectedFault::Duplicate { probability } => {
                Self { probability: Some(probability), ..base }
            }
            InjectedFault::Reorder { mean_ms } => Self { mean_ms: Some(mean_ms), ..base },
            InjectedFault::Slow { factor } => Self { factor: Some(factor), ..base },
            InjectedFault::Kill { node } | InjectedFault::Pause { node } => {
                Self { node: Some(node), ..base }
            }
            InjectedFault::Skew { node, rate } => {
                Self { node: Some(node), rate: Some(rate), ..base }
            }
        }
    }
}

impl TryFrom<FaultRecord> for PlannedFault {
    type Error = FaultRecordError;

    fn try_from(record: FaultRecord) -> Result<Self, FaultRecordError> {
        let FaultRecord { from, until, fault, shape, cut, probability, .. } = record;
        let FaultRecord { mean_ms, factor, node, rate, .. } = record;
        let probability = || needed("probability", probability);
        let node = || needed("node", node);
        let injected = match fault.parse::<Fault>()? {
            Fault::Partition => {
                let shape = needed("shape", shape)?.parse::<PartitionShape>()?;
                let cut = needed("cut", cut)?.into_iter();
                let cut: Grudge =
                    cut.map(|(dest, sources)| (dest, sources.into_iter().collect())).collect();
                InjectedFault::Partition { shape, cut }
            }
            Fault::Loss => InjectedFault::Loss { probability: probability()? },
            Fault::Duplicate => InjectedFault::Duplicate { probability: probability()? },
            Fault::Reorder => InjectedFault::Reorder { mean_ms: needed("mean_ms", mean_ms)? },
            Fault::Slow => InjectedFault::Slow { factor: needed("factor", factor)? },
            Fault::Kill => InjectedFault::Kill { node: node()? },
            Fault::Pause => InjectedFault::Pause { node: node()? },
            Fault::Skew => InjectedFault::Skew { node: node()?, rate: needed("rate", rate)? },
        };
        Ok(Self { from, until, injected })
    }
}

fn needed<T>(name: &'static str, value: Option<T>) -> Result<T, FaultRecordError> {
    value.ok_or(FaultRecordError::Missing(name))
}
