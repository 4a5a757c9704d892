//! A small process of ours that outlives us, and ends our nodes when we are gone.
//!
//! It reads what we have started from a pipe. When the pipe closes, for whatever reason, it kills
//! every group that is still listed and removes the nodes' private folders. Children that leave
//! their group (with `setsid`) are out of its reach.

use crate::EngineError;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use std::collections::BTreeSet;
use std::io::{BufRead, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

/// How long it may take to end: what it kills and removes is mostly gone already.
const LONGEST_END: Duration = Duration::from_secs(5);
/// How often a folder is removed that does not go, and how long to wait in between.
const REMOVALS: u32 = 20;
const REMOVAL_INTERVAL: Duration = Duration::from_millis(50);
/// How often its end is looked for.
const LOOK_INTERVAL: Duration = Duration::from_millis(1);

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
        if let Some(pipe) = &pipe {
            // A node may stop it, and then nothing reads: no run may wait for that.
            fcntl(pipe, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).map_err(|error| {
                EngineError::System { what: "prepare the watchdog", source: error.into() }
            })?;
        }
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
        // A watchdog that died or stands still cannot help; nodes still end with us in every
        // orderly way. Short lines are written whole or not at all.
        if let Some(pipe) = &mut self.pipe
            && let Err(error) = pipe.write_all(line.as_bytes())
            && error.kind() != ErrorKind::WouldBlock
        {
            self.pipe = None;
        }
    }
}

impl Drop for Watchdog {
    /// Lets it end, and waits for that, but never for long: a node may have stopped it.
    fn drop(&mut self) {
        self.pipe = None;
        if let Ok(pid) = i32::try_from(self.child.id()) {
            // Means nothing to one that runs.
            let _ = kill(Pid::from_raw(pid), Signal::SIGCONT);
        }
        if !ends_within(&mut self.child, LONGEST_END) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Waits for the end of a process; false when it does not come in time.
#[expect(clippy::disallowed_methods, reason = "a process ends in real time")]
fn ends_within(child: &mut Child, longest: Duration) -> bool {
    let start = Instant::now();
    // A wait that fails is over, too.
    while let Ok(None) = child.try_wait() {
        if start.elapsed() > longest {
            return false;
        }
        std::thread::sleep(LOOK_INTERVAL);
    }
    true
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
        remove(&folder);
    }
}

/// Removes a folder, in which something that is about to end may still make files.
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
