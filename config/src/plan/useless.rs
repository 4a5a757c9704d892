//! Detects flags that would have no effect.

use super::Plan;
use crate::{Fault, LatencyDistribution, Parameters, Setting, Workload};
use std::fmt;

/// A flag that would have no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("--{} has no effect {reason}: {}drop it", .setting.flag(), .reason.remedy())]
pub struct UselessSetting {
    /// The setting of the flag.
    pub setting: Setting,
    /// Why it has no effect.
    pub reason: Useless,
}

/// Why a flag would have no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Useless {
    /// It configures a fault that is not injected.
    WithoutFault(Fault),
    /// It configures faults, and none is injected.
    WithoutFaults,
    /// It sets the distribution of a latency that is 0.
    WithoutLatency,
    /// It limits a journal that is not written.
    WithoutJournal,
    /// The workload does not use the setting.
    InWorkload(Workload),
}

impl Useless {
    /// A flag that would give it an effect, followed by "or", since removing it is the alternative.
    fn remedy(self) -> String {
        match self {
            Self::WithoutFault(fault) => format!("add {fault} to --nemesis, or "),
            Self::WithoutFaults => "add --nemesis, or ".to_owned(),
            Self::WithoutLatency => "add --latency, or ".to_owned(),
            Self::WithoutJournal => "drop --no-journal, or ".to_owned(),
            Self::InWorkload(_) => String::new(),
        }
    }
}

impl fmt::Display for Useless {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WithoutFault(fault) => write!(out, "without the fault {fault}"),
            Self::WithoutFaults => write!(out, "without faults"),
            Self::WithoutLatency => write!(out, "while the mean latency is 0"),
            Self::WithoutJournal => write!(out, "without a journal"),
            Self::InWorkload(workload) => write!(out, "in the workload {workload}"),
        }
    }
}

impl Plan {
    /// The flags that would have no effect in this plan. Only flags are checked: a challenge or a
    /// file may set how strong a fault is and leave it to a flag whether to inject it.
    #[must_use]
    pub fn useless_flags(&self, flags: &Parameters) -> Vec<UselessSetting> {
        let set = Setting::ALL.iter().copied().filter(|setting| flags.sets(*setting));
        set.filter_map(|setting| {
            Some(UselessSetting { setting, reason: self.uselessness(setting, flags)? })
        })
        .collect()
    }

    /// Fails with the first flag that would have no effect.
    pub fn check_flags(&self, flags: &Parameters) -> Result<(), UselessSetting> {
        self.useless_flags(flags).first().map_or(Ok(()), |useless| Err(*useless))
    }

