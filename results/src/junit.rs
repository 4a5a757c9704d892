//! Runs as test cases in the XML of `JUnit`, which CI systems show.

use crate::compare::verdict_word;
use crate::report::node;
use crate::run::RunRecord;
use crate::run_dir::Run;
use crate::targets::TargetState;
use glomers_history::Validity;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A test suite with one test case for each run. An invalid run and a missed target are failures; a run
/// that could not be judged is an error.
#[must_use]
pub fn junit(runs: &[Run]) -> String {
    let outcomes: Vec<Outcome> = runs.iter().map(Outcome::of).collect();
    let count = |is_it: fn(&Outcome) -> bool| outcomes.iter().filter(|it| is_it(it)).count();
    let failures = count(|it| matches!(it, Outcome::Failed(_)));
    let errors = count(|it| matches!(it, Outcome::Unknown(_)));
    // The sum of nothing is a negative zero.
    let total = runs.iter().filter_map(seconds).sum::<f64>() + 0.0;
    let counts = format!("tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\"", runs.len());
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string does not fail.
    let _ = writeln!(text, "<testsuites name=\"glomers\" {counts} time=\"{total:.3}\">");
    let _ = writeln!(text, "  <testsuite name=\"glomers\" {counts} time=\"{total:.3}\">");
    for ((run, outcome), name) in runs.iter().zip(&outcomes).zip(names(runs)) {
        let record = run.record.as_ref();
        let class = match record.map_or("", |record| record.workload.as_str()) {
            "" => "glomers".to_owned(),
            workload => format!("glomers.{workload}"),
        };
        let time = seconds(run).unwrap_or(0.0);
        let (name, class) = (escaped(&name), escaped(&class));
        let _ =
            write!(text, "    <testcase name=\"{name}\" classname=\"{class}\" time=\"{time:.3}\"");
        match outcome {
            Outcome::Passed => text += "/>\n",
            Outcome::Failed(why) => text += &inner("failure", why, run),
            Outcome::Unknown(why) => text += &inner("error", why, run),
        }
    }
    text + "  </testsuite>\n</testsuites>\n"
}

/// The names of test cases: challenge and seed, and where these are equal, the node or the start time.
fn names(runs: &[Run]) -> Vec<String> {
    let name = |run: &Run| {
        let seed = run.record.as_ref().and_then(|record| record.seed);
        format!("{}{}", run.name(), seed.map_or_else(String::new, |seed| format!(" seed {seed}")))
    };
    let mut names: Vec<String> = runs.iter().map(name).collect();
    for detail in [node, |record: &RunRecord| record.start.clone()] {
        let details: Vec<String> =
            runs.iter().map(|run| run.record.as_ref().map(detail).unwrap_or_default()).collect();
        let mut of_name: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for (name, detail) in names.iter().zip(&details) {
            of_name.entry(name.clone()).or_default().insert(detail);
        }
        for (name, detail) in names.iter_mut().zip(&details) {
            let differs = of_name.get(name).is_some_and(|details| details.len() > 1);
            if differs && !detail.is_empty() {
                *name = format!("{name}, {detail}");
            }
        }
    }
    names
}

/// How a run counts, and why.
enum Outcome {
    Passed,
    Failed(String),
    Unknown(String),
}

impl Outcome {
    fn of(run: &Run) -> Self {
        let failure = run.record.as_ref().and_then(|record| record.failure.clone());
        let failure = failure.or_else(|| {
            run.reasons().iter().flat_map(|reason| reason.lines()).next().map(str::to_owned)
        });
        match run.valid() {
            Validity::Invalid => Self::Failed(failure.unwrap_or_else(|| invalid_parts(run))),
            Validity::Unknown => {
                Self::Unknown(failure.unwrap_or_else(|| verdict_word(run.valid()).to_owned()))
            }
            Validity::Valid => {
                let state = TargetState::of_all(run.targets());
                let missed: Vec<String> = run
                    .targets()
                    .iter()
                    .filter(|target| !target.is_met())
                    .map(|target| {
                        let (metric, limit) = (target.target.metric, target.shown_limit());
                        format!("{metric} is {}, not {limit}", target.shown_value())
                    })
                    .collect();
                match state {
                    TargetState::Met => Self::Passed,
                    TargetState::Missed => Self::Failed(missed.join("; ")),
                    TargetState::Unknown => Self::Unknown(missed.join("; ")),
                }
            }
        }
    }
}

