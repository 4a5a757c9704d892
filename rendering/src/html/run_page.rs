//! The page of a run.

use super::columns::Columns;
use super::cycles::anomalies;
use super::document::{Connections, Document};
use super::escape::escaped;
use super::mark::Mark;
use super::sample::MOST_MESSAGES;
use super::sections::{self, Section};
use glomers_history::Value;
use glomers_timeline::Timeline;

const STYLE: &str = concat!(include_str!("style/page.css"), include_str!("style/run.css"));
/// The parts of the script, as one function, so that none of its names is visible to others.
const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("script/data.js"),
    include_str!("script/follow.js"),
    include_str!("script/page.js"),
    include_str!("script/plots.js"),
    include_str!("script/diagram.js"),
    include_str!("script/motion.js"),
    include_str!("script/details.js"),
    include_str!("script/operations.js"),
    include_str!("script/run.js"),
    "})();\n"
);

/// What the page of a run shows, besides its timeline.
#[derive(Debug, Default)]
pub struct RunPage<'a> {
    /// The name of the run.
    pub title: String,
    /// The verdict, in a word or two.
    pub verdict: String,
    /// Whether the verdict is good.
    pub mark: Mark,
    /// What is known of how it was made: names and values.
    pub facts: Vec<(String, String)>,
    /// Its metrics.
    pub tiles: Vec<Tile>,
    /// Why it is not valid, or missed a target.
    pub reasons: Vec<String>,
    /// What is doubtful about it.
    pub warnings: Vec<String>,
    /// The story, as text.
    pub story: String,
    /// What is missing on the page.
    pub notes: Vec<String>,
    /// What the nodes wrote to stderr.
    pub logs: Vec<NodeLog>,
    /// Commands to make it again: what they do, and their texts.
    pub commands: Vec<(String, String)>,
    /// The content of `results.edn`, for its anomalies.
    pub results: Option<&'a Value>,
    /// Positions of the messages that the story is about.
    pub related: Vec<usize>,
    /// Links at the top: texts and addresses.
    pub links: Vec<(String, String)>,
}

/// A metric.
#[derive(Debug, Default)]
pub struct Tile {
    /// Its name.
    pub name: String,
    /// Its value, with the unit.
    pub value: String,
    /// What it measures.
    pub meaning: String,
    /// The target, if it has one.
    pub limit: Option<String>,
    /// Whether the target was met.
    pub mark: Mark,
}

/// The end of what a node wrote.
#[derive(Debug)]
pub struct NodeLog {
    /// The name of the file.
    pub name: String,
    /// Its last lines.
    pub text: String,
    /// How much stands before them.
    pub hidden_bytes: u64,
}

