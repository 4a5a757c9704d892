//! A plan as JSON, written to and read from `run.json`.

use crate::metrics::json_number;
use glomers_config::{ConsistencyModel, Parameters, ParseValueError, Plan, Setting};
use indexmap::IndexMap;
use serde_json::Value;
use std::time::Duration;

/// A JSON object whose keys keep their order.
pub type JsonObject = IndexMap<String, Value>;

/// Every setting of a plan under the long name of its flag, in the order of the plan.
#[must_use]
pub fn plan_json(plan: &Plan) -> JsonObject {
    let seconds = |duration: Duration| json_number(duration.as_secs_f64());
    let entries: [(&str, Value); 37] = [
        ("workload", plan.workload.name().into()),
        ("node-count", plan.nodes.len().into()),
        ("nodes", plan.nodes.clone().into()),
        ("concurrency", plan.workers.into()),
        ("rate", json_number(plan.rate)),
        ("time-limit", seconds(plan.time_limit)),
        ("latency", plan.latency_ms.into()),
        ("latency-dist", plan.latency_distribution.name().into()),
        ("delivery", plan.delivery.name().into()),
        ("nemesis", plan.faults.to_string().into()),
        ("nemesis-interval", seconds(plan.nemesis_interval)),
        ("partition-shapes", plan.partition_shapes.to_string().into()),
        ("kill-targets", plan.kill_targets.to_string().into()),
        ("loss", json_number(plan.loss)),
        ("duplicate", json_number(plan.duplicate)),
        ("reorder", plan.reorder_ms.into()),
        ("slow", json_number(plan.slow)),
        ("skew", json_number(plan.skew)),
        ("topology", plan.topology.name().into()),
        ("availability", plan.availability.map(|availability| availability.to_string()).into()),
        ("consistency-models", ConsistencyModel::texts(&plan.consistency_models).into()),
        ("key-count", plan.key_count.into()),
        ("max-txn-length", plan.max_txn_length.into()),
        ("max-writes-per-key", plan.max_writes_per_key.into()),
        ("services", plan.services.name().into()),
        ("recovery", seconds(plan.recovery)),
        ("init-timeout", seconds(plan.init_timeout)),
        ("rpc-timeout", u64::try_from(plan.rpc_timeout.as_millis()).unwrap_or(u64::MAX).into()),
        ("log-stderr", plan.log_stderr.into()),
        ("log-net-send", plan.log_net_send.into()),
        ("log-net-recv", plan.log_net_recv.into()),
        ("fail-on-duplicates", plan.fail_on_duplicates.into()),
        ("strict", plan.strict.into()),
        ("keep-going", plan.keep_going.into()),
        ("search-budget", seconds(plan.search_budget)),
        ("no-journal", (!plan.journal).into()),
        ("seed", plan.seed.into()),
    ];
    entries.into_iter().map(|(flag, value)| (flag.to_owned(), value)).collect()
}

/// Why a plan in JSON cannot be run again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanJsonError {
    /// A setting that is unknown to this version.
    #[error("its plan has an unknown setting {0}: repeat it with the version that wrote it")]
    Unknown(String),
    /// A value that the setting does not accept.
    #[error("its plan has an invalid {key} {value}: {problem}")]
    Invalid {
        /// The setting's key.
        key: String,
        /// The value.
        value: Value,
        /// What is allowed.
        problem: ParseValueError,
    },
    /// A value of a type that no setting has.
    #[error("its plan has an invalid {key} {value}: expected one value, or an array of texts")]
    Kind {
        /// The setting's key.
        key: String,
        /// The value.
        value: Value,
    },
}

/// Reads the settings from [`plan_json`]'s object, so that a challenge without any settings results
/// in the same plan. Null or absent settings are not set.
///
/// A number of workers that was given per node (`2n`) is read as the resulting total.
pub fn plan_parameters(object: &JsonObject) -> Result<Parameters, PlanJsonError> {
    let mut parameters = Parameters::default();
    for (key, value) in object {
        let unknown = || PlanJsonError::Unknown(key.clone());
        let setting = Setting::find(key).ok_or_else(unknown)?;
        match (setting, value) {
            (_, Value::Null) => {}
            // Read as a list, since a name may contain a comma.
            (Setting::Nodes, Value::Array(names)) => {
                parameters.nodes = Some(texts(key, value, names)?);
            }
            _ => {
                let invalid = |problem| PlanJsonError::Invalid {
                    key: key.clone(),
                    value: value.clone(),
                    problem,
                };
                parameters.set(setting, &text(key, value)?).map_err(invalid)?;
            }
        }
    }
    // The number is replaced by the names, since only one of them may be set.
    if let Some(names) = parameters.nodes.take() {
        let is_numbered =
            names.iter().enumerate().all(|(position, name)| *name == format!("n{position}"));
        parameters.node_count = u32::try_from(names.len()).ok().filter(|_| is_numbered);
        parameters.nodes = (!is_numbered).then_some(names);
    }
    Ok(parameters)
}

/// The value as the text of a flag.
fn text(key: &str, value: &Value) -> Result<String, PlanJsonError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
        Value::Array(items) => texts(key, value, items).map(|texts| texts.join(",")),
        Value::Null | Value::Object(_) => Err(kind(key, value)),
    }
}

fn texts(key: &str, value: &Value, items: &[Value]) -> Result<Vec<String>, PlanJsonError> {
    let text = |item: &Value| item.as_str().map(str::to_owned).ok_or_else(|| kind(key, value));
    items.iter().map(text).collect()
}

fn kind(key: &str, value: &Value) -> PlanJsonError {
    PlanJsonError::Kind { key: key.to_owned(), value: value.clone() }
}

#[cfg(test)]
mod tests;
