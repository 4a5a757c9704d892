//! What is known of a run without a record, since it is in progress or was killed: by its log and its folder.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

/// Maximum length of the first line of a log, in bytes; a command line may be long.
const MOST_BYTES: u64 = 16 << 10;
/// What the first line of the log of a simulated run has behind the node.
pub(crate) const SIMULATED: &str = ", simulated from seed ";

/// A run that has begun.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Begun {
    pub(crate) challenge: String,
    pub(crate) node: String,
    pub(crate) is_simulated: bool,
}

impl Begun {
    /// By the first line of `glomers.log`; `None` before it is written, and for other engines.
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        let log = File::open(folder.join("glomers.log")).ok()?;
        let mut line = String::new();
        BufReader::new(log.take(MOST_BYTES)).read_line(&mut line).ok()?;
        Self::of_line(line.strip_suffix('\n')?)
    }

    /// It has no time, so that spaces are in its place.
    fn of_line(line: &str) -> Option<Self> {
        let text = line.strip_prefix("  ")?.trim_start();
        let (challenge, node) = text.split_once(" with ")?;
        let (node, is_simulated) =
            node.rsplit_once(SIMULATED).map_or((node, false), |(node, _)| (node, true));
        (!challenge.contains(' ')).then(|| Self {
            challenge: challenge.to_owned(),
            node: node.to_owned(),
            is_simulated,
        })
    }
}

/// The seed in the name of a folder: `<time>-s<seed>`.
pub(crate) fn seed_of_name(folder: &Path) -> Option<u64> {
    folder.file_name()?.to_str()?.rsplit_once("-s")?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_names_challenge_and_node() {
        let begun = |node: &str, is_simulated| {
            let (challenge, node) = ("broadcast-b".to_owned(), node.to_owned());
            Some(Begun { challenge, node, is_simulated })
        };
        for (line, expected) in [
            ("            broadcast-b with ./a with b", begun("./a with b", false)),
            ("            broadcast-b with ./a, simulated from seed 5", begun("./a", true)),
            ("     start  phase: starting nodes", None),
            ("  0.000000  n0 stderr: at one with it", None),
            ("", None),
        ] {
            assert_eq!(Begun::of_line(line), expected, "{line}");
        }
        assert_eq!(seed_of_name(Path::new("store/echo/20261128T122713.827Z-s3")), Some(3));
        assert_eq!(seed_of_name(Path::new("store/echo/20261128T122713.827+0100")), None);
    }
}
