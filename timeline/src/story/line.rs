//! A line of a story, before it is text.

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// When, in ns since the test began.
    pub(super) time: i64,
    pub(super) content: Content,
}

/// The content of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// A complete sentence.
    Sentence(String),
    /// A line that a node logged.
    Log {
        node: String,
        text: String,
        /// Similar lines that are not shown: their number, and when the last of them was logged.
        more: Option<(usize, i64)>,
    },
    /// A message between nodes and services.
    Message {
        src: String,
        dest: String,
        kind: String,
        text: String,
        fate: Fate,
        /// Similar messages that are not shown: their number, and when the last of them was sent.
        more: Option<(usize, i64)>,
    },
}

/// The fate of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// It arrives at once.
    AtOnce,
    /// It arrives later.
    At(i64),
    /// It arrives more than once.
    Repeatedly(Vec<i64>),
    /// It does not arrive, for that reason.
    Lost(String),
}

impl Fate {
    /// What it is, regardless of its times.
    pub(super) fn kind(&self) -> &str {
        match self {
            Self::AtOnce | Self::At(_) => "arrives",
            Self::Repeatedly(_) => "arrives again",
            Self::Lost(reason) => reason,
        }
    }

    fn to_text(&self) -> String {
        match self {
            Self::AtOnce => String::new(),
            Self::At(time) => format!(" (arrives at {})", seconds(*time)),
            Self::Repeatedly(times) => {
                let times: Vec<String> = times.iter().map(|time| seconds(*time)).collect();
                let often = if times.len() == 2 {
                    "twice".to_owned()
                } else {
                    format!("{} times", times.len())
                };
                format!(" (arrives {often}, at {})", times.join(" and "))
            }
            Self::Lost(reason) => format!(" (does not arrive: {reason})"),
        }
    }
}

impl Line {
    /// As text.
    pub(super) fn to_text(&self) -> String {
        let text = match &self.content {
            Content::Sentence(text) => text.clone(),
            Content::Log { node, text, more } => {
                format!("  {node} logs: {text}{}", and_more(*more))
            }
            Content::Message { src, dest, text, fate, more, .. } => {
                format!("  {src} -> {dest}: {text}{}{}", fate.to_text(), and_more(*more))
            }
        };
        format!("{:>11}  {text}", seconds(self.time))
    }
}

/// The text about similar lines that are not shown.
fn and_more(more: Option<(usize, i64)>) -> String {
    more.map_or_else(String::new, |(count, last)| {
        format!(", and {count} more like it until {}", seconds(last))
    })
}

/// Nanoseconds as seconds, to the microsecond.
pub(super) fn seconds(nanos: i64) -> String {
    const NANOS_PER_MICROSECOND: i64 = 1000;
    const MICROSECONDS_PER_SECOND: i64 = 1_000_000;
    let micros = nanos / NANOS_PER_MICROSECOND;
    format!("{}.{:06}", micros / MICROSECONDS_PER_SECOND, micros % MICROSECONDS_PER_SECOND)
}
