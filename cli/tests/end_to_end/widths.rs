//! What is printed fits a terminal of 80 columns, and nothing is left out elsewhere.

use crate::glomers::{Ended, Glomers};

/// Width of the terminal.
const COLUMNS: u16 = 80;

/// The lines that were drawn, without colours and movements of the cursor.
fn lines(shown: &str) -> Vec<String> {
    let mut text = String::new();
    let mut rest = shown.chars();
    while let Some(c) = rest.next() {
        if c != '\u{1b}' {
            text.push(c);
            continue;
        }
        // Sequences here begin with `[` and end with a letter.
        rest.by_ref().skip(1).find(char::is_ascii_alphabetic);
    }
    text.split(['\r', '\n']).map(str::to_owned).collect()
}

/// Fails the test if a line that belongs to a table is wider than the terminal, or if there is none.
#[track_caller]
fn fits(ended: &Ended) {
    let lines = lines(&ended.stdout);
    let rows: Vec<&String> =
        lines.iter().filter(|line| line.starts_with(['│', '┌', '╞'])).collect();
    assert!(!rows.is_empty(), "{}", ended.stdout);
    for row in rows {
        assert!(row.chars().count() <= COLUMNS.into(), "{row}\n{}", ended.stdout);
    }
}

#[test]
fn every_table_fits() {
    let node = "broadcast-acknowledges-before-it-stores";
    let mut ended = Glomers::new(&["run", "broadcast-d", "--sim", "--seed", "4294967295"]);
    ended = ended.with(&["--repeat", "2"]);
    let mut ended = ended.end_in_terminal(COLUMNS).exits(0);
    fits(&ended);
    for args in [
        &["list"][..],
        &["list", "--settings"],
        &["list", "txn-a", "broadcast-e"],
        &["run", "txn-a", "--sim", "--time-limit", "1", "--seed", "4294967295"],
        &["run", "broadcast-e", "--sim", "--time-limit", "3"],
        &["sweep", "broadcast-c", "--seeds", "18446744073709551600..18446744073709551610"],
        &["museum", "--seeds", "1", "--tries", "1", node],
        &["report"],
        &["runs"],
        &["show"],
        &["compare", "store/latest", "store/latest"],
        &["doctor"],
    ] {
        ended = ended.then(args).end_in_terminal(COLUMNS);
        fits(&ended);
        if args[0] == "list" {
            let broken = |line: &String| line.trim_end_matches(['│', ' ']).ends_with("Maelstr");
            assert!(!lines(&ended.stdout).iter().any(broken), "{}", ended.stdout);
        }
    }
}

#[test]
fn words_are_whole_where_there_is_room() {
    let list = Glomers::new(&["list"]).end_in_terminal(COLUMNS).exits(0);
    for word in ["server-msgs-per-op", "stable-latency-max", "read-uncommitted"] {
        assert!(list.stdout.contains(word), "{word}\n{}", list.stdout);
    }
    assert!(!list.stdout.contains("workload "), "left out, as it fits nowhere\n{}", list.stdout);
}

#[test]
fn texts_are_wrapped_and_commands_are_not() {
    let texts = Glomers::new(&["list", "--workloads"]).end_in_terminal(COLUMNS).exits(0);
    let wide = lines(&texts.stdout).into_iter().find(|it| it.chars().count() > COLUMNS.into());
    assert_eq!(wide, None);
    // Not in a terminal, each message is on its own line.
    let piped = texts.then(&["list", "--workloads"]).end().exits(0);
    let reply = r#"  <- {"type": "poll_ok", "msgs": an object, each value an array, each element [an integer, anything]}"#;
    assert!(piped.stdout.lines().any(|line| line == reply), "{}", piped.stdout);
}

/// Fails the test if a line is wider than the terminal, other than of a table, a path or a command.
#[track_caller]
fn is_wrapped(ended: &Ended) {
    let is_copied = |line: &String| line.starts_with(['{', '│']) || line.contains("glomers ");
    for line in lines(&ended.stdout).iter().filter(|line| !is_copied(line)) {
        assert!(line.chars().count() <= COLUMNS.into(), "{line}\n{}", ended.stdout);
    }
}

#[test]
fn reasons_stories_and_notes_are_wrapped() {
    let run = ["run", "broadcast-c", "--sim", "--seed", "3", "--time-limit", "5"];
    let run = Glomers::new(&run).with(&["--node", "broadcast-forgets-to-retry"]);
    let mut ended = run.end_in_terminal(COLUMNS).exits(1).says(&["why:"]);
    is_wrapped(&ended);
    for args in [&["show"][..], &["story"], &["init", "--lang", "python"], &["init"]] {
        ended = ended.then(args).end_in_terminal(COLUMNS);
        is_wrapped(&ended);
    }
    ended.exits(254).says(&["so nothing was written"]);
}

#[test]
fn nothing_is_left_out_of_a_pipe() {
    let run = Glomers::new(&["run", "txn-a", "--sim", "--time-limit", "1"]).end().exits(0);
    let run = run.then(&["runs"]).end().exits(0).says(&["when (UTC)", "engine", "node", "seed"]);
    let run = run.then(&["report"]).end().exits(0).says(&["engine", "date", "glomers' own"]);
    let run = run.then(&["compare", "store/latest", "store/latest"]).end().exits(0);
    let run = run.says(&["noise", "change"]);
    let sweep = run.then(&["sweep", "echo", "--seeds", "2", "--time-limit", "1"]).end().exits(0);
    let museum = ["museum", "--seeds", "1", "--tries", "1", "kafka-counts-per-node"];
    let museum = sweep.says(&["p99"]).then(&museum).end().exits(0);
    museum.says(&["hunted in", "smallest", "found"]);
}

#[test]
fn the_progress_line_never_wraps() {
    let run =
        ["run", "broadcast-e", "--time-limit", "2", "--recovery", "0.5", "--rpc-timeout", "500"];
    let faults = ["--nemesis", "partition,loss,duplicate", "--nemesis-interval", "0.2"];
    let shown = Glomers::new(&run).with(&faults).end_in_terminal(COLUMNS);
    let lines = lines(&shown.stdout);
    let drawn: Vec<&String> = lines.iter().filter(|line| line.contains(" messages")).collect();
    assert!(drawn.len() > 3 && drawn.iter().any(|line| line.contains("nemesis")), "{drawn:?}");
    for line in drawn {
        assert!(line.chars().count() <= COLUMNS.into(), "{line}");
    }
}
