//! All pictures of a run.

use super::message_choice::MessageChoice;
use super::message_counts::MessageCounts;
use super::{latency, message_diagram, quantiles, rate};
use glomers_timeline::{Heading, Timeline};

/// A picture of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its file name: `latency.svg`.
    pub name: &'static str,
    /// Its content.
    pub svg: String,
}

/// Which part of a run is drawn.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The messages of the diagram.
    pub messages: MessageChoice,
    /// The numbers of all messages, if the timeline has only the first of them.
    pub counts: Option<MessageCounts>,
}

/// The pictures of a run: those for which it has anything to show. The same run gives the same bytes.
#[must_use]
pub fn pictures(timeline: &Timeline<'_>, heading: &Heading, scope: &Scope) -> Vec<Picture> {
    let counts = scope.counts.clone().unwrap_or_else(|| MessageCounts::of(timeline));
    let drawn = [
        ("messages.svg", message_diagram::draw(timeline, heading, scope)),
        ("latency.svg", latency::draw(timeline, heading)),
        ("latency-quantiles.svg", quantiles::draw(timeline, heading)),
        ("rate.svg", rate::draw(timeline, heading, &counts)),
    ];
    let picture = |(name, svg): (&'static str, Option<String>)| Some(Picture { name, svg: svg? });
    drawn.into_iter().filter_map(picture).collect()
}
