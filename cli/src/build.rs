//! Builds the node before the test. What the build prints is shown only when it fails.

use crate::node_command::BuildStep;
use crate::terminal;
use anyhow::{Context as _, Result, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often the spinner turns.
const SPINNER_TICK: Duration = Duration::from_millis(100);

/// Runs the build and says how long it took.
pub(crate) fn build(step: &BuildStep, quiet: bool) -> Result<Duration> {
    let start = Instant::now();
    let spinner = ProgressBar::new_spinner()
        .with_style(
            ProgressStyle::with_template("{spinner} building the node: {msg} {elapsed}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner()),
        )
        .with_message(step.command.clone());
    if quiet || !terminal::draws_on_stderr() {
        spinner.set_draw_target(ProgressDrawTarget::hidden());
    }
    spinner.enable_steady_tick(SPINNER_TICK);
    let output = Command::new("sh")
        .arg("-c")
        .arg(&step.command)
        .current_dir(&step.folder)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("failed to start the build `{}`", step.command))?;
    spinner.finish_and_clear();
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stdout));
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        bail!(
            "the build `{}` in {} failed with {}; mend it, or choose another node with --bin",
            step.command,
            step.folder.display(),
            output.status
        );
    }
    Ok(start.elapsed())
}
