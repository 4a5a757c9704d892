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

/// The first and the last lines, if there are more than `limit`.
fn excerpt(story: &str, limit: usize) -> String {
    let lines: Vec<&str> = story.trim_end().lines().collect();
    let hidden = lines.len().saturating_sub(limit);
    if limit == 0 || hidden == 0 {
        return lines.join("\n");
    }
    let end = limit / END_SHARE;
    let (begin, end) = (&lines[..limit - end], &lines[lines.len() - end..]);
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
        let story = "1\n2\n3\n4\n5\n6\n7\n8\n";
        assert_eq!(excerpt(story, 8).lines().count(), 8);
        assert_eq!(excerpt(story, 0).lines().count(), 8);
        let short = excerpt(story, 4);
        let lines: Vec<&str> = short.lines().collect();
        assert_eq!((lines.len(), lines[2], lines[4]), (5, "3", "8"));
        assert!(lines[3].contains("4 more lines"), "{short}");
    }
}
