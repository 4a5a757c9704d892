//! Reads from Maelstrom's help which faults it supports.

use crate::installation::{Installation, Launcher};
use crate::probe::{ProbeError, ask, find_on_path};
use glomers_config::{Fault, Faults};
use std::ffi::OsStr;
use std::time::Duration;

/// How long the help may take: it starts a JVM, on a machine that may be busy.
const PATIENCE: Duration = Duration::from_mins(1);
/// The flag for faults, as the help prints it.
const FLAG: &str = "--nemesis ";

/// The faults that every version supports.
#[must_use]
pub fn oldest_faults() -> Faults {
    Faults::new(vec![Fault::Partition])
}

/// The faults that the newest version supports, since July 2026.
#[must_use]
pub fn newest_faults() -> Faults {
    Faults::new(vec![Fault::Partition, Fault::Kill, Fault::Pause])
}

/// Runs Maelstrom with `--help`, and parses the faults.
pub async fn known_faults(
    installation: &Installation,
    path: Option<&OsStr>,
) -> Result<Faults, ProbeError> {
    let help = ["test", "--help"];
    let answer = match &installation.launcher {
        Launcher::Script(script) => ask(script, &help, PATIENCE).await?,
        Launcher::Jar(jar) => {
            let java = find_on_path("java", path).ok_or(ProbeError::NotOnPath)?;
            let words = [OsStr::new("-jar"), jar.as_os_str(), help[0].as_ref(), help[1].as_ref()];
            ask(&java, &words, PATIENCE).await?
        }
    };
    Ok(faults_in(&answer.text))
}

/// The faults that the paragraph on `--nemesis` names.
fn faults_in(help: &str) -> Faults {
    let is_option = |line: &str| line.trim_start().starts_with('-');
    let mut lines = help.lines().skip_while(|line| !(is_option(line) && line.contains(FLAG)));
    let first = lines.next().unwrap_or_default();
    let paragraph: Vec<&str> =
        std::iter::once(first).chain(lines.take_while(|line| !is_option(line))).collect();
    let paragraph = paragraph.join(" ");
    let words: Vec<&str> = paragraph.split(|c: char| !c.is_ascii_alphabetic()).collect();
    let is_named = |fault: &Fault| words.contains(&fault.name());
    Faults::new(
        newest_faults().iter().filter(|it| is_named(it) || *it == Fault::Partition).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use glomers_recordings::{recordings, skipped, text};

    #[test]
    fn the_paragraph_on_the_nemesis_says_what_it_knows() {
        let help = |faults: &str| {
            format!(
                "Usage\n  --latency MILLIS  0  Mean latency; to kill time\n      --nemesis FAULTS  #{{}}  \
                 A comma-separated list\n   of faults: {faults}.\n      --nemesis-interval SECONDS  10\
                 \n  -h, --help  pause"
            )
        };
        assert_eq!(faults_in(&help("`partition`, `kill`, and `pause`")), newest_faults());
        assert_eq!(faults_in(&help("only `partition`, which skills and pauses")), oldest_faults());
        assert_eq!(faults_in(&help("partition, pause")).to_string(), "partition,pause");
        assert_eq!(faults_in("no help at all"), oldest_faults());
    }

    #[test]
    fn the_recorded_help_knows_only_partitions() {
        // Only the larger set has it.
        let Some(help) = recordings().run("cli-test-help") else {
            return skipped("the recorded help of Maelstrom");
        };
        let help = text(&help.join("out")).expect("a help text");
        assert_eq!(faults_in(&help), oldest_faults());
    }
}
