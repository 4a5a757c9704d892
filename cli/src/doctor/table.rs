//! A report as text: a table, then each problem with the command that fixes it, then which engines
//! can run.

use super::finding::{Finding, Need, Remedy, State};
use super::report::{ENGINES, Report};
use crate::terminal::painted;
use crate::wrap::wrapped;
use console::Color;
use glomers_history::visible;
use glomers_results::{Engine, Look, TableBuilder, Tone, plain};

/// The output medium.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// A terminal.
    Terminal {
        /// Whether to use colour.
        colour: bool,
        /// Width in columns; `None` if lines may have any length.
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
    let look = match reader {
        Reader::Terminal { colour, .. } => Look::Terminal { colour },
        Reader::Markdown => Look::Markdown,
    };
    let mut table = TableBuilder::new(look, &["", "state", "found", "embedded", "maelstrom"]);
    if let Reader::Terminal { width: Some(width), .. } = reader {
        table = table.wrapped_at(width);
    }
    for finding in &report.findings {
        let need = |need: Option<Need>| plain(need.map_or("-", Need::word));
        table.row(vec![
            plain(&finding.name),
            (finding.state.words().to_owned(), tone(finding, chosen)),
            plain(finding.found()),
            need(finding.embedded),
            need(finding.maelstrom),
        ]);
    }
    table.finish().trim_end().to_owned()
}

fn is_coloured(reader: Reader) -> bool {
    matches!(reader, Reader::Terminal { colour: true, .. })
}

fn tone(finding: &Finding, chosen: &[Engine]) -> Tone {
    match finding.state {
        State::Ok => Tone::Good,
        _ if chosen.iter().any(|engine| finding.stops(*engine)) => Tone::Bad,
        _ => Tone::Doubtful,
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
    let mut text = format!("{before}{name} ({}): {purpose}", state.words());
    if let Reader::Terminal { width: Some(width), .. } = reader {
        // Commands are copied, and so not wrapped.
        wrapped(&text, width.into(), "  ").trim_end().clone_into(&mut text);
    }
    format!("{text}\n{indentation}{remedy}")
}

fn verdict(report: &Report, engine: Engine, chosen: &[Engine], reader: Reader) -> String {
    let lacks = report.lacks(engine);
    let name = engine.name();
    if lacks.is_empty() {
        return format!("{name} engine: {}", painted("can run", Color::Green, is_coloured(reader)));
    }
    let colour = if chosen.contains(&engine) { Color::Red } else { Color::Yellow };
    format!(
        "{name} engine: {}: missing {}",
        painted("cannot run", colour, is_coloured(reader)),
        lacks.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A report with a problem of each kind.
    fn report() -> Report {
        let mut node =
            Finding::new("node", "node", "the program under test").for_both(Need::Needed);
        node.path = Some("/home/node".into());
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
        ┌───────────┬─────────┬─────────────────────────┬──────────┬───────────┐
        │           ┆ state   ┆ found                   ┆ embedded ┆ maelstrom │
        ╞═══════════╪═════════╪═════════════════════════╪══════════╪═══════════╡
        │ node      ┆ ok      ┆ /home/node              ┆ needed   ┆ needed    │
        │ free disk ┆ low     ┆ 400 MB                  ┆ useful   ┆ useful    │
        │ java      ┆ too old ┆ 1.8.0_292,              ┆ -        ┆ needed    │
        │           ┆         ┆ /usr/bin/java, 11 or    ┆          ┆           │
        │           ┆         ┆ later is needed         ┆          ┆           │
        │ graphviz  ┆ wrong   ┆ a\u001b[31m|b           ┆ -        ┆ useful    │
        └───────────┴─────────┴─────────────────────────┴──────────┴───────────┘

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
        | node      | ok      | /home/node                                      | needed   | needed    |
        | free disk | low     | 400 MB                                          | useful   | useful    |
        | java      | too old | 1.8.0_292, /usr/bin/java, 11 or later is needed | -        | needed    |
        | graphviz  | wrong   | a\u001b\[31m\|b                                 | -        | useful    |

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
        let tones = |chosen: &[Engine]| {
            report.findings.iter().map(|finding| tone(finding, chosen)).collect::<Vec<_>>()
        };
        let (good, doubtful, bad) = (Tone::Good, Tone::Doubtful, Tone::Bad);
        assert_eq!(tones(&[Engine::Embedded]), [good, doubtful, doubtful, doubtful]);
        assert_eq!(tones(&[Engine::Maelstrom]), [good, doubtful, bad, doubtful]);
        let reader = Reader::Terminal { colour: true, width: Some(72) };
        let verdict = verdict(&report, Engine::Maelstrom, &[Engine::Maelstrom], reader);
        let red = painted("cannot run", Color::Red, true);
        assert_eq!(verdict, format!("maelstrom engine: {red}: missing java"));
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
