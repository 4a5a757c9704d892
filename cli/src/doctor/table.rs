//! A report as text: a table, then each problem with the command that fixes it, then which engines
//! can run.

use super::finding::{Finding, Need, Remedy, State};
use super::report::{ENGINES, Report};
use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table, presets};
use glomers_history::visible;
use glomers_results::Engine;

/// The output medium.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// A terminal.
    Terminal {
        /// Whether to use colour.
        colour: bool,
        /// Width in columns; `None` for the terminal's own.
        width: Option<u16>,
    },
    /// A Markdown file.
    Markdown,
}

/// The whole text. What stops one of the chosen engines is red, other problems are yellow.
pub(crate) fn show(report: &Report, chosen: &[Engine], reader: Reader) -> String {
    let mut parts = vec![table(report, chosen, reader)];
    let wrong = report.findings.iter().filter(|finding| finding.state != State::Ok);
    parts.extend(wrong.map(|finding| problem(finding, reader)));
    let verdicts = ENGINES.map(|engine| verdict(report, engine, chosen, reader));
    // Markdown joins two consecutive lines.
    parts.push(verdicts.join(if reader == Reader::Markdown { "\n\n" } else { "\n" }));
    parts.join("\n\n")
}

fn table(report: &Report, chosen: &[Engine], reader: Reader) -> String {
    let mut table = Table::new();
    match reader {
        Reader::Markdown => table
            .load_style(presets::ASCII_MARKDOWN)
            .set_content_arrangement(ContentArrangement::Disabled),
        Reader::Terminal { width, .. } => {
            table
                .load_style(presets::UTF8_FULL_CONDENSED)
                .set_content_arrangement(ContentArrangement::Dynamic);
            if let Some(width) = width {
                table.set_width(width).force_no_tty();
            }
            &mut table
        }
    };
    table.set_header(["", "state", "found", "embedded", "maelstrom"].map(|text| {
        let cell = Cell::new(text);
        if is_coloured(reader) { cell.add_attribute(Attribute::Bold) } else { cell }
    }));
    for finding in &report.findings {
        let escaped = |text: String| match reader {
            Reader::Markdown => text.replace('|', "\\|").replace('\n', " "),
            Reader::Terminal { .. } => text,
        };
        let need = |need: Option<Need>| Cell::new(need.map_or("-", Need::word));
        let state = Cell::new(finding.state.words());
        table.add_row([
            Cell::new(escaped(finding.name.clone())),
            if is_coloured(reader) { state.fg(colour(finding, chosen)) } else { state },
            Cell::new(escaped(finding.found())),
            need(finding.embedded),
            need(finding.maelstrom),
        ]);
    }
    table.trim_fmt()
}

fn is_coloured(reader: Reader) -> bool {
    matches!(reader, Reader::Terminal { colour: true, .. })
}

fn colour(finding: &Finding, chosen: &[Engine]) -> Color {
    match finding.state {
        State::Ok => Color::Green,
        _ if chosen.iter().any(|engine| finding.stops(*engine)) => Color::Red,
        _ => Color::Yellow,
    }
}

/// What is wrong, its purpose, and on a separate line the remedy.
fn problem(finding: &Finding, reader: Reader) -> String {
    let Finding { name, state, purpose, .. } = finding;
    let remedy = match &finding.remedy {
        None => String::new(),
        Some(Remedy::Command(command)) if reader == Reader::Markdown => format!("`{command}`"),
        Some(Remedy::Command(text) | Remedy::Advice(text)) => visible(text).into_owned(),
    };
    let (before, indentation) =
        if reader == Reader::Markdown { ("- ", "  ") } else { ("", "    ") };
    format!("{before}{name} ({}): {purpose}\n{indentation}{remedy}", state.words())
}

fn verdict(report: &Report, engine: Engine, chosen: &[Engine], reader: Reader) -> String {
    let lacks = report.lacks(engine);
    let name = engine.name();
    if lacks.is_empty() {
        return format!("{name} engine: {}", painted("can run", Color::Green, reader));
    }
    let colour = if chosen.contains(&engine) { Color::Red } else { Color::Yellow };
    format!(
        "{name} engine: {}: missing {}",
        painted("cannot run", colour, reader),
        lacks.join(", ")
    )
}

