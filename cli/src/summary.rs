//! What `run` prints after a run.

use crate::exit::Exit;
use crate::failure::Result;
use crate::format::Format;
use crate::node_command::NodeCommand;
use crate::run_outcome::{JudgedRun, Judgements};
use crate::terminal::{self, painted};
use console::Color;
use glomers_history::{Validity, visible};
use glomers_results::{
    Clock, Engine, Look, Run, RunRecord, SideBySide, TargetState, markdown, run_table, shown_lines,
    verdict_word,
};
use serde_json::{Value, json};

/// Prints the results as text. (JSON is printed at the end, for all runs at once.)
pub(crate) fn show(
    judgements: &Judgements,
    node: &NodeCommand,
    format: Format,
    quiet: bool,
) -> Result<()> {
    match judgements {
        Judgements::One(run) => show_run(run, &node.display(), format, quiet),
        Judgements::Both(both) => {
            let (embedded, maelstrom) = both.as_ref();
            show_run(embedded, &node.display(), format, quiet)?;
            show_run(maelstrom, &node.display(), format, quiet)?;
            let look = match format {
                Format::Json => return Ok(()),
                Format::Table => Look::Terminal { colour: terminal::colours_stdout() },
                Format::Markdown => Look::Markdown,
            };
            let width = terminal::width().filter(|_| look != Look::Markdown);
            terminal::print(&SideBySide::new(&embedded.run, &maelstrom.run).table(look, width))
        }
    }
}

/// Verdict, metrics, reasons, warnings, files of a run of this node.
pub(crate) fn show_run(run: &JudgedRun, node: &str, format: Format, quiet: bool) -> Result<()> {
    let Some(record) = &run.run.record else { return Ok(()) };
    let colours = terminal::colours_stdout() && format == Format::Table;
    let (mut text, look) = match format {
        Format::Json => return Ok(()),
        Format::Table => {
            let line = verdict_line(record, node, colours);
            (terminal::fitted_to_stdout(&line).into_owned(), Look::Terminal { colour: colours })
        }
        Format::Markdown => {
            let line = markdown(verdict_line(record, node, false).trim_end());
            (format!("**{line}**\n"), Look::Markdown)
        }
    };
    text.push('\n');
    let is_good = run.run.reasons().is_empty();
    if !(quiet && is_good) && record.failure.is_none() {
        text += &run_table(&run.run, look);
        text.push('\n');
    }
    let why = painted("why:", Color::Red, colours);
    let mut lines: Vec<String> =
        run.run.reasons().iter().map(|reason| labelled(&why, reason, look)).collect();
    if !(quiet && is_good) {
        let mark = painted("warning:", Color::Yellow, colours);
        let warning = |warning: &String| labelled(&mark, warning, look);
        lines.extend(record.warnings.iter().map(warning));
        let folder = terminal::shown_path(&run.run.path);
        lines.push(format!("files: {folder}"));
        if run.run.valid() == Validity::Invalid && look != Look::Markdown {
            lines.push(format!("step by step: glomers story {folder}"));
            if record.clock == Clock::Virtual {
                lines.push(format!("smaller: glomers shrink {folder}"));
            }
        }
    }
    text += &lines.join("\n");
    terminal::print(&text)
}

/// Verdict, metrics, reasons, and files of a run without a record, which Maelstrom made by itself.
pub(crate) fn show_bare_run(run: &Run, reasons: &[String], format: Format) -> Result<()> {
    let colours = terminal::colours_stdout() && format == Format::Table;
    let valid = run.valid();
    let colour = match valid {
        Validity::Valid => Color::Green,
        Validity::Invalid => Color::Red,
        Validity::Unknown => Color::Yellow,
    };
    let name = visible(&run.name()).into_owned();
    let word = painted(verdict_word(valid), colour, colours);
    let no_record = "no run.json beside the results";
    let (head, look) = match format {
        Format::Json | Format::Table => {
            (format!("{name}: {word} ({no_record})"), Look::Terminal { colour: colours })
        }
        Format::Markdown => {
            (format!("**{}: {word} ({no_record})**\n", markdown(&name)), Look::Markdown)
        }
    };
    let mut lines = vec![head, run_table(run, look)];
    let why = painted("why:", Color::Red, colours);
    lines.extend(reasons.iter().map(|reason| labelled(&why, reason, look)));
    lines.push(format!("files: {}", terminal::shown_path(&run.path)));
    terminal::print(&lines.join("\n"))
}

