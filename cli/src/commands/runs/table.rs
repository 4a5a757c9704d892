//! The list of runs as a table, as JSON and as CSV.

use crate::node_command::display;
use crate::start_time::StartTime;
use crate::stored::{Entry, State, StoredRun};
use crate::terminal::shown_path;
use glomers_history::Validity;
use glomers_results::{
    Clock, Look, TableBuilder, TargetState, Tone, csv_field, fits, fitting, plain, verdict_word,
};
use serde_json::{Value, json};
use std::path::Path;

/// A column: its heading, and when it is left out in a terminal that is too narrow (columns of the highest
/// number first, those of 0 never).
struct Column {
    heading: &'static str,
    rank: u8,
}

/// The time and the seed are in the names of folders, too.
const COLUMNS: [Column; 7] = [
    Column { heading: "when (UTC)", rank: 2 },
    Column { heading: "challenge", rank: 0 },
    Column { heading: "verdict", rank: 0 },
    Column { heading: "seed", rank: 1 },
    Column { heading: "engine", rank: 3 },
    Column { heading: "node", rank: 4 },
    Column { heading: "run", rank: 0 },
];
const SEED: usize = 3;

/// One row for each entry. In a terminal of a width (in characters), columns that do not fit are left out.
pub(super) fn table(entries: &[Entry], store: &Path, look: Look, width: Option<u16>) -> String {
    let rows: Vec<_> = entries.iter().map(|entry| row(entry, store)).collect();
    let built = |shown: &[usize], look: Look, limit: Option<u16>| {
        let headings: Vec<&str> = shown.iter().map(|&column| COLUMNS[column].heading).collect();
        let mut table = TableBuilder::new(look, &headings);
        if let Some(limit) = limit {
            // Paths are copied.
            table = table.wrapped_at(limit);
            table.keep_whole(shown.len() - 1);
        }
        for row in &rows {
            table.row(shown.iter().map(|&column| row[column].clone()).collect());
        }
        table.align_right(shown.iter().position(|&column| column == SEED));
        table.finish()
    };
    let plain = |shown: &[usize]| built(shown, Look::Terminal { colour: false }, None);
    let all = (0..COLUMNS.len()).collect();
    let shown = fitting(all, |column| COLUMNS[column].rank, width, plain);
    let limit = width.filter(|width| !fits(&plain(&shown), *width));
    built(&shown, look, limit)
}

fn row(entry: &Entry, store: &Path) -> [(String, Tone); COLUMNS.len()] {
    let record = entry.runs.iter().find_map(StoredRun::record);
    let begun = if record.is_some() { None } else { entry.runs.iter().find_map(StoredRun::begun) };
    let engine = record.map(|record| match record.clock {
        Clock::Virtual => "simulated",
        _ => record.engine.name(),
    });
    let engine = engine.or_else(|| {
        begun.as_ref().map(|begun| if begun.is_simulated { "simulated" } else { "embedded" })
    });
    let node = record.map(|record| display(&record.node));
    let node = node.or_else(|| begun.map(|begun| begun.node));
    let shrunk = if entry.runs.iter().any(StoredRun::is_shrunk) { " (shrunk)" } else { "" };
    // As far as a run of Maelstrom's own has a name, it says the local time.
    let when = entry.start().map(StartTime::in_tables).unwrap_or_default();
    let path = entry.path.strip_prefix(store).unwrap_or(&entry.path);
    [
        plain(when),
        plain(entry.name() + shrunk),
        verdict(entry),
        plain(seeds(entry)),
        plain(engine.unwrap_or_default()),
        plain(node.unwrap_or_default()),
        plain(path.display().to_string()),
    ]
}

fn seeds(entry: &Entry) -> String {
    let seeds = entry.runs.iter().filter_map(StoredRun::seed);
    let (first, last) = (seeds.clone().min(), seeds.max());
    match (first, last) {
        (Some(first), Some(last)) if first == last => first.to_string(),
        (Some(first), Some(last)) => format!("{first} to {last}"),
        _ => String::new(),
    }
}

/// The verdict in a few words, with what became of the targets.
fn verdict(entry: &Entry) -> (String, Tone) {
    if !entry.is_group() {
        return entry.runs.first().map_or_else(|| plain(""), verdict_of_run);
    }
    let count = entry.runs.len();
    let judged = || entry.runs.iter().filter_map(judged);
    let valid = judged().filter(|(valid, _)| *valid == Validity::Valid).count();
    let met = judged().filter(|(_, targets)| *targets == Some(TargetState::Met)).count();
    let targets = if judged().any(|(_, targets)| targets.is_some()) {
        format!(", {met} met")
    } else {
        String::new()
    };
    let more = if entry.is_going_on() { ", going on" } else { "" };
    let tone = match () {
        () if entry.has_passed() => Tone::Good,
        () if judged().any(|(valid, _)| valid == Validity::Invalid) => Tone::Bad,
        () => Tone::Doubtful,
    };
    (format!("{valid}/{count} valid{targets}{more}"), tone)
}

