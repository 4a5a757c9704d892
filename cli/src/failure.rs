//! Why a command ended without a result. The type of an error, and for four types its variant, decides
//! who has to act, and so the exit status: an error that is not listed here does not compile.

use crate::exit::Exit;
use crate::terminal;
use glomers_config::{FileError, InputError, PlanError, UnknownChallenge, UselessSetting};
use glomers_engine::EngineError;
use glomers_maelstrom::install::InstallError;
use glomers_maelstrom::{CommandError, InstallationError, ProbeError, ProcessError};
use glomers_results::{CompareError, ResultsError, RunError, WriteError};
use glomers_simulator::SimulationError;
use glomers_simulator::sweep::{MergeError, SweepError};
use std::{fmt, io};

/// An error that ends a command.
#[derive(Debug)]
pub(crate) enum CommandFailure {
    /// The arguments, the configuration or a file that they name is wrong.
    BadArguments(anyhow::Error),
    /// glomers itself, Maelstrom, or the build of the node failed.
    Crash(anyhow::Error),
}

/// The result of everything that may end a command.
pub(crate) type Result<T, E = CommandFailure> = std::result::Result<T, E>;

/// An error in the arguments that was found after parsing.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct BadArguments(pub(crate) String);

impl CommandFailure {
    /// A failure of glomers itself that no error describes.
    pub(crate) fn crash(text: impl Into<String>) -> Self {
        Self::Crash(anyhow::Error::msg(text.into()))
    }

    /// Prints it with its causes, and returns the exit.
    pub(crate) fn report(&self) -> Exit {
        terminal::print_to_stderr(&format!("error: {self}"));
        match self {
            Self::BadArguments(_) => Exit::BadArguments,
            Self::Crash(_) => Exit::Crash,
        }
    }

    fn context(self, text: String) -> Self {
        match self {
            Self::BadArguments(error) => Self::BadArguments(error.context(text)),
            Self::Crash(error) => Self::Crash(error.context(text)),
        }
    }
}

/// In one line, with its causes.
impl fmt::Display for CommandFailure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::BadArguments(error) | Self::Crash(error)) = self;
        write!(out, "{error:#}")
    }
}

macro_rules! failures {
    ($($error:ty => $failure:ident,)+) => {
        $(impl From<$error> for CommandFailure {
            fn from(error: $error) -> Self {
                Self::$failure(error.into())
            }
        })+
    };
}

failures! {
    BadArguments => BadArguments,
    CommandError => BadArguments,
    CompareError => BadArguments,
    FileError => BadArguments,
    InputError => BadArguments,
    InstallationError => BadArguments,
    PlanError => BadArguments,
    RunError => BadArguments,
    SweepError => BadArguments,
    UnknownChallenge => BadArguments,
    UselessSetting => BadArguments,
    MergeError => Crash,
    ProbeError => Crash,
    ProcessError => Crash,
    ResultsError => Crash,
    WriteError => Crash,
    io::Error => Crash,
    tokio::task::JoinError => Crash,
    glomers_history::ReadError => Crash,
    serde_json::Error => Crash,
}

impl From<EngineError> for CommandFailure {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Concurrency { .. } => Self::BadArguments(error.into()),
            EngineError::Spawn { .. }
            | EngineError::Write { .. }
            | EngineError::Standstill { .. }
            | EngineError::System { .. } => Self::Crash(error.into()),
        }
    }
}

impl From<InstallError> for CommandFailure {
    fn from(error: InstallError) -> Self {
        if error.is_of_arguments() {
            Self::BadArguments(error.into())
        } else {
            Self::Crash(error.into())
        }
    }
}

impl From<glomers_maelstrom::Failure> for CommandFailure {
    fn from(error: glomers_maelstrom::Failure) -> Self {
        if error.is_of_arguments() {
            Self::BadArguments(error.into())
        } else {
            Self::Crash(error.into())
        }
    }
}

impl From<SimulationError> for CommandFailure {
    fn from(error: SimulationError) -> Self {
        match error {
            SimulationError::Plan(error) => error.into(),
            SimulationError::Useless(_) => Self::BadArguments(error.into()),
            SimulationError::Engine(error) => error.into(),
            SimulationError::Results(error) => error.into(),
        }
    }
}

/// Adds to an error what was being done, like anyhow's trait of that name, and leaves the exit status.
/// A missing value is a failure of glomers itself.
pub(crate) trait Context<T> {
    /// Adds this text.
    fn context(self, text: &str) -> Result<T>;

    /// Adds the text that is made if there is an error.
    fn with_context<S: fmt::Display>(self, text: impl FnOnce() -> S) -> Result<T>;
}

impl<T, E: Into<CommandFailure>> Context<T> for Result<T, E> {
    fn context(self, text: &str) -> Result<T> {
        self.with_context(|| text)
    }

    fn with_context<S: fmt::Display>(self, text: impl FnOnce() -> S) -> Result<T> {
        self.map_err(|error| error.into().context(text().to_string()))
    }
}

impl<T> Context<T> for Option<T> {
    fn context(self, text: &str) -> Result<T> {
        self.ok_or_else(|| CommandFailure::crash(text))
    }

    fn with_context<S: fmt::Display>(self, text: impl FnOnce() -> S) -> Result<T> {
        self.ok_or_else(|| CommandFailure::crash(text().to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn context_goes_in_front_and_leaves_the_exit() {
        let refused: Result<()> = Err(BadArguments("wrong".to_owned())).context("while reading");
        let failure = refused.unwrap_err();
        assert!(matches!(failure, CommandFailure::BadArguments(_)));
        assert_eq!(failure.to_string(), "while reading: wrong");
        let failed: Result<()> = Err(io::Error::other("full")).with_context(|| "while writing");
        let failure = failed.unwrap_err();
        assert!(matches!(failure, CommandFailure::Crash(_)));
        assert_eq!(failure.to_string(), "while writing: full");
    }
}
