//! `glomers run --repeat`: the same test with several seeds, in one table.

use super::complete;
use crate::exit::Exit;
use crate::failure::{BadArguments, Result};
use crate::format::Format;
use crate::job::{Job, Output};
use crate::node_command::NodeCommand;
use crate::run_arguments::RunArguments;
use crate::run_outcome::{JudgedRun, Judgements};
use crate::store::create_group;
use crate::{baselines, terminal};
use glomers_history::{Validity, visible};
use glomers_results::{Distributions, Look, TargetState, group_of, shown_lines, verdict_word};

/// Refuses what cannot be repeated.
pub(super) fn check(arguments: &RunArguments) -> Result<()> {
    if arguments.repeat.is_some() && arguments.engine.has_maelstrom() {
        let text = "--repeat is for glomers' own engine: Maelstrom takes no seed";
        return Err(BadArguments(text.to_owned()).into());
    }
    if arguments.save_baseline.is_some() && arguments.challenges.len() != 1 {
        let text = "--save-baseline is for one challenge: name one";
        return Err(BadArguments(text.to_owned()).into());
    }
    if let Some(name) = &arguments.save_baseline {
        baselines::check_name(name)?;
    }
    Ok(())
}

/// The seeds of the repetitions of a job. Without a given one, they begin with 0, so that two sides of a
/// comparison have the same.
pub(super) fn seeds(arguments: &RunArguments) -> Option<impl Iterator<Item = u64> + use<>> {
    let count = arguments.repeat?;
    let first = arguments.parameters().seed.unwrap_or(0);
    Some((0..u64::from(count)).map(move |number| first.wrapping_add(number)))
}

/// Runs the jobs, which are the repetitions of one or more challenges, and shows one table for each
/// challenge.
pub(super) fn run(
    mut jobs: Vec<Job>,
    count: u32,
    output: Output,
    baseline: Option<&str>,
) -> Result<Exit> {
    let planned = count as usize;
    let mut groups = Vec::new();
    for group in jobs.chunks_mut(planned) {
        let workload = group[0].plan.workload.name();
        let created = create_group(&group[0].store, workload, count)?;
        for job in group {
            job.group = Some(created.name.clone());
        }
        groups.push(created);
    }
    let (exit, done) = complete(&jobs, output, |_| false, |_, _| Ok(()))?;
    drop(groups);
    for group in done.chunk_by(|a, b| a.0 / planned == b.0 / planned) {
        let runs: Vec<&JudgedRun> = group.iter().filter_map(|(_, it)| one(it)).collect();
        if let Some((first, _)) = group.first() {
            Repetitions { node: &jobs[*first].node, runs, planned }.show(output)?;
        }
    }
    let missing = jobs.len() - done.len();
    if missing >= planned && output.format != Format::Json {
        terminal::print(&format!("not run: {} more of the challenges", missing / planned))?;
    }
    if let (Some(name), Some(job)) = (baseline, jobs.first()) {
        super::save_baseline(name, job, planned, exit, &done)?;
    }
    Ok(exit)
}

fn one(judgements: &Judgements) -> Option<&JudgedRun> {
    match judgements {
        Judgements::One(run) => Some(run),
        Judgements::Both(_) => None,
    }
}

/// The runs of one challenge.
struct Repetitions<'a> {
    node: &'a NodeCommand,
    runs: Vec<&'a JudgedRun>,
    planned: usize,
}

impl Repetitions<'_> {
    fn show(&self, output: Output) -> Result<()> {
        let look = match output.format {
            Format::Json => return Ok(()),
            Format::Table => Look::Terminal { colour: terminal::colours_stdout() },
            Format::Markdown => Look::Markdown,
        };
        let mut lines = vec![self.verdict()];
        for run in self.runs.iter().filter(|run| run.exit != Exit::Valid) {
            lines.push(failure(run));
        }
        let mut text: String = lines.iter().map(|it| shown_lines(it, look) + "\n").collect();
        if !output.quiet {
            text += "\n";
            text += &self.distributions().medians(look);
            text += "\n";
            let folder = self.runs.first().and_then(|run| group_of(&run.run.path));
            if let Some(folder) = folder {
                text += "files: ";
                text += &terminal::shown_path(&folder);
            }
        }
        terminal::print(&text)
    }

    fn distributions(&self) -> Distributions {
        let seed = |run: &JudgedRun| run.run.record.as_ref().and_then(|record| record.seed);
        Distributions::of(self.runs.iter().map(|run| (seed(run).unwrap_or(0), &run.run.metrics)))
    }

    /// One line: challenge, how many runs are valid and met their targets, node, seeds.
    fn verdict(&self) -> String {
        let records = || self.runs.iter().filter_map(|run| run.run.record.as_ref());
        let Some(record) = records().next() else { return "no run".to_owned() };
        let count = self.runs.len();
        let valid = self.runs.iter().filter(|run| run.run.valid() == Validity::Valid).count();
        let met = |run: &&&JudgedRun| TargetState::of_all(run.run.targets()) == TargetState::Met;
        let targets = match self.runs.iter().filter(met).count() {
            _ if record.targets.is_empty() => String::new(),
            met => format!(", targets met in {met}"),
        };
        let seeds: Vec<u64> = records().filter_map(|record| record.seed).collect();
        let (first, last) = (seeds.first().unwrap_or(&0), seeds.last().unwrap_or(&0));
        let rest = match self.planned - count {
            0 => String::new(),
            rest => format!(", {rest} not run"),
        };
        format!(
            "{}: {valid} of {count} valid{targets}{rest} ({}, {}, seeds {first} to {last})",
            visible(&record.challenge),
            visible(&self.node.display()),
            crate::summary::engine_text(record),
        )
    }
}

/// One line about a run that is not valid, or missed a target.
fn failure(run: &JudgedRun) -> String {
    let seed = run.run.record.as_ref().and_then(|record| record.seed).unwrap_or(0);
    let reason = run.run.reasons().iter().flat_map(|reason| reason.lines()).next();
    let verdict = verdict_word(run.run.valid());
    if let Some(reason) = reason {
        return format!("seed {seed}: {verdict}: {reason}");
    }
    let missed = run.run.targets().iter().find(|target| !target.is_met());
    let target = missed.map_or_else(String::new, |target| {
        let (metric, limit) = (target.target.metric, target.shown_limit());
        format!(", but {metric} is {}, not {limit}", target.shown_value())
    });
    format!("seed {seed}: {verdict}{target}")
}
