//! The metrics of a run: their sources, and the formatting of numbers.

use crate::results::Results;
use crate::workload::WorkloadResults;
use glomers_config::Metric;
use glomers_history::{History, Kind};
use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::collections::BTreeMap;

/// Metrics and their values, in the order of tables. A metric without a value is absent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Metrics(BTreeMap<Metric, f64>);

impl Metrics {
    /// No metrics.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The metrics of a `results.edn`. It does not contain the latencies of operations, propagation
    /// times, metrics of the load alone, and duplicated elements of a set (the reference writes 0
    /// without checking).
    #[must_use]
    pub fn from_results(results: &Results) -> Self {
        let mut metrics = Self::new();
        let net = results.net.unwrap_or_default();
        metrics.put(Metric::MsgsPerOp, net.all.and_then(|all| all.msgs_per_op));
        metrics.put(Metric::ServerMsgsPerOp, net.servers.and_then(|servers| servers.msgs_per_op));
        let availability = results.availability.unwrap_or_default();
        metrics.put(Metric::OkFraction, availability.ok_fraction);
        let count = results.stats.as_ref().and_then(|stats| stats.all.count);
        metrics.put_count(Metric::OpCount, count);
        match &results.workload {
            Some(WorkloadResults::SetFull(set)) => {
                metrics.put_count(Metric::StableCount, set.stable_count);
                metrics.put_count(Metric::StaleCount, set.stale_count);
                metrics.put_count(Metric::LostCount, set.lost_count);
                metrics.put_count(Metric::NeverReadCount, set.never_read_count);
                for (metric, fraction) in [
                    (Metric::StableLatencyP50, 0.5),
                    (Metric::StableLatencyP95, 0.95),
                    (Metric::StableLatencyP99, 0.99),
                    (Metric::StableLatencyMax, 1.0),
                ] {
                    let latencies = set.stable_latencies.as_ref();
                    metrics.put(metric, latencies.and_then(|latencies| latencies.at(fraction)));
                }
            }
            Some(WorkloadResults::UniqueIds(ids)) => {
                metrics.put_count(Metric::DuplicatedCount, ids.duplicated_count);
            }
            Some(WorkloadResults::Echo(_) | WorkloadResults::Other(_)) | None => {}
        }
        metrics
    }

    /// The value of a metric.
    #[must_use]
    pub fn get(&self, metric: Metric) -> Option<f64> {
        self.0.get(&metric).copied()
    }

    /// Sets or removes a metric. NaN and infinite values remove it.
    pub fn put(&mut self, metric: Metric, value: Option<f64>) {
        match value.filter(|value| value.is_finite()) {
            Some(value) => self.0.insert(metric, value),
            None => self.0.remove(&metric),
        };
    }

    /// Sets or removes a metric that is a count.
    pub fn put_count(&mut self, metric: Metric, count: Option<u64>) {
        self.put(metric, count.map(|count| count as f64));
    }

    /// Adds the metrics of `others` that are absent here.
    #[must_use]
    pub fn or(mut self, others: &Self) -> Self {
        for (metric, value) in others.iter() {
            self.0.entry(metric).or_insert(value);
        }
        self
    }

    /// The metrics that have values, in the order of tables.
    pub fn iter(&self) -> impl Iterator<Item = (Metric, f64)> + '_ {
        self.0.iter().map(|(metric, value)| (*metric, *value))
    }
}

/// Latencies of client operations, from invocation to completion of any kind, in ms. The quantiles
/// are the values at index min(n - 1, floor(n x p)) of the sorted list, for p = 0.5, 0.95, 0.99 and
/// 1, as in the reference.
#[must_use]
pub fn op_latencies(history: &History) -> Metrics {
    const NANOSECONDS_PER_MS: f64 = 1e6;
    let mut latencies: Vec<i64> = history
        .client_operations()
        .filter(|(_, operation)| operation.kind == Kind::Invoke)
        .filter_map(|(position, invocation)| {
            Some(history.counterpart(position)?.time - invocation.time)
        })
        .collect();
    latencies.sort_unstable();
    let mut metrics = Metrics::new();
    for (metric, fraction) in [
        (Metric::OpLatencyP50, 0.5),
        (Metric::OpLatencyP95, 0.95),
        (Metric::OpLatencyP99, 0.99),
        (Metric::OpLatencyMax, 1.0),
    ] {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to n")]
        let position = (latencies.len() as f64 * fraction) as usize;
        let value = latencies.get(position).or(latencies.last());
        metrics.put(metric, value.map(|&nanoseconds| nanoseconds as f64 / NANOSECONDS_PER_MS));
    }
    metrics
}

/// A number as JSON, without a decimal point if it is an integer.
#[must_use]
pub fn json_number(value: f64) -> serde_json::Value {
    /// Whole doubles below this are exact, 2^53.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() == 0.0 && value.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole, and in range")]
        let whole = value as i64;
        return whole.into();
    }
    value.into()
}

/// The displayed form of a number: rounded, but not to an integer unless it is one.
pub(crate) fn shown_number(value: f64) -> String {
    /// Further decimals have no meaning: the reference's fractions are single precision.
    const MOST_DECIMALS: usize = 9;
    if value.fract() == 0.0 {
        return format!("{value:.0}");
    }
    let usual = match value.abs() {
        100.0.. => 1,
        1.0.. => 2,
        _ => 4,
    };
    (usual..MOST_DECIMALS)
        .map(|decimals| format!("{value:.decimals$}"))
        .find(|text| text.parse::<f64>().is_ok_and(|rounded| rounded.fract() != 0.0))
        .unwrap_or_else(|| value.to_string())
        .trim_end_matches('0')
        .to_owned()
}

