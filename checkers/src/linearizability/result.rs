//! The reference's result maps: of the checker over all keys, and of the search in one key.

use super::register::old_and_new;
use super::{Configuration, KeyVerdict, Linearizability, Nonlinearizable, Registers};
use crate::result_map::{result_map, valid_entry};
use glomers_history::{Function, Kind, Operation, Process, Validity, Value, Verdict};

/// Maximum number of configurations and paths that a result shows.
const SHOWN: usize = 10;

impl Registers {
    /// Invalid when any key is, unknown when any is and none is invalid.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.keys.iter().fold(Validity::Valid, |all, key| all.and(key.validity()))
    }
}

impl KeyVerdict {
    /// Whether the operations on this key have an order.
    #[must_use]
    pub fn validity(&self) -> Validity {
        match &self.outcome {
            Ok(Linearizability::Linearizable(_)) => Validity::Valid,
            Ok(Linearizability::NotLinearizable(_)) => Validity::Invalid,
            Ok(Linearizability::Undecided) | Err(_) => Validity::Unknown,
        }
    }

    fn to_value(&self) -> Value {
        let valid = self.validity();
        let linearizable = match &self.outcome {
            Ok(Linearizability::Linearizable(end)) => {
                let configs = Value::List(vec![end.to_value()]);
                let no_paths = ("final-paths", Value::List(Vec::new()));
                result_map([valid_entry(valid), ("configs", configs), no_paths])
            }
            Ok(Linearizability::NotLinearizable(failure)) => failure.to_value(),
            Ok(Linearizability::Undecided) => result_map([
                valid_entry(valid),
                ("cause", Value::keyword("step-budget")),
                ("final-paths", Value::List(Vec::new())),
                ("configs", Value::List(Vec::new())),
            ]),
            Err(error) => return Verdict::from(error.clone()).map,
        };
        result_map([
            ("linearizable", linearizable),
            ("timeline", result_map([valid_entry(true)])),
            valid_entry(valid),
        ])
    }
}

impl From<Registers> for Verdict {
    fn from(registers: Registers) -> Self {
        let valid = registers.validity();
        let named = |verdict: &KeyVerdict| Some((verdict.key.clone()?, verdict.to_value()));
        let map = match registers.keys.as_slice() {
            [single] if single.key.is_none() => single.to_value(),
            keys => {
                let failed = keys.iter().filter(|key| key.validity() == Validity::Invalid);
                result_map([
                    valid_entry(valid),
                    ("results", Value::Map(keys.iter().filter_map(named).collect())),
                    ("failures", Value::Vector(failed.filter_map(|key| key.key.clone()).collect())),
                ])
            }
        };
        Self { valid, map }
    }
}

impl Nonlinearizable {
    fn to_value(&self) -> Value {
        let configs = self.configurations.iter().take(SHOWN).map(Configuration::to_value);
        let last = self.configurations.iter().filter_map(|config| config.last.as_ref());
        result_map([
            valid_entry(false),
            ("configs", Value::List(configs.collect())),
            ("final-paths", Value::List(self.final_paths())),
            ("previous-ok", operation(self.previous.as_ref())),
            ("last-op", operation(last.max_by_key(|operation| operation.index))),
            ("op", operation(Some(&self.operation))),
        ])
    }

    /// Paths from the configurations, each up to a step that the register cannot take.
    fn final_paths(&self) -> Vec<Value> {
        let mut paths = Vec::new();
        for config in &self.configurations {
            let step = (operation(config.last.as_ref()), register(&config.value));
            let others: Vec<&Operation> = (config.pending.iter())
                .filter(|other| other.process != self.operation.process)
                .collect();
            let mut path = vec![step];
            self.extend(&config.value, &mut path, &others, &mut paths);
        }
        paths
    }

    fn extend(
        &self,
        value: &Value,
        path: &mut Vec<(Value, Value)>,
        others: &[&Operation],
        paths: &mut Vec<Value>,
    ) {
        let next = std::iter::once(&self.operation).chain(others.iter().copied());
        for (position, next) in next.enumerate() {
            if paths.len() == SHOWN {
                return;
            }
            match step(value, next) {
                // The failed one, which is the first, never fits.
                Ok(_) if position == 0 => {}
                Ok(value) => {
                    path.push((operation(Some(next)), register(&value)));
                    let mut rest = others.to_vec();
                    rest.remove(position - 1);
                    self.extend(&value, path, &rest, paths);
                    path.pop();
                }
                Err(inconsistent) => {
                    let end = (operation(Some(next)), inconsistent);
                    let steps = path.iter().chain([&end]).cloned();
                    let step = |(op, model)| result_map([("op", op), ("model", model)]);
                    paths.push(Value::Vector(steps.map(step).collect()));
                }
            }
        }
    }
}

impl Configuration {
    fn to_value(&self) -> Value {
        let pending = self.pending.iter().map(|pending| operation(Some(pending)));
        result_map([
            ("model", register(&self.value)),
            ("last-op", operation(self.last.as_ref())),
            ("pending", Value::Vector(pending.collect())),
        ])
    }
}

/// The value of a register after the operation, or the reference's message why it is impossible.
fn step(value: &Value, operation: &Operation) -> Result<Value, Value> {
    let message = match (&operation.f, old_and_new(&operation.value)) {
        (Function::Write, _) => return Ok(operation.value.clone()),
        (Function::Cas, Some([old, new])) if *old == *value => return Ok(new.into_owned()),
        (Function::Cas, Some([old, new])) => {
            format!("can't CAS {} from {} to {}", text(value), text(&old), text(&new))
        }
        _ if operation.value == Value::Nil || operation.value == *value => {
            return Ok(value.clone());
        }
        _ => format!("can't read {} from register {}", text(&operation.value), text(value)),
    };
    let record = result_map([("msg", Value::str(&message))]);
    Err(Value::Tagged(Box::new(("knossos.model.Inconsistent".into(), record))))
}

/// The value as Clojure's `str` shows it.
fn text(value: &Value) -> String {
    match value {
        Value::Nil => String::new(),
        Value::Str(text) => text.to_string(),
        value => crate::excerpt::edn(value),
    }
}

fn register(value: &Value) -> Value {
    let record = result_map([("value", value.clone())]);
    Value::Tagged(Box::new(("knossos.model.CASRegister".into(), record)))
}

/// An operation as the search of the reference prints it: a plain map with its own key order.
fn operation(operation: Option<&Operation>) -> Value {
    let Some(operation) = operation else { return Value::Nil };
    let process = match operation.process {
        Process::Client(process) => Value::from(process),
        Process::Nemesis => Value::keyword("nemesis"),
    };
    let kind = if operation.kind == Kind::Ok { Kind::Ok } else { Kind::Invoke };
    result_map([
        ("process", process),
        ("type", Value::keyword(kind.name())),
        ("f", Value::keyword(operation.f.name())),
        ("value", operation.value.clone()),
        ("index", operation.index.into()),
        ("time", Value::Int(operation.time)),
    ])
}
