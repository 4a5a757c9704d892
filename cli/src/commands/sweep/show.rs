//! What `glomers sweep` prints.

use crate::exit::Exit;
use crate::failure::Result;
use crate::format::Format;
use crate::node_command::BUILT_IN;
use crate::terminal::{self, painted};
use console::Color;
use glomers_history::visible;
use glomers_results::{Clock, Look, NodeRecord, markdown, markdown_code};
use glomers_simulator::sweep::{Counts, FailedSeed, SHOWN_SEEDS, SeedOutcome, SweepRecord};
use std::fmt::Write as _;
use std::path::Path;

/// Prints a sweep whose files are in `folder`.
pub(super) fn show(record: SweepRecord, folder: &Path, format: Format, quiet: bool) -> Result<()> {
    let colours = terminal::colours_stdout() && format == Format::Table;
    match format {
        Format::Json => {
            // The outcome of each seed is only in the file.
            let mut object = serde_json::to_value(SweepRecord { runs: Vec::new(), ..record })?;
            object["store"] = folder.display().to_string().into();
            terminal::print(&serde_json::to_string_pretty(&object)?)
        }
        Format::Table => {
            let text = summary(&record, Look::Terminal { colour: colours }, quiet);
            terminal::print(&with_files(text, folder, quiet))
        }
        Format::Markdown => {
            terminal::print(&with_files(summary(&record, Look::Markdown, quiet), folder, quiet))
        }
    }
}

/// The exit of a sweep that was not stopped. One that ran no seed is unknown.
pub(super) fn exit_of(record: &SweepRecord) -> Exit {
    match record.counts {
        Counts { fail: 1.., .. } => Exit::Invalid,
        Counts { unknown: 1.., .. } | Counts { pass: 0, .. } => Exit::Unknown,
        _ if !record.is_whole() => Exit::Unknown,
        _ => Exit::Valid,
    }
}

fn with_files(text: String, folder: &Path, quiet: bool) -> String {
    if quiet { text } else { text + &format!("files: {}\n", terminal::shown_path(folder)) }
}

/// Verdict, counts, metrics, and the seeds that did not pass.
fn summary(record: &SweepRecord, look: Look, quiet: bool) -> String {
    let colours = look == Look::Terminal { colour: true };
    let verdict = verdict_line(record, colours);
    let mut text = match look {
        Look::Markdown => format!("**{}**\n\n", markdown(&verdict)),
        Look::Terminal { .. } => verdict + "\n",
    };
    if !quiet {
        text += &counts_line(record);
        text.push('\n');
    }
    if let Some(line) = missing_line(record) {
        text += &line;
        text.push('\n');
    }
    if !quiet {
        if look == Look::Markdown {
            text.push('\n');
        }
        let width = terminal::width().filter(|_| look != Look::Markdown);
        text += &record.metrics.table(look, width);
    }
    if look == Look::Markdown && !record.failures.is_empty() {
        text.push('\n');
    }
    for failure in &record.failures {
        text += &failed_seed_text(failure, look);
    }
    let Counts { fail, unknown, .. } = record.counts;
    let more = (fail + unknown).saturating_sub(record.failures.len() as u64);
    if more > 0 {
        let _ = writeln!(text, "and {more} more");
    }
    if let (Some(store), false) = (smallest_failure(record), quiet) {
        let command = format!("glomers shrink {}", terminal::shown_path(Path::new(store)));
        let command = if look == Look::Markdown { markdown_code(&command) } else { command };
        let _ = writeln!(text, "as small as it still fails, with its story: {command}");
    }
    text
}

/// The run directory of the first failure that `glomers shrink` can make smaller: not of a missed
/// target.
fn smallest_failure(record: &SweepRecord) -> Option<&String> {
    let is_shrinkable = |failure: &&FailedSeed| {
        let reason = failure.reason.as_deref().unwrap_or_default();
        failure.outcome == SeedOutcome::Fail && !reason.starts_with("target")
    };
    let failure = record.failures.iter().find(is_shrinkable);
    failure.filter(|_| record.clock == Clock::Virtual)?.store.as_ref()
}

