//! Transactions: the findings of the reference, and proofs of the cycles that glomers finds.

use crate::case::{history, option, results};
use crate::difference::differences;
use crate::prover::Prover;
use glomers_checkers::{Checked, Criteria, check, judge};
use glomers_config::{ConsistencyModel, Workload};
use glomers_history::{History, Judgement, Value, Verdict};
use glomers_recordings::recordings;
use std::path::Path;

/// A recorded run of transactions.
struct Case {
    name: String,
    criteria: Criteria,
    history: History,
    /// The reference's `:workload`.
    theirs: Value,
}

const WORKLOADS: [Workload; 2] = [Workload::TxnListAppend, Workload::TxnRwRegister];

/// Runs that the reference could judge.
fn cases() -> Vec<Case> {
    let recordings = recordings();
    let case = |folder: &Path| {
        let command = std::fs::read_to_string(folder.join("cmd")).ok()?;
        let workload: Workload = option(&command, &["-w", "--workload"])?.parse().ok()?;
        WORKLOADS.contains(&workload).then_some(())?;
        let mut criteria = Criteria::new(workload);
        if let Some(models) = option(&command, &["--consistency-models"]) {
            criteria.consistency_models = ConsistencyModel::parse_list(models).ok()?;
        }
        let theirs = results(&folder.join("results.edn"))?.get("workload")?.clone();
        let name = folder.file_name()?.to_string_lossy().into_owned();
        theirs.get("error").is_none().then_some(())?;
        Some(Case { name, criteria, history: history(&folder.join("history.edn"))?, theirs })
    };
    let cases: Vec<Case> = recordings.runs().iter().filter_map(|run| case(run)).collect();
    let expected = if recordings.is_whole { 9 } else { 3 };
    assert!(cases.len() >= expected, "only {} runs of transactions", cases.len());
    cases
}

fn verdict(case: &Case) -> Verdict {
    of_workload(judge(&case.criteria, &case.history, None))
}

fn of_workload(judgement: Judgement) -> Verdict {
    judgement.verdicts.into_iter().find(|(key, _)| *key == "workload").unwrap().1
}

/// The anomalies by name.
fn anomalies(map: &Value) -> Vec<(String, &Value)> {
    let Some(Value::Map(entries)) = map.get("anomalies") else { return Vec::new() };
    let anomaly = |entry: &'_ (Value, Value)| match &entry.0 {
        Value::Keyword(name) => name.to_string(),
        other => panic!("{other:?} is no anomaly"),
    };
    entries.iter().map(|entry| (anomaly(entry), &entry.1)).collect()
}

/// Sorted if the reference has the order of a hash map.
fn sorted(anomaly: &str, value: &Value) -> Value {
    let mut value = value.clone();
    if let (Value::Vector(entries) | Value::List(entries), "lost-update" | "dirty-update") =
        (&mut value, anomaly)
    {
        entries.sort();
    }
    value
}

#[test]
fn what_the_reference_found_is_found() {
    let mut wrong = Vec::new();
    let cases = cases();
    for case in &cases {
        let Checked { judgement, findings } = check(&case.criteria, &case.history, None);
        let ours = of_workload(judgement).map;
        // All invalid results have an explanation, and no others do.
        let is_valid = ours.get("valid?") == Some(&Value::Bool(true));
        assert_eq!(findings.explanations().is_empty(), is_valid, "{}", case.name);
        // Which cycles are found depends on the search; all else is compared in full.
        for key in ["valid?", "anomaly-types", "not", "also-not"] {
            let position = format!("{} {key}", case.name);
            match (ours.get(key), case.theirs.get(key)) {
                (None, None) => {}
                (Some(a), Some(b)) => wrong.extend(differences(&position, a, b)),
                (a, b) => wrong.push(format!("{position}: {a:?}, theirs {b:?}")),
            }
        }
        for (name, theirs) in anomalies(&case.theirs) {
            let Some((_, ours)) = anomalies(&ours).into_iter().find(|(other, _)| *other == name)
            else {
                continue;
            };
            let position = format!("{} {name}", case.name);
            let first = |value: &Value| value.elements().and_then(<[Value]>::first).cloned();
            let is_cycle = first(theirs).is_some_and(|entry| entry.get("cycle").is_some());
            if is_cycle {
                let keys = |value: &Value| match first(value) {
                    Some(Value::Map(entries)) => {
                        entries.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
                    }
                    other => panic!("{position}: {other:?}"),
                };
                assert_eq!(keys(ours), keys(theirs), "{position}");
                assert_eq!(std::mem::discriminant(ours), std::mem::discriminant(theirs));
            } else {
                wrong.extend(differences(&position, &sorted(&name, ours), &sorted(&name, theirs)));
            }
        }
    }
    let text: Vec<String> = wrong.iter().map(|line| line.chars().take(400).collect()).collect();
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), text.join("\n"));
    eprintln!("{} runs of transactions are judged as the reference judged them", cases.len());
}

#[test]
fn our_cycles_and_the_references_are_proved() {
    let mut proved = [0, 0];
    for case in &cases() {
        let proofs = Prover::new(&case.history);
        for (count, map) in proved.iter_mut().zip([&verdict(case).map, &case.theirs]) {
            for (name, entries) in anomalies(map) {
                for entry in entries.elements().unwrap_or_default() {
                    if entry.get("cycle").is_some() {
                        proofs.prove(&name, entry);
                        *count += 1;
                    }
                }
            }
        }
    }
    eprintln!("proved {} cycles of ours, {} of the reference", proved[0], proved[1]);
}
