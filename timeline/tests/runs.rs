//! Small runs, written manually: their timelines and stories.

use glomers_history::{Cluster, History, read_history};
use glomers_timeline::{Choice, Fate, Heading, Holder, Timeline, ValueTrace, story};
use insta::assert_snapshot;
use proptest::prelude::*;

/// A value that n0 sends to n1 while the link is cut, and to n2; a read of n1 lacks it.
const HISTORY: &str = r#"
{:index 0, :time 1000, :type :info, :process :nemesis, :f :start-partition, :value :one}
{:index 1, :time 1000, :type :info, :process :nemesis, :f :start-partition, :value [:isolated {"n1" #{"n0"}}]}
{:index 2, :time 2000, :type :invoke, :process 0, :f :broadcast, :value 7}
{:index 3, :time 9000, :type :ok, :process 0, :f :broadcast, :value 7}
{:index 4, :time 20000, :type :info, :process :nemesis, :f :stop-partition, :value nil}
{:index 5, :time 20000, :type :info, :process :nemesis, :f :stop-partition, :value :network-healed}
{:index 6, :time 30000, :type :invoke, :process 2, :f :read, :value nil}
{:index 7, :time 32000, :type :ok, :process 2, :f :read, :value [7]}
{:index 8, :time 40000, :type :invoke, :process 1, :f :read, :value nil, :final? true}
{:index 9, :time 42000, :type :ok, :process 1, :f :read, :value [], :final? true}
"#;

const JOURNAL: &str = r#"
{"time":2000,"type":"send","id":0,"src":"c0","dest":"n0","body":{"type":"broadcast","message":7,"msg_id":1}}
{"time":2000,"type":"recv","id":0,"src":"c0","dest":"n0","body":{"type":"broadcast","message":7,"msg_id":1}}
{"time":5000,"type":"send","id":1,"src":"n0","dest":"n1","body":{"type":"gossip","values":[7],"round":7}}
{"time":5000,"type":"send","id":2,"src":"n0","dest":"n2","body":{"type":"gossip","values":[7],"round":8}}
{"time":6000,"type":"recv","id":2,"src":"n0","dest":"n2","body":{"type":"gossip","values":[7],"round":8}}
{"time":9000,"type":"send","id":3,"src":"n0","dest":"c0","body":{"type":"broadcast_ok","in_reply_to":1}}
{"time":9000,"type":"recv","id":3,"src":"n0","dest":"c0","body":{"type":"broadcast_ok","in_reply_to":1}}
{"time":30000,"type":"send","id":4,"src":"c2","dest":"n2","body":{"type":"read","msg_id":1}}
{"time":30000,"type":"recv","id":4,"src":"c2","dest":"n2","body":{"type":"read","msg_id":1}}
{"time":32000,"type":"send","id":5,"src":"n2","dest":"c2","body":{"type":"read_ok","messages":[7],"in_reply_to":1}}
{"time":32000,"type":"recv","id":5,"src":"n2","dest":"c2","body":{"type":"read_ok","messages":[7],"in_reply_to":1}}
{"time":40000,"type":"send","id":6,"src":"c1","dest":"n1","body":{"type":"read","msg_id":1}}
{"time":40000,"type":"recv","id":6,"src":"c1","dest":"n1","body":{"type":"read","msg_id":1}}
{"time":42000,"type":"send","id":7,"src":"n1","dest":"c1","body":{"type":"read_ok","messages":[],"in_reply_to":1}}
{"time":42000,"type":"recv","id":7,"src":"n1","dest":"c1","body":{"type":"read_ok","messages":[],"in_reply_to":1}}
"#;

fn cluster() -> Cluster {
    Cluster::new(["n0", "n1", "n2"].map(str::to_owned).to_vec(), 3)
}

fn history(text: &str) -> History {
    read_history(text.as_bytes()).expect("a history")
}

#[test]
fn operations_have_their_messages_and_messages_their_fates() {
    let history = history(HISTORY);
    let timeline = Timeline::new(&cluster(), &history, JOURNAL.as_bytes());
    let messages: Vec<&[usize]> =
        timeline.operations().iter().map(|operation| operation.messages.as_slice()).collect();
    assert_eq!(messages, [[0, 3], [4, 5], [6, 7]]);
    let fates: Vec<Fate> = timeline.messages().iter().map(|it| timeline.fate(it)).collect();
    assert_eq!((fates[1], fates[2]), (Fate::Cut(0), Fate::Arrived));
    assert_eq!(timeline.end(), 42_000);
}

#[test]
fn a_value_is_followed_from_node_to_node() {
    let history = history(HISTORY);
    let timeline = Timeline::new(&cluster(), &history, JOURNAL.as_bytes());
    let trace = ValueTrace::of(&timeline, "7").expect("it was written");
    // `round` is 7 once, too, and then 8, which no client wrote: it holds no values.
    assert_eq!(trace.messages, [0, 1, 2, 3]);
    let by = |position, time| Some(Holder::Message(position, time));
    assert_eq!(trace.holders, [by(0, 2000), None, by(2, 6000)]);
    assert_eq!(
        (trace.first_shown, trace.last_without),
        (vec![None, None, Some(1)], vec![None, Some(2), None])
    );
    assert_eq!(ValueTrace::of(&timeline, "8"), None);
}

#[test]
fn the_story_of_a_value() {
    let history = history(HISTORY);
    let timeline = Timeline::new(&cluster(), &history, JOURNAL.as_bytes());
    let heading =
        Heading { workload: "broadcast".into(), node: "./node".into(), ..Heading::default() };
    let choice = Choice { value: Some("7".to_owned()), ..Choice::default() };
    assert_snapshot!(story(&timeline, &heading, &choice, &["1 value was lost".to_owned()]));
}

#[test]
fn the_story_of_a_history_without_a_journal_and_of_a_node_that_logs() {
    let history = history(HISTORY);
    let logs = ["  0.000004  has 7\n".to_owned(), String::new(), "garbage".to_owned()];
    let timeline = Timeline::new(&cluster(), &history, b"").with_logs(&logs);
    let heading =
        Heading { workload: "broadcast".into(), node: "./node".into(), ..Heading::default() };
    assert_snapshot!(story(&timeline, &heading, &Choice::default(), &[]));
}

proptest! {
    /// Whatever stands in the files, there is a story.
    #[test]
    fn no_journal_is_too_odd(
        lines in prop::collection::vec(
            prop_oneof![
                prop::sample::select(JOURNAL.lines().collect::<Vec<_>>()).prop_map(str::to_owned),
                (any::<i64>(), 0_u64..4, "[nc]?[0-9]?", "[a-z{}\\[\\]\",:0-9]{0,12}").prop_map(
                    |(time, id, name, body)| format!(
                        r#"{{"time":{time},"type":"send","id":{id},"src":"{name}","dest":"n1","body":{body}}}"#
                    )
                ),
                ".{0,30}",
            ],
            0..12,
        ),
        value in "[0-9]|\"x\"|\\PC{0,4}",
        operation in 0_u64..12,
        (from, until) in (any::<Option<i64>>(), any::<Option<i64>>()),
    ) {
        let history = history(HISTORY);
        let journal = lines.join("\n");
        let timeline = Timeline::new(&cluster(), &history, journal.as_bytes());
        for choice in [
            Choice::default(),
            Choice { value: Some(value), ..Choice::default() },
            Choice { operations: vec![operation], node: Some(1), from, until, ..Choice::default() },
        ] {
            let text = story(&timeline, &Heading::default(), &choice, &[]);
            prop_assert!(text.contains("Times are in seconds"));
        }
    }
}
