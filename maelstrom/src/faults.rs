//! Which faults an installed Maelstrom knows: its help says it.

use crate::installation::{Installation, Launcher};
use crate::probe::{ProbeError, ask, find_on_path};
use glomers_config::{Fault, Faults};
use std::ffi::OsStr;
use std::time::Duration;

/// How long its help may take: a JVM starts, on a machine that may be busy.
const PATIENCE: Duration = Duration::from_mins(1);
/// Its flag for faults, in its help.
const FLAG: &str = "--nemesis ";

/// Those that every version knows.
#[must_use]
pub fn oldest_faults() -> Faults {
    Faults::new(vec![Fault::Partition])
}

/// Those that its newest version knows, since July 2026.
#[must_use]
pub fn newest_faults() -> Faults {
    Faults::new(vec![Fault::Partition, Fault::Kill, Fault::Pause])
}

/// Asks it for its help.
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

/// The faults that the help's paragraph on `--nemesis` names.
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
        let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/golden");
        let golden = std::env::var_os("GLOMERS_GOLDEN").unwrap_or_else(|| beside.into());
        let path = std::path::Path::new(&golden).join("maelstrom/cli-test-help/out");
        match std::fs::read_to_string(&path) {
            Ok(help) => assert_eq!(faults_in(&help), oldest_faults()),
            Err(_) => eprintln!("SKIPPED: no recordings (set GLOMERS_GOLDEN)"),
        }
    }
}
