//! `glomers list`: the challenges with their parameters and targets.

mod schema;
mod services;
mod settings;
mod workloads;

use crate::exit::Exit;
use crate::failure::Result;
use crate::format::Format;
use crate::project::Project;
use crate::terminal;
use crate::wrap::{text_width, wrapped};
use clap::Args;
use glomers_config::{
    CatalogueEntry, Challenge, Parameters, Plan, Setting, SettingValue, Workload,
};
use glomers_results::{Look, TableBuilder, fitting, plain, setting_json, shown_limit};
use serde_json::{Map, Value, json};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  glomers list\n  glomers list 3e kafka-b\n  glomers list --workloads\n  glomers list --settings\n  glomers list --schema config > glomers.schema.json\n  glomers list --format json"
)]
pub(crate) struct ListArguments {
    /// Challenges or workloads, by name or number: what each is, and what clients send in it.
    #[arg(value_name = "NAME", conflicts_with_all = ["workloads", "settings"])]
    pub(crate) names: Vec<String>,
    /// Show the workloads instead: what clients ask, and what they expect back.
    #[arg(long)]
    pub(crate) workloads: bool,
    /// Show the settings of a run instead: what each may be, and what it is by default.
    #[arg(long, conflicts_with = "workloads")]
    pub(crate) settings: bool,
    /// Print a JSON Schema instead: of what `run --format json` prints, or of glomers.toml.
    #[arg(long, value_enum, value_name = "WHAT")]
    #[arg(conflicts_with_all = ["names", "workloads", "settings", "format"])]
    schema: Option<schema::Schema>,
    /// How to print the list.
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// Shows every challenge, those of glomers.toml included.
pub(crate) fn list(arguments: &ListArguments) -> Result<Exit> {
    if let Some(schema) = arguments.schema {
        schema::print(schema)?;
        return Ok(Exit::Valid);
    }
    if arguments.workloads {
        workloads::list(arguments.format)?;
        return Ok(Exit::Valid);
    }
    if arguments.settings {
        settings::list(arguments.format)?;
        return Ok(Exit::Valid);
    }
    let project = Project::find()?;
    let catalogue = &project.catalogue;
    let of = |entries: &'_ [CatalogueEntry]| -> Vec<Challenge> {
        entries.iter().map(|entry| entry.challenge.clone()).collect()
    };
    if !arguments.names.is_empty() {
        return named(&project, &arguments.names, arguments.format);
    }
    let (challenges, workloads) = (of(catalogue.entries()), of(catalogue.workloads()));
    match arguments.format {
        Format::Json => {
            // Workloads are listed separately.
            let list: Vec<Value> = challenges.iter().map(challenge_json).collect();
            terminal::print(&serde_json::to_string_pretty(&list)?)?;
        }
        Format::Table => {
            let text = format!(
                "Run one with `glomers run NAME`; the number works too. The last {} are workloads with \
                 Maelstrom's defaults and without targets, which `glomers run all` leaves out.",
                workloads.len()
            );
            let table = table(&challenges, &workloads, terminal::look());
            terminal::print(&(table + &wrapped(&text, text_width(), "")))?;
        }
        Format::Markdown => terminal::print(&table(&challenges, &workloads, Look::Markdown))?,
    }
    Ok(Exit::Valid)
}

/// Shows some challenges and the messages of their workloads.
fn named(project: &Project, names: &[String], format: Format) -> Result<Exit> {
    let mut challenges: Vec<Challenge> = Vec::new();
    for name in names {
        let found = project.catalogue.find_all(name)?;
        challenges.extend(found.into_iter().map(|entry| entry.challenge.clone()));
    }
    let look = match format {
        Format::Json => {
            let list: Vec<Value> = challenges.iter().map(challenge_json).collect();
            terminal::print(&serde_json::to_string_pretty(&list)?)?;
            return Ok(Exit::Valid);
        }
        Format::Table => terminal::look(),
        Format::Markdown => Look::Markdown,
    };
    let (own, plain): (Vec<Challenge>, Vec<Challenge>) =
        challenges.iter().cloned().partition(|it| {
            !project.catalogue.workloads().iter().any(|entry| entry.challenge.name == it.name)
        });
    let mut text = table(&own, &plain, look);
    let mut described: Vec<Workload> = Vec::new();
    for workload in challenges.iter().filter_map(|it| it.parameters.workload) {
        if !described.contains(&workload) {
            described.push(workload);
            text.push('\n');
            text += &workloads::described(workload, look == Look::Markdown, terminal::width());
        }
    }
    terminal::print(&text)?;
    Ok(Exit::Valid)
}

