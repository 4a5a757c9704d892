//! `glomers node`: the built-in node over stdin and stdout.

use crate::node_command::BUILT_IN;
use clap::Args;

const NODE_EXAMPLES: &str = "\
Examples:
  glomers run broadcast-c --nemesis kill --durable    a run whose nodes survive their end
  glomers node --durable                              started manually: its files are in this folder";

#[derive(Debug, Args)]
#[command(after_help = NODE_EXAMPLES)]
pub(crate) struct NodeArguments {
    /// Which node to be: ours, or one of the bug museum.
    #[arg(long, value_name = "NAME", default_value = BUILT_IN)]
    pub(crate) node: String,
    /// Keep what must survive the node's end in files of the current folder, which should be its
    /// own: started there again, the node continues where it was killed.
    #[arg(long)]
    pub(crate) durable: bool,
    /// Ignored, with a note: the node plays every workload, by the messages that it gets.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    pub(crate) ignored: Vec<String>,
}

impl NodeArguments {
    /// Whether the flag is given anywhere: after an ignored argument, clap ignores it as well.
    pub(crate) fn is_durable(&self) -> bool {
        self.durable || self.ignored.iter().any(|argument| argument == "--durable")
    }

    /// The note to print if arguments are ignored.
    pub(crate) fn ignored_note(&self) -> Option<String> {
        let ignored = self.ignored.iter().map(String::as_str).filter(|it| *it != "--durable");
        let ignored: Vec<&str> = ignored.collect();
        (!ignored.is_empty()).then(|| {
            format!("ignored: {} (this node takes --node and --durable only)", ignored.join(" "))
        })
    }
}
