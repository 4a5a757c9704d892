//! Faults as entries of the history. Faults that Jepsen has use its function names.

use crate::network::grudge_value;
use crate::scenario::InjectedFault;
use glomers_history::{Function, Value};

/// The function, request and outcome of a beginning; `None` if nothing begins.
pub(super) fn begin_entries(
    injected_faults: &[InjectedFault],
    names: &[String],
) -> Option<(Function, Value, Value)> {
    let injected = injected_faults.first()?;
    let started = || Value::keyword("started");
    Some(match injected {
        InjectedFault::Partition { shape, cut } => {
            (Function::StartPartition, Value::keyword(shape.name()), grudge_value(cut, names))
        }
        InjectedFault::Loss { probability } | InjectedFault::Duplicate { probability } => {
            (start_function(injected), Value::Float(*probability), started())
        }
        InjectedFault::Reorder { mean_ms } => {
            let mean = i64::try_from(*mean_ms).unwrap_or(i64::MAX);
            (start_function(injected), Value::Int(mean), started())
        }
        InjectedFault::Slow { factor } => {
            (start_function(injected), Value::Float(*factor), started())
        }
        InjectedFault::Kill { .. } | InjectedFault::Pause { .. } => {
            let (f, outcome) = match injected {
                InjectedFault::Kill { .. } => ("kill", "killed"),
                _ => ("pause", "paused"),
            };
            let hit = named(injected_faults, names).map(Value::str).collect();
            (Function::from_name(f), Value::Vector(hit), each(injected_faults, names, outcome))
        }
        InjectedFault::Skew { node, rate } => {
            let request = Value::Map(vec![(Value::str(&names[*node]), Value::Float(*rate))]);
            (start_function(injected), request, started())
        }
    })
}

/// The function and outcome of an end; `None` if nothing ends.
pub(super) fn end_entries(
    injected_faults: &[InjectedFault],
    names: &[String],
) -> Option<(Function, Value)> {
    Some(match injected_faults.first()? {
        InjectedFault::Kill { .. } => {
            (Function::from_name("start"), each(injected_faults, names, "started"))
        }
        InjectedFault::Pause { .. } => {
            (Function::from_name("resume"), each(injected_faults, names, "resumed"))
        }
        other => {
            (Function::from_name(&format!("stop-{}", other.fault())), Value::keyword("stopped"))
        }
    })
}

/// The names of the affected nodes.
fn named<'a>(
    injected_faults: &'a [InjectedFault],
    names: &'a [String],
) -> impl Iterator<Item = &'a str> {
    injected_faults.iter().filter_map(InjectedFault::node).map(|node| names[node].as_str())
}

/// The outcome for each node: `{"n1" :killed}`.
fn each(injected_faults: &[InjectedFault], names: &[String], outcome: &str) -> Value {
    let entries = named(injected_faults, names);
    Value::Map(entries.map(|name| (Value::str(name), Value::keyword(outcome))).collect())
}

fn start_function(injected: &InjectedFault) -> Function {
    Function::from_name(&format!("start-{}", injected.fault()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_several_nodes_share_their_entries() {
        let names = ["n0", "n1", "n2"].map(str::to_owned);
        let killed = [0, 2].map(|node| InjectedFault::Kill { node });
        let (f, request, outcome) = begin_entries(&killed, &names).unwrap();
        assert_eq!(f.name(), "kill");
        assert_eq!(request.to_string(), r#"["n0" "n2"]"#);
        assert_eq!(outcome.to_string(), r#"{"n0" :killed, "n2" :killed}"#);
        let (f, outcome) = end_entries(&killed, &names).unwrap();
        assert_eq!(
            (f.name(), outcome.to_string().as_str()),
            ("start", r#"{"n0" :started, "n2" :started}"#)
        );
        assert_eq!(begin_entries(&[], &names), None);
    }

    #[test]
    fn other_faults_are_named_after_their_kind() {
        let skew = [InjectedFault::Skew { node: 1, rate: 1.25 }];
        let names = ["n0", "n1"].map(str::to_owned);
        let (f, request, outcome) = begin_entries(&skew, &names).unwrap();
        assert_eq!((f.name(), request.to_string().as_str()), ("start-skew", r#"{"n1" 1.25}"#));
        assert_eq!(outcome, Value::keyword("started"));
        let (f, outcome) = end_entries(&skew, &names).unwrap();
        assert_eq!((f.name(), outcome), ("stop-skew", Value::keyword("stopped")));
    }
}