    /// Why a flag would have no effect; `None` if it may have one.
    fn uselessness(&self, setting: Setting, flags: &Parameters) -> Option<Useless> {
        let is_about = |fault: &Fault| fault.setting() == Some(setting);
        let only = |is_used: bool| (!is_used).then_some(Useless::InWorkload(self.workload));
        if let Some(first) = Fault::ALL.iter().find(|fault| is_about(fault)) {
            let is_injected = self.faults.iter().any(|fault| is_about(&fault));
            return (!is_injected).then_some(Useless::WithoutFault(*first));
        }
        match setting {
            // A factor of no latency.
            Setting::Nemesis => {
                let is_only_slow = self.faults.iter().eq([Fault::Slow]);
                (self.latency_ms == 0 && is_only_slow).then_some(Useless::WithoutLatency)
            }
            Setting::NemesisInterval => self.faults.is_empty().then_some(Useless::WithoutFaults),
            Setting::LatencyDist => {
                let is_drawn = self.latency_distribution != LatencyDistribution::Constant;
                // Setting the default explicitly is not an error.
                (self.latency_ms == 0 && is_drawn).then_some(Useless::WithoutLatency)
            }
            Setting::Topology | Setting::FailOnDuplicates => {
                let is_said =
                    setting == Setting::Topology || flags.fail_on_duplicates == Some(true);
                only(self.workload == Workload::Broadcast || !is_said)
            }
            Setting::JournalLimit => (!self.journal).then_some(Useless::WithoutJournal),
            Setting::SearchBudget => only(self.workload.is_searched()),
            Setting::ConsistencyModels | Setting::MaxTxnLength => {
                only(self.workload.has_transactions())
            }
            Setting::KeyCount | Setting::MaxWritesPerKey => {
                only(self.workload.has_transactions() || self.workload == Workload::Kafka)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Faults, challenges, find_challenge, workload_challenges};

    fn useless(challenge: &str, flags: &[(Setting, &str)]) -> Vec<UselessSetting> {
        let mut all = challenges();
        all.extend(workload_challenges());
        let mut given = Parameters::default();
        for (setting, text) in flags {
            given.set(*setting, text).unwrap();
        }
        let plan = Plan::resolve(find_challenge(&all, challenge).unwrap(), given.clone(), 0);
        let plan = plan.unwrap();
        // Settings of the challenge itself are not checked.
        assert_eq!(plan.check_flags(&Parameters::default()), Ok(()));
        plan.useless_flags(&given)
    }

    #[test]
    fn a_flag_of_a_fault_needs_the_fault() {
        let challenges = challenges();
        for fault in Fault::ALL {
            let Some(setting) = fault.setting() else { continue };
            let text = match fault {
                Fault::Partition => "one",
                Fault::Reorder => "50",
                Fault::Slow => "2",
                Fault::Kill | Fault::Pause => "majority",
                _ => "0.5",
            };
            for name in ["broadcast-b", "broadcast-c"] {
                let challenge = find_challenge(&challenges, name).unwrap();
                let faults = challenge.parameters.nemesis.clone().unwrap_or_default();
                // The first of the faults that share the setting.
                let first = Fault::ALL.iter().find(|it| it.setting() == Some(setting));
                let reason = Useless::WithoutFault(*first.unwrap());
                let expected = if faults.contains(*fault) {
                    Vec::new()
                } else {
                    vec![UselessSetting { setting, reason }]
                };
                assert_eq!(useless(name, &[(setting, text)]), expected);
            }
            let faults = Faults::new(vec![*fault]).to_string();
            let flags =
                [(setting, text), (Setting::Nemesis, faults.as_str()), (Setting::Latency, "10")];
            assert_eq!(useless("echo", &flags), []);
        }
    }

    #[test]
    fn a_flag_needs_what_it_is_about() {
        for (challenge, setting, text, is_useless) in [
            ("broadcast-b", Setting::NemesisInterval, "3", true),
            ("broadcast-c", Setting::NemesisInterval, "3", false),
            ("broadcast-b", Setting::LatencyDist, "uniform", true),
            ("broadcast-b", Setting::Nemesis, "slow", true),
            ("broadcast-b", Setting::Nemesis, "slow,loss", false),
            ("broadcast-d", Setting::Nemesis, "slow", false),
            ("broadcast-b", Setting::LatencyDist, "constant", false),
            ("broadcast-d", Setting::LatencyDist, "uniform", false),
            ("broadcast-d", Setting::Topology, "line", false),
            ("g-set", Setting::Topology, "line", true),
            ("broadcast-d", Setting::FailOnDuplicates, "true", false),
            ("echo", Setting::FailOnDuplicates, "true", true),
            ("txn-a", Setting::SearchBudget, "60", false),
            ("lin-kv", Setting::SearchBudget, "60", false),
            ("broadcast-b", Setting::SearchBudget, "60", true),
            ("txn-a", Setting::ConsistencyModels, "PL-1", false),
            ("txn-list-append", Setting::MaxTxnLength, "2", false),
            ("lin-kv", Setting::ConsistencyModels, "PL-1", true),
            ("kafka-a", Setting::MaxTxnLength, "2", true),
            ("kafka-a", Setting::KeyCount, "2", false),
            ("echo", Setting::KeyCount, "2", true),
            ("unique-ids", Setting::MaxWritesPerKey, "2", true),
            ("echo", Setting::Recovery, "2", false),
        ] {
            let found = useless(challenge, &[(setting, text)]);
            assert_eq!(!found.is_empty(), is_useless, "{challenge} {setting:?}");
        }
        let limit = (Setting::JournalLimit, "3");
        assert_eq!(useless("echo", &[limit]), []);
        assert_eq!(useless("echo", &[limit, (Setting::NoJournal, "true")]).len(), 1);
    }

    #[test]
    fn it_says_what_to_do() {
        let text = |setting, reason| UselessSetting { setting, reason }.to_string();
        assert_eq!(
            text(Setting::PartitionShapes, Useless::WithoutFault(Fault::Partition)),
            "--partition-shapes has no effect without the fault partition: add partition to \
             --nemesis, or drop it"
        );
        assert_eq!(
            text(Setting::Topology, Useless::InWorkload(Workload::Echo)),
            "--topology has no effect in the workload echo: drop it"
        );
        assert_eq!(
            text(Setting::NemesisInterval, Useless::WithoutFaults),
            "--nemesis-interval has no effect without faults: add --nemesis, or drop it"
        );
    }
}
