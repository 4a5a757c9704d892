//! The distribution of metrics over runs of one plan with different seeds.

use crate::metrics::{Metrics, json_number, shown as shown_value};
use crate::table_style::{Look, TableBuilder, fitting, plain};
use glomers_config::Metric;
use glomers_history::quantile_index;
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

/// The minimum or maximum of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extreme {
    /// The value, in the metric's unit.
    pub value: f64,
    /// The lowest seed whose run had the value.
    pub seed: u64,
}

/// The distribution of one metric over several runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distribution {
    /// Number of runs with a value; at least 1.
    pub count: usize,
    /// Minimum.
    pub min: Extreme,
    /// Median.
    pub p50: f64,
    /// 99th percentile.
    pub p99: f64,
    /// Maximum.
    pub max: Extreme,
}

impl Distribution {
    /// The distribution of the values; `None` if there are no values.
    fn of(mut values: Vec<Extreme>) -> Option<Self> {
        values.sort_unstable_by(|a, b| a.value.total_cmp(&b.value).then(a.seed.cmp(&b.seed)));
        let (min, last) = (*values.first()?, values.last()?.value);
        let lowest_of_last = values.partition_point(|extreme| extreme.value < last);
        let count = values.len();
        let at = |point| Some(values[quantile_index(count, point)?].value);
        Some(Self { count, min, p50: at(0.5)?, p99: at(0.99)?, max: values[lowest_of_last] })
    }
}

/// The distributions of every measured metric.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Distributions(Vec<(Metric, Distribution)>);

impl Distributions {
    /// The distributions over the runs, each given with its seed.
    pub fn of<'a>(runs: impl Iterator<Item = (u64, &'a Metrics)>) -> Self {
        let runs: Vec<(u64, &Metrics)> = runs.collect();
        let of_metric = |metric: &Metric| {
            let values = runs.iter().filter_map(|(seed, metrics)| {
                metrics.get(*metric).map(|value| Extreme { value, seed: *seed })
            });
            Some((*metric, Distribution::of(values.collect())?))
        };
        Self(Metric::ALL.iter().filter_map(of_metric).collect())
    }

    /// The distribution of a metric, if it was measured.
    #[must_use]
    pub fn get(&self, metric: Metric) -> Option<&Distribution> {
        self.0.iter().find(|(mine, _)| *mine == metric).map(|(_, distribution)| distribution)
    }

    /// A table with a row for each metric: median, minimum and maximum.
    #[must_use]
    pub fn medians(&self, look: Look) -> String {
        let header = ["metric", "median", "min", "max"];
        let mut table = TableBuilder::new(look, &header);
        for (metric, Distribution { min, p50, max, .. }) in &self.0 {
            let values =
                [*p50, min.value, max.value].map(|value| plain(shown_value(*metric, value)));
            table.row([plain(metric.name())].into_iter().chain(values).collect());
        }
        table.align_right(1..header.len());
        table.finish()
    }

    /// A table with a row for each metric: minimum and maximum, with their seeds, and quantiles. In a terminal
    /// of a width (in characters), columns that do not fit are left out.
    #[must_use]
    pub fn table(&self, look: Look, width: Option<u16>) -> String {
        const HEADER: [&str; 7] = ["metric", "min", "seed", "p50", "p99", "max", "seed"];
        /// When each is left out: the largest first, those of 0 never.
        const RANKS: [u8; HEADER.len()] = [0, 1, 1, 0, 2, 0, 0];
        let built = |shown: &[usize], look: Look| {
            let header: Vec<&str> = shown.iter().map(|&column| HEADER[column]).collect();
            let mut table = TableBuilder::new(look, &header);
            for (metric, distribution) in &self.0 {
                let Distribution { min, p50, p99, max, .. } = distribution;
                let cells = [
                    metric.name().to_owned(),
                    shown_value(*metric, min.value),
                    min.seed.to_string(),
                    shown_value(*metric, *p50),
                    shown_value(*metric, *p99),
                    shown_value(*metric, max.value),
                    max.seed.to_string(),
                ];
                table.row(shown.iter().map(|&column| plain(&cells[column])).collect());
            }
            table.align_right(1..shown.len());
            table.finish()
        };
        let plain = |shown: &[usize]| built(shown, Look::Terminal { colour: false });
        let shown = fitting((0..HEADER.len()).collect(), |it| RANKS[it], width, plain);
        built(&shown, look)
    }
}