fn verdict_of_run(run: &StoredRun) -> (String, Tone) {
    if run.record().is_some_and(|record| record.interrupted) {
        return ("stopped".to_owned(), Tone::Doubtful);
    }
    let Some((valid, targets)) = judged(run) else {
        return (word(run).to_owned(), Tone::Doubtful);
    };
    let word = verdict_word(valid);
    match (valid, targets) {
        (Validity::Invalid, _) => (word.to_owned(), Tone::Bad),
        (Validity::Unknown, _) => (word.to_owned(), Tone::Doubtful),
        (Validity::Valid, None) => (word.to_owned(), Tone::Good),
        (Validity::Valid, Some(TargetState::Met)) => (format!("{word}, met"), Tone::Good),
        (Validity::Valid, Some(TargetState::Missed)) => (format!("{word}, missed"), Tone::Bad),
        (Validity::Valid, Some(TargetState::Unknown)) => {
            (format!("{word}, unknown"), Tone::Doubtful)
        }
    }
}

/// The verdict of a run, and what became of its targets, if it has any.
fn judged(run: &StoredRun) -> Option<(Validity, Option<TargetState>)> {
    match &run.state {
        State::Judged(run) => {
            let targets = run.targets();
            let state = (!targets.is_empty()).then(|| TargetState::of_all(targets));
            Some((run.valid(), state))
        }
        State::Broken(record) => Some((record.valid.unwrap_or(Validity::Unknown), None)),
        State::GoingOn | State::Unfinished | State::Damaged(_) => None,
    }
}

/// How far a run came.
fn word(run: &StoredRun) -> &'static str {
    match run.state {
        State::Judged(_) => "judged",
        State::Broken(_) => "broken",
        State::GoingOn => "going on",
        State::Unfinished => "unfinished",
        State::Damaged(_) => "damaged",
    }
}

/// The keys of JSON, and the headings of CSV.
const KEYS: [&str; 13] = [
    "challenge",
    "state",
    "valid",
    "targets",
    "passed",
    "engine",
    "clock",
    "seed",
    "node",
    "start",
    "group",
    "path",
    "shrunk",
];

/// An object for each run.
pub(super) fn json(entries: &[Entry]) -> Value {
    let runs = entries.iter().flat_map(|entry| entry.runs.iter().map(move |run| (entry, run)));
    let object = |(entry, run): (&Entry, &StoredRun)| {
        let fields = KEYS.iter().map(|key| (*key).to_owned()).zip(fields(entry, run));
        Value::Object(fields.collect())
    };
    runs.map(object).collect()
}

/// A heading, and a line for each run.
pub(super) fn csv(entries: &[Entry]) -> String {
    let mut text = KEYS.join(",");
    for entry in entries {
        for run in &entry.runs {
            let fields = fields(entry, run).map(|field| match field {
                Value::Null => String::new(),
                Value::String(text) => csv_field(&text),
                field => field.to_string(),
            });
            text.push('\n');
            text += &fields.join(",");
        }
    }
    text
}

fn fields(entry: &Entry, run: &StoredRun) -> [Value; KEYS.len()] {
    let (record, judged) = (run.record(), judged(run));
    let valid = judged.map(|(valid, _)| match valid {
        Validity::Valid => json!(true),
        Validity::Invalid => json!(false),
        Validity::Unknown => json!("unknown"),
    });
    let targets = judged.and_then(|(_, targets)| targets).map(TargetState::word);
    let node = record.map(|record| display(&record.node));
    let node = node.or_else(|| run.begun().map(|begun| begun.node));
    let start = record.map(|record| record.start.as_str()).filter(|start| !start.is_empty());
    [
        json!(run.name()),
        json!(word(run)),
        valid.unwrap_or(Value::Null),
        json!(targets),
        json!(run.has_passed()),
        json!(record.map(|record| record.engine)),
        json!(record.map(|record| record.clock)),
        json!(run.seed()),
        json!(node),
        json!(start),
        json!(entry.is_group().then(|| shown_path(&entry.path))),
        json!(shown_path(&run.path)),
        json!(run.is_shrunk()),
    ]
}