/// One line: challenge, verdict, seeds, node.
fn verdict_line(record: &SweepRecord, colours: bool) -> String {
    let (word, colour) = match (record.interrupted, exit_of(record)) {
        (true, _) => ("stopped", Color::Yellow),
        (false, Exit::Valid) => ("passed", Color::Green),
        (false, Exit::Unknown) => ("unknown", Color::Yellow),
        (false, _) => ("failed", Color::Red),
    };
    let shard = record.shard.map_or_else(String::new, |shard| format!(", shard {shard}"));
    let time = if record.clock == Clock::Virtual { "simulated" } else { "in real time" };
    format!(
        "{}: {} ({}{shard}, {}, {time})",
        visible(&record.challenge),
        painted(word, colour, colours),
        record.seeds,
        visible(&node(&record.node))
    )
}

/// One line: the number of seeds per outcome, and the speed.
fn counts_line(record: &SweepRecord) -> String {
    let Counts { pass, fail, unknown } = record.counts;
    let kind = if record.clock == Clock::Virtual { "simulated " } else { "" };
    format!(
        "pass {pass}, fail {fail}, unknown {unknown}: {:.0} {kind}seconds in {:.2} s, {:.1} \
         seeds a second",
        record.run_seconds, record.wall_seconds, record.seeds_per_second
    )
}

/// One line: the requested seeds that were not run, if any; or that no seed was requested.
fn missing_line(record: &SweepRecord) -> Option<String> {
    let missing: Vec<String> =
        record.missing_seeds().take(SHOWN_SEEDS).map(|seed| seed.to_string()).collect();
    if missing.is_empty() {
        let shard = record.shard.filter(|_| record.runs.is_empty())?;
        return Some(format!("shard {shard} of {} has no seed: nothing was run", record.seeds));
    }
    let more = match record.missing().saturating_sub(missing.len() as u64) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let noun = if record.missing() == 1 { "seed" } else { "seeds" };
    Some(format!("not run: {noun} {}{more}", missing.join(", ")))
}

/// A seed that did not pass: the reason, the command that repeats it, and its files.
fn failed_seed_text(failure: &FailedSeed, look: Look) -> String {
    let FailedSeed { seed, outcome, reason, command, store } = failure;
    let reason = reason.as_deref().unwrap_or("it could not be decided whether it was right");
    let colours = look == Look::Terminal { colour: true };
    let colour = if *outcome == SeedOutcome::Fail { Color::Red } else { Color::Yellow };
    let store = store.as_ref().map(|store| terminal::shown_path(Path::new(store)));
    if look == Look::Markdown {
        let store =
            store.map_or_else(String::new, |store| format!(", in {}", markdown_code(&store)));
        let (reason, command) = (markdown(reason), markdown_code(command));
        return format!("- seed {seed}, {}: {reason} ({command}{store})\n", outcome.name());
    }
    let (outcome, reason) = (painted(outcome.name(), colour, colours), visible(reason));
    let mut text = format!("{outcome} seed {seed}: {reason}\n");
    let _ = writeln!(text, "  {}", visible(command));
    if let Some(store) = store {
        let _ = writeln!(text, "  files: {store}");
    }
    text
}

