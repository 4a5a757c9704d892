//! Opens a page in the user's browser.

use crate::terminal;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// The program that opens what it is given with what the user prefers.
const OPENER: &str = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
/// How long an opener has to fail: some of them stay until the browser is closed.
const PATIENCE: Duration = Duration::from_secs(2);
const STEP: Duration = Duration::from_millis(50);

/// Opens a file in the browser.
pub(crate) fn open_file(path: &Path) {
    // A name that begins with `-` would be an option of the opener.
    let whole = std::path::absolute(path).unwrap_or_else(|_| Path::new(".").join(path));
    open(whole.as_os_str());
}

/// Opens an address in the browser. A failure is only a warning: what is to be shown is there, and can be
/// opened manually.
pub(crate) fn open(what: &OsStr) {
    if let Err(why) = try_to_open(what) {
        let shown = what.to_string_lossy();
        terminal::print_to_stderr(&format!(
            "warning: failed to open {shown} in a browser, since {why}: open it yourself"
        ));
    }
}

fn try_to_open(what: &OsStr) -> Result<(), String> {
    let mut command = Command::new(OPENER);
    command.arg(what).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child =
        command.spawn().map_err(|error| format!("{OPENER} does not start ({error})"))?;
    let mut waited = Duration::ZERO;
    while waited < PATIENCE {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(status)) => return Err(format!("{OPENER} ended with {status}")),
            Ok(None) => sleep(STEP),
            Err(error) => return Err(format!("{OPENER} cannot be waited for ({error})")),
        }
        waited += STEP;
    }
    Ok(())
}
