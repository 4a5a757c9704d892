//! Why a node sent a message, as far as a journal shows it.

use super::message_events::message_events;
use glomers_timeline::Timeline;
use rustc_hash::FxHashMap;

/// A message that was received so shortly before, in ns, may be why a node sends one.
const SHORTLY: i64 = 10_000_000;

/// What a message follows from; both are positions of earlier messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cause {
    /// The request that it answers.
    pub(super) request: Option<usize>,
    /// The last message that its sender received shortly before: only a guess.
    pub(super) before: Option<usize>,
}

impl Cause {
    /// The likeliest message.
    pub(super) fn likeliest(self) -> Option<usize> {
        self.request.or(self.before)
    }
}

/// The cause of each message.
pub(super) fn causes(timeline: &Timeline<'_>) -> Vec<Cause> {
    let messages = timeline.messages();
    let mut causes = vec![Cause::default(); messages.len()];
    // By sender, receiver and `msg_id`: the last request.
    let mut requests: FxHashMap<(usize, usize, i64), usize> = FxHashMap::default();
    // By participant: the last message that it received, and when.
    let mut received: FxHashMap<usize, (usize, i64)> = FxHashMap::default();
    for event in message_events(timeline) {
        let message = &messages[event.message];
        if event.arrival.is_some() {
            received.insert(message.dest, (event.message, event.time));
            continue;
        }
        let is_earlier = |position: &usize| *position < event.message;
        let answered = message.in_reply_to.map(|id| (message.dest, message.src, id));
        let request = answered.and_then(|key| requests.get(&key).copied()).filter(is_earlier);
        let shortly = |(_, time): &&(usize, i64)| event.time.saturating_sub(*time) <= SHORTLY;
        let before = received.get(&message.src).filter(shortly).map(|(position, _)| *position);
        causes[event.message] = Cause { request, before: before.filter(is_earlier) };
        if let Some(id) = message.msg_id {
            requests.insert((message.src, message.dest, id), event.message);
        }
    }
    causes
}
