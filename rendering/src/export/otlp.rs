//! Traces in the JSON of OpenTelemetry's protocol: a span for each operation, and one for each message
//! from when it was sent to when it arrived.

use super::SHOWN;
use super::cause::{Cause, causes};
use super::message_events::{arrivals, loss};
use crate::value_text::value_text;
use glomers_history::{Kind, shortened, visible};
use glomers_timeline::{Heading, Message, Operation, Timeline};
use serde::Serialize;
use serde_json::{Value, json};
use std::io::{self, Write};

/// Kinds of spans, and states, as the protocol numbers them.
const CLIENT: u8 = 3;
const PRODUCER: u8 = 4;
const OK: u8 = 1;
const ERROR: u8 = 2;
/// Which ids are those of messages; others are those of operations.
const MESSAGES: u64 = 1 << 56;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the protocol names them")]
struct Span {
    trace_id: String,
    span_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_span_id: Option<String>,
    name: String,
    kind: u8,
    start_time_unix_nano: String,
    end_time_unix_nano: String,
    attributes: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Link {
    trace_id: String,
    span_id: String,
    attributes: Vec<Value>,
}

/// A span and the trace that it belongs to, as numbers.
#[derive(Debug, Clone, Copy)]
struct Place {
    trace: u64,
    span: u64,
}

/// Writes the run as spans. `start` is when the test began, in ns since 1970.
///
/// A message is part of the operation that its client or node exchanged it for; between nodes, of the
/// request that it answers, or else of what its sender received within 10 ms before, which is a guess.
pub fn otlp(
    timeline: &Timeline<'_>,
    heading: &Heading,
    start: u64,
    out: &mut dyn Write,
) -> io::Result<()> {
    let spans = Spans::new(timeline, heading, start);
    let mut senders: Vec<Vec<usize>> = vec![Vec::new(); timeline.participants().len()];
    for (position, message) in timeline.messages().iter().enumerate() {
        if !timeline.is_set_up(message) {
            senders[message.src].push(position);
        }
    }
    writeln!(out, "{{\"resourceSpans\":[")?;
    let operations = (0..timeline.operations().len()).map(|position| spans.operation(position));
    spans.resource(out, "clients", operations)?;
    for (participant, positions) in senders.iter().enumerate() {
        if !positions.is_empty() {
            out.write_all(b",\n")?;
            let its = positions.iter().map(|position| spans.message(*position));
            spans.resource(out, &visible(timeline.name(participant)), its)?;
        }
    }
    writeln!(out, "\n]}}")
}

struct Spans<'a> {
    timeline: &'a Timeline<'a>,
    heading: &'a Heading,
    start: u64,
    causes: Vec<Cause>,
    /// By message.
    places: Vec<Place>,
    /// By message: the span that it is part of.
    parents: Vec<Option<u64>>,
}

impl<'a> Spans<'a> {
    fn new(timeline: &'a Timeline<'a>, heading: &'a Heading, start: u64) -> Self {
        let count = timeline.messages().len();
        let causes = causes(timeline);
        let mut operation_of = vec![None; count];
        for (position, operation) in timeline.operations().iter().enumerate() {
            for message in &operation.messages {
                operation_of[*message] = Some(position);
            }
        }
        let mut places: Vec<Place> = Vec::with_capacity(count);
        let mut parents = Vec::with_capacity(count);
        for position in 0..count {
            let span = MESSAGES + position as u64 + 1;
            let cause = causes[position].likeliest();
            let parent = match (operation_of[position].map(operation_place), cause) {
                (Some(operation), _) => Some(operation),
                // A cause is earlier.
                (None, Some(cause)) => places.get(cause).copied(),
                (None, None) => None,
            };
            places.push(Place { trace: parent.map_or(span, |parent| parent.trace), span });
            parents.push(parent.map(|parent| parent.span));
        }
        Self { timeline, heading, start, causes, places, parents }
    }

    /// The spans of one participant.
    fn resource(
        &self,
        out: &mut dyn Write,
        name: &str,
        spans: impl Iterator<Item = Span>,
    ) -> io::Result<()> {
        let resource = json!({ "attributes": [
            text("service.name", name),
            text("service.namespace", &self.heading.workload),
        ] });
        let scope = json!({ "name": "glomers", "version": env!("CARGO_PKG_VERSION") });
        write!(out, "{{\"resource\":{resource},\"scopeSpans\":[{{\"scope\":{scope},\"spans\":[")?;
        for (number, span) in spans.enumerate() {
            out.write_all(if number > 0 { b",\n" } else { b"\n" })?;
            serde_json::to_writer(&mut *out, &span)?;
        }
        write!(out, "\n]}}]}}")
    }

