//! `glomers list --schema`: JSON Schemas, made from the tables of settings and metrics.

mod config;
mod run;

use crate::failure::Result;
use crate::terminal;
use clap::ValueEnum;
use serde_json::{Map, Value, json};

/// The dialect of the schemas.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// What a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Schema {
    /// What `glomers run --format json` prints.
    Run,
    /// A glomers.toml.
    Config,
}

/// Prints the schema.
pub(super) fn print(schema: Schema) -> Result<()> {
    let schema = match schema {
        Schema::Run => run::schema(),
        Schema::Config => config::schema(),
    };
    terminal::print(&serde_json::to_string_pretty(&schema)?)
}

/// An object with exactly these fields.
fn object(fields: Vec<(&str, Value)>) -> Value {
    let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    json!({
        "type": "object",
        "required": required,
        "properties": properties(fields),
        "additionalProperties": false,
    })
}

fn properties<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>) -> Map<String, Value> {
    fields.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}
