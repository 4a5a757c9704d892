//! Which messages a diagram shows.

use glomers_timeline::{Message, Timeline};

/// Number of messages that a diagram shows unless asked for more.
pub const DEFAULT_MESSAGES: usize = 1_000;

/// Which messages a diagram shows; those of the set-up it never does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageChoice {
    /// Those that were sent from this time on, in ns since the test began.
    pub from: Option<i64>,
    /// Those that were sent until this time.
    pub until: Option<i64>,
    /// Those that a node sent or received, given by its position.
    pub node: Option<usize>,
    /// Maximum number.
    pub limit: usize,
}

impl Default for MessageChoice {
    fn default() -> Self {
        Self { from: None, until: None, node: None, limit: DEFAULT_MESSAGES }
    }
}

/// The messages that were chosen.
pub(super) struct Chosen {
    /// Their positions.
    pub(super) positions: Vec<usize>,
    /// Number of messages that were not, without the set-up.
    pub(super) left_out: usize,
    /// When the first of them was sent that the limit leaves out, in ns.
    pub(super) continues: Option<i64>,
}

impl MessageChoice {
    /// Chooses.
    pub(super) fn choose(&self, timeline: &Timeline<'_>) -> Chosen {
        let mut chosen = Chosen { positions: Vec::new(), left_out: 0, continues: None };
        for (position, message) in timeline.messages().iter().enumerate() {
            if timeline.is_set_up(message) {
                continue;
            }
            let is_chosen = self.has(timeline, message);
            if is_chosen && chosen.positions.len() < self.limit {
                chosen.positions.push(position);
                continue;
            }
            chosen.left_out += 1;
            if is_chosen {
                chosen.continues.get_or_insert(message.sent);
            }
        }
        chosen
    }

    fn has(&self, timeline: &Timeline<'_>, message: &Message<'_>) -> bool {
        let node = |participant: usize| timeline.participants()[participant].node();
        self.from.is_none_or(|from| from <= message.sent)
            && self.until.is_none_or(|until| message.sent <= until)
            && self.node.is_none_or(|it| [message.src, message.dest].map(node).contains(&Some(it)))
    }
}
