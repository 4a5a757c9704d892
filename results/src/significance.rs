//! Whether two groups of numbers differ by more than chance: Wilcoxon's tests, exact for small groups.
//!
//! Both tests return the probability (p-value, one-sided) that the second number of a pair, or the
//! second group, would be as much greater by chance alone as it was seen to be.

/// Number of values up to which all possibilities are counted; beyond, the normal distribution is close
/// enough.
const MOST_COUNTED: usize = 60;

/// The rank-sum test (Mann-Whitney U), for groups that have nothing to do with each other: how probable
/// it is that `second` has ranks as high as these by chance.
pub(crate) fn rank_sum(first: &[f64], second: &[f64]) -> f64 {
    let all: Vec<f64> = first.iter().chain(second).copied().collect();
    let ranks = doubled_ranks(&all);
    let seen: usize = ranks[first.len()..].iter().sum();
    if all.len() <= MOST_COUNTED {
        return counted_rank_sum(&ranks, second.len(), seen);
    }
    let (n, m) = (first.len() as f64, second.len() as f64);
    let total = n + m;
    // Of doubled ranks, hence 2 and 4 times the usual formulas.
    let mean = m * (total + 1.0);
    let ties: f64 = tie_sizes(&ranks).map(|size| size.powi(3) - size).sum();
    let variance = n * m / 3.0 * (total + 1.0 - ties / (total * (total - 1.0)));
    upper_tail(seen as f64, mean, variance)
}

/// The signed-rank test, for pairs of runs with the same seed: how probable it is that the `differences`
/// (second minus first) are as much above zero as these by chance.
pub(crate) fn signed_rank(differences: &[f64]) -> f64 {
    let differences: Vec<f64> = differences.iter().copied().filter(|it| *it != 0.0).collect();
    let sizes: Vec<f64> = differences.iter().map(|it| it.abs()).collect();
    let ranks = doubled_ranks(&sizes);
    let positive = ranks.iter().zip(&differences).filter(|(_, difference)| **difference > 0.0);
    let seen: usize = positive.map(|(rank, _)| rank).sum();
    if ranks.len() <= MOST_COUNTED {
        return counted_signed_rank(&ranks, seen);
    }
    let total: usize = ranks.iter().sum();
    let squares: f64 = ranks.iter().map(|rank| (*rank as f64).powi(2)).sum();
    upper_tail(seen as f64, total as f64 / 2.0, squares / 4.0)
}

/// Twice the rank of each value, so that the mean rank of equal values is a whole number.
fn doubled_ranks(values: &[f64]) -> Vec<usize> {
    let below = |value: f64| values.iter().filter(|other| **other < value).count();
    let equal = |value: f64| values.iter().filter(|other| other.total_cmp(&value).is_eq()).count();
    values.iter().map(|value| 2 * below(*value) + equal(*value) + 1).collect()
}

/// How many values share each rank.
fn tie_sizes(ranks: &[usize]) -> impl Iterator<Item = f64> {
    let mut sorted = ranks.to_vec();
    sorted.sort_unstable();
    let sizes: Vec<f64> = sorted.chunk_by(|a, b| a == b).map(|equal| equal.len() as f64).collect();
    sizes.into_iter()
}

/// The fraction of all choices of `size` ranks whose sum is at least what was seen.
fn counted_rank_sum(ranks: &[usize], size: usize, seen: usize) -> f64 {
    let total: usize = ranks.iter().sum();
    let sums = total + 1;
    // ways[k][s]: the number of choices of k ranks with the sum s.
    let mut ways = vec![vec![0.0_f64; sums]; size + 1];
    ways[0][0] = 1.0;
    for rank in ranks.iter().copied() {
        for chosen in (1..=size).rev() {
            for sum in (rank..sums).rev() {
                ways[chosen][sum] += ways[chosen - 1][sum - rank];
            }
        }
    }
    let all: f64 = ways[size].iter().sum();
    ways[size].iter().skip(seen).sum::<f64>() / all
}

/// The fraction of all choices of signs whose positive ranks have at least the sum that was seen.
fn counted_signed_rank(ranks: &[usize], seen: usize) -> f64 {
    let total: usize = ranks.iter().sum();
    let sums = total + 1;
    let mut ways = vec![0.0_f64; sums];
    ways[0] = 1.0;
    for rank in ranks.iter().copied() {
        for sum in (rank..sums).rev() {
            ways[sum] += ways[sum - rank];
        }
    }
    let all: f64 = ways.iter().sum();
    ways.iter().skip(seen).sum::<f64>() / all
}

