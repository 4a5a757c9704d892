//! The messages, operations and faults of a choice.

use super::choice::Choice;
use crate::fault::Fault;
use crate::log_line::LogLine;
use crate::operation::Operation;
use crate::timeline::Timeline;
use crate::value_trace::ValueTrace;
use rustc_hash::FxHashSet;

/// What a story shows.
pub(super) struct Selected<'t, 'a> {
    /// Positions of messages, in order.
    pub(super) messages: Vec<usize>,
    pub(super) operations: Vec<&'t Operation<'a>>,
    pub(super) faults: Vec<&'t Fault>,
    pub(super) logs: Vec<&'t LogLine<'a>>,
}

/// Selects what a choice is about. `trace` is that of the chosen value.
pub(super) fn select<'t, 'a>(
    timeline: &'t Timeline<'a>,
    choice: &Choice,
    trace: Option<&ValueTrace>,
) -> Selected<'t, 'a> {
    if choice.is_everything() {
        // For a run that ended before its first operation, set-up messages are shown, which are
        // otherwise left out.
        let has_operations = !timeline.operations().is_empty();
        let messages = timeline.messages().iter().enumerate();
        return Selected {
            messages: messages
                .filter(|(_, message)| !has_operations || !timeline.is_set_up(message))
                .map(|(position, _)| position)
                .collect(),
            operations: timeline.operations().iter().collect(),
            faults: timeline.faults().iter().collect(),
            logs: timeline.logs().iter().collect(),
        };
    }
    let mut messages: Option<FxHashSet<usize>> = None;
    let mut operations: Option<FxHashSet<u64>> = None;
    if let Some(trace) = trace {
        let positions = (trace.first_shown.iter().chain(&trace.last_without).flatten()).copied();
        let involved: Vec<usize> = trace.writes.iter().copied().chain(positions).collect();
        let its = involved.iter().flat_map(|it| &timeline.operations()[*it].messages).copied();
        messages = Some(trace.messages.iter().copied().chain(its).collect());
        operations = Some(involved.iter().map(|it| timeline.operations()[*it].entry).collect());
    }
    if !choice.operations.is_empty() {
        let chosen: Vec<&Operation<'_>> =
            choice.operations.iter().filter_map(|entry| timeline.operation_at(*entry)).collect();
        let theirs = chosen.iter().flat_map(|operation| caused(timeline, operation)).collect();
        intersect(&mut messages, theirs);
        intersect(&mut operations, chosen.iter().map(|it| it.entry).collect());
    }
    let is_at = |operation: &&Operation<'_>| {
        (choice.node.is_none() || operation.node == choice.node)
            && operations.as_ref().is_none_or(|chosen| chosen.contains(&operation.entry))
            && (choice.has_time(operation.invoked) || choice.has_time(operation.end()))
    };
    let chosen: Vec<&Operation<'_>> = timeline.operations().iter().filter(is_at).collect();
    let is_of_node = |party: usize| timeline.participants()[party].node() == choice.node;
    let mut positions: Vec<usize> = match messages {
        Some(positions) => positions.into_iter().collect(),
        None => (0..timeline.messages().len()).collect(),
    };
    positions.sort_unstable();
    positions.retain(|position| {
        let message = &timeline.messages()[*position];
        (choice.node.is_none() || is_of_node(message.src) || is_of_node(message.dest))
            && choice.has_time(message.sent)
            && !timeline.is_set_up(message)
    });
    // Faults that were active in the time that is shown, and concern the node.
    let times = positions.iter().map(|it| timeline.messages()[*it].sent);
    let times: Vec<i64> = times.chain(chosen.iter().map(|it| it.invoked)).collect();
    let first = choice.from.or(times.iter().min().copied()).unwrap_or(0);
    let last = choice.until.or(times.iter().max().copied()).unwrap_or(0);
    let is_shown = |fault: &&Fault| {
        fault.overlaps(first, last) && choice.node.is_none_or(|node| fault.concerns(node))
    };
    let faults = timeline.faults().iter().filter(is_shown).collect();
    // Of a value, messages say enough; of an operation, what its node logged meanwhile is of interest.
    let is_of_operation = |line: &LogLine<'_>| {
        let mut its = chosen.iter().filter(|it| it.node == Some(line.node));
        its.any(|it| (it.invoked..=it.end()).contains(&line.time))
    };
    let is_logged = |line: &&LogLine<'_>| {
        choice.value.is_none()
            && choice.node.is_none_or(|node| line.node == node)
            && choice.has_time(line.time)
            && (choice.operations.is_empty() || is_of_operation(line))
    };
    let logs = timeline.logs().iter().filter(is_logged).collect();
    Selected { messages: positions, operations: chosen, faults, logs }
}

fn intersect<T: Eq + std::hash::Hash>(chosen: &mut Option<FxHashSet<T>>, more: FxHashSet<T>) {
    *chosen = Some(match chosen.take() {
        Some(before) => before.into_iter().filter(|it| more.contains(it)).collect(),
        None => more,
    });
}

impl Timeline<'_> {
    /// Positions of the messages of an operation: those of its client, and what the node sent and
    /// received while it had the request and had not answered.
    #[must_use]
    pub fn caused(&self, operation: &Operation<'_>) -> Vec<usize> {
        caused(self, operation)
    }

    /// Positions of the messages that the story of a choice is about, in order.
    #[must_use]
    pub fn chosen(&self, choice: &Choice) -> Vec<usize> {
        let trace = choice.value.as_deref().and_then(|value| ValueTrace::of(self, value));
        select(self, choice, trace.as_ref()).messages
    }
}

fn caused(timeline: &Timeline<'_>, operation: &Operation<'_>) -> Vec<usize> {
    let mut caused = operation.messages.clone();
    let messages = timeline.messages();
    let Some(first) = operation.messages.first() else { return caused };
    let Some(begin) = messages[*first].received else { return caused };
    let answers = operation
        .messages
        .iter()
        .filter(|it| timeline.participants()[messages[**it].dest].is_client());
    let end = answers.map(|it| messages[*it].sent).max().unwrap_or_else(|| operation.end());
    let node = messages[*first].dest;
    let later = messages.partition_point(|message| message.sent < begin);
    caused.extend((later..messages.len()).take_while(|it| messages[*it].sent <= end).filter(
        |it| {
            let message = &messages[*it];
            !timeline.involves_client(message) && (message.src == node || message.dest == node)
        },
    ));
    caused
}
