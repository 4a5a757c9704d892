//! `glomers list --settings`: every setting of a run, from the table in `config/src/settings.rs`.

use crate::failure::Result;
use crate::format::Format;
use crate::setting_flags::default_of;
use crate::terminal;
use glomers_config::{InMaelstrom, Setting};
use glomers_results::{LONGEST_WHOLE_WORD, Look, TableBuilder, Tone, fitting, plain};
use serde_json::{Value, json};

/// Most percent of the width that each column takes in a terminal.
const WIDTHS: [u16; 5] = [20, 22, 16, 40, 13];

/// The introduction above the table in the docs.
const PREFACE: &str = "\
# Settings

Every setting of a run: on the command line of `glomers run` and `glomers sweep` as `--NAME VALUE`, in
the table of a challenge in `glomers.toml` as `NAME = VALUE`, and in the plan of a `run.json`. A flag
goes over the file, the file over the challenge, and the challenge over the defaults below. The last
column says what `--engine maelstrom` does with it: passes it on, applies it without Maelstrom's help,
or refuses it.

This page was written by `glomers list --settings --format markdown`.
";

/// Shows every setting.
pub(super) fn list(format: Format) -> Result<()> {
    terminal::print(&match format {
        Format::Json => {
            let list: Vec<Value> = Setting::ALL.iter().map(|setting| json_of(*setting)).collect();
            serde_json::to_string_pretty(&list)?
        }
        Format::Table => table(terminal::look()),
        Format::Markdown => page(),
    })
}

/// The page of the docs.
fn page() -> String {
    format!("{PREFACE}\n{}", table(Look::Markdown))
}

const HEADER: [&str; WIDTHS.len()] = ["setting", "value", "default", "what it is", "Maelstrom"];
const HELP: usize = 3;
const MAELSTROM: usize = 4;
/// Width of the help from which there is room for what Maelstrom does with a setting, too.
const HELP_WIDTH: usize = 26;

fn table(look: Look) -> String {
    let built = |shown: &[usize], look: Look, width: Option<u16>, is_short: bool| {
        let header: Vec<&str> = shown.iter().map(|&column| HEADER[column]).collect();
        let mut table = TableBuilder::new(look, &header);
        if let Some(width) = width {
            table = table.wrapped_at(width);
            let widths: Vec<u16> = shown.iter().map(|&column| WIDTHS[column]).collect();
            table.limit_columns(&widths);
        }
        for setting in Setting::ALL {
            let cells = row(*setting);
            let cell = |&column: &usize| match column {
                _ if !is_short => cells[column].clone(),
                HELP => plain("x".repeat(HELP_WIDTH)),
                // Other columns are at least as wide as their words.
                _ => plain(longest_word(&cells[column].0)),
            };
            table.row(shown.iter().map(cell).collect());
        }
        table.finish()
    };
    let narrowest = |shown: &[usize]| built(shown, Look::Terminal { colour: false }, None, true);
    let width = terminal::width().filter(|_| look != Look::Markdown);
    let rank = |column| u8::from(column == MAELSTROM);
    let shown = fitting((0..HEADER.len()).collect(), rank, width, narrowest);
    built(&shown, look, Some(terminal::columns()), false)
}

fn row(setting: Setting) -> [(String, Tone); WIDTHS.len()] {
    let description = setting.description();
    let value = if description.is_switch() { "true or false" } else { description.value };
    [
        (setting.flag().to_owned(), Tone::Code),
        plain(setting.range().unwrap_or(value)),
        plain(default_of(setting).unwrap_or_default()),
        plain(description.help),
        plain(in_maelstrom(setting)),
    ]
}

/// The longest word that a narrow table leaves whole.
fn longest_word(text: &str) -> &str {
    let words = text.split(' ').filter(|word| word.len() <= LONGEST_WHOLE_WORD);
    words.max_by_key(|word| word.len()).unwrap_or_default()
}

fn in_maelstrom(setting: Setting) -> &'static str {
    match setting.in_maelstrom() {
        InMaelstrom::Value => "passed on",
        InMaelstrom::WholeSeconds => "passed on, whole seconds only",
        InMaelstrom::Applied => "applied",
        InMaelstrom::Lacks => "refused",
    }
}

fn json_of(setting: Setting) -> Value {
    let description = setting.description();
    json!({
        "name": setting.flag(),
        "value": description.value,
        "unit": description.unit(),
        "range": setting.range(),
        "default": default_of(setting),
        "about": description.help,
        "maelstrom": in_maelstrom(setting),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_page_in_the_docs_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/settings.md");
        let written = fs::read_to_string(path).unwrap();
        assert_eq!(page().trim_end(), written.trim_end(), "write it again with `just settings`");
    }
}
