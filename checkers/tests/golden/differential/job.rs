//! A history, the criteria it is judged by, and the reference's results for it.

use crate::difference::{differences, register_differences, with_sorted_errors};
use glomers_checkers::{Criteria, judge};
use glomers_config::{ConsistencyModel, Workload};
use glomers_history::{Function, History, Operation, Value, read_history, read_value};

/// One line of `jobs.txt`, with its files.
pub(crate) struct Job {
    pub(crate) name: String,
    criteria: Criteria,
    history: String,
    theirs: Value,
}

/// The jobs of a `jobs.txt`: file, workload, consistency models or `-`, availability or `-`,
/// separated by tabs. `read` returns the text of a file.
pub(crate) fn jobs(list: &str, read: impl Fn(&str) -> String) -> Vec<Job> {
    let job = |line: &str| {
        let [file, workload, models, availability] =
            line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let mut criteria = Criteria::new(workload.parse::<Workload>().unwrap());
        if models != "-" {
            criteria.consistency_models = ConsistencyModel::parse_list(models).unwrap();
        }
        if availability != "-" {
            criteria.availability = Some(availability.parse().unwrap());
        }
        let name = file.strip_suffix(".edn").unwrap().to_owned();
        let theirs = read_value(&read(&format!("{name}.ref.edn"))).unwrap();
        Job { criteria, history: read(file), theirs, name }
    };
    list.lines().map(job).collect()
}

fn history(text: &str) -> History {
    read_history(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

/// The entry under a key.
fn get<'a>(map: &'a Value, key: &str) -> &'a Value {
    map.get(key).unwrap_or(&Value::Nil)
}

impl Job {
    /// Why a job is not compared; `None` if it is.
    pub(crate) fn exemption(&self) -> Option<&'static str> {
        if self.theirs.get("read-error").is_some() {
            return Some("an entry without :index, which the reference refuses and we number");
        }
        if self.theirs.get("driver-timeout").is_some() {
            return Some("the reference did not finish");
        }
        let is_text = |operation: &&Operation| matches!(&operation.value, Value::Str(text) if !text.is_empty());
        let assigns = |operation: &&Operation| operation.f == Function::Assign;
        if self.criteria.workload == Workload::Kafka
            && history(&self.history).operations().iter().filter(assigns).any(|it| is_text(&it))
        {
            return Some("a text is assigned, whose characters the reference takes for keys");
        }
        None
    }

    /// The differences of glomers' results from the reference's.
    pub(crate) fn differences(&self) -> Vec<String> {
        let judgement = judge(&self.criteria, &history(&self.history), None);
        let mut wrong = Vec::new();
        for (key, verdict) in &judgement.verdicts {
            let Some(theirs) = self.theirs.get(key) else { continue };
            let (ours, theirs) = (compared(&verdict.map), compared(theirs));
            wrong.extend(match (self.criteria.workload, *key) {
                (Workload::LinKv, "workload") => register_differences(key, &ours, &theirs),
                (Workload::TxnListAppend | Workload::TxnRwRegister, "workload") => {
                    transaction_differences(&ours, &theirs)
                }
                (Workload::Kafka, "workload") => {
                    differences(key, &without_cycles(&ours), &without_cycles(&theirs))
                }
                (Workload::Echo, "workload") => {
                    differences(key, &with_sorted_errors(&ours), &with_sorted_errors(&theirs))
                }
                _ => differences(key, &ours, &theirs),
            });
        }
        wrong.extend(differences(
            "valid?",
            &judgement.valid().to_value(),
            get(&self.theirs, "valid?"),
        ));
        wrong
    }
}

/// The part that is compared: entries of the history as plain maps, sorted by key, as the archive
/// has them; without the texts of why a verdict is unknown.
fn compared(value: &Value) -> Value {
    let all = |elements: &[Value]| elements.iter().map(compared).collect();
    match value {
        Value::Tagged(tagged) if tagged.0 == "jepsen.history.Op" => compared(&tagged.1),
        Value::Map(entries) => {
            let is_unknown = value.get("valid?") == Some(&Value::keyword("unknown"));
            let is_error = |key: &Value| *key == Value::keyword("error");
            let kept = entries.iter().filter(|(key, _)| !(is_unknown && is_error(key)));
            let mut entries: Vec<_> =
                kept.map(|(key, value)| (compared(key), compared(value))).collect();
            if entries.iter().any(|(key, _)| *key == Value::keyword("process")) {
                entries.sort();
            }
            Value::Map(entries)
        }
        Value::List(elements) => Value::List(all(elements)),
        Value::Vector(elements) => Value::Vector(all(elements)),
        other => other.clone(),
    }
}

/// Without the cycles of kafka, and with their components sorted: which cycle of a component is
/// found, and which component first, depends on the search.
fn without_cycles(value: &Value) -> Value {
    let is_of_search =
        |key: &Value| ["cycle", "steps"].iter().any(|name| *key == Value::keyword(name));
    let is_case = |case: &Value| case.get("cycle").or(case.get("scc")).is_some();
    match value {
        Value::Map(entries) => {
            let kept = entries.iter().filter(|(key, _)| !is_of_search(key));
            Value::Map(kept.map(|(key, value)| (key.clone(), without_cycles(value))).collect())
        }
        Value::List(cases) | Value::Vector(cases) if cases.iter().any(is_case) => {
            let mut cases: Vec<Value> = cases.iter().map(without_cycles).collect();
            cases.sort();
            Value::List(cases)
        }
        other => other.clone(),
    }
}

/// As [`differences`], without the cycles: which of them is found depends on the search.
fn transaction_differences(ours: &Value, theirs: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for key in ["valid?", "anomaly-types", "not", "also-not"] {
        let path = format!("workload {key}");
        wrong.extend(differences(&path, get(ours, key), get(theirs, key)));
    }
    if let (Some(Value::Map(ours)), Some(Value::Map(theirs))) =
        (ours.get("anomalies"), theirs.get("anomalies"))
    {
        for (name, theirs) in theirs {
            let Some((_, ours)) = ours.iter().find(|(other, _)| other == name) else { continue };
            let is_cycle = |value: &Value| {
                let first = value.elements().and_then(<[Value]>::first);
                first.is_some_and(|it| {
                    ["cycle", "scc", "scc-size"].iter().any(|k| it.get(k).is_some())
                })
            };
            if !is_cycle(theirs) {
                wrong.extend(differences(&format!("workload {name:?}"), ours, theirs));
            }
        }
    }
    wrong
}
