//! A page with several runs: a table, and how their main metrics went.

use super::document::{Connections, Document, STYLE};
use super::escape::escaped;
use super::mark::Mark;
use super::trend;
use std::fmt::Write as _;

const SCRIPT: &str =
    concat!("(() => {\n\"use strict\";\n", include_str!("script/overview.js"), "})();\n");

/// A page with several runs.
#[derive(Debug, Default)]
pub struct OverviewPage {
    /// The heading.
    pub title: String,
    /// The headings of the columns after the verdict.
    pub columns: Vec<String>,
    /// The runs, in the order of the table.
    pub rows: Vec<RunRow>,
    /// Their main metrics.
    pub trends: Vec<Trend>,
    /// What is missing on the page.
    pub notes: Vec<String>,
    /// For a page of a server, HTML before the table: what else it serves.
    pub before: String,
    /// Whether the page is a server's, which then compares chosen runs and says what is in progress.
    pub is_served: bool,
}

/// A run in the table.
#[derive(Debug, Default)]
pub struct RunRow {
    /// The name of the test.
    pub name: String,
    /// The address of its page.
    pub link: Option<String>,
    /// What a server knows it by.
    pub id: String,
    /// The verdict.
    pub verdict: String,
    /// Whether the verdict is good.
    pub mark: Mark,
    /// The other cells, as many as there are columns.
    pub cells: Vec<String>,
}

/// A metric over runs of one test.
#[derive(Debug, Default)]
pub struct Trend {
    /// Its name.
    pub name: String,
    /// Its values, the oldest first.
    pub points: Vec<TrendPoint>,
}

/// A value of a metric.
#[derive(Debug, Default)]
pub struct TrendPoint {
    /// The run.
    pub run: String,
    /// The value.
    pub value: Option<f64>,
    /// The value with its unit.
    pub shown: String,
    /// Whether the run was invalid.
    pub is_bad: bool,
}

impl OverviewPage {
    /// The page.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut body = format!(
            "<header class=\"top\">\n<h1>{}</h1>\n</header>\n<main>\n",
            escaped(&self.title)
        );
        for note in &self.notes {
            let _ = writeln!(body, "<p class=\"soft\">{}</p>", escaped(note));
        }
        body += &self.before;
        let trends: String = self.trends.iter().map(trend::svg).collect();
        if !trends.is_empty() {
            let _ = write!(
                body,
                "<section aria-labelledby=\"trends\"><h2 id=\"trends\">From the oldest to the newest</h2>\n\
                 <p class=\"soft small\">Each dot is a run; one that was invalid is red. At the left are the \
                 least and the greatest value, at the right is that of the newest run. Pointing at a dot \
                 shows its run.</p>\n\
                 <div class=\"trends\">\n{trends}</div>\n</section>\n"
            );
        }
        body += &self.table();
        body += "</main>\n<footer>Made by glomers.</footer>";
        let connections = if self.is_served { Connections::Server } else { Connections::None };
        Document { title: &self.title, connections, style: STYLE, body: &body, script: SCRIPT }
            .to_html()
    }

    fn table(&self) -> String {
        let mut html = "<section aria-labelledby=\"runs\"><h2 id=\"runs\">Runs</h2>\n\
             <div class=\"bar\"><label for=\"search\">Filter</label><input type=\"search\" id=\"search\" \
             placeholder=\"words; / comes here\" autocomplete=\"off\">\
             <span id=\"found\" class=\"soft small\" role=\"status\"></span>"
            .to_owned();
        let (open, close) = if self.is_served {
            html += "<button type=\"submit\" form=\"compare\">Compare the two chosen</button>";
            ("<form id=\"compare\" action=\"/compare\" method=\"get\">\n", "</form>\n")
        } else {
            ("", "")
        };
        let _ = write!(html, "</div>\n{open}<div class=\"scroll\"><table>\n<thead><tr>");
        if self.is_served {
            html += "<th>compare</th>";
        }
        html += "<th>test</th><th>verdict</th>";
        for column in &self.columns {
            let _ = write!(html, "<th>{}</th>", escaped(column));
        }
        html += "</tr></thead>\n<tbody id=\"table\">\n";
        for row in &self.rows {
            html += &self.row(row);
        }
        let _ = write!(html, "</tbody>\n</table></div>\n{close}</section>\n");
        html
    }

    fn row(&self, row: &RunRow) -> String {
        let mut html = "<tr>".to_owned();
        if self.is_served {
            let _ = write!(
                html,
                "<td><input type=\"checkbox\" name=\"run\" value=\"{0}\" aria-label=\"compare {0}\"></td>",
                escaped(&row.id)
            );
        }
        let name = escaped(&row.name);
        let name = match &row.link {
            Some(link) => format!("<a href=\"{}\">{name}</a>", escaped(link)),
            None => name,
        };
        let _ = write!(
            html,
            "<td>{name}</td><td class=\"{}\">{}</td>",
            row.mark.class(),
            escaped(&row.verdict)
        );
        for cell in &row.cells {
            let is_number = cell.starts_with(|c: char| c.is_ascii_digit()) && !cell.contains(':');
            let class = if is_number { " class=\"number\"" } else { "" };
            let _ = write!(html, "<td{class}>{}</td>", escaped(cell));
        }
        html += "</tr>\n";
        html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> OverviewPage {
        let point = |value: Option<f64>| TrendPoint {
            run: "<r>".to_owned(),
            value,
            shown: "7 ms".to_owned(),
            is_bad: value.is_none(),
        };
        OverviewPage {
            title: "a & b".to_owned(),
            columns: vec!["op p50".to_owned()],
            rows: vec![RunRow {
                name: "<i>".to_owned(),
                link: Some("a\"b".to_owned()),
                id: "echo/1".to_owned(),
                verdict: "valid".to_owned(),
                mark: Mark::Good,
                cells: vec!["3 ms".to_owned()],
            }],
            trends: vec![Trend {
                name: "op-latency-p50".to_owned(),
                points: vec![point(Some(3.0)), point(None), point(Some(5.0))],
            }],
            ..OverviewPage::default()
        }
    }

    #[test]
    fn runs_and_trends_are_shown_as_text() {
        let html = page().to_html();
        for part in [
            "<h1>a &amp; b</h1>",
            "href=\"a&quot;b\">&lt;i&gt;</a>",
            "class=\"number\">3 ms<",
            "<title>&lt;r&gt;: 7 ms</title>",
            "M72.0 92.0 L290.0 26.0",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("checkbox") && !html.contains("connect-src"), "{html}");
        let served = OverviewPage { is_served: true, ..page() }.to_html();
        assert!(served.contains("value=\"echo/1\"") && served.contains("connect-src"), "{served}");
    }

    #[test]
    fn equal_values_and_missing_ones_are_drawn() {
        let mut page = page();
        page.trends[0].points.iter_mut().for_each(|point| point.value = Some(2.0));
        assert!(page.to_html().contains("M72.0 59.0 L181.0 59.0 L290.0 59.0"));
        page.trends[0].points.iter_mut().for_each(|point| point.value = None);
        assert!(!page.to_html().contains("<svg"));
    }
}
