//! Flags that say more of a fault that is not injected.

use super::Plan;
use crate::{Fault, Parameters, Setting};

/// A flag that would change nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("--{} says nothing without that fault: add {fault} to --nemesis, or drop it", .setting.flag())]
pub struct UselessSetting {
    /// What the flag sets.
    pub setting: Setting,
    /// The fault that it is about.
    pub fault: Fault,
}

impl Plan {
    /// Whether each fault of which the flags say more is among those of the plan. Flags only: a
    /// challenge or a file may say how strong a fault is, and leave it to a flag whether it acts.
    pub fn check_flags(&self, flags: &Parameters) -> Result<(), UselessSetting> {
        for fault in Fault::ALL.iter().copied().filter(|fault| !self.faults.contains(*fault)) {
            if let Some(setting) = fault.setting()
                && flags.sets(setting)
            {
                return Err(UselessSetting { setting, fault });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{challenges, find_challenge};

    #[test]
    fn a_flag_of_a_fault_needs_the_fault() {
        let challenges = challenges();
        for fault in Fault::ALL {
            let Some(setting) = fault.setting() else { continue };
            let mut flags = Parameters::default();
            let text = match fault {
                Fault::Partition => "one",
                Fault::Reorder => "50",
                Fault::Slow => "2",
                _ => "0.5",
            };
            flags.set(setting, text).unwrap();
            for challenge in ["broadcast-b", "broadcast-c"] {
                let challenge = find_challenge(&challenges, challenge).unwrap();
                let plan = Plan::resolve(challenge, flags.clone(), 0).unwrap();
                let is_on = plan.faults.contains(*fault);
                let expected = UselessSetting { setting, fault: *fault };
                assert_eq!(plan.check_flags(&flags), if is_on { Ok(()) } else { Err(expected) });
                // What the challenge itself says is no flag.
                assert_eq!(plan.check_flags(&Parameters::default()), Ok(()));
            }
            flags.nemesis = Some(crate::Faults::new(vec![*fault]));
            let plan = Plan::resolve(&challenges[0], flags.clone(), 0).unwrap();
            assert_eq!(plan.check_flags(&flags), Ok(()));
        }
    }

    #[test]
    fn it_says_what_to_do() {
        let error = UselessSetting { setting: Setting::PartitionShapes, fault: Fault::Partition };
        assert_eq!(
            error.to_string(),
            "--partition-shapes says nothing without that fault: add partition to --nemesis, or \
             drop it"
        );
    }
}
