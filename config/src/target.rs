//! Targets: what a run should achieve beyond a valid history.

use crate::settings::FlagValue;
use crate::{Better, Metric, ParseValueError};
use std::fmt;

/// A limit for a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// The metric.
    pub metric: Metric,
    /// The limit for its value.
    pub limit: Limit,
}

/// A bound of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// How the metric's value must compare with the bound.
    pub comparison: Comparison,
    /// The bound, finite and not negative, in the metric's unit.
    pub bound: f64,
}

/// How a value is compared with a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `=`
    Equal,
}

impl Comparison {
    /// All comparisons with every accepted sign; signs of two characters first.
    const SIGNS: [(&'static str, Self); 8] = [
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("==", Self::Equal),
        ("≤", Self::AtMost),
        ("≥", Self::AtLeast),
        ("<", Self::Below),
        (">", Self::Above),
        ("=", Self::Equal),
    ];

    /// All comparisons.
    pub const ALL: [Self; 5] = [Self::Below, Self::AtMost, Self::Above, Self::AtLeast, Self::Equal];

    /// The sign that is shown in tables.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Equal => "=",
        }
    }

    /// The comparison with that sign.
    #[must_use]
    pub fn find(sign: &str) -> Option<Self> {
        Self::SIGNS.iter().find(|(written, _)| *written == sign).map(|(_, comparison)| *comparison)
    }

    /// Splits off the comparison at the start of a text, if there is one.
    fn split(text: &str) -> (Option<Self>, &str) {
        let found = Self::SIGNS
            .iter()
            .find_map(|(sign, comparison)| Some((*comparison, text.strip_prefix(sign)?)));
        found.map_or((None, text), |(comparison, rest)| (Some(comparison), rest))
    }

    fn holds(self, value: f64, bound: f64) -> bool {
        match self {
            Self::Below => value < bound,
            Self::AtMost => value <= bound,
            Self::Above => value > bound,
            Self::AtLeast => value >= bound,
            #[expect(clippy::float_cmp, reason = "equality was asked for")]
            Self::Equal => value == bound,
        }
    }
}

impl Limit {
    /// The limit that a bare number means. If lower is better, the value must be below the number
    /// (or be 0, if the number is 0). Otherwise it must be at least the number.
    #[must_use]
    pub fn bare(metric: Metric, bound: f64) -> Self {
        let comparison = match metric.better() {
            Better::Lower if bound == 0.0 => Comparison::AtMost,
            Better::Lower => Comparison::Below,
            Better::Higher | Better::Neither => Comparison::AtLeast,
        };
        Self { comparison, bound }
    }

    /// Parses the text after a metric's name: a number, or a comparison and a number (`>= 0.99`),
    /// optionally followed by the metric's unit. Rejects limits that no value can meet.
    pub fn parse(metric: Metric, text: &str) -> Result<Self, ParseValueError> {
        let (comparison, number) = Comparison::split(text.trim());
        let number = number.trim();
        let number = number.strip_suffix(metric.unit()).unwrap_or(number).trim_end();
        let bound = number.parse::<f64>().ok().filter(|bound| bound.is_finite() && *bound >= 0.0);
        let Some(bound) = bound else {
            return Err(ParseValueError::expected(&format!(
                "a number{}, 0 or more, or a comparison such as \"{}\"",
                match metric.unit() {
                    "" => String::new(),
                    unit => format!(" of {unit}"),
                },
                Self::bare(metric, if metric.greatest().is_some() { 0.99 } else { 10.0 }),
            )));
        };
        // Turns -0.0 into 0.
        let bound = bound.abs();
        let limit = match comparison {
            Some(comparison) => Self { comparison, bound },
            None => Self::bare(metric, bound),
        };
        limit.check_reachable(metric)
    }

    /// Returns the limit, unless no value can meet it.
    fn check_reachable(self, metric: Metric) -> Result<Self, ParseValueError> {
        let Self { comparison, bound } = self;
        if comparison == Comparison::Below && bound == 0.0 {
            return Err(ParseValueError::expected("\"<= 0\" or more: no value is below 0"));
        }
        let greatest = metric.greatest().unwrap_or(f64::INFINITY);
        let is_out_of_reach = match comparison {
            Comparison::Below | Comparison::AtMost => false,
            Comparison::Above => bound >= greatest,
            Comparison::AtLeast | Comparison::Equal => bound > greatest,
        };
        if is_out_of_reach {
            let expected = format!("a limit that can be met: {metric} is never above {greatest}");
            return Err(ParseValueError::expected(&expected));
        }
        Ok(self)
    }

    /// Whether a value meets the limit.
    #[must_use]
    pub fn is_met(self, value: f64) -> bool {
        self.comparison.holds(value, self.bound)
    }
}

impl fmt::Display for Limit {
    /// The form that [`Limit::parse`] accepts: `< 30`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.comparison.sign(), self.bound)
    }
}

impl Target {
    /// A target with the limit that a bare number means, see [`Limit::bare`].
    #[must_use]
    pub fn new(metric: Metric, bound: f64) -> Self {
        Self { metric, limit: Limit::bare(metric, bound) }
    }