impl Serialize for Distributions {
    /// An object with the distributions by the names of their metrics.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (metric, distribution) in &self.0 {
            map.serialize_entry(metric.name(), distribution)?;
        }
        map.end()
    }
}

impl Serialize for Distribution {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("distribution", 5)?;
        fields.serialize_field("count", &self.count)?;
        fields.serialize_field("min", &self.min)?;
        fields.serialize_field("p50", &json_number(self.p50))?;
        fields.serialize_field("p99", &json_number(self.p99))?;
        fields.serialize_field("max", &self.max)?;
        fields.end()
    }
}

impl Serialize for Extreme {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("extreme", 2)?;
        fields.serialize_field("value", &json_number(self.value))?;
        fields.serialize_field("seed", &self.seed)?;
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs with the seeds 0, 1, ... and these latencies in ms.
    fn runs(latencies: &[f64]) -> Vec<Metrics> {
        let with = |latency: &f64| {
            let mut metrics = Metrics::new();
            metrics.put(Metric::OpLatencyMax, Some(*latency));
            metrics
        };
        latencies.iter().map(with).collect()
    }

    fn distributions(runs: &[Metrics]) -> Distributions {
        Distributions::of(runs.iter().enumerate().map(|(seed, metrics)| (seed as u64, metrics)))
    }

    #[test]
    fn extremes_name_the_lowest_seed_and_quantiles_are_the_references() {
        let found = distributions(&runs(&[3.0, 1.0, 9.0, 1.0, 9.0]));
        let expected = Distribution {
            count: 5,
            min: Extreme { value: 1.0, seed: 1 },
            p50: 3.0,
            p99: 9.0,
            max: Extreme { value: 9.0, seed: 2 },
        };
        assert_eq!(found.get(Metric::OpLatencyMax), Some(&expected));
        let hundred: Vec<f64> = (0..200).map(f64::from).collect();
        let found = distributions(&runs(&hundred));
        let latency = found.get(Metric::OpLatencyMax).unwrap();
        assert_eq!((latency.p50, latency.p99, latency.max.value), (100.0, 198.0, 199.0));
    }

    #[test]
    fn only_what_was_measured_is_shown() {
        let mut runs = runs(&[2.5, 0.5]);
        runs[1].put(Metric::LostCount, Some(4.0));
        let found = distributions(&runs);
        assert_eq!(
            found.get(Metric::LostCount).map(|lost| (lost.count, lost.min.seed)),
            Some((1, 1))
        );
        assert_eq!(found.get(Metric::OpCount), None);
        assert_eq!(distributions(&[]), Distributions::default());
        insta::assert_snapshot!(found.table(Look::Markdown, None), @"
        | metric         |    min | seed |    p50 |    p99 |    max | seed |
        |----------------|--------|------|--------|--------|--------|------|
        | lost-count     |      4 |    1 |      4 |      4 |      4 |    1 |
        | op-latency-max | 0.5 ms |    1 | 2.5 ms | 2.5 ms | 2.5 ms |    0 |
        ");
        let json = serde_json::to_string(&found).unwrap();
        let lost =
            r#"{"count":1,"min":{"value":4,"seed":1},"p50":4,"p99":4,"max":{"value":4,"seed":1}}"#;
        assert!(
            json.starts_with(&format!("{{\"lost-count\":{lost},\"op-latency-max\":")),
            "{json}"
        );
    }
}
