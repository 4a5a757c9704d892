//! Maelstrom's command line, read as strictly as Maelstrom does.

use std::path::PathBuf;

/// Options with a value.
const WITH_VALUE: &[&str] = &[
    "--availability",
    "--bin",
    "--concurrency",
    "--consistency-models",
    "--key-count",
    "--latency",
    "--latency-dist",
    "--max-txn-length",
    "--max-writes-per-key",
    "--nemesis",
    "--nemesis-interval",
    "--node-count",
    "--rate",
    "--time-limit",
    "--topology",
    "--workload",
    "-w",
];
/// Options without a value.
const ALONE: &[&str] = &["--log-net-recv", "--log-net-send", "--log-stderr"];
/// Options whose value is a whole number.
const WHOLE: &[&str] = &["--latency", "--node-count", "--time-limit"];

/// The arguments that the replay uses.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) bin: PathBuf,
    pub(crate) node_args: Vec<String>,
}

impl Arguments {
    /// Parses the arguments; the error is Maelstrom's.
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        if words.next().as_deref() != Some("test") {
            return Err("Usage: lein run -- COMMAND [OPTIONS ...]\n\
                        Commands: analyze, demo, doc, serve, test"
                .to_owned());
        }
        let mut bin = None;
        let mut node_args = Vec::new();
        while let Some(word) = words.next() {
            if word == "--" {
                node_args.extend(words.by_ref());
            } else if ALONE.contains(&word.as_str()) {
            } else if WITH_VALUE.contains(&word.as_str()) {
                let value =
                    words.next().ok_or(format!("Missing required argument for {word:?}"))?;
                if WHOLE.contains(&word.as_str()) && value.parse::<u64>().is_err() {
                    return Err(format!("Error while parsing option \"{word} {value}\""));
                }
                if word == "--bin" {
                    bin = Some(PathBuf::from(value));
                }
            } else if word.starts_with('-') {
                return Err(format!("Unknown option: {word:?}"));
            } else {
                node_args.push(word);
            }
        }
        let bin = bin.ok_or("Expected a --bin PATH_TO_BINARY to test")?;
        if bin.is_relative() {
            return Err("this replay asks for an absolute --bin".to_owned());
        }
        Ok(Self { bin, node_args })
    }
}
