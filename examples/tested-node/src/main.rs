//! The node as a program: `glomers run broadcast-c --bin target/release/tested-node`.

use std::process::ExitCode;
use tested_node::Gossip;

fn main() -> ExitCode {
    glomers_node::stdio::run::<Gossip>()
}
