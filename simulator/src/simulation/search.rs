//! Looks for the first of many on all cores. Real threads are fine here: each run lives on one, and
//! what is found does not depend on which of them was faster.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The lowest place below `count` that is a hit. Not all places above it are looked at.
pub(super) fn first(count: usize, is_hit: impl Fn(usize) -> bool + Sync) -> Option<usize> {
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(count);
    if workers <= 1 {
        return (0..count).find(|place| is_hit(*place));
    }
    let next = AtomicUsize::new(0);
    let lowest = AtomicUsize::new(count);
    let work = || {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            // Places are given out in order: what is below the lowest hit is looked at to the end.
            if place >= lowest.load(Ordering::Relaxed) {
                return;
            }
            if is_hit(place) {
                lowest.fetch_min(place, Ordering::Relaxed);
            }
        }
    };
    in_threads(workers, work);
    Some(lowest.into_inner()).filter(|place| *place < count)
}

#[expect(clippy::disallowed_methods, reason = "the simulations are independent of each other")]
fn in_threads(workers: usize, work: impl Fn() + Sync) {
    thread::scope(|scope| {
        for _ in 1..workers {
            scope.spawn(&work);
        }
        work();
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_lowest_whoever_finds_it() {
        for hits in [&[][..], &[0], &[99], &[7, 8, 9], &[40, 41, 98]] {
            assert_eq!(first(100, |place| hits.contains(&place)), hits.first().copied());
        }
        assert_eq!(first(0, |_| true), None);
    }
}
