//! Builds the node before the test. The build's output is shown only when it fails.

use crate::failure::{CommandFailure, Context as _, Result};
use crate::interrupt::Interrupt;
use crate::node_command::BuildStep;
use crate::terminal;
use glomers_engine::{ProcessGroup, Watchdog};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// Most bytes of a failed build's output that are shown.
const SHOWN_BYTES: u64 = 64 * 1024;
/// Time between two frames of the spinner.
const SPINNER_TICK: Duration = Duration::from_millis(100);

/// Runs the build and returns how long it took; `None` if the user interrupted it.
pub(crate) fn build(
    step: &BuildStep,
    quiet: bool,
    interrupt: &Interrupt,
    watchdog: &RefCell<Watchdog>,
) -> Result<Option<Duration>> {
    let start = Instant::now();
    let style = ProgressStyle::with_template("{spinner} building the node: {msg} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    let spinner = ProgressBar::new_spinner().with_style(style).with_message(step.command.clone());
    if quiet || !terminal::draws_on_stderr() {
        spinner.set_draw_target(ProgressDrawTarget::hidden());
    } else {
        spinner.enable_steady_tick(SPINNER_TICK);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("failed to start the runtime")?;
    let mut output = tempfile::tempfile().context("failed to make a temporary file")?;
    let status = runtime.block_on(run_shell(step, &output, interrupt, watchdog));
    spinner.finish_and_clear();
    let status = status.with_context(|| format!("failed to run the build `{}`", step.command))?;
    let Some(status) = status else { return Ok(None) };
    if !status.success() {
        terminal::print_to_stderr(
            &end_of(&mut output).context("failed to read the build's output")?,
        );
        return Err(CommandFailure::crash(format!(
            "the build `{}` in {} failed with {status}; fix it, or choose another node with --bin",
            step.command,
            step.folder.display(),
        )));
    }
    Ok(Some(start.elapsed()))
}

/// Runs its argument once a line comes on stdin. If glomers is killed before the watchdog knows the group,
/// there is none, and nothing is left running.
const WHEN_WATCHED: &str = r#"read -r _ || exit; exec < /dev/null; build=$1; shift; eval "$build""#;

/// Runs the command in a separate process group, which is killed on an interrupt and when glomers
/// ends. Background processes of a successful build (a compile server) are left running.
async fn run_shell(
    step: &BuildStep,
    output: &File,
    interrupt: &Interrupt,
    watchdog: &RefCell<Watchdog>,
) -> io::Result<Option<ExitStatus>> {
    let mut child = Command::new("sh")
        .args(["-c", WHEN_WATCHED, "sh", &step.command])
        .current_dir(&step.folder)
        .stdin(Stdio::piped())
        .stdout(output.try_clone()?)
        .stderr(output.try_clone()?)
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    let group = ProcessGroup::led_by(child.id()).ok_or(io::ErrorKind::NotFound)?;
    watchdog.borrow_mut().watch(group.number());
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(b"\n").await?;
    }
    let status = tokio::select! {
        status = child.wait() => status.map(Some),
        () = interrupt.wait() => {
            group.kill();
            Ok(None)
        }
    };
    watchdog.borrow_mut().forget(group.number());
    status
}

/// The last [`SHOWN_BYTES`] of the build's output.
fn end_of(output: &mut File) -> io::Result<String> {
    let length = output.metadata()?.len();
    output.seek(SeekFrom::Start(length.saturating_sub(SHOWN_BYTES)))?;
    let mut end = Vec::new();
    output.read_to_end(&mut end)?;
    Ok(String::from_utf8_lossy(&end).trim_end().to_owned())
}
