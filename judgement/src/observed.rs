//! Texts about what only the engine sees of a run: storms, forgotten commits, stale answers.

use glomers_checkers::json;
use glomers_engine::{Core, CutJournal, ForgottenCommits, StaleAnswers, Storm};
use glomers_history::Value;
use std::fmt::Write as _;

/// Maximum number of nodes whose stale answers are shown.
const NODES: usize = 5;

/// Warnings that need no history.
pub(crate) fn warnings(core: &Core) -> Vec<String> {
    let storm = core.storm().map(|storm| storm_text(&storm, core.plan().nodes.len()));
    let commits = core.forgotten_commits().map(|commits| commits_text(&commits, core));
    let limit = core.plan().journal_limit;
    let cut = core.cut_journal().map(|cut| cut_text(&cut, limit));
    storm.into_iter().chain(cut).chain(commits).collect()
}

/// A storm of messages, while it lasts or after it.
#[must_use]
pub fn storm_text(storm: &Storm, nodes: usize) -> String {
    let Storm { messages, operations, time, journal_bytes, deliveries } = storm;
    let seconds = (*time as f64 / 1e9).max(0.001);
    let each = messages / (*operations).max(1);
    let mut text = format!(
        "A message storm: until {seconds:.1} s the {nodes} nodes sent each other {messages} \
         messages for {operations} operations, {each} for each"
    );
    if let Some((least, most)) = deliveries {
        let each =
            if *least > 1 { format!(", and each at least {least} times") } else { String::new() };
        let _ = write!(
            text,
            ". Values are not passed on once only: nodes were sent one of them {most} times{each}. \
             Pass a value on only when it is new to the node, and not back to where it came from"
        );
    } else {
        text += ": send a message only when there is something new to say";
    }
    if let Some(bytes) = journal_bytes {
        let megabytes = *bytes as f64 / 1e6;
        let _ = write!(
            text,
            ". messages.jsonl has {megabytes:.0} MB and grows by {:.0} MB a second, up to \
             --journal-limit: --no-journal leaves it out",
            megabytes / seconds
        );
    }
    text + "."
}

/// How the warning about a journal begins that ended at its limit.
pub const CUT_JOURNAL: &str = "messages.jsonl ends at";

/// A journal that ended at its limit.
fn cut_text(cut: &CutJournal, limit: u32) -> String {
    let CutJournal { ended, kept, left_out } = cut;
    format!(
        "{CUT_JOURNAL} {:.3} s, with {limit} MiB: it lacks {left_out} of {} lines. The verdict, \
         counts and metrics are of the whole run. To have all, raise --journal-limit (0: no limit); to \
         have none, --no-journal.",
        *ended as f64 / 1e9,
        kept + left_out
    )
}

fn commits_text(commits: &ForgottenCommits, core: &Core) -> String {
    let ForgottenCommits { asked, forgotten, node, key, committed, listed, time } = commits;
    let node = &core.plan().nodes[*node];
    let listed = listed.map_or("nothing".to_owned(), |offset| format!("offset {offset}"));
    format!(
        "Committed offsets are forgotten: nodes were asked {asked} times for a key whose commit \
         they had acknowledged, and {forgotten} times listed a lower offset or none, first {node} at {:.3} s, \
         which had acknowledged offset {committed} of key {key:?} and listed {listed}. Keep what \
         `commit_offsets` says and answer `list_committed_offsets` with it; the verdict does not \
         look at it.",
        *time as f64 / 1e9
    )
}

/// Stale answers of services, as a possible reason for a failure; `None` if there were none.
pub(crate) fn stale_answers(core: &Core) -> Option<String> {
    let nodes = &core.plan().nodes;
    let answers: Vec<&StaleAnswers> = core.stale_answers().collect();
    let first = answers.first()?;
    let count: u64 = answers.iter().map(|answer| answer.count).sum();
    let mut lines = vec![format!(
        "{} answered {count} requests from a past state, as it may: a node that only reads can see \
         the past for ever",
        first.service
    )];
    let value = |value: &Option<Value>| value.as_ref().map_or("no value".to_owned(), json);
    lines.extend(answers.iter().take(NODES).map(|answer| {
        let StaleAnswers { service, node, count, last, key, given, newest } = answer;
        format!(
            "{}: {count} times; the last at {:.3} s: {service} had {} for key {}, and it got {}",
            nodes[*node],
            *last as f64 / 1e9,
            value(newest),
            json(key),
            value(given)
        )
    }));
    lines.push(
        "write something new to seq-kv before a read that must be recent (a value that was never \
         written, under a key of your own), or keep it in lin-kv"
            .to_owned(),
    );
    Some(lines.join("\n  "))
}
