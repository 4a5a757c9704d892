//! Histories of the reference: glomers' histories must have entries of the same shape.

use crate::Core;
use flate2::read::GzDecoder;
use glomers_history::{History, Operation, Process, Value, read_history};
use std::collections::BTreeSet;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

/// The shapes of all entries in those recordings; `None`, with a message, if there are no
/// recordings.
pub(super) fn recorded_shapes(cases: &[&str]) -> Option<BTreeSet<String>> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/golden");
    let folder = std::env::var_os("GLOMERS_GOLDEN").map_or(beside, PathBuf::from);
    if !folder.exists() {
        eprintln!("SKIPPED: no golden data at {}; set GLOMERS_GOLDEN to test it", folder.display());
        return None;
    }
    let mut shapes = BTreeSet::new();
    for case in cases {
        let case = folder.join("maelstrom").join(case);
        let history = read(&case).unwrap_or_else(|| panic!("no history in {}", case.display()));
        shapes.extend(history.operations().iter().filter_map(shape));
    }
    Some(shapes)
}

/// The shapes of all entries in a run's history.
pub(super) fn shapes(core: &Core) -> BTreeSet<String> {
    core.history().operations().iter().filter_map(shape).collect()
}

fn read(case: &Path) -> Option<History> {
    let open = |name| std::fs::File::open(case.join(name)).ok();
    let text: Box<dyn Read> = match open("history.edn") {
        Some(file) => Box::new(file),
        None => Box::new(GzDecoder::new(open("history.edn.gz")?)),
    };
    read_history(BufReader::new(text)).ok()
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