    /// Parses `METRIC<LIMIT`, as used in `--targets`: `server-msgs-per-op < 12`, `ok-fraction >=
    /// 0.99`. With `=` or `:`, the metric determines the comparison.
    pub fn parse(text: &str) -> Result<Self, ParseValueError> {
        let end = text.find(|c: char| "<>=≤≥:".contains(c)).ok_or_else(|| {
            ParseValueError::expected(
                "a metric, a comparison and a number, such as server-msgs-per-op<12",
            )
        })?;
        let (name, limit) = text.split_at(end);
        let metric = Metric::parse(name.trim())?;
        if limit.starts_with("=>") || limit.starts_with("=<") {
            return Err(ParseValueError::expected("one of <, <=, >, >= and = behind the metric"));
        }
        // Like `metric = limit` in the file.
        let limit = match limit.strip_prefix(['=', ':']) {
            Some(rest) if !rest.starts_with('=') => rest,
            _ => limit,
        };
        Ok(Self { metric, limit: Limit::parse(metric, limit)? })
    }

    /// Parses targets that are separated by commas.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, ParseValueError> {
        text.split(',').map(|target| Self::parse(target.trim())).collect()
    }
}

impl fmt::Display for Target {
    /// The form that [`Target::parse`] accepts.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A single `=` would leave the comparison to the metric.
        let sign = match self.limit.comparison {
            Comparison::Equal => "==",
            other => other.sign(),
        };
        write!(out, "{} {sign} {}", self.metric, self.limit.bound)
    }
}

/// Replaces the limits of metrics that are already listed, and appends the others.
pub fn lay_targets(targets: &mut Vec<Target>, above: impl IntoIterator<Item = Target>) {
    for target in above {
        match targets.iter_mut().find(|below| below.metric == target.metric) {
            Some(below) => *below = target,
            None => targets.push(target),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(metric: Metric, text: &str) -> String {
        match Limit::parse(metric, text) {
            Ok(limit) => limit.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_bare_number_goes_the_metrics_own_direction() {
        for metric in Metric::ALL {
            let expected = match metric {
                Metric::OkFraction | Metric::OpCount | Metric::StableCount => ">= 1",
                _ => "< 1",
            };
            assert_eq!(limit(*metric, "1"), expected, "{metric}");
        }
        assert!(Target::new(Metric::OkFraction, 1.0).limit.is_met(1.0));
        assert!(!Target::new(Metric::OkFraction, 1.0).limit.is_met(0.999_99));
        assert!(Target::new(Metric::ServerMsgsPerOp, 30.0).limit.is_met(29.9));
        assert!(!Target::new(Metric::ServerMsgsPerOp, 30.0).limit.is_met(30.0));
        // No value is below 0.
        assert_eq!(limit(Metric::LostCount, "0"), "<= 0");
        assert!(Target::new(Metric::LostCount, 0.0).limit.is_met(0.0));
    }

    #[test]
    fn a_comparison_may_be_written() {
        for (text, expected) in [
            (">= 0.99", ">= 0.99"),
            (">0.5", "> 0.5"),
            ("<= 1", "<= 1"),
            (" < 0.25 ", "< 0.25"),
            ("== 1", "= 1"),
            ("≥1", ">= 1"),
            ("0.5", ">= 0.5"),
            ("-0", ">= 0"),
        ] {
            assert_eq!(limit(Metric::OkFraction, text), expected, "{text}");
        }
        assert_eq!(limit(Metric::StableLatencyMax, "< 400 ms"), "< 400");
        assert_eq!(limit(Metric::StableLatencyMax, "400ms"), "< 400");
    }

    #[test]
    fn what_no_value_can_keep_to_is_refused() {
        for text in
            ["NaN", "inf", "-inf", "-1", ">= -1", "< NaN", "", ">=", "=> 1", "<> 1", "x", "9%"]
        {
            let error = limit(Metric::OkFraction, text);
            assert!(error.starts_with("expected a number, 0 or more, or a comparison"), "{error}");
        }
        let error = limit(Metric::PropagationMax, "1 s");
        assert!(error.starts_with("expected a number of ms, 0 or more"), "{error}");
        assert!(limit(Metric::OkFraction, "2").ends_with("ok-fraction is never above 1"));
        assert!(limit(Metric::OkFraction, "> 1").ends_with("ok-fraction is never above 1"));
        assert_eq!(limit(Metric::OkFraction, "< 2"), "< 2");
        assert_eq!(
            limit(Metric::LostCount, "< 0"),
            "expected \"<= 0\" or more: no value is below 0"
        );
    }

    #[test]
    fn a_target_is_read_as_a_flag_writes_it() {
        for (text, expected) in [
            ("server-msgs-per-op<12", "server-msgs-per-op < 12"),
            ("ok-fraction >= 0.99", "ok-fraction >= 0.99"),
            ("ok-fraction=1", "ok-fraction >= 1"),
            ("lost-count = 0", "lost-count <= 0"),
            ("op-count == 3", "op-count == 3"),
            ("op-count: < 9", "op-count < 9"),
            ("op-count = <= 9", "op-count <= 9"),
        ] {
            let target = Target::parse(text).unwrap();
            assert_eq!(target.to_string(), expected);
            assert_eq!(Target::parse(&target.to_string()), Ok(target));
        }
        for wrong in
            ["", "op-count", "12", "op < 3", "op-count <", "< 3", "op-count < 3 <", "op-count=>3"]
        {
            assert!(Target::parse(wrong).is_err(), "{wrong}");
        }
        let list = Target::parse_list("op-count>3, lost-count=0").unwrap();
        assert_eq!(list.len(), 2);
    }
}
