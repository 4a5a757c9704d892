//! Threads that run for long without a system call that stops them.

use nix::unistd::{SysconfVar, sysconf};
use std::fs;
use std::sync::LazyLock;
use std::time::Duration;

/// How long a thread may run before its output is emptied: it may wait for room in a pipe.
const FIRST_LOOK: Duration = Duration::from_millis(2);
/// The same for the following times.
const LATER_LOOKS: Duration = Duration::from_millis(20);
/// How long a thread may wait in the kernel, in a call that is not simulated, before others run.
const LONGEST_WAIT: Duration = Duration::from_millis(100);

/// What a thread that does not stop is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activity {
    /// It computes, or wants to; it has used this much processor time since it was started.
    Computes(Duration),
    /// It waits in the kernel, in the call of this number.
    Waits(i64),
    /// It is about to stop or to end.
    Other,
}

/// What is to be done about a thread that does not stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lateness {
    /// Nothing yet.
    Patience,
    /// Nothing yet: it waits in the kernel.
    Waits,
    ComputesTooLong,
    /// It waits in the call of this number.
    WaitsTooLong(i64),
}

/// What was seen of a thread since it was let go.
#[derive(Debug, Default)]
pub(crate) struct Late {
    /// Its processor time when it was first looked at.
    used_before: Option<Duration>,
    waited: Duration,
}

impl Late {
    /// When to look next.
    pub(crate) fn next_look(&self) -> Duration {
        if self.used_before.is_none() && self.waited.is_zero() { FIRST_LOOK } else { LATER_LOOKS }
    }

    /// The thread got ahead: it did not wait all the time.
    pub(crate) fn note_progress(&mut self) {
        self.waited = Duration::ZERO;
    }

    /// Takes what the thread is doing after another time without a stop.
    pub(crate) fn look(&mut self, activity: Activity, time: Duration, most: Duration) -> Lateness {
        match activity {
            Activity::Computes(used) => {
                self.waited = Duration::ZERO;
                let before = *self.used_before.get_or_insert(used);
                if used.saturating_sub(before) >= most {
                    return Lateness::ComputesTooLong;
                }
            }
            Activity::Waits(call) => {
                self.waited += time;
                return if self.waited >= LONGEST_WAIT {
                    Lateness::WaitsTooLong(call)
                } else {
                    Lateness::Waits
                };
            }
            Activity::Other => {}
        }
        Lateness::Patience
    }
}

/// What a thread is doing right now.
pub(crate) fn activity(process: i32, thread: i32) -> Activity {
    let folder = format!("/proc/{process}/task/{thread}");
    let Ok(stat) = fs::read_to_string(format!("{folder}/stat")) else { return Activity::Other };
    match parse(&stat) {
        Some((RUNS, used)) => Activity::Computes(used),
        Some((SLEEPS, _)) => {
            let call = fs::read_to_string(format!("{folder}/syscall")).unwrap_or_default();
            let call = call.split_ascii_whitespace().next().and_then(|call| call.parse().ok());
            // A negative number is no call: the kernel is at work for it, on its memory for example.
            call.filter(|call| *call >= 0).map_or(Activity::Other, Activity::Waits)
        }
        _ => Activity::Other,
    }
}

/// The memory that a process uses, in bytes.
pub(crate) fn resident_bytes(process: i32) -> u64 {
    static PAGE_BYTES: LazyLock<u64> = LazyLock::new(|| {
        let bytes = sysconf(SysconfVar::PAGE_SIZE).ok().flatten();
        bytes.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or(SMALLEST_PAGE_BYTES)
    });
    const SMALLEST_PAGE_BYTES: u64 = 4096;
    let sizes = fs::read_to_string(format!("/proc/{process}/statm")).unwrap_or_default();
    let pages = sizes.split_ascii_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or(0) * *PAGE_BYTES
}

const RUNS: &str = "R";
const SLEEPS: &str = "S";

/// The state and the used processor time in a line of `/proc/PID/stat`.
fn parse(stat: &str) -> Option<(&str, Duration)> {
    /// The kernel counts processor time in hundredths of a second, whatever its clock.
    const TICK: Duration = Duration::from_millis(10);
    // The name may contain anything, but the last parenthesis ends it.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace();
    let state = fields.next()?;
    let mut ticks = fields.skip(10).map(|field| field.parse::<u32>().unwrap_or(0));
    Some((state, TICK * (ticks.next()? + ticks.next()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_and_times_are_found_behind_any_name() {
        let stat = "12 (a) b) R 1 12 12 0 -1 64 5 0 0 0 3 4 0 0 20 0 1";
        assert_eq!(parse(stat), Some(("R", Duration::from_millis(70))));
        assert_eq!(parse("12 (a"), None);
    }

    #[test]
    fn only_used_time_counts() {
        let (most, look) = (Duration::from_millis(300), LATER_LOOKS);
        let mut late = Late::default();
        let computes = |millis| Activity::Computes(Duration::from_millis(millis));
        assert_eq!(late.look(computes(5000), look, most), Lateness::Patience);
        // On a busy machine it does not get ahead.
        for _ in 0..100 {
            assert_eq!(late.look(computes(5200), look, most), Lateness::Patience);
        }
        assert_eq!(late.look(computes(5300), look, most), Lateness::ComputesTooLong);
        assert_eq!(late.look(Activity::Waits(7), look, most), Lateness::Waits);
        let over = late.look(Activity::Waits(7), LONGEST_WAIT, most);
        assert_eq!(over, Lateness::WaitsTooLong(7));
    }
}
