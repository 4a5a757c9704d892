//! The line of Rust that repeats one run, for pasting into a test.

use std::time::Duration;

/// The calls that made a simulation, as they were written.
#[derive(Debug, Clone)]
pub(super) struct Recipe {
    /// Up to the seed.
    before: String,
    /// After it.
    node: String,
    /// The name of the nodes.
    node_name: String,
}

impl Recipe {
    /// Begins with a call.
    pub(super) fn begin(call: &str) -> Self {
        Self {
            before: format!("Simulation::{call}"),
            node: String::new(),
            node_name: String::new(),
        }
    }

    /// Appends a call.
    pub(super) fn step(&mut self, call: &str) {
        self.before.push('.');
        self.before.push_str(call);
    }

    /// The type of the nodes, as the compiler names it.
    pub(super) fn node(&mut self, type_name: &str) {
        let name = without_paths(type_name);
        self.node = format!(".node::<{name}>()");
        self.node_name = name;
    }

    /// For nodes of a program without a name.
    pub(super) fn program(&mut self) {
        ".program(program)".clone_into(&mut self.node);
        "a program".clone_into(&mut self.node_name);
    }

    /// The name of the nodes, for display.
    pub(super) fn node_name(&self) -> &str {
        &self.node_name
    }

    /// The whole line for one seed, without the final assertion.
    pub(super) fn line(&self, seed: u64) -> String {
        format!("{}.seed({seed}){}", self.before, self.node)
    }
}

/// A duration, as Rust source.
pub(super) fn duration(duration: Duration) -> String {
    const NANOS_PER_MILLI: u32 = 1_000_000;
    if duration.subsec_nanos() == 0 {
        format!("Duration::from_secs({})", duration.as_secs())
    } else if duration.subsec_nanos().is_multiple_of(NANOS_PER_MILLI) {
        format!("Duration::from_millis({})", duration.as_millis())
    } else {
        format!("Duration::new({}, {})", duration.as_secs(), duration.subsec_nanos())
    }
}

/// A type without the modules of its parts: a test has imported what it uses.
fn without_paths(type_name: &str) -> String {
    let mut text = String::new();
    for part in type_name.split_inclusive(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
    {
        text.push_str(part.rsplit("::").next().unwrap_or(part));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_lose_their_paths_and_nothing_else() {
        for (full, short) in [
            ("my_crate::gossip::Gossip", "Gossip"),
            ("Gossip", "Gossip"),
            (
                "a::Node<a::b::Config, [core::option::Option<u8>; 3], true>",
                "Node<Config, [Option<u8>; 3], true>",
            ),
        ] {
            assert_eq!(without_paths(full), short);
        }
    }

    #[test]
    fn durations_are_what_they_were() {
        for (time, text) in [
            (Duration::from_secs(5), "Duration::from_secs(5)"),
            (Duration::from_millis(1500), "Duration::from_millis(1500)"),
            (Duration::from_nanos(1_000_000_001), "Duration::new(1, 1)"),
        ] {
            assert_eq!(duration(time), text);
        }
    }
}
