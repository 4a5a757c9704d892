//! A small helper process that outlives glomers, and kills its nodes when glomers has ended.
//!
//! It reads the process groups and directories that glomers created from a pipe. When the pipe
//! closes, for whatever reason, it kills every group that is still listed and removes the nodes'
//! private directories. It cannot reach children that leave their group (with `setsid`).

use crate::EngineError;
use crate::platform::ProcessGroup;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::BTreeSet;
use std::io::{BufRead, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

/// Maximum time to wait for its end: usually there is nothing left to kill and remove.
const LONGEST_END: Duration = Duration::from_secs(5);
/// How often to retry the removal of a directory, and the time between retries.
const REMOVALS: u32 = 20;
const REMOVAL_INTERVAL: Duration = Duration::from_millis(50);
/// How often to check whether it has ended.
const LOOK_INTERVAL: Duration = Duration::from_millis(1);

/// The engine's end of the pipe.
#[derive(Debug)]
pub struct Watchdog {
    child: Child,
    pipe: Option<ChildStdin>,
}

impl Watchdog {
    /// Starts the watchdog. The command must call [`serve_watchdog`] with its stdin.
    pub fn start(mut command: Command) -> Result<Self, EngineError> {
        use std::os::unix::process::CommandExt as _;
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A separate process group: Ctrl-C in a terminal must not reach the watchdog.
            .process_group(0)
            .spawn()
            .map_err(|source| EngineError::System { what: "start the watchdog", source })?;
        let pipe = child.stdin.take();
        if let Some(pipe) = &pipe {
            // A node may suspend the watchdog, so that it does not read the pipe: the run must not
            // block on that.
            fcntl(pipe, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).map_err(|error| {
                EngineError::System { what: "prepare the watchdog", source: error.into() }
            })?;
        }
        Ok(Self { child, pipe })
    }

    /// Adds the process group of a node.
    pub fn watch(&mut self, group: i32) {
        self.send(&format!("+{group}\n"));
    }

    /// Removes the process group of a node, which has ended.
    pub fn forget(&mut self, group: i32) {
        self.send(&format!("-{group}\n"));
    }

    /// Adds a directory to be removed at the end. One whose name contains a newline is ignored,
    /// since the line would name another directory.
    pub fn remove_at_end(&mut self, folder: &Path) {
        if let Some(name) = folder.to_str().filter(|name| !name.contains('\n')) {
            self.send(&format!("d{name}\n"));
        }
    }

    fn send(&mut self, line: &str) {
        // A watchdog that died or is suspended cannot help; without it, nodes are still killed
        // whenever glomers itself ends in an orderly manner. Short lines are written completely or
        // not at all.
        if let Some(pipe) = &mut self.pipe
            && let Err(error) = pipe.write_all(line.as_bytes())
            && error.kind() != ErrorKind::WouldBlock
        {
            self.pipe = None;
        }
    }
}

impl Drop for Watchdog {
    /// Ends the watchdog and waits for it with a timeout, since a node may have suspended it.
    fn drop(&mut self) {
        self.pipe = None;
        if let Ok(pid) = i32::try_from(self.child.id()) {
            // Has no effect if the process is running.
            let _ = kill(Pid::from_raw(pid), Signal::SIGCONT);
        }
        if !ends_within(&mut self.child, LONGEST_END) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Waits for the end of a process; false if it does not end in time.
#[expect(clippy::disallowed_methods, reason = "a process ends in real time")]
fn ends_within(child: &mut Child, longest: Duration) -> bool {
    let start = Instant::now();
    // An error also ends the wait.
    while let Ok(None) = child.try_wait() {
        if start.elapsed() > longest {
            return false;
        }
        std::thread::sleep(LOOK_INTERVAL);
    }
    true
}

/// Runs the watchdog: returns when the pipe has closed and everything is killed and removed.
pub fn serve_watchdog(pipe: impl BufRead) {
    let mut groups: BTreeSet<u32> = BTreeSet::new();
    let mut folders: Vec<PathBuf> = Vec::new();
    for line in pipe.lines() {
        let Ok(line) = line else { break };
        match line.split_at_checked(1) {
            Some(("+", group)) => groups.extend(group.parse::<u32>()),
            Some(("-", group)) => {
                if let Ok(group) = group.parse() {
                    groups.remove(&group);
                }
            }
            Some(("d", folder)) => folders.push(folder.into()),
            _ => {}
        }
    }
    for group in groups.into_iter().filter_map(|leader| ProcessGroup::led_by(Some(leader))) {
        group.kill();
    }
    for folder in folders {
        remove(&folder);
    }
}

/// Removes a directory in which a process that is about to end may still create files.
#[expect(clippy::disallowed_methods, reason = "processes end in real time")]
fn remove(folder: &Path) {
    for _ in 0..REMOVALS {
        let removed = std::fs::remove_dir_all(folder);
        if removed.is_ok() || !folder.exists() {
            return;
        }
        std::thread::sleep(REMOVAL_INTERVAL);
    }
}
