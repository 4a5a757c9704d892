//! Finds Java, its version, and the version that Maelstrom needs. Runs only `java -version`.

mod needed;
mod version;

pub use needed::least_java;
pub use version::JavaVersion;

use crate::probe::{ProbeError, probe};
use std::ffi::OsStr;
use std::path::PathBuf;

/// The oldest Java that Maelstrom supports: its guide "Getting Ready" (0.2.4) says 11 or higher.
/// (That of 0.2.3 says 1.8, but some of its classes need 11: Maelstrom's issue 53.)
pub const LEAST_JAVA: u32 = 11;

/// The program that Maelstrom's script starts, from the `PATH`. The script ignores `JAVA_HOME`.
const PROGRAM: &str = "java";

/// A working Java.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Java {
    /// Path of the program, by a folder of the `PATH`.
    pub program: PathBuf,
    /// Its version; `None` if it printed it in an unknown format.
    pub version: Option<JavaVersion>,
}

impl Java {
    /// The Java that Maelstrom would find in these folders. The stub `java` of macOS, which only
    /// reports that Java is not installed, results in [`ProbeError::Failed`].
    pub async fn find(path: Option<&OsStr>) -> Result<Self, ProbeError> {
        let answer = probe(PROGRAM, &["-version"], path).await?;
        Ok(Self { version: JavaVersion::in_output(&answer.text), program: answer.program })
    }

    /// Whether it is known to be older than this version.
    #[must_use]
    pub fn is_older_than(&self, feature: u32) -> bool {
        self.version.as_ref().is_some_and(|version| version.feature < feature)
    }
}
