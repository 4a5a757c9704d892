//! What `shrink` prints.

use crate::failure::Result;
use crate::format::Format;
use crate::terminal;
use glomers_simulator::shrink::{Shrunk, Size};
use serde_json::{Value, json};
use std::path::Path;

/// A long story is abbreviated to its first and last lines: the number of either.
const SHOWN_BEGIN: usize = 100;
const SHOWN_END: usize = 20;

/// The smallest run, and the paths of its files.
pub(super) struct Saved<'a> {
    pub(super) shrunk: &'a Shrunk,
    pub(super) story: &'a str,
    pub(super) folder: &'a Path,
}

impl Saved<'_> {
    pub(super) fn show(&self, format: Format) -> Result<()> {
        let story = excerpt(self.story);
        match format {
            Format::Json => terminal::print(&serde_json::to_string_pretty(&self.to_json())?),
            Format::Markdown => {
                terminal::print(&format!("```\n{story}\n```\n\n{}", self.summary().join("  \n")))
            }
            Format::Table => {
                let story = terminal::fitted_to_stdout(&story);
                terminal::print(&format!("{story}\n\n{}", self.summary().join("\n")))
            }
        }
    }

    fn to_json(&self) -> Value {
        let Shrunk { plan, tries, is_stopped, trial, size, original, .. } = self.shrunk;
        json!({
            "challenge": plan.challenge,
            "seed": plan.seed,
            "size": size_json(*size),
            "original_size": size_json(*original),
            "tries": tries,
            "stopped": is_stopped,
            "reasons": trial.assessment.reasons,
            "story": self.story,
            "store": self.folder,
        })
    }

    fn summary(&self) -> Vec<String> {
        let Shrunk { original, size, tries, is_stopped, .. } = self.shrunk;
        let stopped = if *is_stopped { "; stopped before it was done" } else { "" };
        let runs = if *tries == 1 { "1 run".to_owned() } else { format!("{tries} runs") };
        let folder = terminal::shown_path(self.folder);
        vec![
            format!("before:   {}", size_text(*original)),
            format!("smallest: {} ({runs}{stopped})", size_text(*size)),
            format!("files: {folder}"),
            format!("again: glomers replay {folder}"),
        ]
    }
}

/// The size of a run, as text.
pub(super) fn size_text(size: Size) -> String {
    let Size { operations, faults, nodes, load, .. } = size;
    let counted = |count: usize, what: &str| {
        if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
    };
    format!(
        "{}, {}, {}, {:.3} s",
        counted(operations, "operation"),
        counted(faults, "fault"),
        counted(nodes, "node"),
        load.as_secs_f64()
    )
}

fn size_json(size: Size) -> Value {
    let Size { operations, faults, nodes, workers, load } = size;
    json!({
        "operations": operations,
        "faults": faults,
        "nodes": nodes,
        "workers": workers,
        "load_seconds": load.as_secs_f64(),
    })
}

/// The story without its middle, if it is long.
fn excerpt(story: &str) -> String {
    let lines: Vec<&str> = story.trim_end().lines().collect();
    let Some(hidden) =
        lines.len().checked_sub(SHOWN_BEGIN + SHOWN_END).filter(|hidden| *hidden > 0)
    else {
        return lines.join("\n");
    };
    let middle = format!("  ... {hidden} more lines are in {} ...", super::STORY_FILE);
    let (begin, end) = (&lines[..SHOWN_BEGIN], &lines[lines.len() - SHOWN_END..]);
    [begin, &[middle.as_str()], end].concat().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_story_loses_its_middle() {
        let story = |lines: usize| {
            let lines: Vec<String> = (0..lines).map(|line| line.to_string()).collect();
            lines.join("\n") + "\n"
        };
        assert_eq!(excerpt(&story(120)).lines().count(), 120);
        let long = excerpt(&story(500));
        assert_eq!(long.lines().count(), 121);
        assert!(long.contains("99\n  ... 380 more lines are in story.txt ...\n480\n"), "{long}");
    }
}
