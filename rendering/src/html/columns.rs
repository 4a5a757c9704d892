//! A timeline as columns of numbers and texts, which a browser reads fast.

use super::escape::block;
use super::sample::{evenly, sample};
use glomers_history::{Kind, Value, json, shortened, visible};
use glomers_timeline::{Fate, FaultKind, Operation, Role, Timeline};
use serde::Serialize;
use std::collections::HashMap;

/// Maximum number of operations in a page.
pub(super) const MOST_OPERATIONS: usize = 200_000;
/// Limits of bodies in bytes: the first with which all bodies together are small enough.
const BODY_LIMITS: [usize; 4] = [8000, 1000, 250, 80];
/// Maximum size of all bodies in bytes.
const MOST_BODY_BYTES: usize = 16 << 20;
/// Maximum number of characters of an argument or a result.
const VALUE_CHARS: usize = 240;
/// Maximum number of values of one operation that can be followed.
const FOLLOWED: usize = 32;

/// The data of a page, and what is not in it.
pub(super) struct Columns {
    /// Everything but the bodies, as JSON for a data block.
    pub(super) data: String,
    /// The bodies of messages, one a line.
    pub(super) bodies: String,
    /// What was left out, in sentences.
    pub(super) limits: Vec<String>,
}

#[derive(Serialize)]
struct Data<'a> {
    end: i64,
    /// Where the diagram begins.
    focus: Option<i64>,
    nodes: &'a [String],
    parties: Vec<Party<'a>>,
    kinds: Vec<&'a str>,
    faults: Vec<ShownFault>,
    messages: MessageColumns,
    operations: OperationColumns<'a>,
}

#[derive(Serialize)]
struct Party<'a> {
    name: &'a str,
    role: u8,
    node: Option<usize>,
}

#[derive(Serialize)]
struct ShownFault {
    from: i64,
    until: Option<i64>,
    /// The only node that it affects.
    node: Option<usize>,
    short: String,
    text: String,
}

/// A line for each message. Times are differences: to the message before, and to its own sending.
#[derive(Serialize, Default)]
struct MessageColumns {
    total: usize,
    body_limit: Option<usize>,
    sent: Vec<i64>,
    /// Until it arrived; -1 if it did not.
    took: Vec<i64>,
    src: Vec<usize>,
    dest: Vec<usize>,
    kind: Vec<usize>,
    /// The operation that it belongs to, -1 for none.
    operation: Vec<i64>,
    /// Of messages that did not arrive: position, fate, fault or -1.
    dropped: Vec<(usize, u8, i64)>,
    /// Of messages that arrived again: position, times.
    repeats: Vec<(usize, Vec<i64>)>,
}

#[derive(Serialize, Default)]
struct OperationColumns<'a> {
    total: usize,
    entry: Vec<u64>,
    process: Vec<u64>,
    node: Vec<i64>,
    f: Vec<&'a str>,
    invoked: Vec<i64>,
    took: Vec<i64>,
    /// 0 for ok, 1 for fail, 2 for info, 3 for open.
    outcome: Vec<u8>,
    argument: Vec<String>,
    /// Empty if it says no more than the argument.
    result: Vec<String>,
    /// The values that it wrote, as JSON; null for none.
    written: Vec<Option<Vec<String>>>,
}

impl Columns {
    /// The timeline, with these messages in any case, and at most this number of messages.
    pub(super) fn new(timeline: &Timeline<'_>, related: &[usize], most_messages: usize) -> Self {
        let shown = sample(timeline, related, most_messages);
        let all: Vec<usize> = (0..timeline.operations().len()).collect();
        let operations: Vec<usize> = evenly(&all, MOST_OPERATIONS).collect();
        let body_limit = body_limit(timeline, &shown);
        let mut kinds = Kinds::default();
        let mut messages = message_columns(timeline, &shown, &operations, &mut kinds);
        let is_cut = shown.iter().any(|it| timeline.messages()[*it].body.len() > body_limit);
        messages.body_limit = is_cut.then_some(body_limit);
        let data = Data {
            end: timeline.end(),
            focus: related.first().map(|first| timeline.messages()[*first].sent),
            nodes: timeline.nodes(),
            parties: parties(timeline),
            kinds: kinds.names,
            faults: faults(timeline),
            operations: operation_columns(timeline, &operations),
            messages,
        };
        let mut limits = Vec::new();
        if shown.len() < timeline.messages().len() {
            limits.push(format!(
                "{} of {} messages are shown, since more than {most_messages} are too many for a page: \
                 those of the story and those that did not arrive first, then others at even distances",
                shown.len(),
                timeline.messages().len()
            ));
        }
        if operations.len() < all.len() {
            limits.push(format!(
                "{} of {} operations are shown, at even distances",
                operations.len(),
                all.len()
            ));
        }
        if is_cut {
            limits.push(format!(
                "bodies of more than {body_limit} bytes are cut, and values are not followed in them"
            ));
        }
        // Plain numbers and strings: there is nothing in them that JSON cannot say.
        let json = serde_json::to_string(&data).unwrap_or_else(|error| unreachable!("{error}"));
        Self { data: block(&json), bodies: bodies(timeline, &shown, body_limit), limits }
    }
}