/// The workload is left out in a terminal in which the table does not fit: `list NAME` shows it.
fn table(challenges: &[Challenge], workloads: &[Challenge], look: Look) -> String {
    const HEADER: [&str; 6] = ["challenge", "no.", "workload", "nodes", "parameters", "targets"];
    const WORKLOAD: usize = 2;
    let own = challenges.iter().map(row_of_challenge);
    let rows: Vec<[String; 6]> = own.chain(workloads.iter().map(row_of_workload)).collect();
    let built = |shown: &[usize], look: Look, width: Option<u16>| {
        let header: Vec<&str> = shown.iter().map(|&column| HEADER[column]).collect();
        let mut table = TableBuilder::new(look, &header);
        if let Some(width) = width {
            table = table.wrapped_at(width);
        }
        for row in &rows {
            table.row(shown.iter().map(|&column| plain(&row[column])).collect());
        }
        table.finish()
    };
    let width = terminal::width().filter(|_| look != Look::Markdown);
    let whole = |shown: &[usize]| built(shown, Look::Terminal { colour: false }, None);
    let rank = |column| u8::from(column == WORKLOAD);
    let shown = fitting((0..HEADER.len()).collect(), rank, width, whole);
    built(&shown, look, Some(terminal::columns()))
}

fn row_of_challenge(challenge: &Challenge) -> [String; 6] {
    let Parameters { workload, node_count, nodes, .. } = &challenge.parameters;
    let nodes = nodes.as_ref().map(|names| names.join(", "));
    let targets: Vec<String> = challenge
        .targets
        .iter()
        .map(|target| format!("{} {}", target.metric, shown_limit(target)))
        .collect();
    [
        challenge.name.clone(),
        challenge.alias.to_owned(),
        workload.map_or("", Workload::name).to_owned(),
        nodes.or(node_count.map(|count| count.to_string())).unwrap_or_default(),
        parameters(&challenge.parameters).join(", "),
        targets.join(", "),
    ]
}

fn row_of_workload(workload: &Challenge) -> [String; 6] {
    let name = workload.name.clone();
    let defaults = Plan::resolve(workload, Parameters::default(), 0).map(|plan| {
        let Plan { nodes, time_limit, rate, .. } = plan;
        let mut words = vec![format!("{} s, {rate} ops/s", time_limit.as_secs_f64())];
        words.extend(parameters(&workload.parameters));
        (nodes.len().to_string(), words.join(", "))
    });
    // Built-in defaults can always be resolved.
    let (nodes, words) = defaults.unwrap_or_default();
    [name.clone(), String::new(), name, nodes, words, String::new()]
}

/// What a challenge sets besides workload and nodes, as words with units.
fn parameters(parameters: &Parameters) -> Vec<String> {
    let is_shown_elsewhere =
        |setting| matches!(setting, Setting::Workload | Setting::Nodes | Setting::NodeCount);
    let set = Setting::ALL.iter().filter(|setting| !is_shown_elsewhere(**setting));
    set.filter_map(|setting| Some(words(*setting, &parameters.value(*setting)?))).collect()
}

/// A setting in words.
fn words(setting: Setting, value: &SettingValue) -> String {
    let name = setting.flag().replace('-', " ");
    match (setting, value) {
        (Setting::TimeLimit, value) => format!("{value} s"),
        (Setting::Rate, value) => format!("{value} ops/s"),
        (Setting::Concurrency, SettingValue::Text(text)) => match text.strip_suffix('n') {
            Some(workers) => format!("{workers} workers per node"),
            None => format!("{text} workers"),
        },
        (Setting::ConsistencyModels, SettingValue::List(models)) => models.join(" and "),
        (_, SettingValue::Switch(true)) => name,
        (_, SettingValue::Switch(false)) => format!("no {name}"),
        (_, value) => match setting.description().unit() {
            Some(unit) => format!("{name} {value} {unit}"),
            None => format!("{name} {value}"),
        },
    }
}

fn challenge_json(challenge: &Challenge) -> Value {
    let given = &challenge.parameters;
    let set = Setting::ALL.iter().filter(|setting| **setting != Setting::Workload);
    let parameters: Map<String, Value> = set
        .filter_map(|setting| {
            let value = setting_json(given.value(*setting)?);
            Some((setting.flag().to_owned(), value))
        })
        .collect();
    let workload = given.workload;
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
