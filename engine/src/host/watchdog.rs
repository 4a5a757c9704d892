//! A small process of ours that outlives us, and ends our nodes when we are gone.
//!
//! It reads what we have started from a pipe. When the pipe closes, for whatever reason, it kills
//! every group that is still listed and removes the nodes' private folders. Children that leave
//! their group (with `setsid`) are out of its reach.

use crate::EngineError;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::collections::BTreeSet;
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

/// Our end of the pipe.
#[derive(Debug)]
pub struct Watchdog {
    child: Child,
    pipe: Option<ChildStdin>,
}

impl Watchdog {
    /// Starts it. The command must call [`serve_watchdog`] with its stdin.
    pub fn start(mut command: Command) -> Result<Self, EngineError> {
        use std::os::unix::process::CommandExt as _;
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Its own group: Ctrl-C in a terminal must not reach it.
            .process_group(0)
            .spawn()
            .map_err(|source| EngineError::System { what: "start the watchdog", source })?;
        let pipe = child.stdin.take();
        Ok(Self { child, pipe })
    }

    /// A node's group was started.
    pub fn watch(&mut self, group: i32) {
        self.tell(&format!("+{group}\n"));
    }

    /// A node's group is gone.
    pub fn forget(&mut self, group: i32) {
        self.tell(&format!("-{group}\n"));
    }

    /// A folder that must not outlive us. One whose name cannot be told in a line is left: another
    /// would be removed in its place.
    pub fn remove_at_end(&mut self, folder: &Path) {
        if let Some(name) = folder.to_str().filter(|name| !name.contains('\n')) {
            self.tell(&format!("d{name}\n"));
        }
    }

    fn tell(&mut self, line: &str) {
        // A watchdog that died cannot help; nodes still end with us in every orderly way.
        if let Some(pipe) = &mut self.pipe
            && pipe.write_all(line.as_bytes()).is_err()
        {
            self.pipe = None;
        }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.pipe = None;
        let _ = self.child.wait();
    }
}

/// Serves as the watchdog: returns when the pipe has closed and nothing is left.
pub fn serve_watchdog(pipe: impl BufRead) {
    let mut groups: BTreeSet<i32> = BTreeSet::new();
    let mut folders: Vec<PathBuf> = Vec::new();
    for line in pipe.lines() {
        let Ok(line) = line else { break };
        match line.split_at_checked(1) {
            Some(("+", group)) => groups.extend(group.parse::<i32>()),
            Some(("-", group)) => {
                if let Ok(group) = group.parse() {
                    groups.remove(&group);
                }
            }
            Some(("d", folder)) => folders.push(folder.into()),
            _ => {}
        }
    }
    for group in groups {
        // A group that is gone already needs no killing.
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
    }
    for folder in folders {
        let _ = std::fs::remove_dir_all(folder);
    }
}
