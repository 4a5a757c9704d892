//! `glomers list --workloads`: the requests and replies of each workload.

use super::services;
use crate::failure::Result;
use crate::format::Format;
use crate::terminal;
use crate::wrap::{text_width, wrapped};
use glomers_config::Workload;
use glomers_engine::{Field, Protocol, Rpc, protocol};
use serde_json::{Map, Value, json};

/// Text about the envelope of every message.
const ENVELOPE: &str = "\
Every message is a line of JSON: {\"src\": \"c1\", \"dest\": \"n0\", \"body\": {...}}. The body of a \
request has a `msg_id`, and that of its reply the same number as `in_reply_to`. A reply has no other \
keys than those below (`msg_id` is allowed). First of all each node gets `init` with `node_id` and \
`node_ids`, and answers `init_ok`. What a node cannot do it answers with `error`, a `code`, and a \
`text`.";

/// Shows every workload.
pub(super) fn list(format: Format) -> Result<()> {
    match format {
        Format::Json => {
            let list: Vec<Value> = Workload::ALL.into_iter().map(json_of).collect();
            terminal::print(&serde_json::to_string_pretty(&list)?)
        }
        Format::Table | Format::Markdown => {
            let is_markdown = format == Format::Markdown;
            let mut text = wrapped(ENVELOPE, text_width(), "");
            for workload in Workload::ALL {
                text.push('\n');
                text += &described(workload, is_markdown, terminal::width());
            }
            text.push('\n');
            text += &services::described(is_markdown, terminal::width());
            terminal::print(&text)
        }
    }
}

/// The section of one workload: heading, summary, and each request with its reply; in a terminal of a width,
/// wrapped.
pub(super) fn described(workload: Workload, is_markdown: bool, width: Option<u16>) -> String {
    let Protocol { about, rpcs } = protocol(workload);
    let (heading, fence) = if is_markdown { ("## ", "```text\n") } else { ("", "") };
    let exchange = |Rpc { request, request_fields, reply, reply_fields }: &Rpc| {
        format!("  -> {}\n  <- {}\n", body(request, request_fields), body(reply, reply_fields))
    };
    let exchanges: String = rpcs.iter().map(|rpc| exchange(rpc)).collect();
    let exchanges = bodies(&exchanges, width.filter(|_| !is_markdown));
    let about = wrapped(about, text_width(), "");
    let text = format!("{heading}{workload}\n{about}{fence}{exchanges}");
    text + fence.trim_end().trim_end_matches("text")
}

/// Lines of message bodies, wrapped at a width: a continued line is indented further than an arrow.
pub(super) fn bodies(lines: &str, width: Option<u16>) -> String {
    let line = |line: &str| match width {
        Some(width) => wrapped(line, width.into(), "       "),
        None => format!("{line}\n"),
    };
    lines.lines().map(line).collect()
}

/// A sample message body, with types in the position of values.
fn body(kind: &str, fields: &[Field]) -> String {
    let fields = fields.iter().map(|field| format!(", \"{}\": {}", field.name, field.shape));
    format!("{{\"type\": \"{kind}\"{}}}", fields.collect::<String>())
}

fn json_of(workload: Workload) -> Value {
    let fields = |fields: &[Field]| -> Map<String, Value> {
        fields.iter().map(|field| (field.name.into(), field.shape.to_string().into())).collect()
    };
    let Protocol { about, rpcs } = protocol(workload);
    let rpcs: Vec<Value> = rpcs
        .iter()
        .map(|rpc| {
            json!({
                "request": {"type": rpc.request, "fields": fields(rpc.request_fields)},
                "reply": {"type": rpc.reply, "fields": fields(rpc.reply_fields)},
            })
        })
        .collect();
    json!({
        "name": workload.name(),
        "about": about,
        "rpcs": rpcs,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workload_is_recognized_by_its_messages() {
        insta::assert_snapshot!(described(Workload::Kafka, false, None));
        insta::assert_snapshot!(described(Workload::TxnListAppend, true, None));
    }
}
