//! `:availability`: the fraction of operations that succeeded, and whether it is high enough.

use crate::result_map::{result_map, valid_entry};
use glomers_config::Availability;
use glomers_history::{History, Kind, Validity, Value, Verdict};

/// The result of [`availability`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AvailabilityResult {
    /// The requested availability, if any.
    pub wanted: Option<Availability>,
    /// Number of successful completions.
    pub ok: u64,
    /// Number of invocations.
    pub invoked: u64,
}

impl AvailabilityResult {
    /// The fraction in single precision, as the reference computes and judges it; `None` without
    /// invocations.
    #[must_use]
    pub fn ok_fraction(&self) -> Option<f32> {
        #[expect(clippy::cast_possible_truncation, reason = "single precision is the reference's")]
        (self.invoked > 0).then(|| (self.ok as f64 / self.invoked as f64) as f32)
    }

    /// Whether the fraction reaches the requested availability. Since the fraction is in single and
    /// the request in double precision, 9 of 10 is less than 0.9, here as in the reference. Total
    /// availability requires equality: more successes than invocations do not satisfy it.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        let fraction = f64::from(self.ok_fraction().unwrap_or(1.0));
        match self.wanted {
            None => true,
            Some(Availability::Total) => fraction.total_cmp(&1.0).is_eq(),
            Some(Availability::AtLeast(wanted)) => fraction >= wanted,
        }
    }
}

/// Computes the availability of a history.
#[must_use]
pub fn availability(history: &History, wanted: Option<Availability>) -> AvailabilityResult {
    let count = |kind| history.operations().iter().filter(|o| o.kind == kind).count() as u64;
    AvailabilityResult { wanted, ok: count(Kind::Ok), invoked: count(Kind::Invoke) }
}

impl From<AvailabilityResult> for Verdict {
    fn from(result: AvailabilityResult) -> Self {
        let valid = result.is_enough();
        let fraction = result
            .ok_fraction()
            .map_or(Value::Int(1), |fraction| Value::single(f64::from(fraction)));
        let map = result_map([valid_entry(valid), ("ok-fraction", fraction)]);
        Self { valid: Validity::from(valid), map }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fraction_is_single_precision() {
        let result = |wanted, ok, invoked| AvailabilityResult { wanted, ok, invoked };
        let total = Some(Availability::Total);
        let at_least = |fraction| Some(Availability::AtLeast(fraction));
        for (wanted, ok, invoked, enough) in [
            (None, 0, 9, true),
            (total, 9, 9, true),
            (total, 8, 9, false),
            (total, 10, 9, false),
            (at_least(1.0), 10, 9, true),
            (total, 0, 0, true),
            (at_least(1.0), 0, 0, true),
            (at_least(0.5), 5, 10, true),
            (at_least(0.9), 9, 10, false),
            (total, 99_999_999, 100_000_000, true),
        ] {
            let result = result(wanted, ok, invoked);
            assert_eq!(result.is_enough(), enough, "{result:?}");
        }
        let fraction = |ok, invoked| {
            Verdict::from(result(None, ok, invoked)).map.get("ok-fraction").unwrap().clone()
        };
        assert_eq!(fraction(0, 0), Value::Int(1));
        assert_eq!(fraction(2, 3), Value::Float(0.666_666_7));
    }
}
