//! Interprets the end of a run, with advice for failures.

use crate::console::{Break, Console, LastWord, Phase, Problem};
use crate::process::{Ended, ProcessError};
use nix::libc::SIGKILL;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

/// Exit status of a shell that did not find a program.
const NOT_FOUND: i32 = 127;
/// Maelstrom's exit status for invalid arguments.
const BAD_ARGUMENTS: i32 = 254;

/// Maelstrom's verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// Exit status 0.
    Valid,
    /// Exit status 1.
    Invalid,
    /// Exit status 2.
    Unknown,
}

/// Why there is no verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Java is not installed.
    #[error(
        "Maelstrom needs Java, which is not on the PATH: install it (`glomers doctor` says how)"
    )]
    NoJava,
    /// The installed Java is too old, or fails for another reason.
    #[error(
        "this Java cannot run Maelstrom: {line}; install a newer one (`glomers doctor` says how)"
    )]
    WrongJava {
        /// What it printed.
        line: String,
    },
    /// The JVM did not start.
    #[error("the JVM did not start: {line}; correct --jvm-opt")]
    BadJvm {
        /// What it printed.
        line: String,
    },
    /// Maelstrom refused its arguments.
    #[error("Maelstrom refused its arguments: {line}")]
    Refused {
        /// What it printed.
        line: String,
    },
    /// The test broke.
    #[error("{0}")]
    Broke(Break),
    /// Maelstrom ran out of memory.
    #[error(
        "Maelstrom ran out of memory ({}): give it more with --jvm-opt -Xmx4g, or ask less of it \
         with a lower --rate or --time-limit",
        .phase.name()
    )]
    OutOfMemory {
        /// The phase that it was in.
        phase: Phase,
    },
    /// A signal killed it.
    #[error(
        "Maelstrom was killed by signal {signal} ({}){}",
        .phase.name(),
        if *.signal == SIGKILL {
            ": perhaps the machine ran out of memory; limit it with --jvm-opt -Xmx2g"
        } else {
            ""
        }
    )]
    Killed {
        /// The signal.
        signal: i32,
        /// The phase that it was in.
        phase: Phase,
    },
    /// It exceeded its time limit.
    #[error(
        "Maelstrom was not done after {} s ({}): give it more time with --timeout",
        .after.as_secs_f64(),
        .phase.name()
    )]
    TimedOut {
        /// The time limit.
        after: Duration,
        /// The phase that it was in.
        phase: Phase,
    },
    /// The user stopped it.
    #[error("the run was stopped before its end")]
    Stopped,
    /// It ended unexpectedly.
    #[error("Maelstrom exited with status {status} and no explanation{}", last_line(.line))]
    Unexplained {
        /// Its exit status.
        status: i32,
        /// The last line before its log began.
        line: String,
    },
}

fn last_line(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!("; it said: {line}") }
}

impl Failure {
    /// Whether the node is at fault.
    #[must_use]
    pub fn is_of_node(&self) -> bool {
        matches!(
            self,
            Self::Broke(
                Break::NodeCrashed { .. } | Break::NoInit { .. } | Break::CannotStart { .. }
            )
        )
    }

    /// Whether the arguments are wrong, so that no test began.
    #[must_use]
    pub fn is_of_arguments(&self) -> bool {
        matches!(self, Self::BadJvm { .. } | Self::Refused { .. })
    }

    /// Whether this machine has no Java that can run a test.
    #[must_use]
    pub fn is_of_java(&self) -> bool {
        matches!(self, Self::NoJava | Self::WrongJava { .. })
    }
}

