//! `glomers list --settings`: every setting of a run, from the table in `config/src/settings.rs`.

use crate::failure::Result;
use crate::format::Format;
use crate::setting_flags::default_of;
use crate::terminal;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, TableStyle, Width, presets};
use glomers_config::{InMaelstrom, Setting};
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
        Format::Table => {
            let mut table = table(presets::UTF8_FULL_CONDENSED, "");
            table.set_content_arrangement(ContentArrangement::Dynamic);
            if !table.is_tty() {
                table.set_width(terminal::columns());
            }
            let widths =
                WIDTHS.map(|percent| ColumnConstraint::UpperBoundary(Width::Percentage(percent)));
            table.set_constraints(widths);
            table.to_string()
        }
        Format::Markdown => page(),
    })
}

/// The page of the docs.
fn page() -> String {
    format!("{PREFACE}\n{}", table(presets::ASCII_MARKDOWN, "`"))
}

fn table(style: TableStyle, mark: &str) -> Table {
    let mut table = Table::new();
    table.load_style(style);
    table.set_header(["setting", "value", "default", "what it is", "Maelstrom"]);
    for setting in Setting::ALL {
        let description = setting.description();
        let value = if description.is_switch() { "true or false" } else { description.value };
        table.add_row([
            format!("{mark}{}{mark}", setting.flag()),
            setting.range().unwrap_or(value).to_owned(),
            default_of(*setting).unwrap_or_default(),
            description.help.to_owned(),
            in_maelstrom(*setting).to_owned(),
        ]);
    }
    table
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
