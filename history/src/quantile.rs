//! Where a quantile is in sorted values.

/// Index of the value at a point (0.5 for the median) of `count` sorted values: `floor(count * point)`,
/// and the last one at most. It is the reference's rule (`checker/perf` in Jepsen): values are never
/// averaged. `None` if there are no values.
#[must_use]
pub fn quantile_index(count: usize, point: f64) -> Option<usize> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "floor of a number from 0 to the count"
    )]
    let index = (count as f64 * point).floor() as usize;
    Some(index.min(count.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_one_of_the_values() {
        let points = [0.0, 0.5, 0.95, 0.99, 1.0];
        let indices = |count| points.map(|point| quantile_index(count, point));
        assert_eq!(indices(0), [None; 5]);
        assert_eq!(indices(1), [Some(0); 5]);
        assert_eq!(indices(4), [0, 2, 3, 3, 3].map(Some));
        assert_eq!(indices(200), [0, 100, 190, 198, 199].map(Some));
    }
}
