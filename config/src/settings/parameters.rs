//! One layer of settings, from a challenge, the file or the flags; each field is optional.

use super::range::Range;
use super::{
    FlagDescription, FlagValue as _, Heading, InMaelstrom, SettingValue, for_each_setting,
};
use crate::plan::PlanError;
use crate::{
    Availability, Concurrency, ConsistencyModel, Delivery, Faults, KillTargets,
    LatencyDistribution, ParseValueError, PartitionShapes, Recovery, Services, ThreadSchedule,
    Topology, Workload,
};

macro_rules! parameters {
    ($($setting:ident $flag:literal $heading:ident $value_name:literal $help:literal {
        given { $field:ident: $type:ty, $range:ident }
        plan $plan:tt
        maelstrom { $maelstrom:ident }
    })+) => {
        /// The settings of one layer (challenge, `glomers.toml`, flags). Unset fields are taken
        /// from the layer below, and finally from [`Plan`](crate::Plan)'s defaults.
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct Parameters { $(#[doc = $help] pub $field: Option<$type>,)+ }

        /// A setting of a layer.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Setting { $(#[doc = $help] $setting,)+ }

        impl Setting {
            /// Every setting, in the order of [`Parameters`].
            pub const ALL: &[Self] = &[$(Self::$setting,)+];

            /// The long name of its flag, which is also its key in `glomers.toml`.
            #[must_use]
            pub fn flag(self) -> &'static str {
                match self { $(Self::$setting => $flag,)+ }
            }

            /// The setting with that long flag name.
            #[must_use]
            pub fn find(flag: &str) -> Option<Self> {
                match flag {
                    $($flag => Some(Self::$setting),)+
                    _ => None,
                }
            }

            /// Its flag, as the help shows it.
            #[must_use]
            pub fn description(self) -> FlagDescription {
                let (heading, value, help) = match self {
                    $(Self::$setting => (Heading::$heading, $value_name, $help),)+
                };
                FlagDescription { heading, value, help }
            }

            /// What is allowed, if that is not what the type of the value says.
            #[must_use]
            pub fn range(self) -> Option<&'static str> {
                match self { $(Self::$setting => Range::<$type>::$range.expected,)+ }
            }

            /// Whether `glomers.toml` may give it as an array of strings.
            #[must_use]
            pub fn is_list(self) -> bool {
                match self { $(Self::$setting => <$type as crate::settings::FlagValue>::IS_LIST,)+ }
            }

            /// How Maelstrom takes it.
            #[must_use]
            pub fn in_maelstrom(self) -> InMaelstrom {
                match self { $(Self::$setting => InMaelstrom::$maelstrom,)+ }
            }
        }

        impl Parameters {
            /// These settings; unset ones are taken from the layer below.
            #[must_use]
            pub fn over(self, below: &Self) -> Self {
                // Names and number of nodes override each other.
                let has_nodes = self.nodes.is_some() || self.node_count.is_some();
                let below = if has_nodes {
                    &Self { nodes: None, node_count: None, ..below.clone() }
                } else {
                    below
                };
                Self { $($field: self.$field.or_else(|| below.$field.clone()),)+ }
            }

            /// Whether this layer sets it.
            #[must_use]
            pub fn sets(&self, setting: Setting) -> bool {
                match setting { $(Setting::$setting => self.$field.is_some(),)+ }
            }

            /// Its value in this layer.
            #[must_use]
            pub fn value(&self, setting: Setting) -> Option<SettingValue> {
                match setting {
                    $(Setting::$setting => self.$field.as_ref().map(|value| value.to_value()),)+
                }
            }

            /// Sets it from a text, written as in `glomers.toml`; lists are separated by commas.
            /// Ranges are checked by [`Plan::resolve`](crate::Plan::resolve).
            pub fn set(&mut self, setting: Setting, text: &str) -> Result<(), ParseValueError> {
                match setting {
                    $(Setting::$setting => {
                        let invalid = |error| {
                            Range::<$type>::$range.expected.map_or(error, ParseValueError::expected)
                        };
                        self.$field = Some(<$type>::parse(text).map_err(invalid)?);
                    })+
                }
                Ok(())
            }

            /// Fails with the first value that is out of its range.
            pub(crate) fn check_ranges(&self) -> Result<(), PlanError> {
                $(if let Some(given) = &self.$field {
                    let range = Range::<$type>::$range;
                    if !(range.contains)(given) {
                        return Err(PlanError::OutOfRange {
                            flag: $flag,
                            value: given.to_value().to_string(),
                            expected: range.expected.unwrap_or_default(),
                        });
                    }
                })+
                Ok(())
            }
        }
    };
}

for_each_setting!(parameters);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Plan;

    #[test]
    fn every_setting_is_found_by_its_flag_and_set_from_its_text() {
        let challenges = crate::challenges();
        let plan = Plan::resolve(&challenges[0], Parameters::default(), 7).unwrap();
        for setting in Setting::ALL {
            let default = plan.parameters().value(*setting).map(|value| value.to_string());
            // Two settings without a default: a fraction, and a number.
            let text = default.unwrap_or_else(|| "1".to_owned());
            assert_eq!(Setting::find(setting.flag()), Some(*setting));
            let mut parameters = Parameters::default();
            assert_eq!(parameters.set(*setting, &text), Ok(()), "{}", setting.flag());
            let set = Setting::ALL.iter().filter(|setting| parameters.sets(**setting));
            assert_eq!(set.collect::<Vec<_>>(), [setting]);
            assert_eq!(parameters.value(*setting).map(|value| value.to_string()), Some(text));
            assert_eq!(parameters.check_ranges(), Ok(()));
            // `x` is invalid for every setting except the list of nodes, which accepts any name.
            let wrong = if *setting == Setting::Nodes { "" } else { "x" };
            assert!(parameters.set(*setting, wrong).is_err(), "{}", setting.flag());
        }
        assert_eq!(Setting::find("frob"), None);
    }

    #[test]
    fn lists_are_separated_by_commas() {
        let mut parameters = Parameters::default();
        parameters.set(Setting::Nodes, "a, b").unwrap();
        parameters.set(Setting::ConsistencyModels, "PL-1 , PL-2").unwrap();
        assert_eq!(parameters.nodes, Some(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(parameters.consistency_models.map(|models| models.len()), Some(2));
    }

    #[test]
    fn an_error_says_what_is_allowed() {
        let mut parameters = Parameters::default();
        let error = parameters.set(Setting::Loss, "often").unwrap_err().to_string();
        assert_eq!(error, "expected a probability above 0, at most 1");
        let error = parameters.set(Setting::LogStderr, "1").unwrap_err().to_string();
        assert_eq!(error, "expected true or false");
    }
}
