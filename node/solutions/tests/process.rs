//! The node as a real process.
#![expect(clippy::disallowed_methods, reason = "this is the world around a node, not a node")]

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

const INIT: &str = r#"{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1","n2"]}}"#;
const INIT_OK: &str = r#"{"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}"#;
const ECHO: &str = r#"{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":2,"echo":"hi"}}"#;
const ECHO_OK: &str =
    r#"{"src":"n1","dest":"c1","body":{"type":"echo_ok","in_reply_to":2,"echo":"hi"}}"#;

fn node() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_glomers-node"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn start(command: &mut Command) -> (Child, ChildStdin) {
    let mut child = command.spawn().unwrap();
    let stdin = child.stdin.take().unwrap();
    (child, stdin)
}

/// Output, log, and exit code.
fn end(child: Child) -> (String, String, Option<i32>) {
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code())
}

#[test]
fn answers_until_stdin_is_closed() {
    let (child, mut stdin) = start(&mut node());
    // The last line may lack its line end.
    write!(stdin, "{INIT}\n\nnonsense\n{ECHO}").unwrap();
    drop(stdin);
    let log = "a line is no message: expected ident at line 1 column 2: \"nonsense\"\n";
    assert_eq!(end(child), (format!("{INIT_OK}\n{ECHO_OK}\n"), log.to_owned(), Some(0)));
}

#[test]
fn a_file_will_do_as_stdin() {
    let mut file = tempfile::tempfile().unwrap();
    writeln!(file, "{INIT}\n{ECHO}").unwrap();
    file.rewind().unwrap();
    let child = node().stdin(Stdio::from(file)).spawn().unwrap();
    assert_eq!(end(child), (format!("{INIT_OK}\n{ECHO_OK}\n"), String::new(), Some(0)));
}

#[test]
fn a_line_of_70_mb_is_skipped() {
    let (child, mut stdin) = start(&mut node());
    writeln!(stdin, "{INIT}").unwrap();
    let megabyte = vec![b'x'; 1 << 20];
    for _ in 0..70 {
        stdin.write_all(&megabyte).unwrap();
    }
    write!(stdin, "\n{ECHO}\n").unwrap();
    drop(stdin);
    let log = "a line is longer than 64 MiB, and is skipped\n";
    assert_eq!(end(child), (format!("{INIT_OK}\n{ECHO_OK}\n"), log.to_owned(), Some(0)));
}

#[test]
fn a_broken_stdout_ends_it_quietly() {
    let (mut child, mut stdin) = start(&mut node());
    drop(child.stdout.take());
    // A child of another test may hold the pipe briefly, so the first answer may succeed.
    while writeln!(stdin, "{INIT}").is_ok() {}
    assert_eq!(end(child), (String::new(), String::new(), Some(1)));
}

#[test]
fn a_full_disk_ends_it_with_a_word() {
    let Ok(full) = File::options().write(true).open("/dev/full") else {
        eprintln!("SKIPPED: this system has no /dev/full");
        return;
    };
    let (child, mut stdin) = start(node().stdout(full));
    writeln!(stdin, "{INIT}").unwrap();
    let (_, log, code) = end(child);
    assert!(log.starts_with("the node stops: ") && code == Some(1), "{log}");
}

#[test]
fn timers_run_while_nothing_arrives() {
    let (mut child, mut stdin) = start(&mut node());
    let broadcast = |message: u8| {
        format!(
            r#"{{"src":"c1","dest":"n1","body":{{"type":"broadcast","msg_id":1,"message":{message}}}}}"#
        )
    };
    // The hub sends the first value at once, and the second after a pause.
    writeln!(stdin, "{INIT}\n{}\n{}", broadcast(1), broadcast(2)).unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let shares: Vec<_> =
        lines.by_ref().map(Result::unwrap).filter(|line| line.contains("share")).take(2).collect();
    assert!(shares[0].contains(r#""values":[1]"#), "{shares:?}");
    assert!(shares[1].contains(r#""values":[2]"#), "{shares:?}");
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_durable_node_goes_on_where_it_was_killed() {
    const ADD: &str = r#"{"src":"c1","dest":"n1","body":{"type":"add","msg_id":2,"delta":5}}"#;
    const READ: &str = r#"{"src":"c1","dest":"n1","body":{"type":"read","msg_id":3}}"#;
    let folder = tempfile::tempdir().unwrap();
    for life in 0..3_u64 {
        let mut command = node();
        let (mut child, mut stdin) = start(command.arg("--durable").current_dir(folder.path()));
        writeln!(stdin, "{INIT}\n{READ}\n{ADD}").unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        // Three answers, and the message to the other node.
        let said = lines.take(4).collect::<Vec<_>>().join("\n");
        assert!(said.contains(r#""add_ok""#), "{said}");
        assert!(said.contains(&format!(r#""value":{}}}"#, 5 * life)), "{said}");
        // A late reply to a request of an earlier life is not matched to one of this life.
        let msg_id = life * (1 << 32) + 1;
        assert!(said.contains(&format!(r#""type":"sum","msg_id":{msg_id},"#)), "{said}");
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[test]
fn a_disk_that_cannot_be_read_is_reported_at_once() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("counter"), "[\"n1\",{}]\n").unwrap();
    let (child, mut stdin) = start(node().arg("--durable").current_dir(folder.path()));
    writeln!(stdin, "{INIT}").unwrap();
    drop(stdin);
    let (output, ..) = end(child);
    let why = r#""code":13,"text":"the file \"counter\" of this node's disk has an odd line 1: missing field `additions`"#;
    assert!(output.contains(why), "{output}");
}
