//! Runs of the reference made for this project.

use crate::case::{history, option, results};
use crate::difference::{differences, register_differences, with_sorted_errors};
use glomers_checkers::{Checked, Criteria, availability, check, exceptions, net, set_full, stats};
use glomers_config::{ConsistencyModel, Workload};
use glomers_history::{Function, History, Traffic, TrafficCount, Value, Verdict};
use glomers_recordings::recordings;

struct Case {
    name: String,
    workload: Workload,
    command: String,
    history: History,
    results: Value,
}

/// The cases that have a history and results.
fn cases() -> Vec<Case> {
    let recordings = recordings();
    let case = |folder: std::path::PathBuf| {
        let command = std::fs::read_to_string(folder.join("cmd")).ok()?;
        let workload = option(&command, &["-w", "--workload"])?.parse().ok()?;
        Some(Case {
            name: folder.file_name()?.to_string_lossy().into_owned(),
            workload,
            history: history(&folder.join("history.edn"))?,
            results: results(&folder.join("results.edn"))?,
            command,
        })
    };
    let cases: Vec<Case> = recordings.runs().into_iter().filter_map(case).collect();
    let expected = if recordings.is_whole { 50 } else { 35 };
    assert!(cases.len() > expected, "only {} cases", cases.len());
    cases
}

impl Case {
    fn criteria(&self) -> Criteria {
        let mut criteria = Criteria::new(self.workload);
        criteria.availability = self.wanted();
        if let Some(models) = option(&self.command, &["--consistency-models"]) {
            criteria.consistency_models = ConsistencyModel::parse_list(models).unwrap();
        }
        criteria
    }

    fn wanted(&self) -> Option<glomers_config::Availability> {
        option(&self.command, &["--availability"]).map(|text| text.parse().unwrap())
    }
}

/// The messages that the reference counted; its journals are not kept.
fn traffic(net: &Value) -> Traffic {
    let count = |part: &str| {
        let number = |key| net.get(part)?.get(key)?.as_int()?.try_into().ok();
        TrafficCount {
            sent: number("send-count").unwrap(),
            received: number("recv-count").unwrap(),
            messages: number("msg-count").unwrap(),
        }
    };
    Traffic { clients: count("clients"), servers: count("servers") }
}

#[test]
fn judgements_equal_the_references_field_by_field() {
    let mut judged = 0;
    let mut wrong = Vec::new();
    // Transactions are compared apart: cycles are artefacts of the search for them.
    let is_transactional =
        |case: &&Case| matches!(case.workload, Workload::TxnListAppend | Workload::TxnRwRegister);
    for case in cases().iter().filter(|case| !is_transactional(case)) {
        let criteria = case.criteria();
        let Checked { judgement, findings } = check(&criteria, &case.history, None);
        let keys: Vec<_> = judgement.verdicts.iter().map(|(key, _)| *key).collect();
        let expected = ["perf", "timeline", "exceptions", "stats", "availability", "workload"];
        assert_eq!(keys, expected, "{}", case.name);
        for (key, verdict) in &judgement.verdicts {
            let theirs = case.results.get(key).unwrap();
            let position = format!("{} {key}", case.name);
            let theirs = with_sorted_errors(theirs);
            let ours = with_sorted_errors(&verdict.map);
            // Of the two competing searches of the reference, the other one finished first for one
            // of its keys.
            if case.name == "opt-linkv-10" && *key == "workload" {
                wrong.extend(register_differences(&position, &ours, &theirs));
                continue;
            }
            wrong.extend(differences(&position, &ours, &theirs));
        }
        let valid = judgement.valid().to_value();
        wrong.extend(differences(&case.name, &valid, case.results.get("valid?").unwrap()));
        // All results that are not valid have an explanation, and no others do.
        let explanations = findings.explanations();
        let contradiction = explanations.is_empty() != (valid == Value::Bool(true));
        wrong.extend(contradiction.then(|| format!("{}: {explanations:?}", case.name)));
        judged += 1;
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    eprintln!("{judged} judgements equal the reference's");
}

#[test]
fn general_verdicts_equal_the_references_for_every_workload() {
    let mut wrong = Vec::new();
    for case in cases() {
        let traffic = traffic(case.results.get("net").unwrap());
        let checkers: [(&str, Verdict); 4] = [
            ("net", net(&case.history, traffic).into()),
            ("exceptions", exceptions(&case.history).into()),
            ("stats", stats(&case.history).into()),
            ("availability", availability(&case.history, case.wanted()).into()),
        ];
        for (key, verdict) in checkers {
            let position = format!("{} {key}", case.name);
            wrong.extend(differences(&position, &verdict.map, case.results.get(key).unwrap()));
        }
        if case.workload == Workload::GSet {
            let verdict = Verdict::from(set_full(&case.history, &Function::Add).unwrap());
            let theirs = case.results.get("workload").unwrap();
            wrong.extend(differences(&case.name, &verdict.map, theirs));
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}
