//! Chooses the node to run: `--bin`, else that of glomers.toml, else the built-in node.

use crate::failure::{BadArguments, Context as _, Result};
use crate::run_arguments::RunArguments;
use crate::terminal;
use glomers_config::{NodeSource, did_you_mean};
use glomers_museum::{exhibit, exhibits};
use glomers_node::Program;
use glomers_results::NodeRecord;
use glomers_simulator::{NodeSpec, ProgramNode, SdkNode};
use glomers_solutions::Solutions;
use std::path::{Path, PathBuf};

/// Name of the file that configures a project's node.
const FILE_NAME: &str = "glomers.toml";
/// File name of the built-in node, if built from this repository as a program.
const OWN_NODE: &str = "glomers-node";

/// A node's command line, and its build step.
#[derive(Debug, Clone)]
pub(crate) struct NodeCommand {
    /// The program, as a path.
    pub(crate) program: PathBuf,
    /// Its arguments.
    pub(crate) args: Vec<String>,
    /// Whether it is the built-in node: part of this program, or built from its repository.
    pub(crate) is_built_in: bool,
    /// Where the program was named.
    pub(crate) origin: Origin,
    /// The folder of glomers.toml, if that names the program: its paths are relative to it.
    pub(crate) folder: Option<PathBuf>,
    /// The build step before the run.
    pub(crate) build: Option<BuildStep>,
    /// The same node, to be hosted in this process; `None` for external programs.
    pub(crate) hosted: Option<Hosted>,
}

/// A node that this program can host.
#[derive(Debug, Clone)]
pub(crate) struct Hosted {
    /// Its name.
    pub(crate) name: &'static str,
    pub(crate) node: SdkNode,
}

/// Name of the built-in node, for `--node`.
pub(crate) const BUILT_IN: &str = "ours";
/// Argument of the built-in node that gives it a disk.
const DURABLE: &str = "--durable";

impl Hosted {
    /// The node of that name: the built-in one, or one of the museum.
    pub(crate) fn find(name: &str, is_durable: bool) -> Result<Self> {
        if name == BUILT_IN {
            let node = SdkNode { program: Program::of::<Solutions>(), is_durable };
            return Ok(Self { name: BUILT_IN, node });
        }
        if let Some(exhibit) = exhibit(name) {
            let is_durable = is_durable || exhibit.durable;
            let node = SdkNode { program: exhibit.program, is_durable };
            return Ok(Self { name: exhibit.name, node });
        }
        let names: Vec<&str> = exhibits().iter().map(|exhibit| exhibit.name).collect();
        let meant = did_you_mean(name, names.iter().copied().chain([BUILT_IN]));
        let text = format!(
            "there is no node {name}{meant}: --node knows {BUILT_IN}, {}",
            names.join(", ")
        );
        Err(BadArguments(text).into())
    }
}

/// Where a node's program was named, and so where a mistake must be corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// After `--bin`.
    Flag,
    /// As `bin` of glomers.toml.
    File,
    /// Nowhere: the node is part of this program.
    Own,
}

/// A command that builds a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BuildStep {
    /// The command, for the shell.
    pub(crate) command: String,
    /// The working folder of the command.
    pub(crate) folder: PathBuf,
}

impl NodeCommand {
    /// Chooses which node to run; arguments after `--` come last.
    pub(crate) fn choose(arguments: &RunArguments, source: Option<&NodeSource>) -> Result<Self> {
        let given = arguments.node_args.iter().cloned();
        if let Some(name) = &arguments.node {
            return Self::carried(name, arguments.durable, given);
        }
        if let Some(bin) = &arguments.bin {
            refuse_durable(arguments, bin)?;
            let program = std::path::absolute(bin)
                .with_context(|| format!("failed to find {}", bin.display()))?;
            return Ok(Self {
                program,
                args: given.collect(),
                is_built_in: false,
                origin: Origin::Flag,
                folder: None,
                build: None,
                hosted: None,
            });
        }
        let build = source.and_then(|source| {
            let command = source.build.clone()?;
            Some(BuildStep { command, folder: source.dir.clone() })
        });
        let own_args = source.map_or(&[][..], |source| &source.args).iter().cloned();
        if let Some((source, bin)) = source.and_then(|source| Some((source, source.bin.as_ref()?)))
        {
            let program = source.dir.join(bin);
            let is_built_in = program.file_name().is_some_and(|name| name == OWN_NODE);
            if !is_built_in {
                refuse_durable(arguments, bin)?;
            }
            let durable = arguments.durable.then(|| DURABLE.to_owned());
            let args: Vec<String> = durable.into_iter().chain(own_args).chain(given).collect();
            let is_durable = args.iter().any(|argument| argument == DURABLE);
            let hosted = is_built_in.then(|| Hosted::find(BUILT_IN, is_durable)).transpose()?;
            let folder = Some(source.dir.clone());
            return Ok(Self {
                program,
                args,
                is_built_in,
                origin: Origin::File,
                folder,
                build,
                hosted,
            });
        }
        if let Some(source) = source {
            refuse_without_bin(source)?;
        }
        Self::carried(BUILT_IN, arguments.durable, own_args.chain(given))
    }

