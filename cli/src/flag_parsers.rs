//! Parsers of flag values; their errors list what is allowed. The ranges of numbers are checked
//! with the plan, as those of glomers.toml are.

use glomers_config::{ConsistencyModel, ParseValueError, Target};
use std::str::FromStr;

type Parsed<T> = Result<T, &'static str>;

fn parse<T: FromStr>(text: &str, expected: &'static str) -> Parsed<T> {
    text.parse().map_err(|_| expected)
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
