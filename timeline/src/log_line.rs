//! Lines that nodes logged to stderr.

const NANOS_PER_SECOND: f64 = 1e9;

/// A line that a node logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine<'a> {
    /// The node, by its position.
    pub node: usize,
    /// When it was noticed, in ns since the test began.
    pub time: i64,
    /// The line.
    pub text: &'a str,
}

/// Reads the log of a node, whose lines begin with their time in seconds. Lines without one, as of the
/// time before the test and in logs of the reference, are left out.
pub(crate) fn read_log(node: usize, log: &str) -> impl Iterator<Item = LogLine<'_>> {
    log.lines().filter_map(move |line| {
        let (time, text) = line.trim_start().split_once("  ")?;
        let (seconds, decimals) = time.split_once('.')?;
        let is_time = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        if seconds.is_empty() || decimals.len() != 6 || !is_time(seconds) || !is_time(decimals) {
            return None;
        }
        let seconds: f64 = time.parse().ok()?;
        #[expect(clippy::cast_possible_truncation, reason = "as large as the file says")]
        let time = (seconds * NANOS_PER_SECOND).round() as i64;
        Some(LogLine { node, time, text })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_a_time_are_read() {
        let log = "     start  hello\n  1.500000    indented\nno time\n12.000001  x  y\n";
        let lines: Vec<LogLine<'_>> = read_log(3, log).collect();
        let line = |time, text| LogLine { node: 3, time, text };
        assert_eq!(lines, [line(1_500_000_000, "  indented"), line(12_000_001_000, "x  y")]);
    }
}
