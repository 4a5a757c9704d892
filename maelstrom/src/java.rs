//! Java: where it is, which version, and which version Maelstrom needs. Starts it only to ask.

mod needed;
mod version;

pub use needed::least_java;
pub use version::JavaVersion;

use crate::probe::{ProbeError, probe};
use std::ffi::OsStr;
use std::path::PathBuf;

/// The oldest Java that Maelstrom takes: its guide "Getting Ready" (0.2.4) says 11 or higher.
/// (That of 0.2.3 says 1.8, but some of its classes need 11: Maelstrom's issue 53.)
pub const LEAST_JAVA: u32 = 11;

/// What Maelstrom's script starts: whatever `PATH` has. It does not look at `JAVA_HOME`.
const PROGRAM: &str = "java";

/// A Java that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Java {
    /// The program, as the `PATH` names it.
    pub program: PathBuf,
    /// Its version; none when it runs and does not say it in a known way.
    pub version: Option<JavaVersion>,
}

impl Java {
    /// The one that Maelstrom would find in these folders. macOS has a `java` that only says that
    /// there is none: that is a [`ProbeError::Failed`].
    pub async fn find(path: Option<&OsStr>) -> Result<Self, ProbeError> {
        let answer = probe(PROGRAM, &["-version"], path).await?;
        Ok(Self { version: JavaVersion::in_output(&answer.text), program: answer.program })
    }

    /// Whether it is surely older than this one.
    #[must_use]
    pub fn is_older_than(&self, feature: u32) -> bool {
        self.version.as_ref().is_some_and(|version| version.feature < feature)
    }
}
