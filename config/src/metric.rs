//! The metrics of a run: their names, units, and which direction is better.

use crate::{ParseValueError, Workload};
use std::fmt;
use std::str::FromStr;

/// Which direction of a metric is an improvement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// Less is better: messages, latencies, losses.
    Lower,
    /// More is better.
    Higher,
    /// Neither: a description.
    Neither,
}

/// What kind of number a metric is, which decides what a difference between two runs means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// Messages per operation.
    Rate,
    /// A part of the operations.
    Fraction,
    /// A median of latencies.
    Median,
    /// A high percentile of latencies.
    Tail,
    /// The greatest of some latencies: one unlucky message decides.
    Maximum,
    /// A number of operations or values: it grows with the number of operations.
    Count,
}

macro_rules! metrics {
    ($($variant:ident = $name:literal, $unit:literal, $kind:ident, $better:ident, $doc:literal;)+) => {
        /// A number that a run showed. The same names serve tables, JSON and configuration.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Metric { $(#[doc = $doc] $variant,)+ }

        impl Metric {
            /// Every metric, in the order of tables.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Its name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// `ms`, or empty for counts and fractions.
            #[must_use]
            pub fn unit(self) -> &'static str {
                match self { $(Self::$variant => $unit,)+ }
            }

            /// What kind of number it is.
            #[must_use]
            pub fn kind(self) -> MetricKind {
                match self { $(Self::$variant => MetricKind::$kind,)+ }
            }

            /// Which way is better.
            #[must_use]
            pub fn better(self) -> Better {
                match self { $(Self::$variant => Better::$better,)+ }
            }

            /// The greatest value that it can have, if there is one.
            #[must_use]
            pub fn greatest(self) -> Option<f64> {
                (self == Self::OkFraction).then_some(1.0)
            }

            /// What it says, in one line.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $doc,)+ }
            }
        }

        impl FromStr for Metric {
            type Err = ParseValueError;

            fn from_str(text: &str) -> Result<Self, ParseValueError> {
                ParseValueError::choose(text, &[$(($name, Self::$variant),)+])
            }
        }
    };
}

metrics! {
    MsgsPerOp = "msgs-per-op", "", Rate, Lower, "All messages per client operation.";
    ServerMsgsPerOp = "server-msgs-per-op", "", Rate, Lower, "Messages between nodes and services per client operation.";
    LoadServerMsgsPerOp = "load-server-msgs-per-op", "", Rate, Lower, "The same, before recovery begins.";
    OkFraction = "ok-fraction", "", Fraction, Higher, "Fraction of operations that succeeded.";
    OpCount = "op-count", "", Count, Neither, "Completed operations.";
    StableCount = "stable-count", "", Count, Neither, "Elements that were always seen from some time on.";
    StaleCount = "stale-count", "", Count, Lower, "Stable elements that a read missed after they were known.";
    LostCount = "lost-count", "", Count, Lower, "Known elements that no later read showed.";
    NeverReadCount = "never-read-count", "", Count, Lower, "Elements neither stable nor lost.";
    DuplicatedCount = "duplicated-count", "", Count, Lower, "Elements that one read showed twice, or ids given out twice.";
    StableLatencyP50 = "stable-latency-p50", "ms", Median, Lower, "Median time from known to stable, sampled by reads.";
    StableLatencyP95 = "stable-latency-p95", "ms", Tail, Lower, "95th percentile of the same.";
    StableLatencyP99 = "stable-latency-p99", "ms", Tail, Lower, "99th percentile of the same.";
    StableLatencyMax = "stable-latency-max", "ms", Maximum, Lower, "Maximum of the same.";
    PropagationP50 = "propagation-p50", "ms", Median, Lower, "Median time from the first node that has a value to the last.";
    PropagationMax = "propagation-max", "ms", Maximum, Lower, "Maximum of the same.";
    OpLatencyP50 = "op-latency-p50", "ms", Median, Lower, "Median time from invocation to completion of a client operation.";
    OpLatencyP95 = "op-latency-p95", "ms", Tail, Lower, "95th percentile of the same.";
    OpLatencyP99 = "op-latency-p99", "ms", Tail, Lower, "99th percentile of the same.";
    OpLatencyMax = "op-latency-max", "ms", Maximum, Lower, "Maximum of the same.";
}

impl Metric {
    /// Whether runs of the workload can have a value for the metric.
    #[must_use]
    pub fn is_measured_in(self, workload: Workload) -> bool {
        match self {
            Self::StableCount
            | Self::StaleCount
            | Self::LostCount
            | Self::NeverReadCount
            | Self::StableLatencyP50
            | Self::StableLatencyP95
            | Self::StableLatencyP99
            | Self::StableLatencyMax => matches!(workload, Workload::Broadcast | Workload::GSet),
            Self::DuplicatedCount => matches!(workload, Workload::Broadcast | Workload::UniqueIds),
            Self::PropagationP50 | Self::PropagationMax => workload == Workload::Broadcast,
            Self::MsgsPerOp
            | Self::ServerMsgsPerOp
            | Self::LoadServerMsgsPerOp
            | Self::OkFraction
            | Self::OpCount
            | Self::OpLatencyP50
            | Self::OpLatencyP95
            | Self::OpLatencyP99
            | Self::OpLatencyMax => true,
        }
    }

    /// Whether it can be measured in runs of the real Maelstrom, which writes no journal.
    #[must_use]
    pub fn is_measured_by_maelstrom(self) -> bool {
        !matches!(self, Self::LoadServerMsgsPerOp | Self::PropagationP50 | Self::PropagationMax)
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_found_by_its_name() {
        for metric in Metric::ALL {
            assert_eq!(metric.name().parse(), Ok(*metric));
        }
        assert!("msgs".parse::<Metric>().is_err());
    }

    #[test]
    fn only_fractions_that_succeed_are_better_when_higher() {
        let of = |better| Metric::ALL.iter().filter(move |metric| metric.better() == better);
        assert!(of(Better::Higher).eq(&[Metric::OkFraction]));
        assert!(of(Better::Neither).eq(&[Metric::OpCount, Metric::StableCount]));
    }
}