    /// A node that is part of this program, started by a subcommand.
    pub(crate) fn carried(
        name: &str,
        is_durable: bool,
        given: impl Iterator<Item = String>,
    ) -> Result<Self> {
        let program = std::env::current_exe().context("failed to find our own program")?;
        let given: Vec<String> = given.collect();
        if let Some(argument) = given.iter().find(|argument| *argument != DURABLE) {
            let text = format!(
                "the node that glomers brings along takes no arguments but {DURABLE}, so {argument} \
                 would be ignored: name your own node with --bin, or drop it"
            );
            return Err(BadArguments(text).into());
        }
        let is_durable = is_durable || given.iter().any(|argument| argument == DURABLE);
        let hosted = Hosted::find(name, is_durable)?;
        let mut args = vec!["node".to_owned()];
        if name != BUILT_IN {
            args.extend(["--node".to_owned(), name.to_owned()]);
        }
        if hosted.node.is_durable && !given.iter().any(|argument| argument == DURABLE) {
            args.push(DURABLE.to_owned());
        }
        args.extend(given);
        Ok(Self {
            program,
            args,
            is_built_in: name == BUILT_IN,
            origin: Origin::Own,
            folder: None,
            build: None,
            hosted: Some(hosted),
        })
    }

    /// The node as a simulation runs it.
    pub(crate) fn spec(&self) -> NodeSpec {
        match &self.hosted {
            Some(hosted) => NodeSpec::Sdk(hosted.node),
            None => NodeSpec::Program(ProgramNode {
                path: self.program.clone(),
                args: self.args.clone(),
            }),
        }
    }

    /// What `run.json` records of the node.
    pub(crate) fn record(&self) -> NodeRecord {
        NodeRecord {
            command: self.command_line(),
            own: self.is_built_in,
            name: self.hosted.as_ref().map(|hosted| hosted.name.to_owned()),
            durable: self.hosted.as_ref().is_some_and(|hosted| hosted.node.is_durable),
        }
    }

    /// The program and its arguments.
    pub(crate) fn command_line(&self) -> Vec<String> {
        let program = self.program.display().to_string();
        std::iter::once(program).chain(self.args.iter().cloned()).collect()
    }

    /// The node's name in the verdict.
    pub(crate) fn display(&self) -> String {
        display(&self.record())
    }
}

/// The name in the verdict of a node that was recorded.
pub(crate) fn display(record: &NodeRecord) -> String {
    let (program, args) = record
        .command
        .split_first()
        .map_or(("", &[][..]), |(program, args)| (program.as_str(), args));
    if let Some(name) = record.name.as_deref().filter(|_| is_carried(args)) {
        let disk = if record.durable { ", with a disk" } else { "" };
        return match name {
            BUILT_IN => format!("glomers' own node{disk}"),
            name => format!("{name} of the museum{disk}"),
        };
    }
    let mut words = vec![terminal::shown_path(Path::new(program))];
    words.extend(args.iter().cloned());
    let words = words.join(" ");
    if record.own { format!("{words} (glomers' own node)") } else { words }
}

/// Whether a node with a name was started by a subcommand of this program, to judge by its arguments.
pub(crate) fn is_carried(args: &[String]) -> bool {
    args.first().is_some_and(|first| first == "node")
}

/// Refuses node settings in a glomers.toml without `bin`: they would be ignored.
fn refuse_without_bin(source: &NodeSource) -> Result<()> {
    let key = if source.build.is_some() {
        "build"
    } else if source.args.iter().any(|argument| argument != DURABLE) {
        "args"
    } else {
        return Ok(());
    };
    let text = format!(
        "{} has `{key}` and no `bin`, so glomers' own node would run: add bin = \"...\", or drop \
         {key}",
        source.dir.join(FILE_NAME).display()
    );
    Err(BadArguments(text).into())
}

/// Refuses `--durable` for external programs: only the built-in nodes take it.
fn refuse_durable(arguments: &RunArguments, bin: &Path) -> Result<()> {
    if !arguments.durable {
        return Ok(());
    }
    let text = format!(
        "{DURABLE} is for the node that glomers brings along; if {} knows it, write it after --",
        bin.display()
    );
    Err(BadArguments(text).into())
}
