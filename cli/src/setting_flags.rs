//! The flags of the settings, made from the table in `config/src/settings.rs`.

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};
use glomers_config::{
    Challenge, Fault, Faults, InMaelstrom, Parameters, ParseValueError, Plan, Setting, Workload,
};

/// The settings that flags of `glomers run` set.
#[derive(Debug, Clone, Default)]
pub(crate) struct SettingFlags {
    pub(crate) parameters: Parameters,
}

impl Args for SettingFlags {
    fn augment_args(command: Command) -> Command {
        command.args(Setting::ALL.iter().filter_map(|setting| flag(*setting)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let settings = Setting::ALL.iter().copied().filter(|setting| has_flag(*setting));
        Ok(Self { parameters: given(settings, matches)? })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.parameters = Self::from_arg_matches(matches)?.parameters.over(&self.parameters);
        Ok(())
    }
}

/// The settings that flags of `glomers test` set: those that Maelstrom has, but for the workload
/// and the names of nodes, which its command line gives in other ways.
#[derive(Debug, Clone, Default)]
pub(crate) struct MaelstromFlags {
    pub(crate) parameters: Parameters,
}

impl MaelstromFlags {
    fn settings() -> impl Iterator<Item = Setting> {
        let is_in_maelstrom = |setting: &Setting| match setting.in_maelstrom() {
            InMaelstrom::Value | InMaelstrom::WholeSeconds => *setting != Setting::Nodes,
            InMaelstrom::Applied | InMaelstrom::Lacks => false,
        };
        Setting::ALL.iter().copied().filter(is_in_maelstrom)
    }
}

impl Args for MaelstromFlags {
    fn augment_args(command: Command) -> Command {
        command.args(Self::settings().filter_map(|setting| {
            let flag = flag(setting)?.help_heading(None);
            Some(match setting {
                Setting::Nemesis => flag
                    .help("Faults to inject, separated by commas: partition, kill, pause")
                    .value_parser(|text: &str| reference_faults(text).map(|()| text.to_owned())),
                _ if setting.in_maelstrom() == InMaelstrom::WholeSeconds => {
                    flag.value_parser(|text: &str| whole_seconds(text).map(|()| text.to_owned()))
                }
                _ => flag,
            })
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for MaelstromFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        Ok(Self { parameters: given(Self::settings(), matches)? })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.parameters = Self::from_arg_matches(matches)?.parameters.over(&self.parameters);
        Ok(())
    }
}

fn has_flag(setting: Setting) -> bool {
    setting.description().heading.text().is_some()
}

/// The flag of a setting, if it has one.
fn flag(setting: Setting) -> Option<Arg> {
    let description = setting.description();
    let heading = description.heading.text()?;
    let name = setting.flag();
    let help = match default_of(setting) {
        Some(default) => format!("{} [default: {default}]", description.help),
        None => description.help.to_owned(),
    };
    let flag = Arg::new(name).long(name).help(help).help_heading(heading);
    Some(if description.is_switch() {
        flag.action(ArgAction::SetTrue)
    } else {
        flag.value_name(description.value)
            .allow_negative_numbers(true)
            .value_parser(move |text: &str| parse(setting, text))
    })
}

/// The text of a value, if the setting accepts it.
fn parse(setting: Setting, text: &str) -> Result<String, ParseValueError> {
    Parameters::default().set(setting, text).map(|()| text.to_owned())
}

/// Accepts the faults that Maelstrom can inject; kill and pause since July 2026.
fn reference_faults(text: &str) -> Result<(), &'static str> {
    let is_known = |fault| matches!(fault, Fault::Partition | Fault::Kill | Fault::Pause);
    match text.parse::<Faults>() {
        Ok(faults) if faults.iter().all(is_known) => Ok(()),
        _ => Err("expected none, or a comma-separated list of: partition, kill, pause"),
    }
}

/// Accepts the seconds that Maelstrom takes for some flags.
fn whole_seconds(text: &str) -> Result<(), &'static str> {
    match text.parse::<u32>() {
        Ok(1..) => Ok(()),
        _ => Err("expected a positive whole number of seconds"),
    }
}

/// What the reference does when neither the challenge nor a flag says otherwise.
pub(crate) fn default_of(setting: Setting) -> Option<String> {
    let has_none = matches!(setting, Setting::Workload | Setting::Nodes | Setting::Seed);
    if has_none || setting.description().is_switch() {
        return None;
    }
    let challenge = Challenge {
        name: String::new(),
        alias: "",
        order: &[],
        parameters: Parameters { workload: Some(Workload::Echo), ..Parameters::default() },
        targets: Vec::new(),
    };
    let plan = Plan::resolve(&challenge, Parameters::default(), 0).ok()?;
    plan.parameters().value(setting).map(|value| value.to_string())
}

/// The settings whose flags were given.
fn given(
    settings: impl Iterator<Item = Setting>,
    matches: &ArgMatches,
) -> Result<Parameters, Error> {
    let mut parameters = Parameters::default();
    for setting in settings {
        let name = setting.flag();
        let text = if setting.description().is_switch() {
            matches.get_flag(name).then_some("true")
        } else {
            matches.get_one::<String>(name).map(String::as_str)
        };
        let refused = |error: ParseValueError| Error::raw(ErrorKind::ValueValidation, error);
        if let Some(text) = text {
            parameters.set(setting, text).map_err(refused)?;
        }
    }
    Ok(parameters)
}