/// The name of the node in the verdict line.
fn node(record: &NodeRecord) -> String {
    let disk = if record.durable { ", with a disk" } else { "" };
    match record.name.as_deref() {
        Some(BUILT_IN) => format!("glomers' own node{disk}"),
        Some(name) => format!("{name} of the museum{disk}"),
        None => record.command.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glomers_config::{Catalogue, Metric, Parameters, Plan};
    use glomers_results::Metrics;
    use glomers_simulator::sweep::{SeedRun, Seeds};

    fn record() -> SweepRecord {
        let catalogue = Catalogue::new(None);
        let challenge = &catalogue.find("echo").unwrap().challenge;
        let plan = Plan::resolve(challenge, Parameters::default(), 0).unwrap();
        let run = |seed: u64, outcome, reason: Option<&str>| {
            let mut metrics = Metrics::new();
            metrics.put(Metric::OpCount, Some(50.0 + seed as f64));
            metrics.put(Metric::OpLatencyP50, Some(0.5 / (1.0 + seed as f64)));
            let store = (seed == 1).then(|| "store/echo/x-s1".to_owned());
            SeedRun {
                seed,
                outcome,
                reason: reason.map(str::to_owned),
                seconds: 20.0,
                metrics,
                store,
            }
        };
        let node =
            NodeRecord { name: Some(BUILT_IN.to_owned()), durable: true, ..NodeRecord::default() };
        SweepRecord {
            clock: Clock::Virtual,
            node,
            wall_seconds: 0.25,
            repeat: "glomers run echo --sim --seed SEED --rate 5".to_owned(),
            ..SweepRecord::new(&plan, Seeds { first: 0, last: 4 }, None)
        }
        .with_runs(vec![
            run(0, SeedOutcome::Unknown, None),
            run(1, SeedOutcome::Fail, Some("target missed: op-count is 51, and should be < 1")),
            run(2, SeedOutcome::Pass, None),
            run(3, SeedOutcome::Pass, None),
        ])
    }

    #[test]
    fn a_summary_says_what_came_of_it_and_how_to_repeat_it() {
        insta::assert_snapshot!(summary(&record(), Look::Terminal { colour: false }, false));
        insta::assert_snapshot!(summary(&record(), Look::Markdown, false));
    }

    #[test]
    fn seeds_that_were_not_run_are_listed() {
        let mut record = record();
        assert_eq!(missing_line(&record).as_deref(), Some("not run: seed 4"));
        record.seeds.last = 30;
        let line = missing_line(&record).unwrap();
        assert!(line.starts_with("not run: seeds 4, 5, 6, "), "{line}");
        assert!(line.ends_with(", 23 and 7 more"), "{line}");
        record.seeds.last = 3;
        assert_eq!(missing_line(&record), None);
        record.shard = "7/7".parse().ok();
        let empty = record.with_runs(Vec::new());
        assert!(counts_line(&empty).contains(": 0 simulated seconds"), "{}", counts_line(&empty));
        let expected = "shard 7/7 of seeds 0 to 3 has no seed: nothing was run";
        assert_eq!(missing_line(&empty).as_deref(), Some(expected));
    }

    #[test]
    fn quiet_is_the_verdict_and_what_did_not_pass() {
        let text = summary(&record(), Look::Terminal { colour: false }, true);
        assert!(text.starts_with("echo: failed (seeds 0 to 4, glomers' own node, with a disk, simulated)\nnot run: seed 4\nfail seed 1: target"), "{text}");
        assert_eq!(text.lines().count(), 7);
    }

    #[test]
    fn the_exit_is_the_worst_of_the_seeds() {
        let with = |outcomes: &[SeedOutcome]| {
            let mut record = record();
            let mut runs = record.runs.clone();
            runs.truncate(outcomes.len());
            for (run, outcome) in runs.iter_mut().zip(outcomes) {
                run.outcome = *outcome;
            }
            record.seeds.last = 1;
            exit_of(&record.with_runs(runs))
        };
        assert_eq!(with(&[SeedOutcome::Pass, SeedOutcome::Pass]), Exit::Valid);
        assert_eq!(with(&[SeedOutcome::Pass]), Exit::Unknown);
        assert_eq!(with(&[]), Exit::Unknown);
        assert_eq!(with(&[SeedOutcome::Pass, SeedOutcome::Unknown]), Exit::Unknown);
        assert_eq!(with(&[SeedOutcome::Fail, SeedOutcome::Unknown]), Exit::Invalid);
    }
}
