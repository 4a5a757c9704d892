//! What decides in a comparison.

use super::noise::Noise;
use glomers_config::{Metric, MetricKind};

/// What counts as worse.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rules {
    /// A difference that is taken for noise, in percent of the baseline; `None` for what is known of each
    /// metric.
    pub tolerance: Option<f64>,
    /// The metrics that decide, with their own tolerance in percent; none for the usual ones.
    pub metrics: Vec<(Metric, Option<f64>)>,
}

impl Rules {
    /// Whether a metric decides.
    ///
    /// Maxima and counts do not by themselves, since one message or a few more operations change them;
    /// and high percentiles only with several runs on each side.
    pub(crate) fn decides(&self, metric: Metric, has_several: bool) -> bool {
        if !self.metrics.is_empty() {
            return self.metrics.iter().any(|(named, _)| *named == metric);
        }
        match metric.kind() {
            MetricKind::Rate | MetricKind::Fraction => true,
            MetricKind::Median => has_several || metric != Metric::PropagationP50,
            MetricKind::Tail => has_several,
            MetricKind::Maximum | MetricKind::Count => false,
        }
    }

    /// What is noise in a metric.
    pub(crate) fn noise(
        &self,
        metric: Metric,
        challenge: Option<&str>,
        has_several: bool,
    ) -> Noise {
        let named = self.metrics.iter().find(|(named, _)| *named == metric);
        if let Some(percent) = named.and_then(|(_, percent)| *percent) {
            return Noise::tolerated(percent);
        }
        let known =
            if has_several { Noise::of_several(metric) } else { Noise::of_one(metric, challenge) };
        match self.tolerance {
            Some(percent) => Noise { percent: Some(percent), ..known },
            None => known,
        }
    }
}
