//! Checks the real Maelstrom: its path, its version, and whether its script can be started.

use super::Environment;
use super::finding::{Finding, Need, Remedy, State};
use super::package_manager::Package;
use super::programs::install;
use crate::project::Project;
use glomers_maelstrom::{
    Installation, InstallationError, LEAST_JAVA, Launcher, Origin, SearchPaths, find_on_path,
};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

const PURPOSE: &str = "the reference, for --engine maelstrom";
/// The oldest release with all workloads and flags that the challenges use: unique-ids, kafka,
/// txn-rw-register and `--availability` came with it.
const LEAST_VERSION: [u32; 3] = [0, 2, 2];
const INSTALL: &str = "glomers install maelstrom";
/// Longest `#!` line that the kernel reads, in bytes.
const LONGEST_FIRST_LINE: u64 = 256;

type Found = Result<Option<Installation>, InstallationError>;

/// Finds the Maelstrom that `run` would start.
pub(super) fn find(project: Option<&Project>, around: &Environment) -> Found {
    glomers_maelstrom::find(&SearchPaths {
        flag: around.maelstrom.clone(),
        file: project.and_then(Project::maelstrom).map(Path::to_owned),
        path: around.path.clone(),
        ..SearchPaths::of_environment()
    })
}

/// The oldest major version of Java that it supports.
pub(super) fn least_java(found: &Found) -> u32 {
    let installation = found.as_ref().ok().and_then(Option::as_ref);
    installation.map_or(LEAST_JAVA, |found| glomers_maelstrom::least_java(&found.launcher))
}

pub(super) fn finding(found: &Found, around: &Environment) -> Finding {
    let mut finding = Finding::new("maelstrom", "Maelstrom", PURPOSE).for_maelstrom(Need::Needed);
    let found = match found {
        Ok(Some(found)) => found,
        Ok(None) => {
            return finding.is(State::Missing, "not found", Remedy::Command(INSTALL.to_owned()));
        }
        Err(error) => {
            let remedy = Remedy::Advice(match origin(error) {
                Origin::Flag => "correct --maelstrom, or leave it out".to_owned(),
                Origin::File => "correct `maelstrom` in glomers.toml".to_owned(),
                Origin::Environment => "correct MAELSTROM_HOME, or unset it".to_owned(),
                Origin::Installed | Origin::Path => format!("install it again: {INSTALL}"),
            });
            return finding.is(State::Wrong, with_causes(error), remedy);
        }
    };
    finding.version.clone_from(&found.version);
    finding.path = Some(found.launcher.path().to_owned());
    let named_by = format!("from {}", found.origin);
    if found.version.as_deref().is_some_and(is_too_old) {
        let [major, minor, patch] = LEAST_VERSION;
        let note = format!("{named_by}; {major}.{minor}.{patch} or later is needed");
        return finding.is(State::TooOld, note, Remedy::Command(INSTALL.to_owned()));
    }
    if let Launcher::Script(script) = &found.launcher
        && asks_for_bash(script)
        && find_on_path("bash", around.path.as_deref()).is_none()
    {
        let note = format!("{named_by}; its script needs bash, which is not on the PATH");
        return finding.is(State::Wrong, note, install(Package::Bash, "bash", around));
    }
    finding.noting(match &found.version {
        Some(_) => named_by,
        None => format!("of unknown version, {named_by}"),
    })
}

fn origin(error: &InstallationError) -> Origin {
    match error {
        InstallationError::Missing { origin, .. }
        | InstallationError::NotInFolder { origin, .. }
        | InstallationError::NotExecutable { origin, .. }
        | InstallationError::BadJar { origin, .. } => *origin,
    }
}

fn with_causes(error: &InstallationError) -> String {
    match error {
        InstallationError::BadJar { source, .. } => format!("{error}: {source}"),
        _ => error.to_string(),
    }
}

/// Whether a version such as `0.2.4` or `0.2.5-SNAPSHOT` is older than [`LEAST_VERSION`]; false for
/// other formats.
fn is_too_old(version: &str) -> bool {
    let (numbers, _) = version.split_once('-').unwrap_or((version, ""));
    let numbers: Result<Vec<u32>, _> = numbers.split('.').map(str::parse).collect();
    numbers.is_ok_and(|numbers| numbers.as_slice() < LEAST_VERSION.as_slice())
}

fn asks_for_bash(script: &Path) -> bool {
    let mut start = Vec::new();
    let read =
        File::open(script).and_then(|file| file.take(LONGEST_FIRST_LINE).read_to_end(&mut start));
    let first_line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first_line = String::from_utf8_lossy(first_line);
    read.is_ok() && first_line.starts_with("#!") && first_line.ends_with(" bash")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for old in ["0.2.1", "0.1.10", "0.2"] {
            assert!(is_too_old(old), "{old}");
        }
        for good in ["0.2.2", "0.2.5-SNAPSHOT", "0.10.0", "1.0", "unreadable"] {
            assert!(!is_too_old(good), "{good}");
        }
    }
}
