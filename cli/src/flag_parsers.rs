//! Parsers of flag values; their errors list what is allowed. The ranges of numbers are checked
//! with the plan, as those of glomers.toml are.

use glomers_config::{ConsistencyModel, Metric, ParseValueError, Target};
use std::str::FromStr;
use std::time::Duration;

type Parsed<T> = Result<T, &'static str>;

fn parse<T: FromStr>(text: &str, expected: &'static str) -> Parsed<T> {
    text.parse().map_err(|_| expected)
}

/// Parses a duration that must be positive.
pub(crate) fn seconds(text: &str) -> Parsed<f64> {
    parse(text, "expected a positive number of seconds")
}

/// Parses `--older-than`: `7d`, `12h`, `1h 30m`.
pub(crate) fn age(text: &str) -> Parsed<Duration> {
    humantime::parse_duration(text)
        .map_err(|_| "expected a time with its unit, such as 7d, 12h or 30m")
}

/// Parses `--key-count` and other counts.
pub(crate) fn count(text: &str) -> Parsed<u32> {
    parse(text, "expected a whole number, 1 or more")
}

/// Names separated by commas, optionally with space around them.
#[derive(Debug, Clone)]
pub(crate) struct Names(pub(crate) Vec<String>);

/// Parses `--nodes`.
pub(crate) fn names(text: &str) -> Parsed<Names> {
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
    if names.iter().any(String::is_empty) {
        return Err("expected one or more names, separated by commas");
    }
    Ok(Names(names))
}

/// Consistency models separated by commas, optionally with space around them.
#[derive(Debug, Clone)]
pub(crate) struct Models(pub(crate) Vec<ConsistencyModel>);

/// Parses `--consistency-models`.
pub(crate) fn models(text: &str) -> Result<Models, ParseValueError> {
    ConsistencyModel::parse_list(text).map(Models)
}

/// Targets separated by commas.
#[derive(Debug, Clone)]
pub(crate) struct Targets(pub(crate) Vec<Target>);

/// Parses `--targets`.
pub(crate) fn targets(text: &str) -> Result<Targets, ParseValueError> {
    Target::parse_list(text).map(Targets)
}

/// `--fail-on`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct FailOn {
    /// Differences of metrics that are noise, in percent; `None` for what is known of each metric.
    pub(crate) tolerance: Option<f64>,
}

/// Parses `--fail-on`: `worse`, `worse=5%`.
pub(crate) fn fail_on(text: &str) -> Parsed<FailOn> {
    let expected = "expected worse, or worse=5%";
    let (word, tolerance) = with_percentage(text).ok_or(expected)?;
    if word == "worse" { Ok(FailOn { tolerance }) } else { Err(expected) }
}

/// `--metric` of a comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct MetricRule {
    /// The metric.
    pub(crate) metric: Metric,
    /// Differences that are noise, in percent; `None` for what is known of it.
    pub(crate) tolerance: Option<f64>,
}

/// Parses `--metric`: `stable-latency-p50`, `server-msgs-per-op=5%`.
pub(crate) fn metric_rule(text: &str) -> Result<MetricRule, String> {
    let (name, tolerance) =
        with_percentage(text).ok_or("expected the name of a metric, or its name and =5%")?;
    let metric = name.parse().map_err(|error: ParseValueError| error.to_string())?;
    Ok(MetricRule { metric, tolerance })
}

/// A word, and a percentage behind an equals sign if there is one; `None` if that is no percentage.
fn with_percentage(text: &str) -> Option<(&str, Option<f64>)> {
    let Some((word, percentage)) = text.split_once('=') else { return Some((text, None)) };
    let number = percentage.trim().strip_suffix('%').unwrap_or(percentage).trim();
    let number: f64 = number.parse().ok()?;
    (number.is_finite() && number >= 0.0).then_some((word.trim(), Some(number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_a_unit() {
        assert_eq!(age("7d"), Ok(Duration::from_hours(7 * 24)));
        assert_eq!(age("1h 30m"), Ok(Duration::from_mins(90)));
        for wrong in ["", "7", "d", "-1d", "7 parsecs"] {
            assert!(age(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn percentages_follow_an_equals_sign() {
        assert_eq!(fail_on("worse"), Ok(FailOn { tolerance: None }));
        assert_eq!(fail_on("worse=5%"), Ok(FailOn { tolerance: Some(5.0) }));
        assert_eq!(fail_on("worse=2.5"), Ok(FailOn { tolerance: Some(2.5) }));
        for wrong in ["better", "worse=", "worse=-1%", "worse=nan", "worse=5%%"] {
            assert!(fail_on(wrong).is_err(), "{wrong}");
        }
        let rule = metric_rule("op-latency-p50=10%").unwrap();
        assert_eq!((rule.metric, rule.tolerance), (Metric::OpLatencyP50, Some(10.0)));
        assert!(metric_rule("op-latency").is_err());
    }
}
