//! Messages as events of their senders and receivers, in an order in which each is sent before it
//! arrives.

use glomers_timeline::{Fate, Message, Timeline};

/// That a message was sent or received. Of simultaneous events, messages that were under way arrive
/// first; one that takes no time arrives directly after it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct MessageEvent {
    /// In ns since the test began.
    pub(super) time: i64,
    is_sudden: bool,
    /// Position of the message.
    pub(super) message: usize,
    /// Which of its arrivals; `None` for sending.
    pub(super) arrival: Option<usize>,
}

/// All events but those of the set-up.
pub(super) fn message_events(timeline: &Timeline<'_>) -> Vec<MessageEvent> {
    let mut events = Vec::new();
    for (position, message) in timeline.messages().iter().enumerate() {
        if timeline.is_set_up(message) {
            continue;
        }
        let event =
            |time, is_sudden, arrival| MessageEvent { time, is_sudden, message: position, arrival };
        events.push(event(message.sent, true, None));
        for (number, time) in arrivals(message).enumerate() {
            events.push(event(time, time == message.sent, Some(number)));
        }
    }
    events.sort_unstable();
    events
}

/// When a message arrived, each time; never before it was sent.
pub(super) fn arrivals(message: &Message<'_>) -> impl Iterator<Item = i64> {
    message.arrivals().map(|time| time.max(message.sent))
}

/// Why a message did not arrive; `None` if it did.
pub(super) fn loss(timeline: &Timeline<'_>, message: &Message<'_>) -> Option<&'static str> {
    match timeline.fate(message) {
        Fate::Arrived => None,
        Fate::Cut(_) => Some("dropped: the link was cut"),
        Fate::Lost(_) => Some("lost"),
        Fate::Dead(_) => Some("dropped: its receiver was dead"),
        Fate::NotAwaited => Some("the client did not wait for it any more"),
        Fate::Late => Some("the run ended before it arrived"),
    }
}
