//! The part of a run's latencies that may be due to a busy machine.

use crate::metrics::{Metrics, shown_number};
use crate::targets::TargetOutcome;
use glomers_config::{Metric, Plan};

/// Lateness below this, in ms, is not reported: it occurs occasionally on any machine.
const NOTABLE_P99_MS: f64 = 5.0;
const NOTABLE_LONGEST_MS: f64 = 50.0;
/// Fraction of a latency above which lateness has a notable effect.
const NOTABLE_PART: f64 = 0.1;

/// How late the engine delivered messages that were due, in ms. Nodes cannot influence it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EngineLateness {
    /// 99th percentile over messages.
    pub p99_ms: f64,
    /// Maximum over everything that was due.
    pub longest_ms: f64,
}

impl EngineLateness {
    /// An upper bound of the lateness in this value of a latency metric; 0 for other metrics.
    ///
    /// A value that is forwarded between nodes is late at each hop, and no hop is shorter than the
    /// network's latency.
    fn share(self, metric: Metric, value: f64, plan: &Plan) -> f64 {
        if metric.unit() != "ms" {
            return 0.0;
        }
        let most_hops = plan.nodes.len().saturating_sub(1).max(1) as f64;
        let hops = match plan.latency_ms {
            0 => most_hops,
            latency => (value / latency as f64).floor().clamp(1.0, most_hops),
        };
        let is_maximum = matches!(
            metric,
            Metric::StableLatencyMax | Metric::PropagationMax | Metric::OpLatencyMax
        );
        let added = self.p99_ms * hops;
        if is_maximum { added.max(self.longest_ms) } else { added }
    }

    /// Marks missed latency targets that may have been missed only because of lateness.
    pub fn doubt(self, targets: &mut [TargetOutcome], plan: &Plan) {
        for outcome in targets.iter_mut().filter(|outcome| !outcome.is_met()) {
            let metric = outcome.target.metric;
            let Some(value) = outcome.value else { continue };
            let least = value - self.share(metric, value, plan);
            let best = TargetOutcome { value: Some(least), ..*outcome };
            outcome.is_doubtful = best.is_met();
        }
    }

    /// A warning, if lateness may have had a notable effect on a metric or made a target doubtful.
    #[must_use]
    pub fn warning(
        self,
        metrics: &Metrics,
        targets: &[TargetOutcome],
        plan: &Plan,
    ) -> Option<String> {
        let is_busy = self.p99_ms >= NOTABLE_P99_MS || self.longest_ms >= NOTABLE_LONGEST_MS;
        let is_changed = |(metric, value): &(Metric, f64)| {
            let share = self.share(*metric, *value, plan);
            let is_notable = is_busy && share > 0.0 && share >= value * NOTABLE_PART;
            let mut doubtful = targets.iter().filter(|outcome| outcome.is_doubtful);
            is_notable || doubtful.any(|outcome| outcome.target.metric == *metric)
        };
        let changed: Vec<&str> =
            metrics.iter().filter(is_changed).map(|(metric, _)| metric.name()).collect();
        if changed.is_empty() {
            return None;
        }
        Some(format!(
            "this machine was busy: the engine was up to {} ms late (1 message in 100 more than {} \
             ms), which may be part of {}; measure again when less is running (`glomers doctor` \
             shows the load), or with fewer nodes or a lower --rate",
            shown_number(self.longest_ms),
            shown_number(self.p99_ms),
            changed.join(", ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::judge_targets;
    use glomers_config::{Parameters, challenges, find_challenge};

    fn broadcast_d() -> Plan {
        let challenges = challenges();
        let challenge = find_challenge(&challenges, "broadcast-d").unwrap();
        Plan::resolve(challenge, Parameters::default(), 0).unwrap()
    }

    fn judged(late: EngineLateness) -> (Vec<(&'static str, bool, bool)>, Option<String>) {
        let plan = broadcast_d();
        let mut metrics = Metrics::new();
        metrics.put(Metric::ServerMsgsPerOp, Some(31.0));
        metrics.put(Metric::StableLatencyP50, Some(390.0));
        metrics.put(Metric::StableLatencyMax, Some(640.0));
        let mut targets = judge_targets(&plan.targets, &metrics);
        late.doubt(&mut targets, &plan);
        let shown = targets.iter().map(|it| (it.target.metric.name(), it.is_met(), it.is_doubtful));
        (shown.collect(), late.warning(&metrics, &targets, &plan))
    }

    #[test]
    fn only_latencies_are_doubtful_and_only_by_as_much_as_it_was_late() {
        // 40 ms above the limit, after at most 6 hops of 100 ms each.
        for (p99_ms, longest_ms, is_doubtful) in
            [(0.1, 1.0, false), (6.0, 36.0, false), (6.7, 39.0, true), (0.1, 252.0, true)]
        {
            let (targets, warning) = judged(EngineLateness { p99_ms, longest_ms });
            assert_eq!(
                targets,
                [
                    ("server-msgs-per-op", false, false),
                    ("stable-latency-p50", true, false),
                    ("stable-latency-max", false, is_doubtful),
                ]
            );
            assert!(warning.is_some() >= is_doubtful, "{p99_ms} {longest_ms}");
        }
    }

    #[test]
    fn a_warning_has_the_figure_and_the_metrics() {
        let (_, warning) = judged(EngineLateness { p99_ms: 1.5, longest_ms: 252.3 });
        let warning = warning.unwrap();
        assert!(warning.contains("up to 252.3 ms late (1 message in 100 more than 1.5 ms)"));
        assert!(warning.contains("part of stable-latency-max; measure"), "{warning}");
        assert_eq!(judged(EngineLateness { p99_ms: 0.2, longest_ms: 20.0 }).1, None);
    }
}
