//! Texts about what only the engine sees of a run: storms, forgotten commits, stale answers.

use glomers_checkers::json;
use glomers_config::{Fault, Workload};
use glomers_engine::{Core, CutJournal, ForgottenCommits, StaleAnswers, Storm};
use glomers_history::{Function, Kind, Operation, Process, Traffic, Value};
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
    lines.push(overwritten(core, &answers).unwrap_or_else(|| {
        "write something new to seq-kv before a read that must be recent (a value that was never \
         written, under a key of your own), or keep it in lin-kv"
            .to_owned()
    }));
    Some(lines.join("\n  "))
}

/// The advice on a counter whose service lacks adds that were acknowledged, which explains more than stale
/// answers do.
fn overwritten(core: &Core, answers: &[&StaleAnswers]) -> Option<String> {
    let operations = core.history().operations();
    let added_until = |time: i64| {
        let is_add =
            |it: &&Operation| it.kind == Kind::Ok && it.f == Function::Add && it.time <= time;
        let amounts = operations.iter().filter(is_add).filter_map(|add| add.value.as_int());
        amounts.fold(0_i64, i64::saturating_add)
    };
    let last = answers.iter().max_by_key(|answers| answers.last)?;
    let (newest, added) = (last.newest.as_ref()?.as_int()?, added_until(last.last));
    let reads = operations.iter().filter(|it| it.kind == Kind::Ok && it.is_final);
    let shown = reads.filter_map(|read| read.value.as_int()).min()?;
    let lacking = added.saturating_sub(newest);
    (lacking.saturating_mul(2) > added_until(i64::MAX).saturating_sub(shown)).then(|| {
        format!(
            "but that is not why: {} itself had only {newest} then, of {added} that had been acknowledged: \
             adds were overwritten there, or never written: change the value by cas, and repeat a cas that \
             fails",
            last.service
        )
    })
}

/// Dropped messages, as a possible reason for a failed counter or set; `None` if there were none. Of
/// broadcast values more is known.
pub(crate) fn drops(core: &Core, traffic: &Traffic) -> Option<String> {
    let plan = core.plan();
    if !matches!(plan.workload, Workload::GCounter | Workload::PnCounter | Workload::GSet) {
        return None;
    }
    let is_dropping = |fault: &Fault| matches!(fault, Fault::Partition | Fault::Loss);
    let faults: Vec<&str> = plan.faults.iter().filter(is_dropping).map(Fault::name).collect();
    let dropped = traffic.servers.sent.saturating_sub(traffic.servers.received);
    (dropped > 0 && !faults.is_empty()).then(|| {
        format!(
            "{dropped} of {} messages between nodes did not arrive ({}): repeat what the other node has not \
             acknowledged, also when the network is whole again",
            traffic.servers.sent,
            faults.join(" and ")
        )
    })
}

/// The kills of a run, as a possible reason for a failure; `None` if there were none.
pub(crate) fn kills(core: &Core) -> Option<String> {
    let nodes = &core.plan().nodes;
    let kill = |entry: &&Operation| entry.process == Process::Nemesis && entry.f.name() == "kill";
    let mut times: Vec<(String, Vec<f64>)> = Vec::new();
    for entry in core.history().operations().iter().filter(kill) {
        // The second entry of each kill names the nodes that were hit.
        let Value::Map(hit) = &entry.value else { continue };
        for (name, _) in hit {
            let node = nodes.iter().find(|node| *name == Value::str(node))?;
            let at = entry.time as f64 / 1e9;
            match times.iter_mut().find(|(other, _)| other == node) {
                Some((_, times)) => times.push(at),
                None => times.push((node.clone(), vec![at])),
            }
        }
    }
    if times.is_empty() {
        return None;
    }
    let node = |(node, times): &(String, Vec<f64>)| {
        let more = match times.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more times"),
        };
        format!("{node} at {:.3} s{more}", times[0])
    };
    Some(format!(
        "nodes were killed and started again: {}; a node has forgotten what is not on its disk, so write \
         there what is acknowledged, before it is, and ask the others for the rest",
        times.iter().map(node).collect::<Vec<_>>().join(", ")
    ))
}
