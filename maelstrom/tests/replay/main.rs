//! Replays a recorded run of Maelstrom: parses its command line as strictly as it does, prints the
//! recorded log, starts and stops the nodes, and writes the recorded folder under a new time.
//!
//! `REPLAY_RECORDING` names the folder of the recording. `REPLAY_SPEED` is how much faster than the
//! recorded time the log is printed; without it, at once. `REPLAY_END` selects another end than the
//! recorded one. `REPLAY_FAULTS` are the faults that its help names, instead of just `partition`.

mod arguments;
mod log;
mod store;

use arguments::Arguments;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;
use store::RunFolder;

/// Exit status for invalid arguments.
const BAD_ARGUMENTS: u8 = 254;
/// Exit status of a crash.
const CRASH: u8 = 255;
/// Longer than any test lasts.
const FOR_EVER: Duration = Duration::from_mins(10);

/// An end of the run other than the recorded one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    AsRecorded,
    /// Hangs in the middle of the load.
    Hang,
    /// Runs out of memory during the analysis.
    OutOfMemory,
    /// Writes no results.
    NoResults,
    /// Writes half of the results.
    CutResults,
    /// Writes results with an unknown key.
    NewerResults,
    /// Exits with 0, without the final line.
    NoLastWord,
    /// Prints unrelated text, and runs nothing.
    Garbage,
    /// Prints the error of a shell that finds no Java.
    NoJava,
    /// Prints the error of an old Java.
    OldJava,
    /// Prints the error of a JVM with too little memory.
    SmallHeap,
    /// Fails as if git were missing.
    NoGit,
    /// Fails as if a node printed another line before `init_ok`.
    BadLine,
}

/// The log entry if git is missing.
const NO_GIT: &str = "\
INFO [2026-11-20 23:32:28,413] jepsen test runner - jepsen.core Running test:
WARN [2026-11-20 23:32:28,513] jepsen test runner - jepsen.core Test crashed!
java.io.IOException: Cannot run program \"git\": error=2, No such file or directory
ERROR [2026-11-20 23:32:28,613] main - jepsen.cli Oh jeez, I'm sorry, Jepsen broke. Here's why:
java.io.IOException: Cannot run program \"git\": error=2, No such file or directory
\tat java.base/java.lang.ProcessBuilder.start(ProcessBuilder.java:1143)";

/// The log entry if a node prints another line before `init_ok`.
const BAD_LINE: &str = "\
WARN [2026-11-20 23:50:26,215] n0 stdout - maelstrom.process Error!
clojure.lang.ExceptionInfo: Node n0 printed a line to STDOUT which was not well-formed JSON:
Starting up!
Did you mean to encode this line as JSON?
ERROR [2026-11-20 23:50:37,189] main - jepsen.cli Oh jeez, I'm sorry, Jepsen broke. Here's why:
clojure.lang.ExceptionInfo: Expected node n0 to respond to an init message, but node did not respond.";

impl End {
    fn of_environment() -> Self {
        match std::env::var("REPLAY_END").as_deref() {
            Err(_) => Self::AsRecorded,
            Ok("hang") => Self::Hang,
            Ok("out-of-memory") => Self::OutOfMemory,
            Ok("no-results") => Self::NoResults,
            Ok("cut-results") => Self::CutResults,
            Ok("newer-results") => Self::NewerResults,
            Ok("no-last-word") => Self::NoLastWord,
            Ok("garbage") => Self::Garbage,
            Ok("no-java") => Self::NoJava,
            Ok("old-java") => Self::OldJava,
            Ok("small-heap") => Self::SmallHeap,
            Ok("no-git") => Self::NoGit,
            Ok("bad-line") => Self::BadLine,
            Ok(other) => panic!("unknown REPLAY_END {other}"),
        }
    }
}

