//! Anomalies and consistency models: what each implies, and so the models that a set of anomalies
//! rules out.

mod anomaly;
mod facts;
mod lattice;

pub(crate) use anomaly::{Anomaly, AnomalySet};
#[cfg(test)]
pub(crate) use facts::implied;
pub(crate) use lattice::{
    ModelSet, all_implied, all_stronger, anomalies_prohibited_by, boundary, impossible_models,
};
