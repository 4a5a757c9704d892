//! Which node is run: `--bin`, else what glomers.toml says, else our own.

use crate::args::RunArguments;
use crate::terminal;
use anyhow::{Context as _, Result};
use glomers_config::NodeSource;
use std::path::PathBuf;

/// File name of our own node, when it is built from this repository.
const OWN_NODE: &str = "glomers-node";

/// A node's command line, and how it is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NodeCommand {
    /// The program, as a path.
    pub(crate) program: PathBuf,
    /// Its arguments.
    pub(crate) args: Vec<String>,
    /// Our own node: carried by this program, or built from its repository.
    pub(crate) is_ours: bool,
    /// Who named the program.
    pub(crate) origin: Origin,
    /// How it is built before the run.
    pub(crate) build: Option<BuildStep>,
}

/// Where a node's program was named, and so where a mistake is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// After `--bin`.
    Flag,
    /// As `bin` of glomers.toml.
    File,
    /// Nowhere: it is this program.
    Own,
}

/// A command that builds a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BuildStep {
    /// The command, for the shell.
    pub(crate) command: String,
    /// Where it is run.
    pub(crate) folder: PathBuf,
}

impl NodeCommand {
    /// Decides which node to run; arguments after `--` come last.
    pub(crate) fn choose(arguments: &RunArguments, source: Option<&NodeSource>) -> Result<Self> {
        let given = arguments.node_args.iter().cloned();
        if let Some(bin) = &arguments.bin {
            let program = std::path::absolute(bin)
                .with_context(|| format!("failed to find {}", bin.display()))?;
            return Ok(Self {
                program,
                args: given.collect(),
                is_ours: false,
                origin: Origin::Flag,
                build: None,
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
            let is_ours = program.file_name().is_some_and(|name| name == OWN_NODE);
            return Ok(Self {
                program,
                args: own_args.chain(given).collect(),
                is_ours,
                origin: Origin::File,
                build,
            });
        }
        let program = std::env::current_exe().context("failed to find our own program")?;
        let args = std::iter::once("node".to_owned()).chain(own_args).chain(given).collect();
        Ok(Self { program, args, is_ours: true, origin: Origin::Own, build })
    }

    /// The program and its arguments.
    pub(crate) fn command_line(&self) -> Vec<String> {
        let program = self.program.display().to_string();
        std::iter::once(program).chain(self.args.iter().cloned()).collect()
    }

    /// What the verdict calls it.
    pub(crate) fn display(&self) -> String {
        if self.is_ours && self.args.first().is_some_and(|arg| arg == "node") {
            return "glomers' own node".to_owned();
        }
        let mut words = vec![terminal::shown_path(&self.program)];
        words.extend(self.args.iter().cloned());
        let words = words.join(" ");
        if self.is_ours { format!("{words} (glomers' own node)") } else { words }
    }
}