/// The parts of the results that are invalid, by the names of their checkers.
fn invalid_parts(run: &Run) -> String {
    let invalid: Vec<String> = run
        .results
        .parts()
        .into_iter()
        .filter(|(_, valid)| *valid == Validity::Invalid)
        .map(|(part, _)| part)
        .collect();
    if invalid.is_empty() {
        "invalid".to_owned()
    } else {
        format!("invalid: {}", invalid.join(", "))
    }
}

fn inner(element: &str, why: &str, run: &Run) -> String {
    let reasons = if run.reasons().is_empty() { why.to_owned() } else { run.reasons().join("\n") };
    let (why, reasons) = (escaped(why), escaped(&reasons));
    let path = escaped(&run.path.display().to_string());
    format!(
        ">\n      <{element} message=\"{why}\">{reasons}\n{path}</{element}>\n    </testcase>\n"
    )
}

/// The time that the run took, in seconds.
fn seconds(run: &Run) -> Option<f64> {
    run.record.as_ref().map(|record| record.wall_seconds)
}

/// A text in XML. Control characters, which it cannot contain, are replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Results;
    use crate::run::NodeRecord;
    use std::path::PathBuf;

    #[test]
    fn failures_have_their_reason() {
        let run = |name: &str, text: &str| {
            Run::new(PathBuf::from(name), Results::parse(text).unwrap(), None)
        };
        let runs = [
            run("good.edn", "{:valid? true}"),
            run("a<b>.edn", "{:workload {:valid? false}, :valid? false}"),
            run("unknown.edn", "{:valid? :unknown}"),
        ];
        insta::assert_snapshot!(junit(&runs));
    }

    #[test]
    fn names_differ_where_runs_do() {
        let run = |seed: u64, node: &str, start: &str| {
            let node = NodeRecord { name: Some(node.to_owned()), ..NodeRecord::default() };
            let record = RunRecord {
                challenge: "echo".to_owned(),
                seed: Some(seed),
                node,
                start: start.to_owned(),
                ..RunRecord::default()
            };
            Run::new(PathBuf::from("a"), Results::parse("{:valid? true}").unwrap(), Some(record))
        };
        let runs = [run(1, "a", "8h"), run(1, "b", "9h"), run(1, "b", "10h"), run(2, "a", "8h")];
        assert_eq!(
            names(&runs),
            ["echo seed 1, a", "echo seed 1, b, 9h", "echo seed 1, b, 10h", "echo seed 2"]
        );
    }

    /// The elements and attributes are those of the schema that Jenkins publishes (`junit-10.xsd`).
    #[test]
    fn readers_of_junit_know_all_of_it() {
        let record = RunRecord {
            valid: Some(Validity::Invalid),
            reasons: vec!["1 value was <lost>\n  7: \u{1b}[0m".to_owned(), "and more".to_owned()],
            ..RunRecord::default()
        };
        let results = Results::parse("{:valid? false}").unwrap();
        let text = junit(&[Run::new(PathBuf::from("a"), results, Some(record))]);
        let document = roxmltree::Document::parse(&text).unwrap();
        for element in document.descendants().filter(roxmltree::Node::is_element) {
            let known: &[&str] = match element.tag_name().name() {
                "testsuites" | "testsuite" => &["name", "tests", "failures", "errors", "time"],
                "testcase" => &["name", "classname", "time"],
                "failure" | "error" => &["message", "type"],
                other => panic!("{other} is not in the schema"),
            };
            assert!(element.attributes().all(|it| known.contains(&it.name())), "{element:?}");
        }
        let failure = document.descendants().find(|it| it.has_tag_name("failure")).unwrap();
        assert_eq!(failure.attribute("message"), Some("1 value was <lost>"));
        assert_eq!(failure.text(), Some("1 value was <lost>\n  7: \u{fffd}[0m\nand more\na"));
    }

    #[test]
    fn no_text_breaks_the_xml() {
        assert_eq!(escaped("<a & \"b\">\u{1b}[31m"), "&lt;a &amp; &quot;b&quot;&gt;\u{fffd}[31m");
    }
}
