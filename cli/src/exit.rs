//! Exit statuses. The numbers are Maelstrom's, and 130 is the shell's.

use crate::terminal;
use std::process::ExitCode;

/// How the command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// 0: valid, and targets met.
    Valid,
    /// 1: invalid, a target missed, or a node that crashed.
    Invalid,
    /// 2: the verdict is unknown.
    Unknown,
    /// 130: stopped by Ctrl-C.
    Interrupted,
    /// 254: the arguments or the configuration are wrong.
    BadArguments,
    /// 255: glomers itself, Maelstrom, or the build of the node, failed.
    Crash,
}

/// The list that `--help` shows.
pub(crate) const HELP: &str = "\
Exit status:
  0    valid, and all targets met
  1    invalid, a target missed, or a node that crashed
  2    unknown, also of targets on latency when this machine was busy
  130  stopped by Ctrl-C
  254  bad arguments or configuration
  255  glomers itself, Maelstrom, or the build of the node failed";

impl Exit {
    pub(crate) fn status(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Invalid => 1,
            Self::Unknown => 2,
            Self::Interrupted => 130,
            Self::BadArguments => 254,
            Self::Crash => 255,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.status())
    }
}

/// Prints clap's output: help and version on stdout, errors on stderr.
pub(crate) fn refused(error: &clap::Error) -> Exit {
    if error.use_stderr() {
        // The message repeats the arguments, which may hold control characters.
        terminal::print_to_stderr_in_colour(&error.render().ansi().to_string());
        return Exit::BadArguments;
    }
    // If stdout is closed, the error cannot be reported.
    let _ = error.print();
    Exit::Valid
}
