//! The first line of an entry in Maelstrom's log.

/// The severity of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// Information.
    Info,
    /// A problem: `WARN`, `ERROR`, `FATAL`.
    Warning,
}

/// The parts of `INFO [2026-11-21 00:17:17,250] main - jepsen.core Analyzing...`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header<'a> {
    pub(crate) level: Level,
    /// `main`
    pub(crate) thread: &'a str,
    /// `jepsen.core`
    pub(crate) logger: &'a str,
    /// The rest.
    pub(crate) message: &'a str,
}

impl<'a> Header<'a> {
    /// Parses a line; `None` for a line that continues the previous entry.
    pub(crate) fn parse(line: &'a str) -> Option<Self> {
        let (level, rest) = line.split_once(" [")?;
        let level = match level.trim_end() {
            "TRACE" | "DEBUG" | "INFO" => Level::Info,
            "WARN" | "ERROR" | "FATAL" => Level::Warning,
            _ => return None,
        };
        let (time, rest) = rest.split_once("] ")?;
        if !time.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let (thread, rest) = rest.split_once(" - ")?;
        let (logger, message) = rest.split_once(' ').unwrap_or((rest, ""));
        Some(Self { level, thread, logger, message })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_distinguished_from_what_follows_them() {
        let line = "WARN [2026-11-20 23:50:15,694] n0 stdout - maelstrom.process Error!";
        let header = Header::parse(line).unwrap();
        assert_eq!(header.level, Level::Warning);
        assert_eq!((header.thread, header.logger), ("n0 stdout", "maelstrom.process"));
        assert_eq!(header.message, "Error!");
        for other in ["", "\tat clojure.core", " :nodes [\"n0\"],", "INFO [a] b", "INFO [2] b - "] {
            let header = Header::parse(other);
            assert!(header.is_none_or(|header| header.message.is_empty()), "{other}");
        }
    }
}
