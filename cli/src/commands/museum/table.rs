//! The results of all hunts, as a table.

use super::MuseumArguments;
use super::hunt::{Catch, Found};
use crate::failure::Result;
use crate::format::Format;
use crate::terminal;
use crate::wrap::{text_width, wrapped};
use glomers_results::{Look, TableBuilder, Tone, fitting, plain};
use serde_json::{Value, json};

/// The introduction above the table in the docs.
const PREFACE: &str = "\
# The bug museum

Nodes that are wrong on purpose, each by one mistake that people make. They measure glomers: a sweep
must find each of them, and must leave the right node alone. Each is a small file in
[`node/museum/src/`](../node/museum/src), which says what is wrong, what one sees of it, and how to
fix it.

This page was written by `cargo run --release -- museum --format markdown`. *Seed* is the first one
that fails, of those from 0 on; *smallest* the failing run that `glomers shrink` leaves (operations of
clients with the final ones, faults, nodes). A terminal shows the time that it took to find them, too.
";

/// The text to print.
pub(super) fn text(catches: &[Catch], arguments: &MuseumArguments) -> Result<String> {
    Ok(match arguments.format {
        Format::Json => {
            let list: Vec<Value> = catches.iter().map(json_of).collect();
            serde_json::to_string_pretty(&list)?
        }
        Format::Table => {
            let table = table(catches, terminal::look(), terminal::width());
            format!("{table}{}", wrapped(&summary(catches), text_width(), ""))
        }
        Format::Markdown => {
            let table = table(catches, Look::Markdown, None);
            format!("{PREFACE}\n{}\n\n{table}", summary(catches))
        }
    })
}

const HEADER: [&str; 6] = ["node", "what is wrong", "hunted in", "seed", "smallest", "found"];
const BUG: usize = 1;
/// When each column is left out in a terminal that is too narrow: the largest first, those of 0 never.
const RANKS: [u8; HEADER.len()] = [0, 0, 2, 0, 1, 3];
/// Least width of the text about what is wrong, which is wrapped.
const BUG_WIDTH: usize = 24;

fn table(catches: &[Catch], look: Look, width: Option<u16>) -> String {
    let rows: Vec<[(String, Tone); HEADER.len()]> = catches.iter().map(row).collect();
    let built = |shown: &[usize], look: Look, width: Option<u16>, is_short: bool| {
        let header: Vec<&str> = shown.iter().map(|&column| HEADER[column]).collect();
        let mut table = TableBuilder::new(look, &header);
        if let Some(width) = width {
            table = table.wrapped_at(width);
        }
        for row in &rows {
            let cell = |&column: &usize| match column {
                BUG if is_short => plain("x".repeat(BUG_WIDTH)),
                column => row[column].clone(),
            };
            table.row(shown.iter().map(cell).collect());
        }
        table.finish()
    };
    // The page in the docs has no times, so that it can be compared with a new one.
    let shown = if look == Look::Markdown { HEADER.len() - 1 } else { HEADER.len() };
    let narrowest = |shown: &[usize]| built(shown, Look::Terminal { colour: false }, None, true);
    let shown = fitting((0..shown).collect(), |column| RANKS[column], width, narrowest);
    built(&shown, look, width, false)
}

fn row(catch: &Catch) -> [(String, Tone); HEADER.len()] {
    let Catch { exhibit, found, .. } = catch;
    let hunted = [&[exhibit.challenge], exhibit.hunt].concat().join(" ");
    let (seed, time, smallest) = found.as_ref().map_or_else(
        || ("not caught".to_owned(), String::new(), String::new()),
        |found| (found.seed.to_string(), seconds(found), smallest(found)),
    );
    [
        (exhibit.name.to_owned(), Tone::Code),
        plain(exhibit.bug),
        (hunted, Tone::Code),
        plain(seed),
        plain(smallest),
        plain(time),
    ]
}

fn seconds(found: &Found) -> String {
    format!("{:.2} s", found.time.as_secs_f64())
}

fn smallest(found: &Found) -> String {
    let count = |number: usize, what: &str| {
        format!("{number} {what}{}", if number == 1 { "" } else { "s" })
    };
    let size = &found.size;
    [count(size.operations, "operation"), count(size.faults, "fault"), count(size.nodes, "node")]
        .join(", ")
}

/// How many wrong nodes failed, and whether the correct node did.
fn summary(catches: &[Catch]) -> String {
    let caught = catches.iter().filter(|catch| catch.found.is_some()).count();
    let runs: u64 = catches.iter().map(|catch| catch.right_runs).sum();
    let failures: Vec<String> = catches
        .iter()
        .flat_map(|catch| {
            let name = catch.exhibit.name;
            catch.right_failures.iter().map(move |seed| format!("seed {seed} of {name}'s hunt"))
        })
        .collect();
    let right = if failures.is_empty() {
        format!("glomers' own node passed all {runs} runs of the same hunts.")
    } else {
        format!(
            "glomers' own node failed {} of {runs} runs: {}.",
            failures.len(),
            failures.join(", ")
        )
    };
    format!("{caught} of {} wrong nodes were caught. {right}", catches.len())
}

fn json_of(catch: &Catch) -> Value {
    let Catch { exhibit, found, right_runs, right_failures } = catch;
    json!({
        "node": exhibit.name,
        "bug": exhibit.bug,
        "challenge": exhibit.challenge,
        "hunt": exhibit.hunt,
        "durable": exhibit.durable,
        "seed": found.as_ref().map(|found| found.seed),
        "seconds": found.as_ref().map(|found| found.time.as_secs_f64()),
        "shrinking_seconds": found.as_ref().map(|found| found.shrinking.as_secs_f64()),
        "operations": found.as_ref().map(|found| found.size.operations),
        "faults": found.as_ref().map(|found| found.size.faults),
        "nodes": found.as_ref().map(|found| found.size.nodes),
        "right_runs": right_runs,
        "right_failures": right_failures,
    })
}
