//! Opens a page in the user's browser.

use crate::failure::{CommandFailure, Result};
use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// The program that opens what it is given with what the user prefers.
const OPENER: &str = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
/// How long an opener has to fail: some of them stay until the browser is closed.
const PATIENCE: Duration = Duration::from_secs(2);
const STEP: Duration = Duration::from_millis(50);

/// Opens a file or an address in the browser.
pub(crate) fn open(what: &OsStr) -> Result<()> {
    let shown = what.to_string_lossy();
    let mut command = Command::new(OPENER);
    command.arg(what).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| {
        CommandFailure::crash(format!(
            "failed to open {shown} in a browser, since {OPENER} does not start ({error}): open it by hand"
        ))
    })?;
    let mut waited = Duration::ZERO;
    while waited < PATIENCE {
        match child.try_wait()? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => {
                let text = format!(
                    "failed to open {shown} in a browser: {OPENER} ended with {status}; open it by hand"
                );
                return Err(CommandFailure::crash(text));
            }
            None => sleep(STEP),
        }
        waited += STEP;
    }
    Ok(())
}
