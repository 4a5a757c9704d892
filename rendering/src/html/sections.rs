//! The parts of a run's page.

use super::escape::escaped;
use super::run_page::{NodeLog, RunPage, Tile};
use glomers_history::Kind;
use glomers_timeline::Timeline;
use std::fmt::Write as _;

/// A part of the page with a heading, and a name for links.
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) html: String,
}

impl Section {
    /// A part, unless it is empty.
    pub(super) fn new(id: &'static str, title: &'static str, html: String) -> Option<Self> {
        (!html.is_empty()).then_some(Self { id, title, html })
    }

    pub(super) fn to_html(&self) -> String {
        let Self { id, title, html } = self;
        format!(
            "<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n<h2 id=\"{id}-title\">{title}</h2>\n{html}</section>\n"
        )
    }
}

/// The heading of the page.
pub(super) fn head(page: &RunPage<'_>) -> String {
    let mut html = format!(
        "<header class=\"top\">\n<h1>{} <span class=\"badge {}\">{}</span></h1>\n<dl class=\"facts\">",
        escaped(&page.title),
        page.mark.class(),
        escaped(&page.verdict)
    );
    for (name, value) in &page.facts {
        let _ = write!(html, "<div><dt>{}</dt><dd>{}</dd></div>", escaped(name), escaped(value));
    }
    html += "</dl>\n</header>\n";
    html
}

pub(super) fn tiles(tiles: &[Tile]) -> String {
    if tiles.is_empty() {
        return String::new();
    }
    let mut html = "<div class=\"tiles\">\n".to_owned();
    for Tile { name, value, meaning, limit, mark } in tiles {
        let _ = write!(
            html,
            "<div class=\"tile {class}\" title=\"{}\"><div class=\"name\">{}</div>\
             <div class=\"value\">{}</div>",
            escaped(meaning),
            escaped(name),
            escaped(value),
            class = mark.class()
        );
        if let Some(limit) = limit {
            let _ = write!(html, "<div class=\"limit {}\">{}</div>", mark.class(), escaped(limit));
        }
        html += "</div>\n";
    }
    html += "</div>\n";
    html
}

/// A list of texts of several lines.
pub(super) fn texts(texts: &[String]) -> String {
    if texts.is_empty() {
        return String::new();
    }
    let items = texts.iter().map(|text| {
        format!(
            "<li><pre class=\"wrapped\" tabindex=\"0\">{}</pre></li>\n",
            escaped(text.trim_end())
        )
    });
    format!("<ul class=\"plain\">\n{}</ul>\n", items.collect::<String>())
}

pub(super) fn story(story: &str) -> String {
    if story.is_empty() {
        return String::new();
    }
    format!("<pre tabindex=\"0\" aria-label=\"the story\">{}</pre>\n", escaped(story.trim_end()))
}

pub(super) fn plots(timeline: &Timeline<'_>) -> String {
    if timeline.operations().is_empty() {
        return String::new();
    }
    let plot = |id: &str, caption: &str, label: &str| {
        format!(
            "<figure class=\"plot\"><figcaption>{caption}</figcaption><canvas id=\"{id}\" tabindex=\"0\" \
             role=\"img\" aria-label=\"{label}; arrow keys read it, Enter shows that moment in the \
             diagram\"></canvas><div class=\"reading\" aria-live=\"polite\"></div></figure>\n"
        )
    };
    let legend = |entries: &[(&str, &str)]| {
        let entry =
            |(class, text): &(&str, &str)| format!("<span><i class=\"{class}\"></i>{text}</span>");
        format!("<span class=\"legend\">{}</span>", entries.iter().map(entry).collect::<String>())
    };
    let ends = || timeline.operations().iter().filter_map(|it| it.completion.as_ref());
    // Of what is not there, the reader would look for the colour.
    let shown = [
        (("b-0", "ok"), ends().any(|end| end.kind == Kind::Ok)),
        (("b-bad", "fail"), ends().any(|end| end.kind == Kind::Fail)),
        (("b-doubt", "info"), ends().any(|end| end.kind == Kind::Info)),
        (("b-fault", "fault"), !timeline.faults().is_empty()),
    ];
    let shown: Vec<_> = shown.iter().filter(|(_, is_there)| *is_there).map(|it| it.0).collect();
    let outcomes = legend(&shown);
    let quantiles = legend(&[("b-0", "p50"), ("b-1", "p95"), ("b-2", "p99"), ("b-3", "max")]);
    [
        "<div class=\"plots\">\n".to_owned(),
        plot(
            "plot-latency",
            &format!("Latency of each operation {outcomes}"),
            "latency of each operation",
        ),
        plot(
            "plot-quantiles",
            &format!("Latency, quantiles {quantiles}"),
            "quantiles of latency over time",
        ),
        plot("plot-rate", "Operations per second", "operations per second over time"),
        "</div>\n".to_owned(),
    ]
    .concat()
}

