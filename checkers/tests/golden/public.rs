//! Results that people published, most of them from older versions of the reference.

use crate::case::{history, results};
use crate::difference::{differences, register_differences};
use glomers_checkers::{Criteria, judge};
use glomers_config::{Availability, Workload};
use glomers_history::{History, Kind, Operation, Value, Verdict};
use glomers_recordings::recordings;

struct Published {
    name: String,
    workload: Workload,
    history: History,
    results: Value,
}

/// Rows of the index that have a history: `| workload | valid? | file | yes | ... |`.
fn published() -> Vec<Published> {
    let Some(public) = recordings().extra("public") else { return Vec::new() };
    let index = std::fs::read_to_string(public.join("INDEX.md")).unwrap();
    let rows = index.lines().map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    let published: Vec<Published> = rows
        .filter_map(|cells| {
            let [_, workload, _, file, "yes", ..] = cells[..] else { return None };
            let name = file.strip_suffix(".edn")?;
            Some(Published {
                name: name.to_owned(),
                workload: workload.parse().ok()?,
                history: history(&public.join(format!("histories/{name}.history.edn")))?,
                results: results(&public.join("results").join(file))?,
            })
        })
        .collect();
    assert!(published.len() > 80, "only {} published runs", published.len());
    published
}

impl Published {
    /// The command line is lost; only total availability can have failed in these runs.
    fn wanted(&self) -> Option<Availability> {
        let valid = self.results.get("availability")?.get("valid?")?;
        (*valid == Value::Bool(false)).then_some(Availability::Total)
    }

    /// Old versions wrote the last polls of kafka without their results, so that the history is not
    /// the one that was judged.
    fn lacks_polls(&self) -> bool {
        let poll = Value::Vector(vec![Value::Vector(vec![Value::keyword("poll")])]);
        let ok = |operation: &&Operation| operation.kind == Kind::Ok;
        self.history.operations().iter().filter(ok).any(|operation| operation.value == poll)
    }

    fn verdicts(&self) -> Vec<(&'static str, Verdict)> {
        let criteria = Criteria { availability: self.wanted(), ..Criteria::new(self.workload) };
        judge(&criteria, &self.history, None).verdicts
    }
}

#[test]
fn published_results_equal_ours() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    for run in published() {
        for (key, verdict) in run.verdicts() {
            // Graphs fail where gnuplot is missing. Results of a single key of lin-kv are those of
            // its workload only, and an old version has few checkers.
            let single = run.results.get("linearizable").filter(|_| key == "workload");
            let theirs = run.results.get(key).filter(|_| key != "perf");
            let Some(theirs) = single.map(|_| &run.results).or(theirs) else { continue };
            // Transactions that are valid though an anomaly was found: judged by a model weaker
            // than the default, which only the lost command line named.
            let is_weaker =
                *theirs.get("valid?").unwrap() == Value::Bool(true) && theirs.get("not").is_some();
            if key == "workload" && (run.lacks_polls() || is_weaker) {
                continue;
            }
            let position = format!("{} {key}", run.name);
            wrong.extend(match (run.workload, key) {
                (Workload::LinKv, "workload") => {
                    register_differences(&position, &verdict.map, theirs)
                }
                _ => differences(&position, &verdict.map, theirs),
            });
            compared += 1;
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    eprintln!("{compared} published verdicts equal ours");
}
