//! `glomers list`: the challenges with their parameters and targets.

mod workloads;

use crate::exit::Exit;
use crate::format::Format;
use crate::project::Project;
use crate::terminal;
use anyhow::Result;
use clap::Args;
use comfy_table::{ContentArrangement, Table, TableStyle, presets};
use glomers_config::{
    CatalogueEntry, Challenge, Concurrency, ConsistencyModel, Parameters, Plan, Workload,
};
use glomers_results::shown_limit;
use serde_json::{Map, Value, json};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  glomers list\n  glomers list --workloads\n  glomers list --format json"
)]
pub(crate) struct ListArguments {
    /// Show the workloads instead: what clients ask, and what they expect back.
    #[arg(long)]
    pub(crate) workloads: bool,
    /// How to print the list.
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// Shows every challenge, those of glomers.toml included.
pub(crate) fn list(arguments: &ListArguments) -> Result<Exit> {
    if arguments.workloads {
        workloads::list(arguments.format)?;
        return Ok(Exit::Valid);
    }
    let project = Project::find()?;
    let catalogue = &project.catalogue;
    let of = |entries: &'_ [CatalogueEntry]| -> Vec<Challenge> {
        entries.iter().map(|entry| entry.challenge.clone()).collect()
    };
    let (challenges, workloads) = (of(catalogue.entries()), of(catalogue.workloads()));
    match arguments.format {
        Format::Json => {
            // Workloads are listed separately.
            let list: Vec<Value> = challenges.iter().map(challenge_json).collect();
            terminal::print(&serde_json::to_string_pretty(&list)?)?;
        }
        Format::Table => terminal::print(&format!(
            "{}\nRun one with `glomers run NAME`; the number works too. The last {} are workloads \
             with Maelstrom's defaults\nand without targets, which `glomers run all` leaves out.",
            table(&challenges, &workloads, presets::UTF8_FULL_CONDENSED),
            workloads.len()
        ))?,
        Format::Markdown => {
            let table = table(&challenges, &workloads, presets::ASCII_MARKDOWN);
            terminal::print(&table.to_string())?;
        }
    }
    Ok(Exit::Valid)
}

fn table(challenges: &[Challenge], workloads: &[Challenge], style: TableStyle) -> Table {
    let mut table = Table::new();
    table.load_style(style);
    // Rows of a Markdown table must not be wrapped.
    if style == presets::UTF8_FULL_CONDENSED {
        table.set_content_arrangement(ContentArrangement::Dynamic);
        if !table.is_tty() {
            table.set_width(terminal::columns());
        }
    }
    table.set_header(["challenge", "no.", "workload", "nodes", "parameters", "targets"]);
    for challenge in challenges {
        let Parameters { workload, node_count, nodes, .. } = &challenge.parameters;
        let nodes = nodes.as_ref().map(|names| names.join(", "));
        let targets: Vec<String> = challenge
            .targets
            .iter()
            .map(|target| format!("{} {}", target.metric, shown_limit(target)))
            .collect();
        table.add_row([
            challenge.name.clone(),
            challenge.alias.to_owned(),
            workload.map_or_else(String::new, |workload| workload.to_string()),
            nodes.or(node_count.map(|count| count.to_string())).unwrap_or_default(),
            parameters(&challenge.parameters).join(", "),
            targets.join(", "),
        ]);
    }
    for workload in workloads {
        let name = workload.name.clone();
        let defaults = Plan::resolve(workload, Parameters::default(), 0).map(|plan| {
            let Plan { nodes, time_limit, rate, .. } = plan;
            let mut words = vec![format!("{} s, {rate} ops/s", time_limit.as_secs_f64())];
            words.extend(parameters(&workload.parameters));
            (nodes.len().to_string(), words.join(", "))
        });
        // Built-in defaults can always be resolved.
        let (nodes, words) = defaults.unwrap_or_default();
        table.add_row([name.clone(), String::new(), name, nodes, words, String::new()]);
    }
    table
}

/// What a challenge sets besides workload and nodes, as words with units.
fn parameters(parameters: &Parameters) -> Vec<String> {
    let mut words = Vec::new();
    let mut add = |word: Option<String>| words.extend(word);
    add(parameters.time_limit.map(|seconds| format!("{seconds} s")));
    add(parameters.rate.map(|rate| format!("{rate} ops/s")));
    add(parameters.concurrency.map(|concurrency| match concurrency {
        Concurrency::Workers(workers) => format!("{workers} workers"),
        Concurrency::PerNode(workers) => format!("{workers} workers per node"),
    }));
    add(parameters.latency.map(|ms| format!("latency {ms} ms")));
    add(parameters.latency_dist.map(|shape| format!("{shape} latency")));
    add(parameters.nemesis.as_ref().map(|faults| format!("nemesis {faults}")));
    add(parameters.nemesis_interval.map(|seconds| format!("nemesis interval {seconds} s")));
    add(parameters.availability.map(|availability| format!("availability {availability}")));
    add(parameters
        .consistency_models
        .as_ref()
        .map(|models| ConsistencyModel::texts(models).join(" and ")));
    add(parameters.topology.map(|topology| format!("topology {topology}")));
    add(parameters.delivery.map(|delivery| format!("{delivery} delivery")));
    add(parameters.recovery.map(|recovery| format!("recovery {recovery}")));
    words
}

fn challenge_json(challenge: &Challenge) -> Value {
    let Parameters {
        workload,
        nodes,
        node_count,
        concurrency,
        rate,
        time_limit,
        latency,
        nemesis,
        availability,
        consistency_models,
        ..
    } = &challenge.parameters;
    let mut parameters = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            parameters.insert(name.to_owned(), value);
        }
    };
    set("nodes", nodes.clone().map(Into::into));
    set("node-count", node_count.map(Into::into));
    set("concurrency", concurrency.map(|concurrency| concurrency.to_string().into()));
    set("rate", rate.map(Into::into));
    set("time-limit", time_limit.map(Into::into));
    set("latency", latency.map(Into::into));
    set("nemesis", nemesis.as_ref().map(|faults| faults.to_string().into()));
    set("availability", availability.map(|availability| availability.to_string().into()));
    set(
        "consistency-models",
        consistency_models.as_ref().map(|models| ConsistencyModel::texts(models).into()),
    );
    json!({
        "name": challenge.name,
        "number": challenge.alias,
        "workload": workload.map(Workload::name),
        "parameters": parameters,
        "targets": challenge.targets.iter().map(|target| json!({
            "metric": target.metric.name(),
            "comparison": target.limit.comparison.sign(),
            "limit": target.limit.bound,
        })).collect::<Vec<_>>(),
    })
}