    fn operation(&self, position: usize) -> Span {
        let operation: &Operation<'_> = &self.timeline.operations()[position];
        let end = operation.completion.as_ref();
        let mut attributes = vec![
            text("glomers.argument", &value_text(operation.argument, SHOWN)),
            number("glomers.process", operation.process),
            number("glomers.entry", operation.entry),
        ];
        let node = operation.node.and_then(|node| self.timeline.nodes().get(node));
        attributes.extend(node.map(|node| text("glomers.node", node)));
        let result = end.map(|end| text("glomers.result", &value_text(end.value, SHOWN)));
        attributes.extend(result);
        let failed = |why: &str| {
            let error = end.and_then(|end| end.error).map(|error| value_text(error, SHOWN));
            let error = error.map_or_else(|| why.to_owned(), |error| format!("{why}: {error}"));
            json!({ "code": ERROR, "message": error })
        };
        let status = match end.map(|end| end.kind) {
            Some(Kind::Ok) => json!({ "code": OK }),
            Some(Kind::Fail) => failed("failed"),
            Some(Kind::Info | Kind::Invoke) => failed("outcome unknown"),
            None => failed("unfinished"),
        };
        let place = operation_place(position);
        let until = end.map_or(self.timeline.end(), |end| end.time);
        Span {
            trace_id: self.trace_id(place),
            span_id: span_id(place.span),
            parent_span_id: None,
            name: visible(operation.f.name()).into_owned(),
            kind: CLIENT,
            start_time_unix_nano: self.unix(operation.invoked),
            end_time_unix_nano: self.unix(until.max(operation.invoked)),
            attributes,
            links: Vec::new(),
            status: Some(status),
        }
    }

    fn message(&self, position: usize) -> Span {
        let message: &Message<'_> = &self.timeline.messages()[position];
        let place = self.places[position];
        let name = |participant| visible(self.timeline.name(participant));
        let attributes = vec![
            text("glomers.from", &name(message.src)),
            text("glomers.to", &name(message.dest)),
            text("glomers.body", &shortened(message.body, SHOWN)),
            number("glomers.message", message.id),
            number("glomers.deliveries", message.arrivals().count() as u64),
        ];
        let Cause { request, before } = self.causes[position];
        let link = |cause: Option<usize>, what: &str| {
            let place = self.places[cause?];
            let attributes = vec![text("glomers.relation", what)];
            Some(Link { trace_id: self.trace_id(place), span_id: span_id(place.span), attributes })
        };
        let before = before.filter(|before| request != Some(*before));
        let links = [link(request, "answers"), link(before, "received shortly before")];
        let lost = loss(self.timeline, message);
        Span {
            trace_id: self.trace_id(place),
            span_id: span_id(place.span),
            parent_span_id: self.parents[position].map(span_id),
            name: visible(message.kind).into_owned(),
            kind: PRODUCER,
            start_time_unix_nano: self.unix(message.sent),
            end_time_unix_nano: self.unix(arrivals(message).next().unwrap_or(message.sent)),
            attributes,
            links: links.into_iter().flatten().collect(),
            status: lost.map(|lost| json!({ "code": ERROR, "message": lost })),
        }
    }

    /// The seed, and the number of the first span of the trace: 16 bytes, never all zero.
    fn trace_id(&self, place: Place) -> String {
        format!("{:016x}{:016x}", self.heading.seed.unwrap_or(0), place.trace)
    }

    /// A time of the run in ns since 1970.
    fn unix(&self, time: i64) -> String {
        self.start.saturating_add_signed(time).to_string()
    }
}

fn operation_place(position: usize) -> Place {
    let span = position as u64 + 1;
    Place { trace: span, span }
}

/// 8 bytes, never all zero.
fn span_id(span: u64) -> String {
    format!("{span:016x}")
}

