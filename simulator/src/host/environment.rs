//! The environment of a program in virtual time: that of glomers, without what differs between two
//! terminals.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// Variables that describe a session or a terminal, and no input of a program.
const OF_SESSION: [&str; 14] = [
    "_",
    "COLUMNS",
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "LINES",
    "OLDPWD",
    "SHLVL",
    "STY",
    "TERM_SESSION_ID",
    "WAYLAND_DISPLAY",
    "WINDOW",
    "WINDOWID",
];
/// Beginnings of the names of more such variables.
const OF_SESSION_PREFIXES: [&str; 5] = ["CARGO_PKG_", "SSH_", "TMUX", "VTE_", "XDG_SESSION"];

/// Where tools look below the home directory unless a variable says otherwise. The program's home is
/// private, but its tools are not.
const TOOLS: [(&str, &str); 11] = [
    ("ASDF_DATA_DIR", ".asdf"),
    ("CARGO_HOME", ".cargo"),
    ("GOPATH", "go"),
    ("MISE_DATA_DIR", ".local/share/mise"),
    ("NVM_DIR", ".nvm"),
    ("PYENV_ROOT", ".pyenv"),
    ("PYTHONUSERBASE", ".local"),
    ("RBENV_ROOT", ".rbenv"),
    ("RUSTUP_HOME", ".rustup"),
    ("SDKMAN_DIR", ".sdkman"),
    ("VOLTA_HOME", ".volta"),
];

/// A JVM keeps statistics in a file that is named after its process id, in a folder that all share.
const JAVA_OPTIONS: (&str, &str) = ("JDK_JAVA_OPTIONS", "-XX:-UsePerfData");

/// The environment of a program, sorted by name.
pub(super) fn environment(
    folder: &Path,
    home: &Path,
    temporary: &Path,
) -> Vec<(OsString, OsString)> {
    let mut variables: Vec<(OsString, OsString)> =
        env::vars_os().filter(|(name, _)| !is_of_session(name)).collect();
    let has = |variables: &[(OsString, OsString)], name: &str| {
        variables.iter().any(|(other, _)| other == name)
    };
    if let Some(real) = env::var_os("HOME") {
        for (name, place) in TOOLS {
            let path = Path::new(&real).join(place);
            if !has(&variables, name) && path.is_dir() {
                variables.push((name.into(), path.into()));
            }
        }
    }
    let (name, option) = JAVA_OPTIONS;
    if !has(&variables, name) {
        variables.push((name.into(), option.into()));
    }
    for (name, path) in [("HOME", home), ("PWD", folder), ("TMPDIR", temporary)] {
        variables.retain(|(other, _)| other != name);
        variables.push((name.into(), path.into()));
    }
    variables.sort();
    variables
}

fn is_of_session(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    OF_SESSION.contains(&name) || OF_SESSION_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_private_and_the_session_is_dropped() {
        let all = environment(Path::new("/w"), Path::new("/h"), Path::new("/t"));
        let value = |name: &str| {
            all.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_os_str())
        };
        assert_eq!(value("HOME"), Some(OsStr::new("/h")));
        assert_eq!(value("PWD"), Some(OsStr::new("/w")));
        assert_eq!(value("TMPDIR"), Some(OsStr::new("/t")));
        assert!(value("PATH").is_some() && value("_").is_none());
        assert!(all.is_sorted() && all.windows(2).all(|pair| pair[0].0 != pair[1].0));
        assert!(is_of_session(OsStr::new("SSH_CONNECTION")) && !is_of_session(OsStr::new("PATH")));
    }
}