/// The verdict according to the end of the process and its log.
pub fn judge_ending(ended: Ended, console: &Console) -> Result<Judged, Failure> {
    let phase = console.phase();
    let status = match ended {
        Ended::Exited(status) => status,
        Ended::TimedOut(after) => return Err(Failure::TimedOut { after, phase }),
        Ended::Stopped => return Err(Failure::Stopped),
    };
    match status.code() {
        Some(0) => return Ok(Judged::Valid),
        Some(1) if console.last_word() == Some(LastWord::Invalid) => return Ok(Judged::Invalid),
        Some(2) if console.last_word() == Some(LastWord::Unknown) => return Ok(Judged::Unknown),
        _ => {}
    }
    if let Some(failure) = before_the_test(console, status.code()) {
        return Err(failure);
    }
    if console.out_of_memory() {
        return Err(Failure::OutOfMemory { phase });
    }
    if let Some(why) = console.broke() {
        return Err(Failure::Broke(why));
    }
    // A shell between glomers and the JVM adds 128.
    let of_shell = status.code().map(|code| code - 128).filter(|signal| *signal == SIGKILL);
    if let Some(signal) = status.signal().or(of_shell) {
        return Err(Failure::Killed { signal, phase });
    }
    let code = status.code().unwrap_or_default();
    let line = console.preface().iter().rev().find(|line| !line.trim().is_empty());
    Err(Failure::Unexplained { status: code, line: line.cloned().unwrap_or_default() })
}

/// Recognizes errors of the shell, the JVM or Maelstrom's arguments before the log begins.
fn before_the_test(console: &Console, status: Option<i32>) -> Option<Failure> {
    let preface = console.preface();
    let line_with = |part: &str| preface.iter().find(|line| line.contains(part)).cloned();
    if line_with("Unable to locate a Java Runtime").is_some()
        || line_with("java: not found").is_some()
        || line_with("java: command not found").is_some()
        || (status == Some(NOT_FOUND) && line_with("java").is_some())
    {
        return Some(Failure::NoJava);
    }
    if let Some(line) = line_with("UnsupportedClassVersionError")
        .or_else(|| line_with("Unsupported major.minor version"))
    {
        return Some(Failure::WrongJava { line });
    }
    let bad_jvm = [
        "Unrecognized option",
        "Invalid ",
        "Could not create the Java",
        "Error occurred during initialization of VM",
        "VM option",
    ];
    if console.phase() == Phase::Boot && bad_jvm.into_iter().any(|part| line_with(part).is_some()) {
        return Some(Failure::BadJvm { line: jvm_message(preface) });
    }
    (status == Some(BAD_ARGUMENTS))
        .then(|| Failure::Refused { line: preface.join(" ").trim().to_owned() })
}

/// The error of a JVM that does not start, without the lines that it always prints.
fn jvm_message(preface: &[String]) -> String {
    let always = [
        "Picked up ",
        "Error: Could not create the Java Virtual Machine",
        "Error: A fatal exception has occurred",
    ];
    let lines: Vec<&str> = preface
        .iter()
        .map(|line| line.trim())
        .filter(|line| !line.is_empty() && !always.iter().any(|text| line.starts_with(text)))
        .collect();
    if lines.is_empty() { preface.join("; ") } else { lines.join("; ") }
}

/// The failure if the process could not be started; `None` if the system is at fault.
#[must_use]
pub fn judge_start(error: &ProcessError) -> Option<Failure> {
    match error {
        ProcessError::Start { program, error }
            if error.kind() == io::ErrorKind::NotFound
                && program.file_name().is_some_and(|name| name == "java") =>
        {
            Some(Failure::NoJava)
        }
        _ => None,
    }
}

