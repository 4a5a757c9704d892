//! Looks for processes that a run left behind.

use std::time::{Duration, Instant};

/// How long a killed process may take to disappear.
const PATIENCE: Duration = Duration::from_secs(2);
/// Polling interval.
const INTERVAL: Duration = Duration::from_millis(10);

/// The variable that every process of a test inherits.
pub(crate) const MARK: &str = "GLOMERS_TEST_MARK";

/// Command lines of processes with the mark that still exist after [`PATIENCE`].
pub(crate) fn leftovers(mark: &str) -> Vec<String> {
    let start = Instant::now();
    loop {
        let found = marked(mark);
        if found.is_empty() || start.elapsed() > PATIENCE {
            return found;
        }
        std::thread::sleep(INTERVAL);
    }
}

#[cfg(target_os = "linux")]
fn marked(mark: &str) -> Vec<String> {
    let wanted = format!("{MARK}={mark}");
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    let mut found = Vec::new();
    for process in processes.flatten() {
        let folder = process.path();
        let Ok(environment) = std::fs::read(folder.join("environ")) else { continue };
        if environment.split(|byte| *byte == 0).any(|entry| entry == wanted.as_bytes()) {
            let command = std::fs::read(folder.join("cmdline")).unwrap_or_default();
            found.push(String::from_utf8_lossy(&command).replace('\0', " "));
        }
    }
    found
}

#[cfg(not(target_os = "linux"))]
fn marked(mark: &str) -> Vec<String> {
    let wanted = format!("{MARK}={mark}");
    let output = std::process::Command::new("ps").args(["eww", "-A"]).output().expect("ps runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().filter(|line| line.contains(&wanted)).map(str::to_owned).collect()
}
