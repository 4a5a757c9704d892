//! Equal parts of a run, of which a chart shows one value each.

use super::outcome::SECOND;
use glomers_timeline::Timeline;

/// Number of windows into which a run is cut; each is at least this long, in s.
const WINDOWS: usize = 60;
const SHORTEST: f64 = 0.05;
/// Equal parts of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Windows {
    /// Length of each in s.
    pub(super) seconds: f64,
    pub(super) count: usize,
}

impl Windows {
    /// The windows of a run.
    pub(super) fn of(timeline: &Timeline<'_>) -> Self {
        let run = (timeline.end() as f64 / SECOND).max(SHORTEST);
        let seconds = round_up((run / WINDOWS as f64).max(SHORTEST));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 60")]
        let count = (run / seconds).ceil().max(1.0) as usize;
        Self { seconds, count }
    }

    /// The window of a time in ns.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative")]
    pub(super) fn at(self, time: i64) -> usize {
        let window = (time as f64 / SECOND / self.seconds).floor().max(0.0) as usize;
        window.min(self.count - 1)
    }

    /// The middle of a window in s; not behind the end of the run.
    pub(super) fn middle(self, window: usize, timeline: &Timeline<'_>) -> f64 {
        let end = (timeline.end() as f64 / SECOND).max(0.0);
        let begin = window as f64 * self.seconds;
        f64::midpoint(begin, (begin + self.seconds).min(end.max(begin)))
    }
}

/// 1, 2 or 5 times a power of ten.
fn round_up(seconds: f64) -> f64 {
    let power = 10_f64.powf(seconds.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= seconds * 0.999);
    factor.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_have_round_lengths() {
        for (seconds, expected) in
            [(0.33, 0.5), (0.05, 0.05), (0.5, 0.5), (3.0, 5.0), (60.1, 100.0)]
        {
            assert!((round_up(seconds) - expected).abs() < 1e-9, "{seconds}");
        }
    }

    #[test]
    fn every_time_has_a_window() {
        let timeline = Timeline::default();
        let windows = Windows::of(&timeline);
        assert_eq!(windows.count, 1);
        for time in [i64::MIN, -1, 0, i64::MAX] {
            assert_eq!(windows.at(time), 0);
        }
        assert!(windows.middle(0, &timeline).abs() < 1e-9);
    }
}
