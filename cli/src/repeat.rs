//! The shell command that makes a run again.

use crate::run_arguments::RunArguments;
use glomers_config::{Plan, Setting, SettingValue};
use glomers_simulator::sweep::SEED_MARK;

/// `glomers run` with every flag that affects the run, and a placeholder for the seed.
pub(crate) fn repeat(plan: &Plan, arguments: &RunArguments, is_simulated: bool) -> String {
    let mut words = vec!["glomers".to_owned(), "run".to_owned(), plan.challenge.clone()];
    let mut push = |flag: &str, value: Option<String>| {
        words.push(format!("--{flag}"));
        words.extend(value);
    };
    if is_simulated {
        push("sim", None);
    }
    push("seed", Some(SEED_MARK.to_owned()));
    if let Some(node) = &arguments.node {
        push("node", Some(node.clone()));
    }
    if let Some(bin) = &arguments.bin {
        push("bin", Some(bin.display().to_string()));
    }
    if arguments.durable {
        push("durable", None);
    }
    let (given, settings) = (arguments.parameters(), plan.parameters());
    for setting in Setting::ALL {
        if *setting == Setting::Seed || !given.sets(*setting) {
            continue;
        }
        match settings.value(*setting) {
            Some(SettingValue::Switch(true)) => push(setting.flag(), None),
            Some(value) => push(setting.flag(), Some(value.to_string())),
            None => {}
        }
    }
    for target in arguments.targets() {
        push("targets", Some(target.to_string()));
    }
    if let Some(store) = &arguments.store {
        push("store", Some(store.display().to_string()));
    }
    if !arguments.node_args.is_empty() {
        words.push("--".to_owned());
        words.extend(arguments.node_args.iter().cloned());
    }
    words.iter().map(|word| quoted(word)).collect::<Vec<String>>().join(" ")
}

/// A word quoted for a shell. Lists need no quotes: they have no braces.
fn quoted(word: &str) -> String {
    let is_plain = word.split(',').all(|part| shlex::try_quote(part).is_ok_and(|it| it == part));
    if is_plain {
        return word.to_owned();
    }
    // Quoting fails only on a NUL, which no argument can contain.
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Arguments, Command};
    use clap::Parser as _;
    use glomers_config::Catalogue;

    fn parsed(line: &str) -> RunArguments {
        let words = shlex::split(line).unwrap();
        match Arguments::try_parse_from(words).unwrap().command {
            Command::Run(arguments) => *arguments,
            other => panic!("{other:?}"),
        }
    }

    fn plan(arguments: &RunArguments) -> Plan {
        let catalogue = Catalogue::new(None);
        let entry = catalogue.find(&arguments.challenges[0]).unwrap();
        Plan::resolve(&entry.challenge, arguments.parameters(), 0).unwrap()
    }

    #[test]
    fn every_flag_that_decides_on_a_run_is_repeated() {
        let line = "glomers run 3c --sim --node 'a b' --durable --nodes a,b --concurrency 4n \
                    --rate 2.5 --nemesis kill,loss --loss 0.5 --recovery 2.5 --availability total \
                    --no-journal --targets 'op-count=3,ok-fraction>0.5' --store 'my store' --quiet --format json -- --more '$x'";
        let arguments = parsed(line);
        let again = repeat(&plan(&arguments), &arguments, arguments.sim);
        assert_eq!(
            again,
            "glomers run broadcast-c --sim --seed SEED --node 'a b' --durable --nodes a,b \
             --concurrency 4n --rate 2.5 --nemesis loss,kill --loss 0.5 --availability total \
             --recovery 2.5 --no-journal --targets 'op-count >= 3' --targets 'ok-fraction > 0.5' \
             --store 'my store' -- --more '$x'"
        );
        let seventeen = parsed(&again.replace(SEED_MARK, "17"));
        assert_eq!(
            plan(&seventeen),
            Plan { seed: 17, explicit: plan(&seventeen).explicit, ..plan(&arguments) }
        );
    }
}
