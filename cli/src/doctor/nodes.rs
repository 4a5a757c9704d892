//! Checks glomers.toml: whether it is valid, the programs of its builds, and its nodes.

use super::Environment;
use super::build_tool;
use super::finding::{Finding, Need, Remedy, State};
use super::package_manager::Package;
use super::programs::install;
use crate::failure::Result;
use crate::node_command::{NodeCommand, Origin};
use crate::preflight;
use crate::project::Project;
use glomers_config::{Catalogue, NodeSource};
use glomers_maelstrom::{find_on_path, is_executable};

const FILE_NAME: &str = "glomers.toml";
const FILE: &str = "names the node, how it is built, and challenges of your own";
const NODE: &str = "the program under test";
const BUILD: &str = "builds the node before a run";

/// Checks the nearest glomers.toml. Having none is fine; an invalid one stops every run.
pub(super) fn glomers_toml(project: &Result<Project>) -> Finding {
    let mut finding = Finding::new("glomers-toml", FILE_NAME, FILE);
    match project {
        Ok(project) => {
            let node = project.catalogue.entries().iter().find_map(|entry| entry.node.as_ref());
            match node {
                Some(node) => {
                    finding.path = Some(node.dir.join(FILE_NAME));
                    finding.for_both(Need::Needed)
                }
                None => finding.for_both(Need::Useful).noting("none, and none is needed"),
            }
        }
        Err(error) => {
            let remedy = Remedy::Advice("correct it there".to_owned());
            finding.for_both(Need::Needed).is(State::Wrong, format!("{error}"), remedy)
        }
    }
}

/// Checks the build tools and the nodes of all challenges.
pub(super) fn nodes(catalogue: &Catalogue, around: &Environment) -> Vec<Finding> {
    let mut sources: Vec<&NodeSource> = Vec::new();
    for source in catalogue.entries().iter().filter_map(|entry| entry.node.as_ref()) {
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    if sources.is_empty() {
        return vec![own_node()];
    }
    let mut findings: Vec<Finding> = Vec::new();
    let found = sources.iter().flat_map(|source| tools(source, around));
    for finding in found.chain(sources.iter().map(|source| node(source))) {
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    findings
}

fn own_node() -> Finding {
    Finding::new("node", "node", NODE)
        .for_both(Need::Needed)
        .noting("glomers' own, nothing to build")
}

fn tools(source: &NodeSource, around: &Environment) -> Vec<Finding> {
    let Some(build) = &source.build else { return Vec::new() };
    let programs = build_tool::programs(build);
    programs.into_iter().map(|program| tool(&program, source, around)).collect()
}

fn tool(program: &str, source: &NodeSource, around: &Environment) -> Finding {
    let mut finding = Finding::new("build-tool", program, BUILD).for_both(Need::Needed);
    let correct = || Remedy::Advice(format!("correct `build` in {FILE_NAME}"));
    if program.contains('/') {
        let script = source.dir.join(program);
        let is_usable = is_executable(&script);
        let exists = script.exists();
        finding.path = Some(script);
        return match (is_usable, exists) {
            (true, _) => finding,
            (false, true) => finding.is(State::Wrong, "not executable", correct()),
            (false, false) => finding.is(State::Missing, "does not exist", correct()),
        };
    }
    finding.path = find_on_path(program, around.path.as_deref());
    if finding.path.is_some() {
        return finding;
    }
    let remedy = match Package::of_tool(program) {
        Some(package) => install(package, program, around),
        None => Remedy::Advice(format!("install {program}, or correct `build` in {FILE_NAME}")),
    };
    finding.is(State::Missing, "not on the PATH", remedy)
}

fn node(source: &NodeSource) -> Finding {
    let Some(bin) = &source.bin else { return own_node() };
    let mut finding = Finding::new("node", "node", NODE).for_both(Need::Needed);
    let program = source.dir.join(bin);
    finding.path = Some(program.clone());
    if let Some(build) = &source.build {
        return finding.noting(format!("built before a run by `{}`", build.trim()));
    }
    let exists = program.exists();
    let node = NodeCommand {
        program,
        args: source.args.clone(),
        is_built_in: false,
        origin: Origin::File,
        folder: Some(source.dir.clone()),
        build: None,
        hosted: None,
    };
    match preflight::check(&node) {
        Ok(()) => finding,
        Err(problem) => {
            let advice = Remedy::Advice(problem.0);
            if exists {
                finding.is(State::Wrong, "cannot be run", advice)
            } else {
                finding.is(State::Missing, "does not exist", advice)
            }
        }
    }
}
