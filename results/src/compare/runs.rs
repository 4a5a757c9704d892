//! One side of a comparison: a run, or several runs of the same test.

use crate::run_dir::{Run, RunError};
use crate::validity;
use glomers_config::Metric;
use glomers_history::Validity;
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::fmt;
use std::path::{Path, PathBuf};

/// Runs of the same test.
#[derive(Debug, Clone, PartialEq)]
pub struct Runs {
    /// The path that was opened.
    pub path: PathBuf,
    /// At least one, in the order of their seeds or names.
    runs: Vec<Run>,
}

impl Runs {
    /// One run.
    #[must_use]
    pub fn one(run: Run) -> Self {
        Self { path: run.path.clone(), runs: vec![run] }
    }

    /// Several runs, from this path.
    ///
    /// # Panics
    /// Without any run.
    #[must_use]
    pub fn several(path: PathBuf, mut runs: Vec<Run>) -> Self {
        assert!(!runs.is_empty(), "one side of a comparison is empty");
        runs.sort_by_key(|run| run.record.as_ref().and_then(|record| record.seed));
        Self { path, runs }
    }

    /// Opens a run, or a folder that contains run directories.
    ///
    /// # Errors
    /// As for [`Run::open`].
    pub fn open(path: &Path) -> Result<Self, RunError> {
        let inside = crate::run_dir::runs_inside(path)?;
        if inside.is_empty() {
            return Run::open(path).map(Self::one);
        }
        let runs = inside.iter().map(|path| Run::open(path)).collect::<Result<_, _>>()?;
        Ok(Self::several(path.to_owned(), runs))
    }

    /// The runs.
    #[must_use]
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The values of a metric, of the runs that have one.
    pub(crate) fn values(&self, metric: Metric) -> Vec<f64> {
        self.runs.iter().filter_map(|run| run.metrics.get(metric)).collect()
    }

    /// The seed of each run; `None` if one has none.
    pub(crate) fn seeds(&self) -> Option<Vec<u64>> {
        self.runs.iter().map(|run| run.record.as_ref()?.seed).collect()
    }

    /// Whether no run has any metric.
    pub(crate) fn is_empty(&self) -> bool {
        self.runs.iter().all(|run| run.metrics.iter().next().is_none())
    }

    /// The worst verdict of the runs: invalid, else unknown, else valid.
    #[must_use]
    pub fn valid(&self) -> Validity {
        let worst = self.runs.iter().map(Run::valid).min_by_key(|valid| rank(*valid));
        worst.unwrap_or(Validity::Unknown)
    }

    /// The name of the challenge, if there is a record with it.
    #[must_use]
    pub fn challenge(&self) -> Option<&str> {
        let record = self.runs.iter().find_map(|run| run.record.as_ref());
        record.map(|record| record.challenge.as_str()).filter(|challenge| !challenge.is_empty())
    }
}

/// Verdicts, from the worst to the best.
pub(crate) fn rank(valid: Validity) -> u8 {
    match valid {
        Validity::Invalid => 0,
        Validity::Unknown => 1,
        Validity::Valid => 2,
    }
}

impl fmt::Display for Runs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(challenge) = self.challenge() {
            write!(out, "{challenge}, ")?;
        }
        write!(out, "{}", self.path.display())?;
        match self.runs.len() {
            1 => Ok(()),
            count => write!(out, " ({count} runs)"),
        }
    }
}

impl Serialize for Runs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("runs", 4)?;
        fields.serialize_field("challenge", &self.challenge())?;
        fields.serialize_field("path", &self.path.display().to_string())?;
        fields.serialize_field("runs", &self.runs.len())?;
        fields.serialize_field("valid", &validity::to_json(self.valid()))?;
        fields.end()
    }
}