/// Oddities of a run with a verdict, a line each.
#[must_use]
pub fn oddities(judged: Judged, console: &Console) -> Vec<String> {
    let mut lines = Vec::new();
    for problem in console.problems() {
        lines.push(match problem {
            Problem::Operation | Problem::Broke(_) => continue,
            Problem::BadLine(bad) => format!(
                "{} {}, and Maelstrom read nothing more of it: `{}`; {}",
                bad.node,
                bad.deed(),
                bad.line,
                bad.advice()
            ),
            Problem::Checker { cause } => {
                let plots = ["\"gnuplot\"", "\"dot\""].iter().any(|name| cause.contains(name));
                let advice = if plots { " (`glomers doctor` says how to install it)" } else { "" };
                format!("a checker failed, so the verdict is unknown: {cause}{advice}")
            }
            Problem::Other(text) => format!("Maelstrom warned: {text}"),
        });
    }
    if console.more_problems() > 0 {
        lines.push(format!("{} more warnings are in its log", console.more_problems()));
    }
    if console.out_of_memory() {
        lines.push("the analysis ran out of memory: give it more with --jvm-opt -Xmx4g".to_owned());
    }
    if judged == Judged::Valid && console.last_word() != Some(LastWord::Good) {
        lines.push(
            "Maelstrom exited with 0 and did not say \"Everything looks good!\": the verdict cannot \
             be trusted; see its log"
                .to_owned(),
        );
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::ExitStatus;

    fn end(log: &str, code: i32) -> Result<Judged, String> {
        let mut console = Console::new();
        log.lines().for_each(|line| console.line(line));
        console.end();
        judge_ending(Ended::Exited(ExitStatus::from_raw(code << 8)), &console)
            .map_err(|failure| failure.to_string())
    }

    #[test]
    fn each_bad_end_says_what_to_do() {
        let problem = |log: &str, code| end(log, code).unwrap_err();
        assert!(problem("maelstrom: 6: exec: java: not found", 127).contains("needs Java"));
        let old = "Exception in thread \"main\" java.lang.UnsupportedClassVersionError: x has been \
                   compiled by a more recent version of the Java Runtime";
        assert!(problem(old, 1).contains("install a newer one"));
        assert!(problem("Invalid maximum heap size: -Xmx4q", 1).contains("correct --jvm-opt"));
        for (said, described) in [
            (
                "Error occurred during initialization of VM\nToo small maximum heap",
                "Error occurred during initialization of VM; Too small maximum heap;",
            ),
            (
                "Picked up JAVA_TOOL_OPTIONS: -Xmx1m\nUnrecognized VM option 'Foo'\n\
                 Error: Could not create the Java Virtual Machine.\n\
                 Error: A fatal exception has occurred. Program will exit.",
                "start: Unrecognized VM option 'Foo';",
            ),
            (
                "Error opening zip file or JAR manifest missing : /a.jar\n\
                 Error occurred during initialization of VM\nagent library failed to init",
                "Error opening zip file or JAR manifest missing : /a.jar; Error occurred during \
                 initialization of VM; agent library failed to init;",
            ),
        ] {
            let text = problem(said, 1);
            assert!(text.contains(described) && text.ends_with("correct --jvm-opt"), "{text}");
        }
        let refused = problem("Failed to validate \"--rate -1\": Can't be negative", 254);
        assert!(refused.ends_with(
            "refused its arguments: Failed to validate \"--rate -1\": Can't be negative"
        ));
        let memory = "INFO [2026] t - jepsen.core Analyzing...\n\
                      java.lang.OutOfMemoryError: Java heap space";
        assert!(problem(memory, 255).contains("memory (analyzing): give it more with --jvm-opt"));
        assert_eq!(problem("", 3), "Maelstrom exited with status 3 and no explanation");
        assert!(problem("INFO [2026] t - x y", 1).contains("status 1 and no explanation"));
        assert!(problem("garbage", 1).ends_with("it said: garbage"));
    }

    #[test]
    fn a_kill_is_distinguished_from_an_exit() {
        let console = Console::new();
        let killed = judge_ending(Ended::Exited(ExitStatus::from_raw(9)), &console).unwrap_err();
        assert!(killed.to_string().contains("signal 9 (starting Maelstrom): perhaps the machine"));
        let late = judge_ending(Ended::TimedOut(Duration::from_millis(1500)), &console);
        assert!(late.unwrap_err().to_string().contains("after 1.5 s (starting Maelstrom)"));
    }

    #[test]
    fn verdicts_need_the_last_word() {
        let text = "INFO [2026] t - jepsen.core Analysis complete\n";
        assert_eq!(end(&format!("{text}Everything looks good! x"), 0), Ok(Judged::Valid));
        assert_eq!(end(&format!("{text}Analysis invalid! x"), 1), Ok(Judged::Invalid));
        assert_eq!(end(&format!("{text}Errors occurred during analysis"), 2), Ok(Judged::Unknown));
        assert!(end(text, 1).is_err() && end(text, 2).is_err());
        let mut console = Console::new();
        text.lines().for_each(|line| console.line(line));
        assert_eq!(oddities(Judged::Valid, &console).len(), 1);
        console.line("WARN [2026] p - jepsen.checker Error while checking history:");
        console.line("java.io.IOException: Cannot run program \"gnuplot\": error=2, No such file");
        console.end();
        assert!(oddities(Judged::Unknown, &console)[0].ends_with("says how to install it)"));
    }
}