fn text(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

/// Integers are strings in the JSON of protocol buffers.
fn number(key: &str, value: u64) -> Value {
    json!({ "key": key, "value": { "intValue": value.to_string() } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_run::{TestRun, heading, odd};
    use proptest::prelude::*;
    use serde::Deserialize;
    use std::collections::{BTreeMap, BTreeSet};

    /// When the runs of the tests began.
    const START: u64 = 1_700_000_000_000_000_000;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    struct Data {
        resource_spans: Vec<ResourceSpans>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    struct ResourceSpans {
        resource: Resource,
        scope_spans: Vec<ScopeSpans>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Resource {
        attributes: Vec<Attribute>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct ScopeSpans {
        scope: BTreeMap<String, String>,
        spans: Vec<ReadSpan>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Attribute {
        key: String,
        value: AnyValue,
    }
    #[derive(Deserialize, Debug)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    enum AnyValue {
        StringValue(String),
        IntValue(String),
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    struct ReadSpan {
        trace_id: String,
        span_id: String,
        parent_span_id: Option<String>,
        name: String,
        kind: u8,
        start_time_unix_nano: String,
        end_time_unix_nano: String,
        attributes: Vec<Attribute>,
        #[serde(default)]
        links: Vec<ReadLink>,
        status: Option<Status>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    struct ReadLink {
        trace_id: String,
        span_id: String,
        attributes: Vec<Attribute>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Status {
        code: u8,
        message: Option<String>,
    }

    fn written(run: &TestRun) -> String {
        let mut out = Vec::new();
        otlp(&run.timeline(), &heading(), START, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_small_run() {
        insta::assert_snapshot!(written(&TestRun::small()));
    }

    fn check(run: &TestRun) -> Result<(), TestCaseError> {
        let data: Data = serde_json::from_str(&written(run)).unwrap();
        let mut spans = Vec::new();
        for ResourceSpans { resource, scope_spans } in data.resource_spans {
            prop_assert_eq!(resource.attributes[0].key.as_str(), "service.name");
            for ScopeSpans { scope, spans: its } in scope_spans {
                prop_assert_eq!(scope["name"].as_str(), "glomers");
                spans.extend(its);
            }
        }
        let known: BTreeMap<&str, &str> =
            spans.iter().map(|span| (span.span_id.as_str(), span.trace_id.as_str())).collect();
        prop_assert_eq!(known.len(), spans.len(), "ids are unique");
        let is_hex = |id: &str, bytes: usize| {
            id.len() == 2 * bytes
                && id.bytes().all(|it| it.is_ascii_digit() || (b'a'..=b'f').contains(&it))
                && id.bytes().any(|it| it != b'0')
        };
        for span in &spans {
            prop_assert!(is_hex(&span.trace_id, 16) && is_hex(&span.span_id, 8));
            if let Some(parent) = &span.parent_span_id {
                prop_assert_eq!(known.get(parent.as_str()), Some(&span.trace_id.as_str()));
            }
            for link in &span.links {
                prop_assert_eq!(known.get(link.span_id.as_str()), Some(&link.trace_id.as_str()));
                prop_assert_eq!(link.attributes[0].key.as_str(), "glomers.relation");
            }
            let time = |text: &str| text.parse::<u64>().unwrap();
            prop_assert!(time(&span.start_time_unix_nano) <= time(&span.end_time_unix_nano));
            prop_assert!([CLIENT, PRODUCER].contains(&span.kind));
            let keys: BTreeSet<&str> = span.attributes.iter().map(|it| it.key.as_str()).collect();
            prop_assert_eq!(keys.len(), span.attributes.len(), "{}", &span.name);
            for Attribute { value, .. } in &span.attributes {
                let is_sound = match value {
                    AnyValue::StringValue(text) => text.chars().count() <= 1_000,
                    AnyValue::IntValue(digits) => digits.parse::<u64>().is_ok(),
                };
                prop_assert!(is_sound, "{:?}", value);
            }
            if let Some(Status { code, message }) = &span.status {
                prop_assert_eq!(*code == ERROR, message.is_some());
            }
        }
        let timeline = run.timeline();
        let messages = timeline.messages().iter().filter(|it| !timeline.is_set_up(it)).count();
        prop_assert_eq!(spans.len(), messages + timeline.operations().len());
        Ok(())
    }

    #[test]
    fn spans_are_linked() {
        check(&TestRun::small()).unwrap();
    }

    proptest! {
        #[test]
        fn odd_runs_are_traces_too(run in odd::run()) {
            check(&run)?;
        }
    }
}
