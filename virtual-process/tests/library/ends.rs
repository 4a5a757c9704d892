//! How a program ends, and that nothing of it is left.

use crate::program::{Setup, run};
use glomers_virtual_process::{End, Irregularity, Program, StartError, VirtualProcess};
use std::io::ErrorKind;
use std::time::Duration;

#[test]
fn the_end_of_a_program_is_reported() {
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
    assert!(run(&["panic"], &Setup::default()).stderr.contains("on purpose"));
}

#[test]
fn a_program_that_stops_itself_never_continues() {
    let record = run(&["stop-itself"], &Setup::default());
    assert_eq!((record.lines(), record.end), (vec!["before".to_owned()], None));
    assert!(record.is_stopped);
}

#[test]
fn a_closed_stdout_is_noticed_at_once() {
    let record = run(&["close-stdout"], &Setup::default());
    assert_eq!(record.stdout_closed, Some(Duration::ZERO));
    assert_eq!(record.end, Some(End::Status(0)));
}

#[test]
fn threads_are_limited() {
    let record = run(&["many-threads"], &Setup { most_threads: 100, ..Setup::default() });
    assert_eq!(record.end, Some(End::Signal(9)));
    assert_eq!(record.irregularities, [Irregularity::TooManyThreads]);
}

#[test]
fn what_cannot_be_started_is_said() {
    let error = |path: &str| VirtualProcess::start(&Program::new(path, "/")).unwrap_err();
    let kind = |error: StartError| match error {
        StartError::Spawn(error) => error.kind(),
        other => panic!("{other}"),
    };
    assert_eq!(kind(error("/does/not/exist")), ErrorKind::NotFound);
    assert_eq!(kind(error("/etc/passwd")), ErrorKind::PermissionDenied);
}
