//! Converts a plan to Maelstrom's command line.

use crate::faults::newest_faults;
use crate::installation::{Installation, Launcher};
use glomers_config::{
    Fault, Faults, InMaelstrom, LatencyDistribution, Plan, Setting, SettingValue,
};
use std::path::Path;

/// An environment variable from which every JVM reads options.
const JVM_OPTIONS_VARIABLE: &str = "JAVA_TOOL_OPTIONS";
/// An option that the launcher script also passes: plots need no display.
const HEADLESS: &str = "-Djava.awt.headless=true";

/// A command line, and the environment that it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// JVM options that can only be passed in an environment variable.
    jvm_options: Option<String>,
    /// The program and its arguments.
    words: Vec<String>,
}

/// Something that Maelstrom cannot do.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CommandError {
    /// A setting that Maelstrom lacks.
    #[error("Maelstrom has no --{0}: leave it out, or run with --engine embedded")]
    Lacks(&'static str),
    /// A fault that Maelstrom lacks.
    #[error(
        "Maelstrom's nemesis knows only {known}, not {fault}: leave {fault} out of --nemesis, or run \
         with --engine embedded{}",
        newer(*.fault, .known)
    )]
    LacksFault {
        /// The fault.
        fault: Fault,
        /// The faults that it supports.
        known: Faults,
    },
    /// A fraction of a second, for a flag that takes whole seconds.
    #[error(
        "Maelstrom's --{flag} takes whole seconds, not {value}: round it, or run with --engine \
         embedded"
    )]
    Fraction {
        /// The flag.
        flag: &'static str,
        /// The value in seconds.
        value: f64,
    },
    /// A latency of zero with a distribution other than constant.
    #[error(
        "Maelstrom crashes with --latency-dist {0} and a mean latency of 0: give a --latency, or \
         run with --engine embedded"
    )]
    NoLatency(LatencyDistribution),
    /// A path that is not UTF-8.
    #[error("the path {0} is not UTF-8: rename it")]
    NotUnicode(String),
}

/// Advice for a fault that newer versions support.
fn newer(fault: Fault, known: &Faults) -> String {
    if !newest_faults().contains(fault) {
        return String::new();
    }
    format!(
        " (newer ones, since July 2026, know {}; the help of this one names only {known}: install a \
         newer one, and name it with --maelstrom)",
        newest_faults()
    )
}

impl Invocation {
    /// The command line of a test; `maelstrom test ...` if Maelstrom is not installed.
    ///
    /// JVM options require the jar: with them, `java` is run instead of the script. `known` are the
    /// faults that Maelstrom can inject.
    pub fn new(
        installation: Option<&Installation>,
        known: &Faults,
        jvm_options: &[String],
        plan: &Plan,
        node: &Path,
        node_args: &[String],
    ) -> Result<Self, CommandError> {
        let mut in_variable = (!jvm_options.is_empty()).then(|| jvm_options.join(" "));
        let jar = installation.and_then(|installation| installation.jar.as_deref());
        let mut words = match (installation.map(|installation| &installation.launcher), jar) {
            (Some(Launcher::Script(script)), jar) if jvm_options.is_empty() || jar.is_none() => {
                vec![unicode(script)?]
            }
            (_, Some(jar)) => {
                in_variable = None;
                let mut words = vec!["java".to_owned(), HEADLESS.to_owned()];
                words.extend(jvm_options.iter().cloned());
                words.extend(["-jar".to_owned(), unicode(jar)?]);
                words
            }
            _ => vec!["maelstrom".to_owned()],
        };
        words.extend(["test".to_owned(), "-w".to_owned(), plan.workload.name().to_owned()]);
        words.extend(["--bin".to_owned(), unicode(node)?]);
        for setting in &plan.explicit {
            push(&mut words, *setting, plan, known)?;
        }
        if !node_args.is_empty() {
            words.push("--".to_owned());
            words.extend(node_args.iter().cloned());
        }
        Ok(Self { jvm_options: in_variable, words })
    }

    /// The program and its arguments.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// Name and value of the variable with JVM options, given its present value.
    pub(crate) fn jvm_variable(&self, present: Option<&str>) -> Option<(&'static str, String)> {
        let options = self.jvm_options.as_ref()?;
        let value = present.map_or_else(|| options.clone(), |had| format!("{had} {options}"));
        Some((JVM_OPTIONS_VARIABLE, value))
    }

    /// The command line quoted for a shell. (No word holds a NUL: paths and arguments cannot.)
    #[must_use]
    pub fn shell_line(&self) -> String {
        let quote = |word: &str| shlex::try_quote(word).map_or_else(|_| word.into(), String::from);
        let variable = self
            .jvm_options
            .iter()
            .map(|options| format!("{JVM_OPTIONS_VARIABLE}={}", quote(options)));
        let words: Vec<String> =
            variable.chain(self.words.iter().map(|word| quote(word))).collect();
        words.join(" ")
    }
}

