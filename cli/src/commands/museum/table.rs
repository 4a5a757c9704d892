//! The results of all hunts, as a table.

use super::MuseumArguments;
use super::hunt::{Catch, Found};
use crate::failure::Result;
use crate::format::Format;
use crate::terminal;
use glomers_results::{Look, TableBuilder, Tone, plain};
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
            format!("{}{}", table(catches, terminal::look()), summary(catches))
        }
        Format::Markdown => {
            let table = table(catches, Look::Markdown);
            format!("{PREFACE}\n{}\n\n{table}", summary(catches))
        }
    })
}

fn table(catches: &[Catch], look: Look) -> String {
    // The page in the docs has no times, so that it can be compared with a new one.
    let columns = ["node", "what is wrong", "hunted in", "seed", "smallest", "found"];
    let shown = if look == Look::Markdown { columns.len() - 1 } else { columns.len() };
    let mut table = TableBuilder::new(look, &columns[..shown]).wrapped_at(terminal::columns());
    for Catch { exhibit, found, .. } in catches {
        let hunted = [&[exhibit.challenge], exhibit.hunt].concat().join(" ");
        let (seed, time, smallest) = found.as_ref().map_or_else(
            || ("not caught".to_owned(), String::new(), String::new()),
            |found| (found.seed.to_string(), seconds(found), smallest(found)),
        );
        let mut cells = vec![
            (exhibit.name.to_owned(), Tone::Code),
            plain(exhibit.bug),
            (hunted, Tone::Code),
            plain(seed),
            plain(smallest),
            plain(time),
        ];
        cells.truncate(shown);
        table.row(cells);
    }
    table.finish()
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