/// The displayed form of a metric's value, with its unit.
#[must_use]
pub fn shown(metric: Metric, value: f64) -> String {
    let number = shown_number(value);
    match metric.unit() {
        "" => number,
        unit => format!("{number} {unit}"),
    }
}

impl Serialize for Metrics {
    /// Serializes as a flat object with every metric; null if there is no value.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(Metric::ALL.len()))?;
        for metric in Metric::ALL {
            map.serialize_entry(metric.name(), &self.get(*metric).map(json_number))?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Metrics {
    /// Unknown names, which a newer version wrote, are ignored.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = BTreeMap::<String, Option<f64>>::deserialize(deserializer)?;
        let mut metrics = Self::new();
        for (name, value) in values {
            if let Ok(metric) = name.parse() {
                metrics.put(metric, value);
            }
        }
        Ok(metrics)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glomers_history::{Function, Operation, Process, Value};

    #[test]
    fn a_set_says_nothing_of_duplicates_and_ids_do() {
        let set = "{:workload {:stable-count 2, :lost-count 1, :duplicated-count 0, \
                   :stable-latencies {0 0, 0.5 455, 0.95 684, 0.99 701, 1 791}}, \
                   :net {:all {:msg-count 3}, :servers {:msgs-per-op 55.6967}}, :valid? true}";
        let metrics = Metrics::from_results(&Results::parse(set).unwrap());
        let shown: Vec<_> = metrics.iter().map(|(metric, value)| (metric.name(), value)).collect();
        assert_eq!(
            shown,
            [
                ("server-msgs-per-op", 55.6967),
                ("stable-count", 2.0),
                ("lost-count", 1.0),
                ("stable-latency-p50", 455.0),
                ("stable-latency-p95", 684.0),
                ("stable-latency-p99", 701.0),
                ("stable-latency-max", 791.0),
            ]
        );
        let ids = "{:workload {:attempted-count 2, :acknowledged-count 2, :duplicated-count 0}, \
                   :stats {:count 2}, :valid? true}";
        let metrics = Metrics::from_results(&Results::parse(ids).unwrap());
        assert_eq!(metrics.get(Metric::DuplicatedCount), Some(0.0));
        let mut sidecar = Metrics::new();
        sidecar.put(Metric::DuplicatedCount, Some(5.0));
        sidecar.put(Metric::PropagationMax, Some(1.25));
        let both = metrics.or(&sidecar);
        assert_eq!(both.get(Metric::DuplicatedCount), Some(0.0));
        assert_eq!(both.get(Metric::PropagationMax), Some(1.25));
    }

    #[test]
    fn latencies_count_every_completed_client_operation() {
        let entry = |time, kind, process| Operation {
            index: 0,
            time,
            kind,
            process,
            f: Function::Read,
            value: Value::Nil,
            is_final: false,
            detail: None,
        };
        let client = Process::Client;
        let history: History = [
            entry(0, Kind::Invoke, client(0)),
            entry(0, Kind::Info, Process::Nemesis),
            entry(500_000, Kind::Invoke, client(1)),
            entry(1_500_000, Kind::Ok, client(0)),
            entry(3_000_000, Kind::Fail, client(1)),
            entry(4_000_000, Kind::Invoke, client(2)),
            entry(5_000_000, Kind::Invoke, client(3)),
            entry(9_000_000, Kind::Info, client(2)),
        ]
        .into_iter()
        .collect();
        let latencies = op_latencies(&history);
        // 1.5, 2.5 and 5 ms; the last invocation has no completion.
        assert_eq!(latencies.get(Metric::OpLatencyP50), Some(2.5));
        assert_eq!(latencies.get(Metric::OpLatencyMax), Some(5.0));
        assert_eq!(op_latencies(&History::new()), Metrics::new());
    }

    #[test]
    fn json_has_every_metric_and_reads_what_it_knows() {
        let mut metrics = Metrics::new();
        metrics.put(Metric::OpCount, Some(48.0));
        metrics.put(Metric::OkFraction, Some(0.5));
        metrics.put(Metric::LostCount, Some(f64::NAN));
        let json = serde_json::to_string(&metrics).unwrap();
        assert!(json.starts_with("{\"msgs-per-op\":null,\"server-msgs-per-op\":null,"), "{json}");
        assert!(json.contains("\"ok-fraction\":0.5,\"op-count\":48,"), "{json}");
        assert_eq!(serde_json::from_str::<Metrics>(&json).unwrap(), metrics);
        let newer = "{\"op-count\": 48, \"ok-fraction\": 0.5, \"joules\": 3}";
        assert_eq!(serde_json::from_str::<Metrics>(newer).unwrap(), metrics);
    }

    #[test]
    fn numbers_are_rounded_but_never_to_a_whole_one() {
        for (value, text) in [
            (2031.0, "2031"),
            (55.6967, "55.7"),
            (2.041_666_7, "2.04"),
            (12345.678, "12345.7"),
            (0.974_226_83, "0.9742"),
            (0.999_999, "0.999999"),
            (29.999, "29.999"),
            (0.000_01, "0.00001"),
            (1e-12, "0.000000000001"),
        ] {
            assert_eq!(shown_number(value), text);
        }
        assert_eq!(shown(Metric::StableLatencyMax, 791.0), "791 ms");
    }
}