/// Types of messages, by their numbers.
#[derive(Default)]
struct Kinds<'a> {
    names: Vec<&'a str>,
    numbers: HashMap<&'a str, usize>,
}

impl<'a> Kinds<'a> {
    fn number(&mut self, name: &'a str) -> usize {
        *self.numbers.entry(name).or_insert_with(|| {
            self.names.push(name);
            self.names.len() - 1
        })
    }
}

fn parties<'t>(timeline: &'t Timeline<'_>) -> Vec<Party<'t>> {
    let party = |it: &'t glomers_timeline::Participant<'_>| Party {
        name: &it.name,
        role: match it.role {
            Role::Node(_) => 0,
            Role::Service => 1,
            Role::Client => 2,
        },
        node: it.node(),
    };
    timeline.participants().iter().map(party).collect()
}

fn faults(timeline: &Timeline<'_>) -> Vec<ShownFault> {
    let fault = |it: &glomers_timeline::Fault| ShownFault {
        from: it.from,
        until: it.until,
        node: match it.kind {
            FaultKind::Kill(node) | FaultKind::Pause(node) | FaultKind::Skew { node, .. } => {
                Some(node)
            }
            _ => None,
        },
        short: it.kind.name().to_owned(),
        text: timeline.describe(it),
    };
    timeline.faults().iter().map(fault).collect()
}

fn body_limit(timeline: &Timeline<'_>, shown: &[usize]) -> usize {
    let size = |limit: &usize| -> usize {
        shown.iter().map(|it| timeline.messages()[*it].body.len().min(*limit)).sum()
    };
    let [.., least] = BODY_LIMITS;
    BODY_LIMITS.into_iter().find(|limit| size(limit) <= MOST_BODY_BYTES).unwrap_or(least)
}

fn bodies(timeline: &Timeline<'_>, shown: &[usize], limit: usize) -> String {
    let mut text = String::new();
    for position in shown {
        let body = timeline.messages()[*position].body;
        let end = body.floor_char_boundary(limit);
        text += &block(&body[..end]);
        text += if end < body.len() { "...\n" } else { "\n" };
    }
    text
}

fn message_columns<'a>(
    timeline: &'a Timeline<'_>,
    shown: &[usize],
    operations: &[usize],
    kinds: &mut Kinds<'a>,
) -> MessageColumns {
    // By message: the operation, by its position in the page.
    let mut of: HashMap<usize, i64> = HashMap::new();
    for (at, position) in operations.iter().enumerate() {
        let its = &timeline.operations()[*position].messages;
        of.extend(its.iter().map(|message| (*message, signed(at))));
    }
    let mut columns =
        MessageColumns { total: timeline.messages().len(), ..MessageColumns::default() };
    let mut before = 0;
    for (at, position) in shown.iter().enumerate() {
        let message = &timeline.messages()[*position];
        columns.sent.push(message.sent.saturating_sub(before));
        before = message.sent;
        let took = |time: i64| time.saturating_sub(message.sent).max(0);
        columns.took.push(message.received.map_or(-1, took));
        columns.src.push(message.src);
        columns.dest.push(message.dest);
        columns.kind.push(kinds.number(message.kind));
        columns.operation.push(of.get(position).copied().unwrap_or(-1));
        let fate = timeline.fate(message);
        if fate != Fate::Arrived {
            columns.dropped.push((at, fate_number(fate), fate.fault().map_or(-1, signed)));
        }
        if !message.repeats.is_empty() {
            columns.repeats.push((at, message.repeats.clone()));
        }
    }
    columns
}

fn fate_number(fate: Fate) -> u8 {
    match fate {
        Fate::Arrived => 0,
        Fate::Cut(_) => 1,
        Fate::Lost(_) => 2,
        Fate::Dead(_) => 3,
        Fate::NotAwaited => 4,
        Fate::Late => 5,
    }
}

fn signed(position: usize) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

fn operation_columns<'a>(timeline: &'a Timeline<'_>, shown: &[usize]) -> OperationColumns<'a> {
    let mut columns =
        OperationColumns { total: timeline.operations().len(), ..OperationColumns::default() };
    let mut before = 0;
    for position in shown {
        let operation = &timeline.operations()[*position];
        columns.entry.push(operation.entry);
        columns.process.push(operation.process);
        columns.node.push(operation.node.map_or(-1, signed));
        columns.f.push(operation.f.name());
        columns.invoked.push(operation.invoked.saturating_sub(before));
        before = operation.invoked;
        let end = operation.completion.as_ref();
        columns.took.push(end.map_or(-1, |end| end.time.saturating_sub(operation.invoked).max(0)));
        columns.outcome.push(match end.map(|end| end.kind) {
            Some(Kind::Ok) => 0,
            Some(Kind::Fail) => 1,
            Some(_) => 2,
            None => 3,
        });
        columns.argument.push(value_text(operation.argument));
        columns.result.push(result_text(operation));
        let mut written = operation.written();
        written.truncate(FOLLOWED);
        columns.written.push(Some(written).filter(|values| !values.is_empty()));
    }
    columns
}