pub(super) fn diagram(has_messages: bool, can_follow: bool) -> String {
    if !has_messages {
        return String::new();
    }
    let follow = "<form id=\"follow\" class=\"bar\"><label for=\"value\">Follow a value</label>\
         <input type=\"search\" id=\"value\" placeholder=\"as JSON: 30\" autocomplete=\"off\">\
         <button type=\"submit\">Follow</button><span id=\"follow-note\" class=\"bad small\" \
         role=\"status\"></span></form>\n";
    [
        "<div class=\"bar\"><label for=\"node\">Node</label><select id=\"node\"><option value=\"-1\">all</option>\
         </select><button type=\"button\" id=\"zoom-in\" aria-label=\"zoom in\">+</button>\
         <button type=\"button\" id=\"zoom-out\" aria-label=\"zoom out\">−</button>\
         <button type=\"button\" id=\"fit\">Whole run</button>\
         <button type=\"button\" id=\"only-lit\" aria-pressed=\"false\" disabled>Only the chosen</button>\
         <button type=\"button\" id=\"clear\" disabled>Clear</button>\
         <span id=\"in-view\" class=\"soft small\" role=\"status\"></span></div>\n\
         <div class=\"bar\"><div class=\"kinds\" id=\"kinds\" role=\"group\" aria-label=\"types of messages\">\
         </div></div>\n",
        if can_follow { follow } else { "" },
        "<canvas id=\"strip\" role=\"img\" aria-label=\"messages over the whole run; a click moves the diagram\">\
         </canvas>\n<div class=\"diagram\"><canvas id=\"messages\" tabindex=\"0\" role=\"application\" \
         aria-label=\"diagram of messages: arrow keys move, plus and minus zoom, 0 shows the whole run, n and p go \
         through messages\"></canvas>\n<div id=\"details\" aria-live=\"polite\"></div></div>\n",
    ]
    .concat()
}

pub(super) fn operations(has_operations: bool, has_diagram: bool) -> String {
    if !has_operations {
        return String::new();
    }
    let columns = [
        ("time s", "right"),
        ("entry", "right"),
        ("process", "right"),
        ("node", ""),
        ("function", ""),
        ("argument", ""),
        ("result", ""),
        ("outcome", ""),
        ("latency", "right"),
    ];
    let heads: Vec<String> = columns
        .iter()
        .map(|(name, class)| format!("<span role=\"columnheader\" class=\"{class}\">{name}</span>"))
        .collect();
    let details =
        if has_diagram { "" } else { "<div id=\"details\" aria-live=\"polite\"></div>\n" };
    format!(
        "<div class=\"bar\"><label for=\"search\">Search</label><input type=\"search\" id=\"search\" \
         placeholder=\"words in any column; / comes here\" autocomplete=\"off\">\
         <span id=\"found\" class=\"soft small\" role=\"status\"></span></div>\n\
         <div class=\"rows\" id=\"rows\" role=\"grid\" aria-label=\"operations\" tabindex=\"-1\">\
         <div class=\"head\" role=\"row\">{}</div>\
         <div class=\"space\" role=\"rowgroup\"></div></div>\n{details}",
        heads.concat()
    )
}

pub(super) fn logs(logs: &[NodeLog]) -> String {
    let mut html = String::new();
    for NodeLog { name, text, hidden_bytes } in logs {
        let hidden = match hidden_bytes {
            0 => String::new(),
            _ => format!(
                " <span class=\"soft small\">(without the first {hidden_bytes} bytes)</span>"
            ),
        };
        let _ = writeln!(
            html,
            "<details><summary>{}{hidden}</summary><pre class=\"wrapped\" tabindex=\"0\">{}</pre></details>",
            escaped(name),
            escaped(text.trim_end())
        );
    }
    html
}

pub(super) fn commands(commands: &[(String, String)]) -> String {
    let mut html = String::new();
    for (what, command) in commands {
        let _ = writeln!(
            html,
            "<p>{}</p>\n<pre class=\"wrapped\" tabindex=\"0\">{}</pre>",
            escaped(what),
            escaped(command)
        );
    }
    html
}
