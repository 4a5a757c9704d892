//! The page of a run.

use super::facts::{facts, mark, tiles};
use super::node_logs::node_logs;
use crate::failing::{around_failure, is_failed};
use crate::recorded::RecordedRun;
use crate::terminal::shown_path;
use glomers_history::Validity;
use glomers_rendering::html::{Mark, RunPage};
use glomers_results::{Engine, verdict_word};
use glomers_timeline::{Timeline, story};

/// Maximum number of lines of a story; the rest is left out, and the page says so.
const MOST_STORY_LINES: usize = 1500;

/// The page of a run, with links to other pages at its top.
pub(crate) fn run_page(run: &RecordedRun, links: Vec<(String, String)>) -> String {
    let timeline = run.timeline();
    let record = run.record();
    let recorded = record.and_then(|record| record.valid);
    let valid = recorded.or_else(|| run.results().map(|results| results.valid));
    let verdict = match valid {
        Some(valid) => verdict_word(valid),
        None => "not judged",
    };
    let mut notes = run.all_notes(&timeline);
    let (logs, more_logs) = node_logs(&run.path);
    notes.extend(more_logs);
    let heading = run.heading();
    let mut page = RunPage {
        title: match heading.seed {
            Some(seed) if record.is_some_and(|record| record.scenario.is_some()) => {
                format!("{} (shrunk), seed {seed}", heading.workload)
            }
            Some(seed) => format!("{}, seed {seed}", heading.workload),
            None => heading.workload,
        },
        verdict: verdict.to_owned(),
        mark: valid.map_or(Mark::Doubtful, mark),
        facts: facts(run, &timeline),
        tiles: tiles(run),
        reasons: reasons(run, valid),
        warnings: record.map(|record| record.warnings.clone()).unwrap_or_default(),
        logs,
        commands: commands(run),
        results: run.results().map(glomers_results::Results::value),
        links,
        ..RunPage::default()
    };
    if is_failed(run) {
        (page.story, page.related) = failure_story(run, &timeline);
    }
    page.notes = notes;
    page.to_html(&timeline)
}

/// Why it is not valid, or missed a target, or ended early.
fn reasons(run: &RecordedRun, valid: Option<Validity>) -> Vec<String> {
    let mut reasons = run.reasons().to_vec();
    let failure = run.record().and_then(|record| record.failure.clone());
    let failure = failure.or_else(|| run.results()?.failure.clone());
    reasons.extend(failure.filter(|failure| !reasons.iter().any(|it| it.contains(failure))));
    if reasons.is_empty() && valid == Some(Validity::Invalid) {
        reasons.push(
            "results.edn says that the run is invalid; no run.json says why: `glomers check` does"
                .to_owned(),
        );
    }
    reasons
}

/// The story of a failure, with what it leaves out in front, and the messages that it is about.
fn failure_story(run: &RecordedRun, timeline: &Timeline<'_>) -> (String, Vec<usize>) {
    let around = around_failure(run, timeline);
    let related = timeline.chosen(&around.choice);
    let text = story(timeline, &run.heading(), &around.choice, run.reasons());
    let mut notes: Vec<String> = around.notes.into_iter().map(|note| note.text).collect();
    let lines: Vec<&str> = text.lines().collect();
    let text = if lines.len() > MOST_STORY_LINES {
        notes.push(format!(
            "the story has {} lines, of which the first {MOST_STORY_LINES} are shown: `glomers story` \
             shows all",
            lines.len()
        ));
        lines[..MOST_STORY_LINES].join("\n")
    } else {
        text
    };
    let mut parts: Vec<String> = notes.iter().map(|note| format!("Note: {note}.")).collect();
    if !parts.is_empty() {
        parts.push(String::new());
    }
    parts.push(text);
    (parts.join("\n"), related)
}

/// How to make the run again, and to look closer.
fn commands(run: &RecordedRun) -> Vec<(String, String)> {
    // Not the link `latest`, which will lead to another run.
    let shown = shown_path(&run.path.canonicalize().unwrap_or_else(|_| run.path.clone()));
    let path =
        shlex::try_quote(&shown).map_or_else(|_| shown.clone(), std::borrow::Cow::into_owned);
    let line = |what: &str, command: String| (what.to_owned(), command);
    let mut commands = Vec::new();
    match run.record() {
        Some(record) if record.engine == Engine::Maelstrom => {
            if let Some(maelstrom) = &record.maelstrom {
                commands.push(line("Maelstrom's own command line:", maelstrom.command.clone()));
            }
        }
        Some(record) => {
            let seed = record.seed.map_or_else(String::new, |seed| format!(", with seed {seed}"));
            commands.push((
                format!("The same test from its run.json{seed}:"),
                format!("glomers replay {path}"),
            ));
            if !record.node.command.is_empty() {
                let words = record.node.command.iter().map(String::as_str);
                let node = shlex::try_join(words).unwrap_or_else(|_| record.node.command.join(" "));
                commands.push(line("The node that was tested:", node));
            }
        }
        None => {}
    }
    commands.push(line("Judged again:", format!("glomers check {path}")));
    commands.push(line("What happened, line by line:", format!("glomers story {path}")));
    commands
}
