//! When a node logged what.

use crate::Time;
use std::io::{self, BufRead, Write};

/// Maximum number of moments that are stored, about 1 MB; more are thinned out.
const MOST_MARKS: usize = 65_536;
const NANOS_PER_MICROSECOND: i64 = 1_000;
const MICROS_PER_SECOND: i64 = 1_000_000;

/// At which moments how much of a node's log was there.
#[derive(Debug, Clone, Default)]
pub struct LogTimes {
    marks: Vec<Mark>,
    /// Number of growths that are left out after each that is stored.
    stride: u32,
    skipped: u32,
}

#[derive(Debug, Clone, Copy)]
struct Mark {
    time: Time,
    bytes: u64,
}

impl LogTimes {
    /// Records that the log now has this number of bytes.
    pub fn note(&mut self, time: Time, bytes: u64) {
        if self.marks.last().map_or(0, |mark| mark.bytes) >= bytes {
            return;
        }
        if self.skipped < self.stride {
            self.skipped += 1;
            return;
        }
        self.skipped = 0;
        if self.marks.len() >= MOST_MARKS {
            let mut position = 0;
            self.marks.retain(|_| {
                position += 1;
                position % 2 == 0
            });
            self.stride = self.stride * 2 + 1;
        }
        self.marks.push(Mark { time, bytes });
    }

    /// Copies a log, each line after the time at which it was noticed, in seconds. `in_test` converts
    /// times to nanoseconds since the test began; what was logged before has `start` in place of it.
    pub fn write(
        &self,
        log: &mut impl BufRead,
        in_test: impl Fn(Time) -> Option<i64>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let mut marks = self.marks.iter().peekable();
        let (mut line, mut begin, mut time) = (Vec::new(), 0, Time::default());
        loop {
            line.clear();
            let length = log.read_until(b'\n', &mut line)?;
            if length == 0 {
                return Ok(());
            }
            while let Some(mark) = marks.peek() {
                time = mark.time;
                if mark.bytes > begin {
                    break;
                }
                marks.next();
            }
            begin += length as u64;
            match in_test(time).filter(|nanos| *nanos >= 0) {
                Some(nanos) => {
                    let micros = nanos / NANOS_PER_MICROSECOND;
                    let (seconds, rest) = (micros / MICROS_PER_SECOND, micros % MICROS_PER_SECOND);
                    write!(out, "{seconds:3}.{rest:06}  ")?;
                }
                None => write!(out, "{:>10}  ", "start")?,
            }
            out.write_all(&line)?;
            if line.last() != Some(&b'\n') {
                out.write_all(b"\n")?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timed(log: &str, marks: &[(u64, u64)]) -> String {
        let mut times = LogTimes::default();
        for (ms, bytes) in marks {
            times.note(Time::from_nanos(ms * 1_000_000), *bytes);
        }
        let in_test = |time: Time| Some(time.relative_to(Time::from_nanos(10_000_000)));
        let mut out = Vec::new();
        times.write(&mut log.as_bytes(), in_test, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_line_has_the_time_at_which_it_began() {
        let text = timed("a\nbb\nc\nunfinished", &[(5, 2), (20, 3), (30, 7), (40, 17)]);
        assert_eq!(text, "     start  a\n  0.010000  bb\n  0.020000  c\n  0.030000  unfinished\n");
        assert_eq!(timed("", &[]), "");
    }

    #[test]
    fn many_moments_are_thinned_out() {
        let mut times = LogTimes::default();
        for line in 1..=200_000 {
            times.note(Time::from_nanos(line), line * 2);
        }
        assert!(times.marks.len() <= MOST_MARKS, "{}", times.marks.len());
        assert!(times.marks.is_sorted_by_key(|mark| mark.bytes));
    }
}
