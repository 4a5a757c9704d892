//! Checks Java, git, gnuplot and graphviz, which Maelstrom runs.

use super::Environment;
use super::finding::{Finding, Need, Remedy, State};
use super::package_manager::Package;
use glomers_maelstrom::{Answer, Java, ProbeError, find_on_path, probe};

const JAVA: &str = "runs Maelstrom";
// Jepsen, core.clj: a test begins with a log line that has the commit of the working folder.
const GIT: &str = "is asked for a commit by each of Maelstrom's tests, which fails without it";
// Jepsen, checker.clj and checker/perf.clj: a plot that cannot be drawn is an error, an error makes
// `:perf` unknown, and with one unknown part the verdict is never valid. (The kafka checker even
// stops at its first plot that fails: then none of its runs is called invalid.)
const GNUPLOT: &str = "draws Maelstrom's plots; without it Maelstrom calls no run valid, only \
                       unknown (exit 2)";
// Elle, txn.clj and viz.clj: the same happens to a transaction test with a cycle of any kind, also
// one that the consistency model allows.
const GRAPHVIZ: &str = "draws cycles of transactions; without it Maelstrom calls a transaction test \
                        that has some unknown, valid or not";

/// Asks all programs concurrently, so that several that hang cost no more time than one.
pub(super) async fn ask(environment: &Environment, least_java: u32) -> [Finding; 4] {
    let path = environment.path.as_deref();
    let (java, git, gnuplot, graphviz) = tokio::join!(
        Java::find(path),
        probe("git", &["--version"], path),
        probe("gnuplot", &["--version"], path),
        probe("dot", &["-V"], path),
    );
    let program = |id, purpose, need| Finding::new(id, id, purpose).for_maelstrom(need);
    [
        java_finding(java, least_java, environment),
        answering(program("git", GIT, Need::Needed), git, Package::Git, environment),
        answering(
            program("gnuplot", GNUPLOT, Need::Needed),
            gnuplot,
            Package::Gnuplot,
            environment,
        ),
        answering(
            program("graphviz", GRAPHVIZ, Need::Useful),
            graphviz,
            Package::Graphviz,
            environment,
        ),
    ]
}

fn java_finding(java: Result<Java, ProbeError>, least: u32, around: &Environment) -> Finding {
    let mut finding = Finding::new("java", "java", JAVA).for_maelstrom(Need::Needed);
    match java {
        Ok(java) => {
            let is_old = java.is_older_than(least);
            finding.version = java.version.map(|version| version.text);
            finding.path = Some(java.program);
            match (is_old, &finding.version) {
                (true, _) => {
                    let note = format!("{least} or later is needed");
                    finding.is(State::TooOld, note, install(Package::Java, "java", around))
                }
                (false, None) => {
                    finding.noting(format!("of unknown version; {least} or later is needed"))
                }
                (false, Some(_)) => finding,
            }
        }
        Err(error) => {
            let home = around.java_home.as_deref();
            if matches!(error, ProbeError::NotOnPath)
                && let Some(home) = home
            {
                let note = format!(
                    "{error}; JAVA_HOME names {}, but Maelstrom does not look there",
                    home.display()
                );
                let bin = home.join("bin");
                let remedy = match find_on_path("java", Some(bin.as_os_str())) {
                    Some(_) => Remedy::Command("export PATH=\"$JAVA_HOME/bin:$PATH\"".to_owned()),
                    None => install(Package::Java, "java", around),
                };
                return finding.is(State::Missing, note, remedy);
            }
            unusable(finding, &error, Package::Java, around)
        }
    }
}

/// The finding for a program that was asked for its version.
fn answering(
    mut finding: Finding,
    answer: Result<Answer, ProbeError>,
    package: Package,
    around: &Environment,
) -> Finding {
    match answer {
        Ok(answer) => {
            finding.version = version_in(&answer.text);
            finding.path = Some(answer.program);
            finding
        }
        Err(error) => unusable(finding, &error, package, around),
    }
}

/// macOS has stubs that only report that the program is not installed: one that fails is missing.
fn unusable(
    finding: Finding,
    error: &ProbeError,
    package: Package,
    around: &Environment,
) -> Finding {
    let state = match error {
        ProbeError::NotOnPath | ProbeError::Failed { .. } => State::Missing,
        ProbeError::NotRun { .. } | ProbeError::Silent { .. } => State::Wrong,
    };
    let remedy = match error {
        ProbeError::Silent { program, .. } => Remedy::Advice(format!(
            "find out why {} hangs, or put another {} in front of it on the PATH",
            program.display(),
            finding.name
        )),
        _ => install(package, &finding.name, around),
    };
    finding.is(state, error.to_string(), remedy)
}

/// How to install a package on this system.
pub(super) fn install(package: Package, name: &str, around: &Environment) -> Remedy {
    let command = around.installer.and_then(|installer| installer.command(package));
    command.map_or_else(
        || Remedy::Advice(format!("install {name} with this system's package manager")),
        Remedy::Command,
    )
}

/// The version in `git version 2.39.5`, in `gnuplot 5.4 patchlevel 4` and in
/// `dot - graphviz version 2.43.0 (0)`.
fn version_in(answer: &str) -> Option<String> {
    let names = ["git version", "gnuplot", "graphviz"];
    let line = answer.lines().find(|line| names.iter().any(|name| line.contains(name)))?;
    let mut words = line.split_whitespace().skip_while(|word| !starts_with_digit(word));
    let version = words.next()?.to_owned();
    Some(match (words.next(), words.next()) {
        (Some("patchlevel"), Some(level)) => format!("{version}.{level}"),
        _ => version,
    })
}

fn starts_with_digit(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_answers() {
        let version = |text| version_in(text).unwrap_or_default();
        assert_eq!(version("git version 2.39.5 (Apple Git-154)\n"), "2.39.5");
        assert_eq!(version("gnuplot 5.4 patchlevel 4\n"), "5.4.4");
        assert_eq!(version("gnuplot 6.1 patchlevel 0 \n"), "6.1.0");
        assert_eq!(version("warning: no font\ndot - graphviz version 2.43.0 (0)\n"), "2.43.0");
        assert_eq!(version("dot - graphviz version 12.2.1 (20241206.2353)"), "12.2.1");
        assert_eq!(version("hello"), "");
    }
}
