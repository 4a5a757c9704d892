//! Builds the node before the test. What the build prints is shown only when it fails.

use crate::interrupt::Interrupt;
use crate::node_command::BuildStep;
use crate::terminal;
use anyhow::{Context as _, Result, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};
use tokio::process::Command;

/// How often the spinner turns.
const SPINNER_TICK: Duration = Duration::from_millis(100);

/// Runs the build and says how long it took; none when somebody stopped it.
pub(crate) fn build(
    step: &BuildStep,
    quiet: bool,
    interrupt: &Interrupt,
) -> Result<Option<Duration>> {
    let start = Instant::now();
    let style = ProgressStyle::with_template("{spinner} building the node: {msg} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    let spinner = ProgressBar::new_spinner().with_style(style).with_message(step.command.clone());
    if quiet || !terminal::draws_on_stderr() {
        spinner.set_draw_target(ProgressDrawTarget::hidden());
    }
    spinner.enable_steady_tick(SPINNER_TICK);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("failed to start the runtime")?;
    let output = runtime.block_on(run_shell(step, interrupt));
    spinner.finish_and_clear();
    let output = output.with_context(|| format!("failed to run the build `{}`", step.command))?;
    let Some(output) = output else { return Ok(None) };
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
    Ok(Some(start.elapsed()))
}

/// Runs the command in a group of its own, which ends with an interrupt.
async fn run_shell(step: &BuildStep, interrupt: &Interrupt) -> std::io::Result<Option<Output>> {
    let child = Command::new("sh")
        .arg("-c")
        .arg(&step.command)
        .current_dir(&step.folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    let group = child.id().and_then(|id| i32::try_from(id).ok());
    tokio::select! {
        output = child.wait_with_output() => output.map(Some),
        () = interrupt.wait() => {
            if let Some(group) = group {
                // It may have ended in the same moment.
                let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
            }
            Ok(None)
        }
    }
}
