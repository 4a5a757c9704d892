//! Replays the recorded log.

use std::path::Path;
use std::time::Duration;

/// A recorded log.
pub(crate) struct Log {
    text: String,
    /// Speed relative to the recording; `None` for no delays.
    speed: Option<f64>,
}

/// A line, and its delay after the previous line.
pub(crate) struct Line<'a> {
    text: &'a str,
    delay: Duration,
}

impl Log {
    pub(crate) fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("the recording has a log");
        let speed = std::env::var("REPLAY_SPEED").ok();
        let speed = speed.map(|speed| speed.parse().expect("REPLAY_SPEED is a number"));
        Self { text, speed }
    }

    /// The name of the test.
    pub(crate) fn test_name(&self) -> String {
        between(&self.text, "\n :name \"", "\"").expect("the log names its test").to_owned()
    }

    /// Replaces the recorded start by another, such as `2026-11-21T00:17:15.066Z`.
    pub(crate) fn retime(&mut self, start: &str) {
        let map = self.text.find(" :start-time").expect("the log has a start");
        let recorded = self.text[map..].split('"').find(|text| text.starts_with("20"));
        let recorded = recorded.expect("the start is a time").to_owned();
        let short = |time: &str| time.replace(['-', ':'], "");
        self.text = self.text.replace(&recorded, start).replace(&short(&recorded), &short(start));
    }

    /// Its lines, with their delays.
    pub(crate) fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        let mut before = None;
        self.text.lines().map(move |text| {
            let now = time_of_day(text).or(before);
            let passed = now.unwrap_or_default().saturating_sub(before.unwrap_or_default());
            let delay = match (before, self.speed) {
                (Some(_), Some(speed)) => passed.div_f64(speed),
                _ => Duration::ZERO,
            };
            before = now;
            Line { text, delay }
        })
    }

    /// The exit status that matches the log's end.
    pub(crate) fn status(&self) -> u8 {
        let says = |text: &str| self.text.contains(text);
        match () {
            () if says("\nEverything looks good!") => 0,
            () if says("\nAnalysis invalid!") => 1,
            () if says("\nErrors occurred during analysis") => 2,
            () => super::CRASH,
        }
    }
}

impl Line<'_> {
    pub(crate) fn text(&self) -> &str {
        self.text
    }

    pub(crate) fn wait(&self) {
        std::thread::sleep(self.delay);
    }
}

/// Parses the time of `INFO [2026-11-20 23:32:28,413] ...`.
fn time_of_day(line: &str) -> Option<Duration> {
    let time = between(line, "[", "]")?.split(' ').nth(1)?;
    let (clock, ms) = time.split_once(',')?;
    let numbers: Vec<u64> =
        clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let seconds = numbers.iter().fold(0, |sum, number| sum * 60 + number);
    Some(Duration::from_secs(seconds) + Duration::from_millis(ms.parse().ok()?))
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(part, _)| part)
}
