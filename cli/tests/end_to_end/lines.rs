//! Nodes whose lines are odd or wrong: which are accepted, and which are reported.

use crate::glomers::Glomers;

/// Checks the report if all answers have this fault, even `init_ok`, so that the run cannot begin.
fn is_named(fault: &str, texts: &[&str]) {
    Glomers::run("echo", fault)
        .with(&["--init-timeout", "0.4"])
        .end()
        .exits(1)
        .says(&["node n0 did not answer init in 0.4 s", "it printed", "is not"])
        .says(texts)
        .stores("false");
}

#[test]
fn lines_that_look_perfect_are_named() {
    is_named("line-bom", &["byte order mark", "utf-8-sig"]);
    is_named("line-utf16", &["it is UTF-16"]);
    is_named("line-dict", &["a Python dict", "print(json.dumps(message), flush=True)"]);
    is_named("line-indented", &["part of an object", "on one line, without indentation"]);
    is_named("line-renamed", &["it has \"to\" where \"dest\" belongs"]);
}

/// Checks that what Maelstrom accepts is accepted, with a warning.
fn is_taken(fault: &str, texts: &[&str]) {
    Glomers::run("echo", fault).end().exits(0).says(&["warning: n0 "]).says(texts).stores("true");
}

#[test]
fn odd_lines_are_taken_with_a_warning() {
    is_taken("line-twice", &["two messages on one line, of which only the first is read"]);
    is_taken("line-behind", &["text behind a message on its line", "first: `;`"]);
    is_taken("line-key-twice", &["has the key \"id\" twice: the last one counts"]);
}

#[test]
fn bytes_that_are_not_utf8_are_replaced_as_the_reference_does() {
    // The fault changes the echoed text, so every operation is wrong.
    Glomers::run("echo", "line-latin1")
        .end()
        .exits(1)
        .says(&["a message that is not UTF-8: it was taken with"])
        .stores("false");
}

#[test]
fn a_line_that_never_ends_is_shown() {
    Glomers::run("echo", "line-unfinished")
        .with(&["--init-timeout", "1.4"])
        .end()
        .exits(1)
        .says(&[
            "did not answer init in 1.4 s: it printed `{\"src\":\"n0\"",
            "without a newline behind it",
            "print a newline (\\n) behind each message, and flush",
            "n0 began a line on stdout and did not end it",
        ])
        .does_not_say("printed nothing to stdout")
        .stores("false");
}

#[test]
fn a_node_that_prints_nothing_is_asked_whether_it_flushes() {
    Glomers::run("echo", "never-answers").with(&["--init-timeout", "0.3"]).end().exits(1).says(&[
        "nothing came on its stdout",
        "is stdout flushed",
        "flush=True",
    ]);
}

#[test]
fn bad_lines_are_reported_at_once() {
    let ended = Glomers::run("echo", "prints-debug").end().exits(0);
    assert!(ended.stderr.contains("n0 printed a line to stdout that is not JSON"));
    assert!(ended.stderr.contains("listening on stdin"), "{}", ended.stderr);
    let ended = Glomers::run("echo", "prints-debug").with(&["--quiet"]).end().exits(0);
    assert_eq!(ended.stderr, "");
}

#[test]
fn requests_that_a_service_does_not_understand_are_shown() {
    Glomers::run("echo", "asks-unknown")
        .end()
        .exits(0)
        .says(&[
            "n0 sent lin-kv a request that it does not understand",
            "read (key), write (key, value) or cas (key, from, to)",
            r#""type":"get""#,
        ])
        .stores("true");
}

#[test]
fn doubles_come_back_from_services_as_doubles() {
    let ended = Glomers::run("echo", "adds-doubles").end().exits(0).does_not_say("warning: n0");
    let log = ended.file("node-logs/n0.log");
    assert!(log.contains(r#""value":2.0"#) && log.contains("cas_ok"), "{log}");
    assert!(ended.file("messages.jsonl").contains(r#""type":"read_ok","value":2.0"#));
}
