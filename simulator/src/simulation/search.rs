//! Searches for the first match among many tasks, on all cores.

use crate::sweep::{Pool, on_threads};
use std::num::NonZeroUsize;
use std::thread;

/// The lowest index below `count` that is a hit. Not all indices above it are tried.
pub(super) fn first(count: usize, is_hit: impl Fn(usize) -> bool + Sync) -> Option<usize> {
    let pool = Pool {
        tasks: count as u64,
        jobs: thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        is_last: &|is_hit: &bool| *is_hit,
        is_interrupted: &|| false,
    };
    let position = |task| usize::try_from(task).unwrap_or(usize::MAX);
    // One result for each index, up to the first hit.
    let looked = on_threads(&pool, || |task| Some(is_hit(position(task))));
    looked.iter().position(|is_hit| *is_hit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_lowest_whoever_finds_it() {
        for hits in [&[][..], &[0], &[99], &[7, 8, 9], &[40, 41, 98]] {
            assert_eq!(first(100, |position| hits.contains(&position)), hits.first().copied());
        }
        assert_eq!(first(0, |_| true), None);
    }
}
