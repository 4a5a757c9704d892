//! `glomers list --settings`: every setting of a run, from the table in `config/src/settings.rs`.

use crate::failure::Result;
use crate::format::Format;
use crate::setting_flags::default_of;
use crate::terminal;
use glomers_config::{InMaelstrom, Setting};
use glomers_results::{Look, TableBuilder, Tone, plain};
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

fn table(look: Look) -> String {
    let header = ["setting", "value", "default", "what it is", "Maelstrom"];
    let mut table = TableBuilder::new(look, &header).wrapped_at(terminal::columns());
    table.limit_columns(&WIDTHS);
    for setting in Setting::ALL {
        let description = setting.description();
        let value = if description.is_switch() { "true or false" } else { description.value };
        table.row(vec![
            (setting.flag().to_owned(), Tone::Code),
            plain(setting.range().unwrap_or(value)),
            plain(default_of(*setting).unwrap_or_default()),
            plain(description.help),
            plain(in_maelstrom(*setting)),
        ]);
    }
    table.finish()
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
