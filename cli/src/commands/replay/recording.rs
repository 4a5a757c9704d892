//! A stored run, ready to be repeated: its plan, its node, its scenario.

use crate::failure::{BadArguments, Context as _, Result};
use crate::node_command::{Hosted, NodeCommand, Origin, is_carried};
use glomers_config::{Challenge, Parameters, Plan, Setting};
use glomers_engine::{Scenario, check_plan};
use glomers_results::{Clock, Engine, Run, RunRecord, plan_parameters};
use std::path::{Path, PathBuf};

/// A run that can be repeated.
pub(crate) struct Recording {
    /// The content of `run.json`.
    pub(crate) record: RunRecord,
    pub(crate) plan: Plan,
    /// The node's command line; hosted in this process if the node is part of glomers.
    pub(crate) node: NodeCommand,
    /// The operations of clients and nemesis, if they were not drawn from the seed.
    pub(crate) scenario: Option<Scenario>,
    /// Reasons why the repetition may differ.
    pub(crate) notes: Vec<String>,
}

impl Recording {
    /// Reads a run directory of the embedded engine.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let shown = path.display();
        let refused = |text: String| BadArguments(text);
        let run = Run::open(path)?;
        let Some(record) = run.record else {
            let text = format!(
                "{shown} has no run.json, so it cannot be made again: give a run directory of \
                 `glomers run`, such as store/latest"
            );
            return Err(refused(text).into());
        };
        if record.engine != Engine::Embedded {
            let text = format!(
                "{shown} was not run by glomers' own engine, and no other takes a seed: make \
                 another run with `glomers run {} --engine {}`",
                record.challenge,
                record.engine.name()
            );
            return Err(refused(text).into());
        }
        let plan =
            plan(&record).map_err(|text| refused(format!("failed to read {shown}: {text}")))?;
        check_plan(&plan)?;
        let node = node(&record).with_context(|| format!("failed to repeat {shown}"))?;
        match record.clock {
            Clock::Real | Clock::Virtual => {}
            Clock::Unknown => {
                let text = format!("{shown} was run in a time that this version does not know");
                return Err(refused(text).into());
            }
        }
        let scenario = match &record.scenario {
            None => None,
            Some(scenario) => Some(serde_json::from_value(scenario.clone()).map_err(|error| {
                refused(format!("failed to read {shown}: its scenario is not one: {error}"))
            })?),
        };
        Ok(Self { notes: notes(&record), record, plan, node, scenario })
    }
}

/// The plan, or why it cannot be used.
fn plan(record: &RunRecord) -> Result<Plan, String> {
    let mut parameters = plan_parameters(&record.plan).map_err(|error| error.to_string())?;
    // Before there was a limit, journals had none.
    if !record.plan.contains_key(Setting::JournalLimit.flag()) {
        parameters.journal_limit = Some(0);
    }
    let challenge = Challenge {
        name: record.challenge.clone(),
        alias: "",
        parameters,
        order: &[],
        targets: record.targets.iter().map(|outcome| outcome.target).collect(),
    };
    let seed = record.seed.ok_or("it has no seed")?;
    Plan::resolve(&challenge, Parameters::default(), seed).map_err(|error| error.to_string())
}

/// The node, with its original command line.
fn node(record: &RunRecord) -> Result<NodeCommand> {
    let node = &record.node;
    let hosted = node.name.as_ref().map(|name| Hosted::find(name, node.durable)).transpose()?;
    let (program, args) = match node.command.split_first() {
        Some((program, args)) => (PathBuf::from(program), args.to_vec()),
        None => return Err(BadArguments("its run.json names no node".to_owned()).into()),
    };
    let is_carried = hosted.is_some() && is_carried(&args);
    Ok(NodeCommand {
        // The node is part of this program, even if the original run used another installation.
        program: if is_carried {
            std::env::current_exe().context("failed to find our own program")?
        } else {
            program
        },
        args,
        is_built_in: node.own,
        origin: if is_carried { Origin::Own } else { Origin::Flag },
        folder: None,
        build: None,
        hosted,
    })
}

fn notes(record: &RunRecord) -> Vec<String> {
    let mut notes = Vec::new();
    let version = record.versions.get("glomers").map_or("unknown", String::as_str);
    if version != env!("CARGO_PKG_VERSION") {
        notes.push(format!(
            "the run was made by glomers {version}, and this is {}: what is drawn from a seed may \
             differ",
            env!("CARGO_PKG_VERSION")
        ));
    }
    if record.interrupted {
        notes.push("the run was stopped before its end, and this one was not".to_owned());
    }
    notes
}
