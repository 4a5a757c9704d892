//! The tables of the file, before they are resolved.

use super::flag::Flag;
use super::{FileProblem, Located};
use crate::settings::for_each_setting;
use crate::{
    Availability, Concurrency, ConsistencyModel, Delivery, Faults, KillTargets,
    LatencyDistribution, Limit, Metric, Parameters, ParseValueError, PartitionShapes, Recovery,
    Services, Target, ThreadSchedule, Topology, Workload,
};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use toml::Spanned;

/// The keys of [`File`].
pub(super) const FILE_KEYS: &[&str] = &["build", "bin", "args", "store", "maelstrom", "challenge"];

/// The top-level table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) build: Option<String>,
    pub(super) bin: Option<PathBuf>,
    pub(super) args: Option<Vec<String>>,
    pub(super) store: Option<PathBuf>,
    pub(super) maelstrom: Option<PathBuf>,
    /// The challenges by name, each with the position of its name in the file.
    #[serde(default)]
    pub(super) challenge: BTreeMap<Spanned<String>, Section>,
}

macro_rules! section {
    ($($setting:ident $flag:literal $heading:ident $value_name:literal $help:literal {
        given { $field:ident: $type:ty, $range:ident }
        plan $plan:tt
        maelstrom $maelstrom:tt
    })+) => {
        /// A table `[challenge.NAME]`.
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        pub(super) struct Section {
            pub(super) build: Option<String>,
            pub(super) bin: Option<PathBuf>,
            pub(super) args: Option<Vec<String>>,
            pub(super) store: Option<PathBuf>,
            pub(super) extends: Option<Spanned<String>>,
            targets: Option<BTreeMap<Spanned<Flag<Metric>>, Spanned<Flag<String>>>>,
            $($field: Option<Spanned<Flag<$type>>>,)+
        }

        impl Section {
            /// The keys of the table.
            pub(super) const KEYS: &[&str] =
                &["build", "bin", "args", "store", "extends", "targets", $($flag,)+];

            /// The settings of the table.
            pub(super) fn parameters(&self) -> Parameters {
                Parameters { $($field: self.$field.as_ref().map(|flag| flag.get_ref().0.clone()),)+ }
            }

            /// The byte range of a flag's value.
            pub(super) fn span(&self, flag: &str) -> Option<Range<usize>> {
                match flag {
                    $($flag => self.$field.as_ref().map(Spanned::span),)+
                    _ => None,
                }
            }
        }
    };
}

for_each_setting!(section);

impl Section {
    /// The byte range of the target for a metric.
    pub(super) fn target_span(&self, metric: Metric) -> Option<Range<usize>> {
        let mut keys = self.targets.iter().flatten().map(|(key, _)| key);
        keys.find(|key| key.get_ref().0 == metric).map(Spanned::span)
    }

    /// The targets, in the order of the file.
    pub(super) fn targets(&self) -> Result<Vec<Target>, Located> {
        let mut targets: Vec<_> = self.targets.iter().flatten().collect();
        targets.sort_by_key(|(metric, _)| metric.span().start);
        let target = |(metric, limit): (&Spanned<Flag<Metric>>, &Spanned<Flag<String>>)| {
            let (metric, text) = (metric.get_ref().0, &limit.get_ref().0);
            let invalid = |error: ParseValueError| Located {
                span: limit.span(),
                problem: FileProblem::OutOfRange {
                    key: metric.to_string(),
                    value: text.clone(),
                    expected: error.expected,
                },
            };
            Ok(Target { metric, limit: Limit::parse(metric, text).map_err(invalid)? })
        };
        targets.into_iter().map(target).collect()
    }
}
