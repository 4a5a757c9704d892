//! Reads the command line of a run from the beginning of its `jepsen.log`.

use crate::console::Header;
use glomers_config::InputError;
use std::io::Read as _;
use std::path::Path;

/// Name of the log in a run's folder.
pub const LOG_FILE: &str = "jepsen.log";

/// Most bytes of a log that are searched: the command line is in its first lines.
const BEGINNING_BYTES: u64 = 256 << 10;

/// The arguments of a logged test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedTest {
    arguments: Vec<String>,
}

impl LoggedTest {
    /// Reads the beginning of a log; `None` if it has no command line.
    pub fn read(log: &Path) -> Result<Option<Self>, InputError> {
        let mut bytes = Vec::new();
        glomers_config::open_input(log)?
            .take(BEGINNING_BYTES)
            .read_to_end(&mut bytes)
            .map_err(|error| InputError::io(log, error))?;
        Ok(Self::parse(&String::from_utf8_lossy(&bytes)))
    }

    /// Finds the command line in the text of a log: after `Command line:`, mostly on the next line.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let same_line = lines.by_ref().find_map(|line| {
            let header = Header::parse(line)?;
            header.message.trim().strip_prefix("Command line:").map(str::trim)
        })?;
        let command = if same_line.is_empty() { lines.next()?.trim() } else { same_line };
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        let words: Vec<String> = shlex::split(command).unwrap_or_else(|| words(command));
        // `lein run test ...`, or with another launcher.
        let first = words.iter().position(|word| word == "test")?;
        Some(Self { arguments: words[first..].to_vec() })
    }

    /// The arguments, from `test` on, quoted for a shell.
    #[must_use]
    pub fn command(&self) -> String {
        let quoted = self.arguments.iter().map(|word| shlex::try_quote(word));
        let words: Vec<_> =
            quoted.zip(&self.arguments).map(|(q, w)| q.unwrap_or(w.into())).collect();
        words.join(" ")
    }

    /// Whether it is a test of Maelstrom, and not another Jepsen test.
    #[must_use]
    pub fn is_of_maelstrom(&self) -> bool {
        self.option(&["--bin"]).is_some()
    }

    /// The value of an option by any of its names; the last one, if it is given twice.
    #[must_use]
    pub fn option(&self, names: &[&str]) -> Option<&str> {
        let own = self.arguments.iter().position(|word| word == "--");
        let own = &self.arguments[..own.unwrap_or(self.arguments.len())];
        own.iter().enumerate().rev().find_map(|(position, word)| {
            names.iter().find_map(|name| match word.strip_prefix(name)? {
                "" => own.get(position + 1).map(String::as_str),
                rest => rest.strip_prefix('='),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
INFO [2026-11-20 23:43:21,804] jepsen test runner - jepsen.core Command line:
lein run test -w txn-rw-register --bin nodes/txn.py --consistency-models read-committed --availability=total hat -- --bin other
INFO [2026-11-20 23:43:21,864] jepsen test runner - jepsen.core Running test:
{:args [\"hat\"]
";

    #[test]
    fn options_are_read_from_the_command_line() {
        let test = LoggedTest::parse(LOG).unwrap();
        assert!(test.is_of_maelstrom());
        assert_eq!(test.option(&["-w", "--workload"]), Some("txn-rw-register"));
        assert_eq!(test.option(&["--consistency-models"]), Some("read-committed"));
        assert_eq!(test.option(&["--availability"]), Some("total"));
        assert_eq!(test.option(&["--bin"]), Some("nodes/txn.py"));
        assert_eq!(test.option(&["--rate"]), None);
        assert!(test.command().starts_with("test -w txn-rw-register --bin nodes/txn.py "));
    }

    #[test]
    fn other_logs_have_none() {
        assert_eq!(LoggedTest::parse(""), None);
        assert_eq!(
            LoggedTest::parse("INFO [2026] a - jepsen.core Command line:\nlein run serve"),
            None
        );
        let same_line = "INFO [2026-1] a - jepsen.core Command line: lein run test --workload set";
        let test = LoggedTest::parse(same_line).unwrap();
        assert!(!test.is_of_maelstrom());
        assert_eq!(test.option(&["-w", "--workload"]), Some("set"));
    }
}
