//! How a story is printed.

use crate::failure::Result;
use crate::format::Format;
use crate::recorded::RecordedRun;
use crate::terminal;
use serde_json::json;

/// Of a story that is too long, the last lines that are shown: one in this number.
const END_SHARE: usize = 4;

/// A story, and where it comes from.
pub(super) struct Shown<'a> {
    pub(super) run: &'a RecordedRun,
    pub(super) story: &'a str,
    pub(super) notes: &'a [String],
}

impl Shown<'_> {
    pub(super) fn print(&self, format: Format, limit: usize) -> Result<()> {
        let story = excerpt(self.story, limit);
        match format {
            Format::Table => terminal::print(&terminal::fitted_to_stdout(&story)),
            Format::Markdown => terminal::print(&format!("```\n{story}\n```")),
            Format::Json => {
                let record = self.run.record();
                let object = json!({
                    "challenge": record.map(|record| &record.challenge),
                    "seed": record.and_then(|record| record.seed),
                    "store": self.run.path,
                    "reasons": self.run.reasons(),
                    "notes": self.notes,
                    "story": self.story,
                });
                terminal::print(&serde_json::to_string_pretty(&object)?)
            }
        }
    }
}

/// The first and the last events, if there are more than `limit`. What is before and behind them, each
/// apart by an empty line, is always whole.
fn excerpt(story: &str, limit: usize) -> String {
    let lines: Vec<&str> = story.trim_end().lines().collect();
    let empty_line = |from: usize| lines[from..].iter().position(|line| line.is_empty());
    let first = empty_line(0).map_or(0, |position| position + 1);
    let last = empty_line(first).map_or(lines.len(), |position| first + position);
    let hidden = (last - first).saturating_sub(limit);
    if limit == 0 || hidden == 0 {
        return lines.join("\n");
    }
    let end = limit / END_SHARE;
    let (begin, end) = (&lines[..first + limit - end], &lines[last - end..]);
    let lines_left_out = if hidden == 1 { "1 more line" } else { &format!("{hidden} more lines") };
    let middle = format!(
        "  ... {lines_left_out}: --limit 0 shows all, --value, --operation, --node, --from and \
         --until a part ..."
    );
    [begin, &[middle.as_str()], end].concat().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_story_loses_its_middle() {
        let story = "head\n\n1\n2\n3\n4\n5\n6\n7\n8\n\nwhy\n  one\n";
        assert_eq!(excerpt(story, 8), story.trim_end());
        assert_eq!(excerpt(story, 0), story.trim_end());
        let short = excerpt(story, 4);
        let lines: Vec<&str> = short.lines().collect();
        assert_eq!(lines[..5], ["head", "", "1", "2", "3"]);
        assert!(lines[5].contains("4 more lines"), "{short}");
        assert_eq!(lines[6..], ["8", "", "why", "  one"]);
    }

    #[test]
    fn a_story_may_have_no_events() {
        assert_eq!(excerpt("head\n\n\nwhy\n", 1), "head\n\n\nwhy");
        assert_eq!(excerpt("head\n\n", 1), "head");
        assert_eq!(excerpt("", 1), "");
    }
}