/// A text behind its label; in a terminal, wrapped.
fn labelled(label: &str, text: &str, look: Look) -> String {
    let text = format!("{label} {}", shown_lines(text, look));
    match look {
        Look::Terminal { .. } => terminal::fitted_to_stdout(&text).into_owned(),
        Look::Markdown => text,
    }
}

/// One line: challenge, verdict, node, seed, time.
fn verdict_line(record: &RunRecord, node: &str, colours: bool) -> String {
    let targets = TargetState::of_all(&record.targets);
    let (word, colour) = match (record.valid, record.interrupted) {
        (_, true) => ("stopped", Color::Yellow),
        (Some(Validity::Valid), _) if record.targets.is_empty() => ("valid", Color::Green),
        (Some(Validity::Valid), _) => match targets {
            TargetState::Met => ("valid, targets met", Color::Green),
            TargetState::Missed => ("valid, but a target was missed", Color::Red),
            TargetState::Unknown => ("valid, targets unknown", Color::Yellow),
        },
        (Some(Validity::Invalid), _) => ("invalid", Color::Red),
        (Some(Validity::Unknown) | None, _) => ("unknown", Color::Yellow),
    };
    let seed = record.seed.map_or_else(String::new, |seed| format!(", seed {seed}"));
    format!(
        "{}: {} ({}, {}{seed}, {:.1} s)",
        visible(&record.challenge),
        painted(word, colour, colours),
        visible(node),
        visible(&engine_text(record)),
        record.wall_seconds
    )
}

/// The engine, with its version if it is Maelstrom.
pub(crate) fn engine_text(record: &RunRecord) -> String {
    let version = record.versions.get("maelstrom");
    match (record.engine, version) {
        (Engine::Maelstrom, Some(version)) => format!("Maelstrom {version}"),
        (Engine::Maelstrom, None) => "Maelstrom".to_owned(),
        _ if record.clock == Clock::Virtual => "simulated".to_owned(),
        _ => "embedded engine".to_owned(),
    }
}

/// One line about several runs: how many passed, and which did not.
pub(crate) fn of_several(judgements: &[&Judgements]) -> String {
    let passed = judgements.iter().filter(|judged| judged.exit() == Exit::Valid).count();
    let mut failed: Vec<&str> = Vec::new();
    for judged in judgements.iter().filter(|judged| judged.exit() != Exit::Valid) {
        let run = match judged {
            Judgements::One(run) => &run.run,
            Judgements::Both(both) => &both.0.run,
        };
        let name = run.record.as_ref().map_or("", |record| record.challenge.as_str());
        if !failed.contains(&name) {
            failed.push(name);
        }
    }
    let count = judgements.len();
    if failed.is_empty() {
        return format!("{count} runs: all passed");
    }
    format!("{count} runs: {passed} passed, not: {}", visible(&failed.join(", ")))
}

/// Prints one object, or an array if several runs were requested.
pub(crate) fn print_json<'a>(
    judgements: impl Iterator<Item = &'a Judgements>,
    several: bool,
) -> Result<()> {
    let objects: Vec<Value> = judgements.map(json_of).collect::<Result<_>>()?;
    let value = match (several, objects.as_slice()) {
        (false, [object]) => object.clone(),
        (false, []) => return Ok(()),
        _ => Value::Array(objects),
    };
    terminal::print(&serde_json::to_string_pretty(&value)?)?;
    Ok(())
}

fn json_of(judgements: &Judgements) -> Result<Value> {
    match judgements {
        Judgements::One(run) => run_json(run),
        Judgements::Both(both) => {
            let (embedded, maelstrom) = both.as_ref();
            let side_by_side = SideBySide::new(&embedded.run, &maelstrom.run);
            Ok(json!({
                "embedded": run_json(embedded)?,
                "maelstrom": run_json(maelstrom)?,
                "agree": side_by_side.agree(),
                "differences": serde_json::to_value(&side_by_side)?,
            }))
        }
    }
}

/// The object of a run.
pub(crate) fn run_json(run: &JudgedRun) -> Result<Value> {
    let mut object = serde_json::to_value(&run.run)?;
    object["warnings"] = json!(run.run.record.as_ref().map(|record| &record.warnings));
    object["reasons"] = json!(run.run.reasons());
    Ok(object)
}
