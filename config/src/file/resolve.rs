//! Completes the challenges of the file with the settings of those that they extend.

use super::section::{File, Section};
use super::{FileProblem, Located, NodeSource, ProjectChallenge, ProjectFile, STORE};
use crate::nearest::did_you_mean;
use crate::{Challenge, Parameters, Plan, PlanError, Setting, UnknownChallenge, lay_targets};
use crate::{challenges, find_challenge, workload_challenges};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

/// A section, and where its name is in the file.
struct Named {
    span: Range<usize>,
    section: Section,
}

/// The contents of the file, with every challenge completed and checked.
pub(super) fn resolve(file: File, path: &Path) -> Result<ProjectFile, Located> {
    let dir = path.parent().unwrap_or(Path::new("")).to_owned();
    let store = dir.join(file.store.unwrap_or_else(|| STORE.into()));
    let maelstrom = file.maelstrom.map(|path| dir.join(path));
    let args = file.args.unwrap_or_default();
    let node = NodeSource { build: file.build, bin: file.bin, args, dir };
    let sections = Sections::new(file.challenge)?;
    let mut challenges = Vec::with_capacity(sections.named.len());
    for (name, named) in &sections.named {
        let alias = find_challenge(&sections.built_in, name).map_or("", |own| own.alias);
        let challenge = sections.chain(name)?.complete(name, alias, &node, &store)?;
        challenges.push((named.span.start, challenge));
    }
    challenges.sort_by_key(|(position, _)| *position);
    let challenges = challenges.into_iter().map(|(_, challenge)| challenge).collect();
    Ok(ProjectFile { path: path.to_owned(), node, store, maelstrom, challenges })
}

/// The sections by the name of their challenge (numbers are replaced by names).
struct Sections {
    named: BTreeMap<String, Named>,
    built_in: Vec<Challenge>,
}

impl Sections {
    fn new(sections: BTreeMap<toml::Spanned<String>, Section>) -> Result<Self, Located> {
        let mut built_in = challenges();
        built_in.extend(workload_challenges());
        let mut named: BTreeMap<String, Named> = BTreeMap::new();
        for (key, section) in sections {
            let span = key.span();
            let name = canonical(&built_in, key.get_ref()).to_owned();
            if !is_name(&name) {
                return Err(Located { span, problem: FileProblem::Name(name) });
            }
            if named.contains_key(&name) {
                return Err(Located { span, problem: FileProblem::Twice(name) });
            }
            named.insert(name, Named { span, section });
        }
        Ok(Self { named, built_in })
    }

    /// The sections that make up a challenge, starting with its own, each extending the next; and
    /// the built-in challenge at the end of the chain.
    fn chain<'s>(&'s self, name: &'s str) -> Result<Chain<'s>, Located> {
        let mut path = vec![name];
        let mut sections: Vec<&Named> = Vec::new();
        loop {
            let name = path[path.len() - 1];
            let built_in = find_challenge(&self.built_in, name);
            let Some(named) = self.named.get(name) else {
                return Ok(Chain { sections, built_in });
            };
            sections.push(named);
            let Some(extends) = &named.section.extends else {
                return Ok(Chain { sections, built_in });
            };
            let next = canonical(&self.built_in, extends.get_ref());
            let problem = if next == name && built_in.is_some() {
                Some(FileProblem::ExtendsItself(name.to_owned()))
            } else if path.contains(&next) {
                let circle = path.iter().chain([&next]).map(|name| (*name).to_owned());
                Some(FileProblem::Circle(circle.collect()))
            } else if self.named.contains_key(next)
                || find_challenge(&self.built_in, next).is_some()
            {
                None
            } else {
                let own = self.named.keys().map(String::as_str);
                let all = self.built_in.iter().map(|built_in| built_in.name.as_str()).chain(own);
                let numbers = self.built_in.iter().map(|built_in| built_in.alias);
                Some(FileProblem::Unknown(UnknownChallenge::new(next, all, numbers)))
            };
            if let Some(problem) = problem {
                return Err(Located { span: extends.span(), problem });
            }
            path.push(next);
        }
    }
}