impl RunPage<'_> {
    /// The page.
    #[must_use]
    pub fn to_html(&self, timeline: &Timeline<'_>) -> String {
        let columns = Columns::new(timeline, &self.related, MOST_MESSAGES);
        let has_messages = !timeline.messages().is_empty();
        let has_operations = !timeline.operations().is_empty();
        let can_follow = timeline.operations().iter().any(|it| !it.written().is_empty());
        let limits: Vec<String> = columns
            .limits
            .iter()
            .map(|limit| format!("<p class=\"small soft\">{}.</p>\n", escaped(limit)))
            .collect();
        let diagram = sections::diagram(has_messages, can_follow);
        let diagram = if has_messages { limits.concat() + &diagram } else { diagram };
        let anomalies = self.results.map(anomalies).unwrap_or_default();
        let parts = [
            Section::new("reasons", "What was wrong", sections::texts(&self.reasons)),
            Section::new("metrics", "Metrics", sections::tiles(&self.tiles)),
            Section::new("warnings", "Warnings", sections::texts(&self.warnings)),
            Section::new("plots", "Operations over time", sections::plots(timeline)),
            Section::new("diagram", "Messages", diagram),
            Section::new(
                "operations",
                "Operations",
                sections::operations(has_operations, has_messages),
            ),
            Section::new("story", "What happened", sections::story(&self.story)),
            Section::new("anomalies", "Anomalies", anomalies),
            Section::new("logs", "What the nodes wrote", sections::logs(&self.logs)),
            Section::new("again", "Make it again", sections::commands(&self.commands)),
        ];
        let parts: Vec<Section> = parts.into_iter().flatten().collect();
        let body = [
            sections::head(self),
            self.navigation(&parts),
            "<main>\n".to_owned(),
            self.notes
                .iter()
                .map(|it| format!("<p class=\"soft\">{}</p>\n", escaped(it)))
                .collect::<Vec<_>>()
                .concat(),
            parts.iter().map(Section::to_html).collect(),
            "</main>\n<footer>Made by glomers. This file needs no network.</footer>\n\
             <div id=\"tip\" class=\"tip\" role=\"tooltip\" hidden></div>\n"
                .to_owned(),
            format!("<script type=\"application/json\" id=\"data\">{}</script>\n", columns.data),
            format!("<script type=\"text/plain\" id=\"bodies\">{}</script>", columns.bodies),
        ]
        .concat();
        Document {
            title: &format!("{}: {}", self.title, self.verdict),
            connections: Connections::None,
            style: STYLE,
            body: &body,
            script: SCRIPT,
        }
        .to_html()
    }

    fn navigation(&self, parts: &[Section]) -> String {
        let links = self.links.iter().map(|(text, address)| {
            format!("<a href=\"{}\">{}</a>", escaped(address), escaped(text))
        });
        let parts =
            parts.iter().map(|Section { id, title, .. }| format!("<a href=\"#{id}\">{title}</a>"));
        let links: String = links.chain(parts).collect();
        format!("<nav class=\"parts\" aria-label=\"parts of this page\">{links}</nav>\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glomers_history::{Cluster, History};

    #[test]
    fn an_empty_run_is_a_page_too() {
        let (cluster, history) = (Cluster::default(), History::new());
        let timeline = Timeline::new(&cluster, &history, b"");
        let html = RunPage::default().to_html(&timeline);
        assert!(html.contains("id=\"data\"") && !html.contains("<section"), "{html}");
        assert_eq!(html, RunPage::default().to_html(&timeline));
    }

    #[test]
    fn nothing_of_a_run_becomes_markup() {
        let hostile = "<img src=x onerror=alert(1)></script>\u{1b}[2J\u{2028}".to_owned();
        let page = RunPage {
            title: hostile.clone(),
            verdict: hostile.clone(),
            facts: vec![(hostile.clone(), hostile.clone())],
            tiles: vec![Tile {
                name: hostile.clone(),
                value: hostile.clone(),
                meaning: hostile.clone(),
                limit: Some(hostile.clone()),
                ..Tile::default()
            }],
            reasons: vec![hostile.clone()],
            warnings: vec![hostile.clone()],
            story: hostile.clone(),
            notes: vec![hostile.clone()],
            logs: vec![NodeLog { name: hostile.clone(), text: hostile.clone(), hidden_bytes: 3 }],
            commands: vec![(hostile.clone(), hostile.clone())],
            links: vec![(hostile.clone(), hostile.clone())],
            ..RunPage::default()
        };
        let (cluster, history) = (Cluster::default(), History::new());
        let journal = serde_json::json!({
            "time": 1, "type": "send", "id": 0, "src": hostile, "dest": hostile,
            "body": { "type": hostile, hostile.clone(): hostile },
        });
        let journal = journal.to_string();
        let timeline = Timeline::new(&cluster, &history, journal.as_bytes());
        assert_eq!(timeline.messages().len(), 1);
        let html = page.to_html(&timeline);
        assert!(!html.contains("<img"), "{html}");
        assert!(!html.contains(['\u{1b}', '\u{2028}']));
        // The data, the bodies and the script.
        assert_eq!(html.matches("</script>").count(), 3);
    }
}
