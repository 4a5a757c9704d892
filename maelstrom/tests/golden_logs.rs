//! Checks that every recorded log is parsed: its phases in order, its operations counted, its run
//! folder found, and no warning in it unrecognized.

use glomers_history::{HistoryReader, Kind, Process};
use glomers_maelstrom::{Break, Console, Counts, LastWord, Phase, Problem};
use glomers_recordings::{recordings, text};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A recorded run.
struct Case {
    name: String,
    folder: PathBuf,
    log: String,
    /// Exit status; 124 for the recording that was stopped.
    status: i32,
}

/// The recorded runs whose console was kept.
fn cases() -> Vec<Case> {
    let recordings = recordings();
    let mut cases = Vec::new();
    for folder in recordings.runs() {
        let (Some(log), Some(wall)) = (text(&folder.join("out")), text(&folder.join("wall")))
        else {
            continue;
        };
        let status = wall.lines().find(|line| line.starts_with("exit")).unwrap();
        let status = status.rsplit(' ').next().unwrap().parse().unwrap();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        cases.push(Case { name, folder, log, status });
    }
    let expected = if recordings.is_whole { 80 } else { 45 };
    assert!(cases.len() > expected, "only {} recordings", cases.len());
    cases
}

/// The number of operations in a history by outcome.
fn counts(history: &str) -> Counts {
    let mut counts = Counts::default();
    for operation in HistoryReader::new(history.as_bytes()) {
        let operation = operation.unwrap();
        match operation.kind {
            _ if operation.process == Process::Nemesis => {}
            Kind::Invoke => {}
            Kind::Ok => counts.ok += 1,
            Kind::Fail => counts.fail += 1,
            Kind::Info => counts.info += 1,
        }
    }
    counts
}

#[test]
fn every_recorded_log_is_understood() {
    let mut breaks: BTreeMap<String, Break> = BTreeMap::new();
    for case in cases() {
        let name = &case.name;
        let mut console = Console::new();
        let mut phases = vec![Phase::Boot];
        for line in case.log.lines() {
            console.line(line);
            if phases.last() != Some(&console.phase()) {
                phases.push(console.phase());
            }
        }
        console.end();

        let mut runs = phases.split(|phase| *phase == Phase::Boot);
        assert!(runs.all(<[Phase]>::is_sorted), "{name}: {phases:?}");
        for problem in console.problems() {
            assert!(!matches!(problem, Problem::Other(_)), "{name}: {problem:?}");
        }
        assert!(!console.out_of_memory(), "{name}");

        let word = match case.status {
            0 if !name.contains("help") => Some(LastWord::Good),
            1 => Some(LastWord::Invalid),
            2 => Some(LastWord::Unknown),
            _ => None,
        };
        assert_eq!(console.last_word(), word, "{name}");
        assert_eq!(console.phase() == Phase::Done, word.is_some(), "{name}");
        assert_eq!(console.broke().is_some(), case.status == 255, "{name}");
        if let Some(broke) = console.broke() {
            breaks.insert(name.clone(), broke);
        }
        // Refused arguments, and help, print no log.
        let is_refused = case.status == 254 || name.contains("help");
        assert_eq!(console.preface().is_empty(), !is_refused, "{name}");

        if let Some(links) = text(&case.folder.join("store-links")) {
            let link = |name| links.lines().find_map(|line| line.strip_prefix(name));
            let expected = link("./latest -> ").or_else(|| link("./current -> "));
            assert_eq!(console.folder(), expected.map(PathBuf::from), "{name}");
        }
        // Of the two runs of opt-test-count, the first one's history was kept.
        let history = text(&case.folder.join("history.edn"));
        if let Some(history) = history.filter(|_| name != "opt-test-count") {
            assert_eq!(console.counts(), counts(&history), "{name}");
        }
    }
    if breaks.is_empty() {
        return;
    }
    let kind = |name: &str| match &breaks[name] {
        Break::NodeCrashed { node, status, .. } => format!("{node} exited with {status}"),
        Break::NoInit { node, because: None } => format!("{node} did not answer"),
        Break::NoInit { node, because: Some(line) } => format!("{node}: {}", line.line),
        Break::LacksProgram { program, .. } => format!("lacks {program}"),
        Break::CannotStart { .. } => "cannot start".to_owned(),
        Break::Exception { cause } => cause.clone(),
    };
    assert_eq!(kind("x-crash-start"), "n0 exited with 3");
    assert_eq!(kind("x-crash-mid"), "n0 exited with 1");
    assert_eq!(kind("x-exit0-start"), "n0 exited with 0");
    assert_eq!(kind("x-no-init"), "n0 did not answer");
    assert_eq!(kind("x-badjson-init"), "n0: Starting up!");
    if breaks.contains_key("cli-missingbin") {
        assert_eq!(kind("cli-missingbin"), "cannot start");
    }
    assert!(kind("opt-linkv-1n").contains("Consider raising your test's :concurrency"));
}

#[test]
fn bad_lines_are_reported_with_their_node() {
    let bad_line = |name: &str| {
        let case = cases().into_iter().find(|case| case.name == name)?;
        let mut console = Console::new();
        case.log.lines().for_each(|line| console.line(line));
        console.end();
        console.problems().iter().find_map(|problem| match problem {
            Problem::BadLine(bad) => Some(format!("{}: {}", bad.node, bad.line)),
            _ => None,
        })
    };
    if let Some(line) = bad_line("x-badjson") {
        assert_eq!(line, "n0: hello, I am debugging");
        assert!(bad_line("x-malformed-msg").unwrap().starts_with("n0: {:src \"n0\","));
        assert!(bad_line("x-unknown-dest").unwrap().contains(":dest \"n99\""));
        // Only the larger set has it.
        if let Some(line) = bad_line("pn-counter-partition") {
            assert!(line.starts_with("n1: {:dest \"n3\""));
        }
    }
}
