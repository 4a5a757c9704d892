//! Histories of the reference: glomers' histories must have entries of the same shape.

use crate::Core;
use glomers_history::{History, Operation, Process, Value, read_history};
use glomers_recordings::{open, recordings, skipped};
use std::collections::BTreeSet;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// The shapes of all entries in those recordings; `None`, with a message, if there are no
/// recordings.
pub(super) fn recorded_shapes(cases: &[&str]) -> Option<BTreeSet<String>> {
    let recordings = recordings();
    let runs: Vec<PathBuf> = cases.iter().filter_map(|case| recordings.run(case)).collect();
    if runs.is_empty() {
        skipped(&format!("the shapes of the entries of {}", cases.join(", ")));
        return None;
    }
    let mut shapes = BTreeSet::new();
    for run in runs {
        let history = read(&run).unwrap_or_else(|| panic!("no history in {}", run.display()));
        shapes.extend(history.operations().iter().filter_map(shape));
    }
    Some(shapes)
}

/// The shapes of all entries in a run's history.
pub(super) fn shapes(core: &Core) -> BTreeSet<String> {
    core.history().operations().iter().filter_map(shape).collect()
}

fn read(run: &Path) -> Option<History> {
    read_history(BufReader::new(open(&run.join("history.edn"))?)).ok()
}

/// A client's entry without its data: type, function, shape of the value, and other keys.
fn shape(operation: &Operation) -> Option<String> {
    if operation.process == Process::Nemesis {
        return None;
    }
    let kind = operation.kind.name();
    let mut parts = vec![format!("{kind} {} {}", operation.f, of(&operation.value))];
    if operation.is_final {
        parts.push("final?".to_owned());
    }
    if let Some(detail) = &operation.detail {
        for (key, value) in [("error", &detail.error), ("exception", &detail.exception)] {
            parts.extend(value.iter().map(|value| format!("{key} {}", of(value))));
        }
        parts.extend(detail.other.iter().map(|(key, value)| format!("{key} {}", of(value))));
    }
    Some(parts.join(" "))
}

/// The shape of a value: scalars by type, collections by the shapes of their elements; keywords are
/// kept.
fn of(value: &Value) -> String {
    let joined = |shapes: BTreeSet<String>| shapes.into_iter().collect::<Vec<_>>().join(" ");
    match value {
        Value::Nil => "nil".to_owned(),
        Value::Bool(_) => "bool".to_owned(),
        Value::Int(_) => "int".to_owned(),
        Value::Str(_) => "str".to_owned(),
        Value::Keyword(name) => format!(":{name}"),
        Value::Shared(shared) => of(&Value::Vector(shared.whole().to_vec())),
        Value::Vector(elements) | Value::List(elements) => {
            // The order of elements matters in micro-operations and messages, but not in other
            // collections.
            let has_places = matches!(elements.first(), Some(Value::Keyword(_) | Value::Int(_)));
            if has_places && elements.len() <= 3 {
                format!("[{}]", elements.iter().map(of).collect::<Vec<_>>().join(" "))
            } else {
                format!("[{}]", joined(elements.iter().map(of).collect()))
            }
        }
        Value::Map(entries) => {
            let entry = |(key, value): &(Value, Value)| format!("{} {}", of(key), of(value));
            format!("{{{}}}", joined(entries.iter().map(entry).collect()))
        }
        other => format!("{other:?}"),
    }
}
