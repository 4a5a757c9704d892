//! Parsers of flag values; their errors list what is allowed. The ranges of numbers are checked
//! with the plan, as those of glomers.toml are.

use glomers_config::{ConsistencyModel, Fault, Faults, ParseValueError, Target};
use std::str::FromStr;

type Parsed<T> = Result<T, &'static str>;

fn parse<T: FromStr>(text: &str, expected: &'static str) -> Parsed<T> {
    text.parse().map_err(|_| expected)
}

/// Parses `--node-count`.
pub(crate) fn node_count(text: &str) -> Parsed<u32> {
    parse(text, "expected a whole number from 1 to 1000")
}

/// Parses `--rate`.
pub(crate) fn rate(text: &str) -> Parsed<f64> {
    parse(text, "expected a number of operations per second, 0 or more")
}

/// Parses a duration that must be positive.
pub(crate) fn seconds(text: &str) -> Parsed<f64> {
    parse(text, "expected a positive number of seconds")
}

/// Parses `--key-count` and other counts.
pub(crate) fn count(text: &str) -> Parsed<u32> {
    parse(text, "expected a whole number, 1 or more")
}

/// Names separated by commas, optionally with space around them.
#[derive(Debug, Clone)]
pub(crate) struct Names(pub(crate) Vec<String>);

/// Parses `--nodes`.
pub(crate) fn names(text: &str) -> Parsed<Names> {
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
    if names.iter().any(String::is_empty) {
        return Err("expected one or more names, separated by commas");
    }
    Ok(Names(names))
}

/// Parses Maelstrom's `--time-limit`.
pub(crate) fn whole_seconds(text: &str) -> Parsed<f64> {
    let expected = "expected a positive whole number of seconds";
    let seconds: u32 = parse(text, expected)?;
    if seconds > 0 { Ok(seconds.into()) } else { Err(expected) }
}

/// Consistency models separated by commas, optionally with space around them.
#[derive(Debug, Clone)]
pub(crate) struct Models(pub(crate) Vec<ConsistencyModel>);

/// Parses `--consistency-models`.
pub(crate) fn models(text: &str) -> Result<Models, ParseValueError> {
    ConsistencyModel::parse_list(text).map(Models)
}

/// Targets separated by commas.
#[derive(Debug, Clone)]
pub(crate) struct Targets(pub(crate) Vec<Target>);

/// Parses `--targets`.
pub(crate) fn targets(text: &str) -> Result<Targets, ParseValueError> {
    Target::parse_list(text).map(Targets)
}

/// Parses `--latency`.
pub(crate) fn latency(text: &str) -> Parsed<u64> {
    parse(text, "expected a whole number of milliseconds, 0 or more")
}

/// Parses `--rpc-timeout` and `--reorder`.
pub(crate) fn milliseconds(text: &str) -> Parsed<u64> {
    parse(text, "expected a positive whole number of milliseconds")
}

/// Parses `--loss` and `--duplicate`.
pub(crate) fn probability(text: &str) -> Parsed<f64> {
    parse(text, "expected a probability above 0, at most 1")
}

/// Parses `--slow`.
pub(crate) fn factor(text: &str) -> Parsed<f64> {
    parse(text, "expected a factor above 1")
}

/// Parses `--skew`.
pub(crate) fn fraction(text: &str) -> Parsed<f64> {
    parse(text, "expected a fraction between 0 and 1")
}

/// Maelstrom's faults; kill and pause since July 2026.
const OF_REFERENCE: [Fault; 3] = [Fault::Partition, Fault::Kill, Fault::Pause];

/// Parses Maelstrom's `--nemesis`.
pub(crate) fn reference_faults(text: &str) -> Parsed<Faults> {
    let expected = "expected none, or a comma-separated list of: partition, kill, pause";
    let faults: Faults = parse(text, expected)?;
    if faults.iter().all(|fault| OF_REFERENCE.contains(&fault)) {
        Ok(faults)
    } else {
        Err(expected)
    }
}

/// Parses `--seed`.
pub(crate) fn seed(text: &str) -> Parsed<u64> {
    parse(text, "expected a whole number from 0 to 18446744073709551615")
}
