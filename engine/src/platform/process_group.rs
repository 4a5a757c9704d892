//! Process groups: a program and everything that it started, unless that left the group.

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// The group of a process that was started as the leader of a new group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessGroup(Pid);

impl ProcessGroup {
    /// The group that this process leads; `None` if there is no such process. (Signals to group 0
    /// would hit glomers itself.)
    #[must_use]
    pub fn led_by(leader: Option<u32>) -> Option<Self> {
        let number = i32::try_from(leader?).ok()?;
        (number > 0).then(|| Self(Pid::from_raw(number)))
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> i32 {
        self.0.as_raw()
    }

    /// Kills all its processes. It is not an error if it has none left.
    pub fn kill(self) {
        self.signal(Signal::SIGKILL);
    }

    /// Sends a signal to all its processes.
    pub(crate) fn signal(self, signal: Signal) {
        // An error says that the group has already ended.
        let _ = killpg(self.0, signal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_needs_a_leader_with_a_number() {
        assert_eq!(ProcessGroup::led_by(Some(7)).map(ProcessGroup::number), Some(7));
        for none in [None, Some(0), Some(u32::MAX)] {
            assert_eq!(ProcessGroup::led_by(none), None);
        }
    }
}
