//! Histories of registers with published verdicts.

use glomers_checkers::{KeyVerdict, Linearizability, linearizable_registers};
use glomers_history::{Function, History, Kind, Operation, Process, Validity, Value, read_value};
use glomers_recordings::{files as all_files, recordings, text};
use std::path::{Path, PathBuf};

/// An entry, a ns after the one before.
fn entry(index: usize, kind: Kind, process: u64, f: &str, value: Value) -> Operation {
    Operation {
        index: index as u64,
        time: i64::try_from(index).unwrap(),
        kind,
        process: Process::Client(process),
        f: Function::from_name(f),
        value,
        is_final: false,
        detail: None,
    }
}

fn files(folder: &str, prefix: &str) -> Vec<PathBuf> {
    let Some(folder) = recordings().extra(folder) else { return Vec::new() };
    let mut files = all_files(&folder);
    files.retain(|file| file.file_name().unwrap().to_str().unwrap().starts_with(prefix));
    files
}

fn verdict(history: &History) -> Option<KeyVerdict> {
    linearizable_registers(history).unwrap().keys.pop()
}

/// One collection of maps, some without index and time, with any integer as process.
fn knossos(path: &Path) -> History {
    let forms = read_value(&text(path).unwrap()).unwrap();
    let keyword = |form: &Value, key| match form.get(key) {
        Some(Value::Keyword(name)) => name.to_string(),
        other => panic!("{}: {other:?}", path.display()),
    };
    let client = |(index, form): (usize, &Value)| {
        let process = u64::try_from(form.get("process")?.as_int()?).ok()?;
        let kind = Kind::from_name(&keyword(form, "type")).unwrap();
        let value = form.get("value").cloned().unwrap_or(Value::Nil);
        Some(entry(index, kind, process, &keyword(form, "f"), value))
    };
    forms.elements().unwrap().iter().enumerate().filter_map(client).collect()
}

#[test]
fn knossos_histories_are_judged_as_their_names_say() {
    let files = files("public/labelled/knossos", "cas-register_");
    for file in &files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let verdict = verdict(&knossos(file)).unwrap();
        let expected = if name.contains("_good_") { Validity::Valid } else { Validity::Invalid };
        assert_eq!(verdict.validity(), expected, "{name}: {:?}", verdict.outcome);
        if name.contains("rethink-fail-minimal") {
            // As a comment in the file says.
            let Ok(Linearizability::NotLinearizable(failure)) = verdict.outcome else { panic!() };
            assert_eq!(failure.operation.index, 4);
        }
    }
    eprintln!("{} published histories judged as by knossos", files.len());
}

/// Lines `INFO  jepsen.util - process kind f value`. Here, a read of nil found no value, which is
/// represented by another value; failed operations have no value.
fn etcd(path: &Path) -> History {
    let text = text(path).unwrap();
    let mut history = History::new();
    let empty = Value::keyword("empty");
    for kind in [Kind::Invoke, Kind::Ok] {
        history.push(entry(history.len(), kind, u64::MAX, "write", empty.clone()));
    }
    for line in text.lines().filter(|line| line.starts_with("INFO  jepsen.util - ")) {
        let words: Vec<&str> = line.split_whitespace().skip(3).collect();
        let [process, kind, f, ref value @ ..] = words[..] else { panic!("{line}") };
        let f = f.trim_start_matches(':');
        let Ok(process) = process.parse() else { continue };
        let kind = Kind::from_name(kind.trim_start_matches(':')).unwrap();
        let value = read_value(&value.join(" ")).unwrap();
        let value = match (kind, f) {
            (Kind::Ok, "read") if value == Value::Nil => empty.clone(),
            _ => value,
        };
        history.push(entry(history.len(), kind, process, f, value));
    }
    history
}

#[test]
fn etcd_histories_are_judged_as_by_porcupine() {
    let Some(folder) = recordings().extra("public/labelled/porcupine") else { return };
    let expected = std::fs::read_to_string(folder.join("EXPECTED.txt")).unwrap();
    let mut judged = 0;
    for file in files("public/labelled/porcupine", "etcd_") {
        let name = file.file_name().unwrap().to_str().unwrap().split('.').next().unwrap();
        let linearizable = expected.lines().find_map(|line| line.strip_prefix(name));
        let Some(linearizable) = linearizable else { continue };
        let expected =
            if linearizable.trim() == "true" { Validity::Valid } else { Validity::Invalid };
        assert_eq!(verdict(&etcd(&file)).unwrap().validity(), expected, "{name}");
        judged += 1;
    }
    eprintln!("{judged} published histories judged as by porcupine");
}
