//! Nodes that print invalid lines, or stop reading: the run continues, and reports it.

use crate::glomers::Glomers;

/// Checks that the first operations of this node succeed.
fn goes_on(fault: &str, advice: &[&str]) {
    Glomers::run("echo", fault).end().exits(0).says(advice).stores("true");
}

#[test]
fn prints_debug_output() {
    goes_on("prints-debug", &["n0", "is not JSON", "stderr", "listening on stdin"]);
}

#[test]
fn prints_blank_lines() {
    goes_on("blank-lines", &["n0", "is not JSON: it is empty"]);
}

#[test]
fn prints_something_else_with_every_answer() {
    goes_on("not-json", &["is not JSON", "got a request"]);
}

#[test]
fn prints_json_that_is_no_message() {
    goes_on("not-message", &["not a message", r#"{"hello":1}"#]);
}

#[test]
fn prints_bad_utf8() {
    goes_on("bad-utf8", &["not UTF-8"]);
}

#[test]
fn speaks_for_somebody_else() {
    goes_on("wrong-source", &["src is not on this network", "n99"]);
}

#[test]
fn writes_to_nobody() {
    goes_on("unknown-dest", &["not on this network", "n99"]);
}

#[test]
fn prints_a_line_of_100_megabytes() {
    goes_on("long-line", &["more than 16 MiB"]);
}

#[test]
fn nests_a_reply_too_deep() {
    goes_on("nests-deep", &["more than 128 levels deep"]);
}

#[test]
fn answers_init_twice() {
    let run = || Glomers::run("echo", "init-twice");
    run()
        .end()
        .exits(0)
        .says(&["Maelstrom would have gone deaf to n0", "answered init twice", "--strict"])
        .stores("true");
    // As with Maelstrom, nothing more is read from the node.
    run()
        .with(&["--strict", "--rpc-timeout", "200"])
        .end()
        .exits(1)
        .says(&["n0 was not read any more", "no echo operation succeeded"])
        .stores("false");
}

#[test]
fn answers_after_the_client_gave_up() {
    let run = || Glomers::run("echo", "answers-late").with(&["--rpc-timeout", "200"]);
    let deaf = ["gone deaf to n0", "after that client had given it up", "would have timed out"];
    run().end().exits(0).says(&deaf).stores("true");
    run().with(&["--strict"]).end().says(&["n0 was not read any more"]);
}

#[test]
fn answers_without_in_reply_to() {
    Glomers::run("echo", "no-in-reply-to")
        .with(&["--time-limit", "8"])
        .end()
        .exits(2)
        .says(&["without in_reply_to", r#"needs "in_reply_to": 1"#, "stopped early", "echo_ok"])
        .stores(":unknown");
    Glomers::run("echo", "no-in-reply-to")
        .with(&["--keep-going", "--rpc-timeout", "300"])
        .end()
        .exits(1)
        .says(&["without in_reply_to", "no echo operation succeeded"])
        .stores("false");
}

#[test]
fn answers_init_without_in_reply_to() {
    Glomers::run("echo", "init-unmatched").end().exits(1).says(&[
        "n0 did not answer init",
        "without in_reply_to",
        r#"the answer needs "in_reply_to""#,
    ]);
}

#[test]
fn answers_everything_in_a_shape_that_does_not_fit() {
    Glomers::run("echo", "breaks-schema")
        .with(&["--time-limit", "8", "--rate", "200"])
        .end()
        .exits(2)
        .says(&[
            "answers to \"echo\" were unusable",
            r#"{"type":"echo_ok","#,
            "echo is missing",
            "--keep-going",
        ])
        .stores(":unknown");
}

#[test]
fn never_answers_one_kind_of_request() {
    Glomers::run("broadcast-b", "ignores-broadcast")
        .with(&["--rpc-timeout", "200", "--recovery", "0"])
        .end()
        .exits(1)
        .says(&[
            r#"did not answer "broadcast" in 200 ms"#,
            r#"{"type":"broadcast_ok","#,
            "pondering",
        ]);
}

#[test]
fn lives_on_when_stdin_closes() {
    Glomers::run("echo", "outlives-stdin").end().exits(0).stores("true");
}

#[test]
fn leaves_a_child_behind() {
    Glomers::run("echo", "forks").end().exits(0).stores("true");
}

#[test]
fn prints_without_end() {
    for fault in ["endless-line", "endless-lines"] {
        Glomers::run("echo", fault)
            .with(&["--rpc-timeout", "300"])
            .end()
            .exits(1)
            .says(&["no echo operation succeeded"])
            .stores("false");
    }
}

#[test]
fn stops_reading() {
    let ended =
        Glomers::run("echo", "stops-reading").with(&["--rpc-timeout", "300"]).end().exits(0);
    assert!(ended.file("history.edn").contains(":error :net-timeout"));
}

#[test]
fn closes_its_stdout() {
    Glomers::run("echo", "closes-stdout")
        .with(&["--rpc-timeout", "300"])
        .end()
        .exits(0)
        .says(&["n0 closed its stdout"])
        .stores("true");
}

#[test]
fn breaks_the_schema_of_a_reply() {
    let ended = Glomers::run("echo", "breaks-schema")
        .with(&["--keep-going"])
        .end()
        .exits(1)
        .says(&["no echo operation succeeded", "echo is missing, ehco is not allowed"])
        .stores("false");
    assert!(ended.file("results.edn").contains(":exceptions ({:count "));
}

#[test]
fn refuses_every_operation() {
    Glomers::run("echo", "refuses")
        .end()
        .exits(1)
        .says(&[
            "no echo operation succeeded",
            "temporarily-unavailable",
            "not today",
            "the disk is on fire",
        ])
        .stores("false");
}

#[test]
fn gives_out_one_id_twice() {
    Glomers::run("unique-ids", "same-id")
        .with(&["--nemesis", "none"])
        .end()
        .exits(1)
        .says(&["1 id was given out more than once"])
        .stores("false");
}

#[test]
fn shows_values_twice() {
    let run = |more: &[&str]| {
        Glomers::run("broadcast-a", "duplicates").with(&["--recovery", "0"]).with(more).end()
    };
    run(&[]).exits(0).says(&["shown more than once", "duplicated-count"]).stores("true");
    run(&["--fail-on-duplicates"]).exits(1).says(&["shown more than once"]).stores("true");
}

#[test]
fn loses_values() {
    Glomers::run("broadcast-a", "forgets")
        .with(&["--recovery", "0"])
        .end()
        .exits(1)
        .says(&["values were lost"])
        .stores("false");
}
