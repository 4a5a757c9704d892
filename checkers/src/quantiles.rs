//! The quantiles that results carry.

use glomers_history::{Value, quantile_index};

/// The points of [`Quantiles`], as fractions.
const POINTS: [f64; 5] = [0.0, 0.5, 0.95, 0.99, 1.0];

/// Least, median, 95th and 99th percentile, and greatest of some latencies, in ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantiles(pub [i64; 5]);

impl Quantiles {
    /// The quantiles of these values, sorted or not; `None` if there are no values.
    #[must_use]
    pub fn of(mut values: Vec<i64>) -> Option<Self> {
        values.sort_unstable();
        let mut quantiles = [0; POINTS.len()];
        for (quantile, point) in quantiles.iter_mut().zip(POINTS) {
            *quantile = values[quantile_index(values.len(), point)?];
        }
        Some(Self(quantiles))
    }

    /// `{0 a, 0.5 b, 0.95 c, 0.99 d, 1 e}`: the first and the last key are integers.
    #[must_use]
    pub fn to_value(self) -> Value {
        let key = |point: f64| match point {
            0.0 => Value::Int(0),
            1.0 => Value::Int(1),
            _ => Value::Float(point),
        };
        Value::Map(
            POINTS.into_iter().zip(self.0).map(|(p, value)| (key(p), Value::Int(value))).collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_the_value_at_the_floor_of_its_place() {
        assert_eq!(Quantiles::of(vec![]), None);
        assert_eq!(Quantiles::of(vec![7]), Some(Quantiles([7; 5])));
        assert_eq!(Quantiles::of(vec![4, 3, 2, 1]), Some(Quantiles([1, 3, 4, 4, 4])));
        assert_eq!(Quantiles::of((0..100).collect()), Some(Quantiles([0, 50, 95, 99, 99])));
    }
}