/// What an operation returned, or why it did not succeed.
fn result_text(operation: &Operation<'_>) -> String {
    let Some(end) = &operation.completion else { return String::new() };
    match end.error {
        Some(error) => value_text(error),
        None if end.value == operation.argument => String::new(),
        None => value_text(end.value),
    }
}

fn value_text(value: &Value) -> String {
    if *value == Value::Nil {
        return String::new();
    }
    let mut text = Vec::new();
    json::write_json(value, &mut text);
    shortened(&visible(&String::from_utf8_lossy(&text)), VALUE_CHARS).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use glomers_history::{Cluster, read_history};

    const JOURNAL: &str = concat!(
        r#"{"time":5,"type":"send","id":0,"src":"c3","dest":"n0","body":{"type":"broadcast","message":7,"x":"</script>"}}"#,
        "\n",
        r#"{"time":6,"type":"recv","id":0,"src":"c3","dest":"n0","body":{"type":"broadcast","message":7}}"#,
        "\n",
        r#"{"time":7,"type":"send","id":1,"src":"n0","dest":"n1","body":{"type":"g","m":[7]}}"#,
        "\n",
        r#"{"time":8,"type":"send","id":2,"src":"n0","dest":"c3","body":{"type":"broadcast_ok"}}"#,
        "\n",
        r#"{"time":9,"type":"recv","id":2,"src":"n0","dest":"c3","body":{"type":"broadcast_ok"}}"#,
        "\n",
        r#"{"time":9,"type":"recv","id":2,"src":"n0","dest":"c3","body":{"type":"broadcast_ok"}}"#,
        "\n"
    );

    const HISTORY: &str = "{:index 0, :time 5, :type :invoke, :process 0, :f :broadcast, :value 7}\n\
         {:index 1, :time 9, :type :ok, :process 0, :f :broadcast, :value 7}\n\
         {:index 2, :time 10, :type :invoke, :process 0, :f :read, :value nil}\n";

    #[test]
    fn columns_say_what_the_timeline_says() {
        let history = read_history(HISTORY.as_bytes()).unwrap();
        let cluster = Cluster::new(vec!["n0".to_owned(), "n1".to_owned()], 1);
        let timeline = Timeline::new(&cluster, &history, JOURNAL.as_bytes());
        let columns = Columns::new(&timeline, &[1], 10);
        let data: serde_json::Value = serde_json::from_str(&columns.data).unwrap();
        let messages = &data["messages"];
        for (name, expected) in [
            ("sent", serde_json::json!([5, 2, 1])),
            ("took", serde_json::json!([1, -1, 1])),
            ("kind", serde_json::json!([0, 1, 2])),
            ("operation", serde_json::json!([0, -1, 0])),
            ("dropped", serde_json::json!([[1, 5, -1]])),
            ("repeats", serde_json::json!([[2, [9]]])),
        ] {
            assert_eq!(messages[name], expected, "{name}");
        }
        assert_eq!(data["focus"], 7);
        assert_eq!(data["operations"]["written"], serde_json::json!([["7"], null]));
        assert_eq!(data["operations"]["outcome"], serde_json::json!([0, 3]));
        assert_eq!(data["operations"]["took"], serde_json::json!([4, -1]));
        let bodies: Vec<&str> = columns.bodies.lines().collect();
        assert_eq!(bodies.len(), 3);
        assert!(!columns.bodies.contains('<'), "{}", columns.bodies);
        for (body, message) in bodies.iter().zip(timeline.messages()) {
            let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            assert_eq!(read(body), read(message.body));
        }
        assert!(columns.limits.is_empty());
        let limited = Columns::new(&timeline, &[], 2);
        assert!(limited.limits[0].starts_with("2 of 3 messages are shown"), "{:?}", limited.limits);
    }

    #[test]
    fn long_bodies_are_cut_at_a_character() {
        let line = |id: usize| {
            format!(
                "{{\"time\":{id},\"type\":\"send\",\"id\":{id},\"src\":\"n0\",\"dest\":\"n1\",\
                 \"body\":{{\"type\":\"x\",\"y\":\"{}\"}}}}\n",
                "é".repeat(5000)
            )
        };
        let journal: String = (0..3).map(line).collect();
        let (cluster, history) = (Cluster::default(), glomers_history::History::new());
        let timeline = Timeline::new(&cluster, &history, journal.as_bytes());
        let columns = Columns::new(&timeline, &[], 10);
        assert!(columns.bodies.lines().all(|it| it.len() <= 8003 && it.ends_with("...")));
        assert!(columns.limits[0].contains("8000 bytes are cut"), "{:?}", columns.limits);
    }
}
