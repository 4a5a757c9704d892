//! Numbers of messages over time.

use super::windows::Windows;
use glomers_timeline::{Timeline, each_send};
use std::io::{self, BufRead};

/// Numbers of messages that were sent in each window of a run, without the set-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageCounts {
    /// Messages between nodes and services.
    pub(super) server: Vec<u64>,
    /// Messages from and to clients.
    pub(super) client: Vec<u64>,
}

impl MessageCounts {
    /// Counts the messages of a timeline.
    #[must_use]
    pub fn of(timeline: &Timeline<'_>) -> Self {
        let windows = Windows::of(timeline);
        let mut counts = Self::empty(windows);
        for message in timeline.messages() {
            if !timeline.is_set_up(message) {
                counts.add(windows, message.sent, timeline.involves_client(message));
            }
        }
        counts
    }

    /// Counts the messages of a journal, of which the timeline may have only a part.
    pub fn read(journal: impl BufRead, timeline: &Timeline<'_>) -> io::Result<Self> {
        let windows = Windows::of(timeline);
        let mut counts = Self::empty(windows);
        each_send(journal, timeline.nodes(), |send| {
            counts.add(windows, send.time, send.involves_client);
        })?;
        Ok(counts)
    }

    fn empty(windows: Windows) -> Self {
        Self { server: vec![0; windows.count], client: vec![0; windows.count] }
    }

    fn add(&mut self, windows: Windows, time: i64, involves_client: bool) {
        let counts = if involves_client { &mut self.client } else { &mut self.server };
        counts[windows.at(time)] += 1;
    }
}
