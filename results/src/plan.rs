//! A plan as JSON, written to and read from `run.json`.

use crate::metrics::json_number;
use glomers_config::{Parameters, ParseValueError, Plan, Setting, SettingValue};
use indexmap::IndexMap;
use serde_json::Value;

/// A JSON object whose keys keep their order.
pub type JsonObject = IndexMap<String, Value>;

/// Every setting of a plan under the long name of its flag, in the order of the plan.
#[must_use]
pub fn plan_json(plan: &Plan) -> JsonObject {
    let settings = plan.parameters();
    let value = |setting| match setting {
        // The total, however it was given.
        Setting::Concurrency => plan.workers.into(),
        _ => settings.value(setting).map_or(Value::Null, setting_json),
    };
    Setting::ALL.iter().map(|setting| (setting.flag().to_owned(), value(*setting))).collect()
}

/// The value of a setting as JSON.
#[must_use]
pub fn setting_json(value: SettingValue) -> Value {
    match value {
        SettingValue::Number(number) => json_number(number),
        SettingValue::Whole(number) => number.into(),
        SettingValue::Switch(is_on) => is_on.into(),
        SettingValue::Text(text) => text.into(),
        SettingValue::List(items) => items.into(),
    }
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