fn unicode(path: &Path) -> Result<String, CommandError> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| CommandError::NotUnicode(path.display().to_string()))
}

/// Adds the flag of a setting.
fn push(
    words: &mut Vec<String>,
    setting: Setting,
    plan: &Plan,
    known: &Faults,
) -> Result<(), CommandError> {
    match setting {
        // Of the two settings, use the one that describes the plan's nodes.
        Setting::Nodes
            if plan.explicit.contains(&Setting::NodeCount) && is_numbered(&plan.nodes) =>
        {
            return Ok(());
        }
        Setting::NodeCount if !is_numbered(&plan.nodes) => return Ok(()),
        // Maelstrom cannot disable its journal, so only a run without one is not possible.
        Setting::NoJournal if plan.journal => return Ok(()),
        Setting::LatencyDist
            if plan.latency_ms == 0
                && plan.latency_distribution != LatencyDistribution::Constant =>
        {
            return Err(CommandError::NoLatency(plan.latency_distribution));
        }
        Setting::Nemesis if plan.faults.is_empty() => return Ok(()),
        Setting::Nemesis => {
            if let Some(fault) = plan.faults.iter().find(|fault| !known.contains(*fault)) {
                return Err(CommandError::LacksFault { fault, known: known.clone() });
            }
        }
        _ => {}
    }
    let flag = setting.flag();
    let Some(value) = plan.parameters().value(setting) else { return Ok(()) };
    match (setting.in_maelstrom(), value) {
        (InMaelstrom::Applied, _) | (_, SettingValue::Switch(false)) => {}
        (InMaelstrom::Lacks, _) => return Err(CommandError::Lacks(flag)),
        (InMaelstrom::WholeSeconds, SettingValue::Number(value)) if value.fract() != 0.0 => {
            return Err(CommandError::Fraction { flag, value });
        }
        (_, SettingValue::Switch(true)) => words.push(format!("--{flag}")),
        // Maelstrom accepts several names of models only with space around the comma.
        (_, SettingValue::List(models)) if setting == Setting::ConsistencyModels => {
            words.extend([format!("--{flag}"), models.join(" , ")]);
        }
        (_, value) => words.extend([format!("--{flag}"), value.to_string()]),
    }
    Ok(())
}

