//! How a program ends, and that nothing of it is left.

use crate::program::{Setup, is_denied, run};
use glomers_virtual_process::{End, Exceeded, Limits, Program, StartError, VirtualProcess};
use std::io::ErrorKind;
use std::time::Duration;

#[test]
fn the_end_of_a_program_is_reported() {
    if is_denied() {
        return;
    }
    let end = |args: &[&str]| run(args, &Setup::default()).end;
    assert_eq!(end(&["exit", "3"]), Some(End::Status(3)));
    assert_eq!(end(&["panic"]), Some(End::Status(101)));
    assert_eq!(end(&["abort"]), Some(End::Signal(6)));
    assert_eq!(end(&["exit-in-thread"]), Some(End::Status(5)));
    assert_eq!(end(&["first-thread-ends"]), Some(End::Status(4)));
    assert_eq!(end(&["orphan"]), Some(End::Status(0)));
}

#[test]
fn stderr_is_kept() {
    if is_denied() {
        return;
    }
    assert!(run(&["panic"], &Setup::default()).stderr.contains("on purpose"));
}

#[test]
fn a_program_that_stops_itself_never_continues() {
    if is_denied() {
        return;
    }
    let record = run(&["stop-itself"], &Setup::default());
    assert_eq!((record.lines(), record.end), (vec!["before".to_owned()], None));
    assert!(record.is_stopped);
}

#[test]
fn a_closed_stdout_is_noticed_at_once() {
    if is_denied() {
        return;
    }
    let record = run(&["close-stdout"], &Setup::default());
    assert_eq!(record.stdout_closed, Some(Duration::ZERO));
    assert_eq!(record.end, Some(End::Status(0)));
}

#[test]
fn memory_and_files_are_limited() {
    if is_denied() {
        return;
    }
    let limits = Limits { memory_bytes: 100 << 20, file_bytes: 1 << 20, ..Limits::default() };
    let record = run(&["memory"], &Setup { limits, ..Setup::default() });
    assert_eq!((record.end, record.exceeded), (Some(End::Signal(9)), Some(Exceeded::Memory)));
    let record = run(&["file"], &Setup { limits, ..Setup::default() });
    assert_eq!(record.exceeded, Some(Exceeded::FileSize));
}

#[test]
fn threads_are_limited() {
    if is_denied() {
        return;
    }
    let limits = Limits { threads: 100, ..Limits::default() };
    let record = run(&["many-threads"], &Setup { limits, ..Setup::default() });
    assert_eq!((record.end, record.exceeded), (Some(End::Signal(9)), Some(Exceeded::Threads)));
}

#[test]
fn what_cannot_be_started_is_said() {
    if is_denied() {
        return;
    }
    let error = |path: &str| VirtualProcess::start(&Program::new(path, "/")).unwrap_err();
    let kind = |error: StartError| match error {
        StartError::Spawn(error) => error.kind(),
        other => panic!("{other}"),
    };
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old");
    std::fs::write(&old, b"\x7fELF\x01\x01\x01").unwrap();
    assert!(matches!(error(old.to_str().unwrap()), StartError::ThirtyTwoBits));
    assert_eq!(kind(error("/does/not/exist")), ErrorKind::NotFound);
    assert_eq!(kind(error("/etc/passwd")), ErrorKind::PermissionDenied);
}
