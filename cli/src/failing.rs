//! What the verdict on a run is about: the values and operations that a story of its failure shows.

use crate::recorded::RecordedRun;
use glomers_checkers::set_full;
use glomers_config::Workload;
use glomers_history::{Function, Validity, Value};
use glomers_results::RESULTS_FILE;
use glomers_timeline::{Choice, Timeline, ValueTrace};
use std::collections::BTreeSet;
use std::fs;

/// Maximum number of lost values of which the one that explains most is looked for.
const TRIED_VALUES: usize = 8;
/// Maximum number of operations that are shown.
const MOST_OPERATIONS: usize = 6;
/// Maximum number of values that are named.
const NAMED_VALUES: usize = 10;
/// How long before the end a story begins if no operation is to blame, in ns.
const LAST_NANOS: i64 = 1_000_000_000;

/// A part of a run, and what is not in it.
pub(crate) struct Around {
    pub(crate) choice: Choice,
    pub(crate) notes: Vec<Note>,
}

/// What is not in a part.
pub(crate) struct Note {
    pub(crate) text: String,
    /// The flags of `story` that show it.
    flags: &'static str,
}

impl Note {
    /// For those who can give flags.
    pub(crate) fn with_flags(&self) -> String {
        format!("{} ({})", self.text, self.flags)
    }
}

/// Whether a run failed, as far as its files say.
pub(crate) fn is_failed(run: &RecordedRun) -> bool {
    let recorded = run.record().and_then(|record| record.valid);
    let valid = recorded.or_else(|| run.results().map(|results| results.valid));
    valid == Some(Validity::Invalid) || run.record().is_some_and(|record| record.failure.is_some())
}

/// The part of a failed run that its verdict is about.
pub(crate) fn around_failure(run: &RecordedRun, timeline: &Timeline<'_>) -> Around {
    if let Some(around) = lost_values(run, timeline) {
        return around;
    }
    let is_known = |entry: &u64| timeline.operation_at(*entry).is_some();
    let mut named: Vec<u64> = named_entries(run.reasons()).into_iter().filter(is_known).collect();
    let blamed: Vec<u64> = blamed_operations(run).into_iter().filter(is_known).collect();
    let all = named.iter().chain(&blamed).collect::<BTreeSet<_>>().len();
    let mut operations = if named.is_empty() { blamed } else { std::mem::take(&mut named) };
    operations.truncate(MOST_OPERATIONS);
    if !operations.is_empty() {
        let more = all - operations.len();
        let notes = match more {
            0 => Vec::new(),
            _ => vec![Note {
                text: format!("the verdict is about {more} more operations"),
                flags: "--operation shows one",
            }],
        };
        return Around { choice: Choice { operations, ..Choice::default() }, notes };
    }
    let from = timeline.end().saturating_sub(LAST_NANOS);
    if from <= 0 {
        return Around { choice: Choice::default(), notes: Vec::new() };
    }
    let text = "this is the last second of the run".to_owned();
    let notes = vec![Note { text, flags: "--from, --until and --all show more" }];
    Around { choice: Choice { from: Some(from), ..Choice::default() }, notes }
}

/// One lost value of a set; one of which a message was dropped, if there is such.
fn lost_values(run: &RecordedRun, timeline: &Timeline<'_>) -> Option<Around> {
    let add = match run.workload()? {
        Workload::Broadcast => Function::Broadcast,
        Workload::GSet => Function::Add,
        _ => return None,
    };
    let lost = set_full(run.history(), &add).ok()?.lost;
    let values: Vec<String> = lost.iter().map(|lost| lost.element.to_string()).collect();
    let was_dropped = |value: &&String| {
        let Some(trace) = ValueTrace::of(timeline, value) else { return false };
        let messages = timeline.messages();
        trace.messages.iter().any(|it| timeline.fate(&messages[*it]).fault().is_some())
    };
    let value = values.iter().take(TRIED_VALUES).find(was_dropped).or_else(|| values.first())?;
    let others: Vec<&str> =
        values.iter().filter(|other| *other != value).map(String::as_str).collect();
    let named = others.len().min(NAMED_VALUES);
    let mut notes = Vec::new();
    if named > 0 {
        let more = if others.len() > named { ", ..." } else { "" };
        let text = format!(
            "this is the story of {value}; {} more values were lost: {}{more}",
            others.len(),
            others[..named].join(", ")
        );
        notes.push(Note { text, flags: "--value shows one" });
    }
    Some(Around { choice: Choice { value: Some(value.clone()), ..Choice::default() }, notes })
}

/// The entries that the first reason names, each once: those of its first examples, which explain the
/// failure best.
pub(crate) fn named_entries(reasons: &[String]) -> Vec<u64> {
    const ENTRY: &str = "entry ";
    let mut entries = Vec::new();
    let first = reasons.iter().find(|reason| reason.contains(ENTRY));
    for after in first.iter().flat_map(|reason| reason.split(ENTRY).skip(1)) {
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        if let Ok(entry) = after[..digits].parse()
            && !entries.contains(&entry)
        {
            entries.push(entry);
        }
    }
    entries
}

/// The entries of operations that the failed checkers name in `results.edn`, in order.
fn blamed_operations(run: &RecordedRun) -> Vec<u64> {
    let mut entries = Vec::new();
    // Without results, or with damaged ones, no operation is known to be at fault.
    if let Ok(text) = fs::read_to_string(run.path.join(RESULTS_FILE))
        && let Ok(results) = glomers_history::read_value(&text)
    {
        collect(&results, &mut entries);
    }
    entries.sort_unstable();
    entries.dedup();
    entries
}

fn collect(value: &Value, entries: &mut Vec<u64>) {
    match value {
        Value::Map(pairs) => {
            if value.get("valid?") == Some(&Value::Bool(true)) {
                return;
            }
            let is_operation = value.get("process").is_some() && value.get("f").is_some();
            let index = value.get("index").and_then(Value::as_int).filter(|_| is_operation);
            match index.and_then(|index| u64::try_from(index).ok()) {
                Some(index) => entries.push(index),
                None => pairs.iter().for_each(|(_, inner)| collect(inner, entries)),
            }
        }
        Value::Tagged(tagged) => collect(&tagged.1, entries),
        _ => value.each_element(|inner| collect(inner, entries)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_with_entries_counts() {
        let reasons = [
            "2 values were odd".to_owned(),
            "3 by n0 (process 1) at 0.1 s, entry 12, and entry 7; entry 12\n  no entry x"
                .to_owned(),
            "entry 99".to_owned(),
        ];
        assert_eq!(named_entries(&reasons), [12, 7]);
    }
}