/// Whether nodes have the default names: `n0`, `n1` and so on.
fn is_numbered(nodes: &[String]) -> bool {
    nodes.iter().enumerate().all(|(index, name)| *name == format!("n{index}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Origin, oldest_faults};
    use glomers_config::{
        Concurrency, ConsistencyModel, Parameters, Recovery, challenges, find_challenge,
    };
    use std::time::Duration;

    fn plan(challenge: &str, given: Parameters) -> Plan {
        Plan::resolve(find_challenge(&challenges(), challenge).unwrap(), given, 0).unwrap()
    }

    fn line(challenge: &str, given: Parameters) -> Result<String, String> {
        line_with(&oldest_faults(), challenge, given)
    }

    fn line_with(known: &Faults, challenge: &str, given: Parameters) -> Result<String, String> {
        let plan = plan(challenge, given);
        let invocation = Invocation::new(None, known, &[], &plan, Path::new("/n"), &[]);
        invocation.map(|it| it.shell_line()).map_err(|error| error.to_string())
    }

    #[test]
    fn every_challenge_is_described_as_flyio_describes_it() {
        // The rows of the table of challenges: node count, and the other flags in order.
        let partition = "--nemesis partition";
        let load = "--time-limit 20 --rate";
        let kafka = format!("--concurrency 2n {load} 1000");
        let txn = format!("{load} 1000 --concurrency 2n --consistency-models read-uncommitted");
        let rows = [
            ("echo", "echo", 1, "--time-limit 10".to_owned()),
            (
                "unique-ids",
                "unique-ids",
                3,
                format!("--time-limit 30 --rate 1000 --availability total {partition}"),
            ),
            ("broadcast-a", "broadcast", 1, format!("{load} 10")),
            ("broadcast-b", "broadcast", 5, format!("{load} 10")),
            ("broadcast-c", "broadcast", 5, format!("{load} 10 {partition}")),
            ("broadcast-d", "broadcast", 25, format!("{load} 100 --latency 100")),
            ("broadcast-e", "broadcast", 25, format!("{load} 100 --latency 100")),
            ("g-counter", "g-counter", 3, format!("--rate 100 --time-limit 20 {partition}")),
            ("kafka-a", "kafka", 1, kafka.clone()),
            ("kafka-b", "kafka", 2, kafka.clone()),
            ("kafka-c", "kafka", 2, kafka),
            ("txn-a", "txn-rw-register", 1, format!("{txn} --availability total")),
            ("txn-b", "txn-rw-register", 2, format!("{txn} --availability total {partition}")),
            (
                "txn-c",
                "txn-rw-register",
                2,
                format!("{txn} --availability total {partition}")
                    .replace("uncommitted", "committed"),
            ),
        ];
        assert_eq!(rows.len(), challenges().len());
        for (challenge, workload, nodes, flags) in rows {
            let expected =
                format!("maelstrom test -w {workload} --bin /n --node-count {nodes} {flags}");
            assert_eq!(line(challenge, Parameters::default()), Ok(expected));
        }
    }

    #[test]
    fn what_is_given_is_reported_and_what_is_ours_is_not() {
        let given = Parameters {
            nemesis: Some(Faults::default()),
            nemesis_interval: Some(2.5),
            consistency_models: Some(vec![ConsistencyModel::ReadAtomic, ConsistencyModel::Causal]),
            concurrency: Some(Concurrency::Workers(10)),
            rate: Some(0.5),
            log_stderr: Some(true),
            log_net_recv: Some(false),
            fail_on_duplicates: Some(true),
            no_journal: Some(false),
            ..Parameters::default()
        };
        assert_eq!(
            line("broadcast-c", given).unwrap(),
            "maelstrom test -w broadcast --bin /n --node-count 5 --time-limit 20 --rate 0.5 \
             --concurrency 10 --nemesis-interval 2.5 --consistency-models 'read-atomic , causal' \
             --log-stderr"
        );
    }

    #[test]
    fn what_it_lacks_is_refused() {
        let none = Parameters::default;
        for (given, part) in [
            (Parameters { seed: Some(1), ..none() }, "no --seed: leave it out, or run with"),
            (Parameters { recovery: Some(Recovery(Duration::ZERO)), ..none() }, "no --recovery"),
            (Parameters { rpc_timeout: Some(5000), ..none() }, "no --rpc-timeout"),
            (Parameters { init_timeout: Some(10.0), ..none() }, "no --init-timeout"),
            (Parameters { time_limit: Some(0.5), ..none() }, "whole seconds, not 0.5"),
            (Parameters { loss: Some(0.5), ..none() }, "no --loss: leave it out"),
            (Parameters { no_journal: Some(true), ..none() }, "no --no-journal: leave it out"),
            (
                Parameters { nemesis: "kill,partition".parse().ok(), ..none() },
                "knows only partition, not kill: leave kill out of --nemesis, or run with --engine \
                 embedded",
            ),
            (
                Parameters { latency_dist: Some(LatencyDistribution::Uniform), ..none() },
                "crashes with --latency-dist uniform",
            ),
        ] {
            let problem = line("echo", given).unwrap_err();
            assert!(problem.contains(part), "{problem}");
        }
    }

    #[test]
    fn newer_ones_get_newer_faults() {
        let given =
            |faults: &str| Parameters { nemesis: faults.parse().ok(), ..Parameters::default() };
        let old = line("echo", given("kill")).unwrap_err();
        assert!(old.contains("since July 2026, know partition,kill,pause;"), "{old}");
        let new = line_with(&newest_faults(), "echo", given("pause,kill,partition")).unwrap();
        assert!(new.ends_with(" --nemesis 'partition,kill,pause'"), "{new}");
        let lacking = line_with(&newest_faults(), "echo", given("loss")).unwrap_err();
        assert!(lacking.contains("knows only partition,kill,pause, not loss"), "{lacking}");
        assert!(!lacking.contains("July"), "{lacking}");
    }

    #[test]
    fn the_jvm_gets_its_options_by_the_shortest_way() {
        let script = Installation {
            launcher: Launcher::Script("/my tools/maelstrom".into()),
            jar: None,
            version: None,
            origin: Origin::Path,
        };
        let with_jar = Installation { jar: Some("/m/lib/maelstrom.jar".into()), ..script.clone() };
        let jar = Installation { launcher: Launcher::Jar("/m.jar".into()), ..script.clone() };
        let jar = Installation { jar: Some("/m.jar".into()), ..jar };
        let options = ["-Xmx4g".to_owned(), "-Dx=y".to_owned()];
        let line = |installation: &Installation, options: &[String]| {
            let plan = plan("echo", Parameters::default());
            let args = ["a b".to_owned()];
            Invocation::new(
                Some(installation),
                &oldest_faults(),
                options,
                &plan,
                Path::new("/n"),
                &args,
            )
            .unwrap()
            .shell_line()
        };
        let test = "test -w echo --bin /n --node-count 1 --time-limit 10 -- 'a b'";
        assert_eq!(line(&script, &[]), format!("'/my tools/maelstrom' {test}"));
        assert_eq!(line(&with_jar, &[]), format!("'/my tools/maelstrom' {test}"));
        assert_eq!(
            line(&script, &options),
            format!("JAVA_TOOL_OPTIONS='-Xmx4g -Dx=y' '/my tools/maelstrom' {test}")
        );
        assert_eq!(
            line(&with_jar, &options),
            format!("java '{HEADLESS}' -Xmx4g '-Dx=y' -jar /m/lib/maelstrom.jar {test}")
        );
        assert_eq!(line(&jar, &[]), format!("java '{HEADLESS}' -jar /m.jar {test}"));
    }
}
