//! When the parts of a run began, and the time of the history, which counts from the test's start.

use crate::time::Time;

/// A moment: in the engine's time, and in the history's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) time: Time,
    /// Nanoseconds since the test began; 0 while nodes start.
    pub(super) in_test: i64,
}

/// When the parts of a run began; `None` for those that have not begun.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RunTimes {
    /// When set-up began: time 0 of the history.
    pub(super) test_start: Option<Time>,
    pub(super) load_start: Option<Time>,
    pub(super) load_end: Option<Time>,
    pub(super) final_start: Option<Time>,
}

impl RunTimes {
    /// Nanoseconds since the test began; 0 while nodes start, since the start of the test is not
    /// known yet.
    pub(super) fn in_test(self, time: Time) -> i64 {
        self.test_start.map_or(0, |start| time.relative_to(start))
    }

    pub(super) fn moment(self, time: Time) -> Moment {
        Moment { time, in_test: self.in_test(time) }
    }

    /// Nanoseconds from the beginning of the test to that of the load.
    pub(super) fn load_in_test(self) -> i64 {
        self.load_start.map_or(0, |start| self.in_test(start))
    }

    /// Length of the load in nanoseconds; `None` if it did not end.
    pub(super) fn load_nanos(self) -> Option<u64> {
        let length = self.load_end?.since(self.load_start?);
        Some(u64::try_from(length.as_nanos()).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_history_counts_from_the_start_of_the_test() {
        let at = Time::from_nanos;
        let mut times = RunTimes::default();
        assert_eq!((times.in_test(at(70)), times.load_in_test(), times.load_nanos()), (0, 0, None));
        times.test_start = Some(at(100));
        times.load_start = Some(at(130));
        assert_eq!(times.moment(at(150)), Moment { time: at(150), in_test: 50 });
        assert_eq!(
            (times.in_test(at(90)), times.load_in_test(), times.load_nanos()),
            (-10, 30, None)
        );
        times.load_end = Some(at(190));
        assert_eq!(times.load_nanos(), Some(60));
    }
}