/// The help of a Maelstrom that supports these faults.
fn help(faults: &str) -> String {
    format!(
        "Usage: lein run -- COMMAND [OPTIONS ...]\n\n  -h, --help  Print out this message and exit\n      \
         --nemesis FAULTS  #{{}}  A comma-separated list of faults to inject: {faults}.\n      \
         --nemesis-interval SECONDS  10  How many seconds between nemesis operations\n"
    )
}

fn main() -> ExitCode {
    if std::env::args().skip(1).eq(["test", "--help"]) {
        let faults = std::env::var("REPLAY_FAULTS").unwrap_or_else(|_| "partition".to_owned());
        print!("{}", help(&faults));
        return ExitCode::SUCCESS;
    }
    let arguments = match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(refusal) => {
            println!("{refusal}");
            return BAD_ARGUMENTS.into();
        }
    };
    let end = End::of_environment();
    match end {
        End::Garbage => {
            println!("{{\"this\": [\"is\", no log\n\u{1b}[2J\u{0}\u{7f}");
            return ExitCode::SUCCESS;
        }
        End::NoJava => {
            eprintln!("maelstrom: 6: exec: java: not found");
            return ExitCode::from(127);
        }
        End::OldJava => {
            eprintln!(
                "Exception in thread \"main\" java.lang.UnsupportedClassVersionError: \
                 maelstrom/core has been compiled by a more recent version of the Java Runtime"
            );
            return ExitCode::FAILURE;
        }
        End::SmallHeap => {
            eprintln!("Error occurred during initialization of VM\nToo small maximum heap");
            return ExitCode::FAILURE;
        }
        End::NoGit => {
            println!("{NO_GIT}");
            return CRASH.into();
        }
        End::BadLine => {
            println!("{BAD_LINE}");
            return CRASH.into();
        }
        _ => {}
    }
    let recording = std::env::var_os("REPLAY_RECORDING").expect("REPLAY_RECORDING names a folder");
    replay(&arguments, end, Path::new(&recording)).into()
}

/// Replays the log, line by line, with the effect of each line; returns the exit status.
fn replay(arguments: &Arguments, end: End, recording: &Path) -> u8 {
    let mut log = log::Log::read(&recording.join("out"));
    let folder = RunFolder::create(recording, &log.test_name());
    log.retime(folder.time());
    let mut nodes: Vec<Child> = Vec::new();
    let mut operations = 0;
    for line in log.lines() {
        line.wait();
        let text = line.text();
        if end == End::NoLastWord && text.starts_with("Everything looks good!") {
            return 0;
        }
        println!("{text}");
        std::io::stdout().flush().expect("a reader");
        if text.contains("maelstrom.process launching") {
            nodes.push(start(arguments));
        } else if text.contains("maelstrom.db Tearing down") {
            stop(&mut nodes);
        } else if text.contains("Run complete, writing") {
            folder.write("history.edn", |text| text);
        } else if text.ends_with("Analyzing...") && end == End::OutOfMemory {
            eprintln!("Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space");
            return CRASH;
        } else if text.ends_with("Analysis complete") {
            match end {
                End::NoResults => {}
                End::CutResults => {
                    folder.write("results.edn", |text| text[..text.len() / 2].to_owned());
                }
                End::NewerResults => {
                    folder.write("results.edn", |text| text.replacen('{', "{:mood 0.5,\n ", 1));
                }
                _ => folder.write("results.edn", |text| text),
            }
        } else if text.contains("\t:ok\t") {
            operations += 1;
            if end == End::Hang && operations == 3 {
                std::thread::sleep(FOR_EVER);
            }
        }
    }
    // A crash leaves the nodes running, as that of a JVM would.
    let status = log.status();
    if status != CRASH {
        stop(&mut nodes);
    }
    folder.link_latest();
    status
}

fn start(arguments: &Arguments) -> Child {
    Command::new(&arguments.bin)
        .args(&arguments.node_args)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the node starts")
}

fn stop(nodes: &mut Vec<Child>) {
    for mut node in nodes.drain(..) {
        node.kill().expect("the node can be killed");
        node.wait().expect("the node ends");
    }
}