fn painted(words: &str, colour: Color, reader: Reader) -> String {
    if !is_coloured(reader) {
        return words.to_owned();
    }
    let code = match colour {
        Color::Green => 32,
        Color::Yellow => 33,
        _ => 31,
    };
    format!("\u{1b}[1;{code}m{words}\u{1b}[0m")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A report with a problem of each kind.
    fn report() -> Report {
        let mut node =
            Finding::new("node", "node", "the program under test").for_both(Need::Needed);
        node.path = Some("/work/node".into());
        let disk = Finding::new("disk", "free disk", "holds the store").for_both(Need::Useful).is(
            State::Low,
            "400 MB",
            Remedy::Advice("delete old runs".into()),
        );
        let mut java =
            Finding::new("java", "java", "runs Maelstrom").for_maelstrom(Need::Needed).is(
                State::TooOld,
                "11 or later is needed",
                Remedy::Command("sudo apt-get install -y default-jre-headless".into()),
            );
        java.version = Some("1.8.0_292".into());
        java.path = Some("/usr/bin/java".into());
        let graphviz = Finding::new("graphviz", "graphviz", "draws | cycles")
            .for_maelstrom(Need::Useful)
            .is(State::Wrong, "a\u{1b}[31m|b", Remedy::Command("brew install graphviz".into()));
        Report { findings: vec![node, disk, java, graphviz] }
    }

    #[test]
    fn a_terminal_shows_a_table_and_what_mends_it() {
        let reader = Reader::Terminal { colour: false, width: Some(72) };
        insta::assert_snapshot!(show(&report(), &[Engine::Embedded], reader), @r#"
        ┌───────────┬─────────┬──────────────────────┬──────────┬───────────┐
        │           ┆ state   ┆ found                ┆ embedded ┆ maelstrom │
        ╞═══════════╪═════════╪══════════════════════╪══════════╪═══════════╡
        │ node      ┆ ok      ┆ /work/node           ┆ needed   ┆ needed    │
        │ free disk ┆ low     ┆ 400 MB               ┆ useful   ┆ useful    │
        │ java      ┆ too old ┆ 1.8.0_292,           ┆ -        ┆ needed    │
        │           ┆         ┆ /usr/bin/java, 11 or ┆          ┆           │
        │           ┆         ┆ later is needed      ┆          ┆           │
        │ graphviz  ┆ wrong   ┆ a\u001b[31m|b        ┆ -        ┆ useful    │
        └───────────┴─────────┴──────────────────────┴──────────┴───────────┘

        free disk (low): holds the store
            delete old runs

        java (too old): runs Maelstrom
            sudo apt-get install -y default-jre-headless

        graphviz (wrong): draws | cycles
            brew install graphviz

        embedded engine: can run
        maelstrom engine: cannot run: missing java
        "#);
    }

    #[test]
    fn markdown_keeps_bars_and_commands() {
        insta::assert_snapshot!(show(&report(), &[Engine::Embedded], Reader::Markdown), @r#"
        |           | state   | found                                           | embedded | maelstrom |
        |-----------|---------|-------------------------------------------------|----------|-----------|
        | node      | ok      | /work/node                                      | needed   | needed    |
        | free disk | low     | 400 MB                                          | useful   | useful    |
        | java      | too old | 1.8.0_292, /usr/bin/java, 11 or later is needed | -        | needed    |
        | graphviz  | wrong   | a\u001b[31m\|b                                  | -        | useful    |

        - free disk (low): holds the store
          delete old runs

        - java (too old): runs Maelstrom
          `sudo apt-get install -y default-jre-headless`

        - graphviz (wrong): draws | cycles
          `brew install graphviz`

        embedded engine: can run

        maelstrom engine: cannot run: missing java
        "#);
    }

    #[test]
    fn red_is_what_stops_the_chosen_engine() {
        let report = report();
        let colours = |chosen: &[Engine]| {
            report.findings.iter().map(|finding| colour(finding, chosen)).collect::<Vec<_>>()
        };
        let (green, yellow, red) = (Color::Green, Color::Yellow, Color::Red);
        assert_eq!(colours(&[Engine::Embedded]), [green, yellow, yellow, yellow]);
        assert_eq!(colours(&[Engine::Maelstrom]), [green, yellow, red, yellow]);
        let reader = Reader::Terminal { colour: true, width: Some(72) };
        let verdict = verdict(&report, Engine::Maelstrom, &[Engine::Maelstrom], reader);
        assert_eq!(verdict, "maelstrom engine: \u{1b}[1;31mcannot run\u{1b}[0m: missing java");
    }

    #[test]
    fn programs_get_the_same_with_stable_keys() {
        let json = report().json(&[Engine::Embedded, Engine::Maelstrom]);
        assert_eq!(json["can_run"], false);
        assert_eq!(json["chosen"], serde_json::json!(["embedded", "maelstrom"]));
        assert_eq!(json["engines"]["maelstrom"]["lacks"], serde_json::json!(["java"]));
        insta::assert_snapshot!(serde_json::to_string_pretty(&json["findings"][2]).unwrap(), @r#"
        {
          "id": "java",
          "name": "java",
          "state": "too-old",
          "version": "1.8.0_292",
          "path": "/usr/bin/java",
          "note": "11 or later is needed",
          "embedded": null,
          "maelstrom": "needed",
          "purpose": "runs Maelstrom",
          "command": "sudo apt-get install -y default-jre-headless",
          "advice": null
        }
        "#);
    }
}