struct Chain<'s> {
    sections: Vec<&'s Named>,
    built_in: Option<&'s Challenge>,
}

impl Chain<'_> {
    /// Merges the sections of a challenge; earlier ones override later ones.
    fn complete(
        &self,
        name: &str,
        alias: &'static str,
        node: &NodeSource,
        store: &Path,
    ) -> Result<ProjectChallenge, Located> {
        let below = self.built_in;
        let mut parameters: Parameters =
            below.map_or_else(Parameters::default, |challenge| challenge.parameters.clone());
        let mut targets = below.map_or_else(Vec::new, |challenge| challenge.targets.clone());
        let mut node = node.clone();
        let mut store = store.to_owned();
        for Named { section, .. } in self.sections.iter().rev() {
            parameters = section.parameters().over(&parameters);
            lay_targets(&mut targets, section.targets()?);
            node.build = section.build.clone().or(node.build);
            node.bin = section.bin.clone().or(node.bin);
            node.args = section.args.clone().unwrap_or(node.args);
            store = section.store.as_ref().map_or(store, |store| node.dir.join(store));
        }
        // Drops inherited targets that the workload does not measure.
        if let Some(workload) = parameters.workload {
            let is_own = |metric| {
                self.sections.first().is_some_and(|own| own.section.target_span(metric).is_some())
            };
            targets
                .retain(|target| target.metric.is_measured_in(workload) || is_own(target.metric));
        }
        let order = below.map_or(Setting::ALL, |challenge| challenge.order);
        let challenge = Challenge { name: name.to_owned(), alias, parameters, order, targets };
        self.check(&challenge)?;
        Ok(ProjectChallenge { challenge, node, store })
    }

    /// Checks that the completed challenge can be run.
    fn check(&self, challenge: &Challenge) -> Result<(), Located> {
        let resolved = Plan::resolve(challenge, Parameters::default(), 0);
        let Err(error) = resolved.and_then(|plan| plan.check_targets()) else { return Ok(()) };
        let here = self.sections.first().map(|named| named.span.clone()).unwrap_or_default();
        Err(match error {
            PlanError::OutOfRange { flag, value, expected } => Located {
                span: self.sections.iter().find_map(|n| n.section.span(flag)).unwrap_or(here),
                problem: FileProblem::OutOfRange {
                    key: flag.to_owned(),
                    value,
                    expected: expected.to_owned(),
                },
            },
            PlanError::NodeCount { count, names } => Located {
                span: self.sections.iter().find_map(|n| n.section.span("nodes")).unwrap_or(here),
                problem: FileProblem::NodeCount { count, names },
            },
            PlanError::Unmeasured { metric, .. } => Located {
                span: self
                    .sections
                    .iter()
                    .find_map(|n| n.section.target_span(metric))
                    .unwrap_or(here),
                problem: FileProblem::Unmeasured(error.to_string()),
            },
            PlanError::NoWorkload(name) => {
                let known = known_names();
                let suggestion = did_you_mean(&name, known.iter().map(String::as_str));
                Located { span: here, problem: FileProblem::NoWorkload { name, suggestion } }
            }
        })
    }
}

/// Names and numbers of the built-in challenges, and names of the workloads.
fn known_names() -> Vec<String> {
    let numbered = challenges().into_iter().flat_map(|it| [it.alias.to_owned(), it.name]);
    numbered.chain(workload_challenges().into_iter().map(|it| it.name)).collect()
}

/// The name of the built-in challenge with this number; any other name is returned unchanged.
fn canonical<'a>(built_in: &'a [Challenge], name: &'a str) -> &'a str {
    find_challenge(built_in, name).map_or(name, |challenge| challenge.name.as_str())
}

/// Whether the command line accepts the name.
fn is_name(name: &str) -> bool {
    let letters = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && !name.starts_with('-') && name.chars().all(letters) && name != "all"
}