/// The probability of at least this value under a normal distribution, with the correction for sums that
/// are whole numbers (here even ones).
fn upper_tail(value: f64, mean: f64, variance: f64) -> f64 {
    if variance <= 0.0 {
        return 1.0;
    }
    let deviation = (value - 1.0 - mean) / variance.sqrt();
    0.5 * libm::erfc(deviation / std::f64::consts::SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn small_groups_are_counted_by_hand() {
        // Of the 20 ways to choose 3 of 6, one has the highest sum.
        assert!(close(rank_sum(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 1.0 / 20.0));
        assert!(close(rank_sum(&[4.0, 5.0, 6.0], &[1.0, 2.0, 3.0]), 1.0));
        assert!(close(rank_sum(&[1.0], &[1.0]), 1.0));
        // Of the 32 choices of signs, one has only positive ones.
        assert!(close(signed_rank(&[1.0, 2.0, 3.0, 4.0, 5.0]), 1.0 / 32.0));
        assert!(close(signed_rank(&[-1.0, -2.0]), 1.0));
        assert!(close(signed_rank(&[0.0, 0.0]), 1.0));
        assert!(close(rank_sum(&[], &[]), 1.0));
    }

    #[test]
    fn the_values_are_those_of_scipy() {
        // mannwhitneyu(second, first, alternative='greater') and wilcoxon(..., alternative='greater')
        let (first, second) = ([1.0, 2.0, 3.0, 4.5, 8.0], [4.0, 5.0, 6.5, 7.0, 9.0]);
        assert!(close(rank_sum(&first, &second), 0.075_396_825_396_825_39));
        assert!(close(signed_rank(&[1.0, 2.0, -3.0, 4.0, 5.0, 6.0]), 0.078_125));
        let first: Vec<f64> = (0..70).map(|it| f64::from(it * 7 % 71)).collect();
        let second: Vec<f64> = (0..70).map(|it| f64::from(it * 11 % 71 + 3)).collect();
        let differences: Vec<f64> = first.iter().zip(&second).map(|(a, b)| b - a).collect();
        assert!(close(rank_sum(&first, &second), 0.195_861_275_923_123_36));
        assert!(close(signed_rank(&differences), 0.197_097_049_398_469_95));
    }

    /// Counts by trying all choices of `size` of the values, each given as bits.
    fn tried(values: usize, size: u32, is_as_high: impl Fn(u32) -> bool) -> f64 {
        let choices = (0..1_u32 << values).filter(|choice| choice.count_ones() == size);
        let (mut all, mut high) = (0.0, 0.0);
        for choice in choices {
            all += 1.0;
            high += f64::from(u8::from(is_as_high(choice)));
        }
        high / all
    }

    fn sum_of(ranks: &[usize], choice: u32) -> usize {
        ranks.iter().enumerate().filter(|(bit, _)| choice >> bit & 1 == 1).map(|(_, it)| it).sum()
    }

    proptest! {
        #[test]
        fn counting_is_as_trying_all(
            first in prop::collection::vec(0_u8..12, 1..7),
            second in prop::collection::vec(0_u8..12, 1..7),
            differences in prop::collection::vec(-5_i8..5, 1..11),
        ) {
            let [first, second] =
                [first, second].map(|group| group.into_iter().map(f64::from).collect::<Vec<_>>());
            let ranks = doubled_ranks(&[first.as_slice(), &second].concat());
            let seen: usize = ranks[first.len()..].iter().sum();
            let size = u32::try_from(second.len()).unwrap();
            let expected = tried(ranks.len(), size, |choice| sum_of(&ranks, choice) >= seen);
            prop_assert!(close(rank_sum(&first, &second), expected));

            let differences: Vec<f64> =
                differences.into_iter().filter(|it| *it != 0).map(f64::from).collect();
            let sizes: Vec<f64> = differences.iter().map(|it| it.abs()).collect();
            let ranks = doubled_ranks(&sizes);
            let positive = (0_u32..).zip(&differences).filter(|(_, it)| **it > 0.0);
            let seen = sum_of(&ranks, positive.map(|(bit, _)| 1 << bit).sum());
            let signs = 1_u32 << ranks.len();
            let high = (0..signs).filter(|choice| sum_of(&ranks, *choice) >= seen).count();
            let expected = high as f64 / f64::from(signs);
            prop_assert!(close(signed_rank(&differences), expected));
        }

        #[test]
        fn a_probability_is_one(
            first in prop::collection::vec(0_u8..9, 1..80),
            second in prop::collection::vec(0_u8..9, 1..80),
        ) {
            let [first, second] =
                [first, second].map(|group| group.into_iter().map(f64::from).collect::<Vec<_>>());
            for p in [rank_sum(&first, &second), signed_rank(&first)] {
                prop_assert!((0.0..=1.0 + 1e-9).contains(&p), "{p}");
            }
        }
    }
}
