//! Nodes that exit, or fail to start: the run fails at once, and reports the reason.

use crate::glomers::Glomers;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

#[test]
fn exits_at_start() {
    Glomers::run("echo", "exits-at-start")
        .end()
        .exits(1)
        .says(&[
            "node n0 exited with status 3 before all nodes had answered init",
            "about to fail",
            "no configuration found",
        ])
        .stores("false");
}

#[test]
fn exits_in_the_middle() {
    let ended = Glomers::run("echo", "exits-later").end().exits(1);
    let ended = ended.says(&["node n0 exited with status 4"]).stores("false");
    assert!(ended.stdout.contains("\n  panicked at the third request\n"), "{}", ended.stdout);
}

#[test]
fn is_killed_in_the_middle() {
    Glomers::run("echo", "killed-later")
        .end()
        .exits(1)
        .says(&["node n0 was killed by signal 6"])
        .stores("false");
}

#[test]
fn never_answers_init() {
    Glomers::run("echo", "never-answers")
        .with(&["--init-timeout", "0.3"])
        .end()
        .exits(1)
        .says(&["node n0 did not answer init in 0.3 s"])
        .stores("false");
}

#[test]
fn answers_init_with_an_error() {
    Glomers::run("echo", "init-error")
        .end()
        .exits(1)
        .says(&["node n0 answered init with", "no disk", "the answer it wants is"])
        .stores("false");
}

#[test]
fn answers_init_with_something_else() {
    Glomers::run("echo", "init-other").end().exits(1).says(&[r#""type":"hello""#]).stores("false");
}

#[test]
fn refuses_the_topology() {
    Glomers::run("broadcast-d", "refuses")
        .end()
        .exits(1)
        .does_not_say("target missed")
        .says(&["node n0 did not accept topology", "not today"])
        .stores("false");
}

#[test]
fn is_no_program_at_all() {
    let run = Glomers::new(&["run", "echo", "--bin", "./node"]).file("node", "no-such-command\n");
    let program = run.folder().join("node");
    fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
    // The system runs it with a shell, as it does with every text file.
    run.end().exits(1).says(&["node n0 exited with status 127", "not found"]).stores("false");
}
