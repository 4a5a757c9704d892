//! Runs for the tests.

use glomers_history::{Cluster, History, read_history};
use glomers_timeline::{Heading, Timeline};

/// A run from texts.
pub(crate) struct TestRun {
    cluster: Cluster,
    history: History,
    journal: String,
}

/// As a failed property shows it.
impl std::fmt::Debug for TestRun {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for entry in self.history.operations() {
            writeln!(out, "{}", entry.to_value())?;
        }
        write!(out, "{:?}\n{}", self.cluster.nodes(), self.journal)
    }
}

impl TestRun {
    /// A run of these nodes, with one worker for each.
    #[must_use]
    pub(crate) fn new(nodes: &[&str], history: &str, journal: &str) -> Self {
        let nodes: Vec<String> = nodes.iter().map(|node| (*node).to_owned()).collect();
        let workers = nodes.len() as u64;
        Self {
            cluster: Cluster::new(nodes, workers),
            history: read_history(history.as_bytes()).expect("a history"),
            journal: journal.to_owned(),
        }
    }

    /// Three nodes, a service, a partition, a kill, lost messages and every kind of outcome.
    #[must_use]
    pub(crate) fn small() -> Self {
        let history = r#"
{:index 0, :time 0, :type :info, :process :nemesis, :f :start-partition, :value :one}
{:index 1, :time 0, :type :info, :process :nemesis, :f :start-partition, :value [:isolated {"n2" #{"n0"}}]}
{:index 2, :time 10000000, :type :invoke, :process 0, :f :broadcast, :value 7}
{:index 3, :time 12000000, :type :ok, :process 0, :f :broadcast, :value 7}
{:index 4, :time 300000000, :type :info, :process :nemesis, :f :kill, :value ["n1"]}
{:index 5, :time 300000000, :type :info, :process :nemesis, :f :kill, :value {"n1" :killed}}
{:index 6, :time 400000000, :type :invoke, :process 1, :f :read, :value nil}
{:index 7, :time 500000000, :type :invoke, :process 2, :f :read, :value nil}
{:index 8, :time 500100000, :type :ok, :process 2, :f :read, :value [7 "<&>"]}
{:index 9, :time 900000000, :type :fail, :process 1, :f :read, :value nil, :error :net-timeout}
{:index 10, :time 950000000, :type :info, :process :nemesis, :f :stop-partition, :value nil}
{:index 11, :time 950000000, :type :info, :process :nemesis, :f :stop-partition, :value :network-healed}
{:index 12, :time 960000000, :type :invoke, :process 0, :f :broadcast, :value 8}
{:index 13, :time 990000000, :type :info, :process 0, :f :broadcast, :value 8, :error :net-timeout}
{:index 14, :time 990000000, :type :invoke, :process 2, :f :read, :value nil}
"#;
        let send = |time: i64, id: u64, src: &str, dest: &str, body: &str| {
            line(time, "send", id, src, dest, body)
        };
        let recv = |time: i64, id: u64, src: &str, dest: &str, body: &str| {
            line(time, "recv", id, src, dest, body)
        };
        let seven = r#"{"type":"broadcast","message":7,"msg_id":1}"#;
        let ok = r#"{"type":"broadcast_ok","in_reply_to":1}"#;
        let share = r#"{"type":"share","value":7}"#;
        let read = r#"{"type":"read","key":"k <&>","msg_id":2}"#;
        let shown = r#"{"type":"read_ok","value":7,"in_reply_to":2}"#;
        let journal = [
            send(0, 0, "c0", "n0", r#"{"type":"init","node_id":"n0"}"#),
            recv(0, 0, "c0", "n0", r#"{"type":"init","node_id":"n0"}"#),
            send(10_000_000, 1, "c1", "n0", seven),
            recv(10_000_000, 1, "c1", "n0", seven),
            send(10_000_000, 2, "n0", "n1", share),
            send(10_000_000, 3, "n0", "n2", share),
            send(12_000_000, 4, "n0", "c1", ok),
            recv(12_000_000, 4, "n0", "c1", ok),
            recv(110_000_000, 2, "n0", "n1", share),
            recv(120_000_000, 2, "n0", "n1", share),
            send(120_000_000, 5, "n1", "lin-kv", read),
            recv(120_000_000, 5, "n1", "lin-kv", read),
            send(120_000_000, 6, "lin-kv", "n1", shown),
            recv(120_000_000, 6, "lin-kv", "n1", shown),
            send(400_000_000, 7, "c2", "n1", r#"{"type":"read","msg_id":1}"#),
            send(500_000_000, 8, "c3", "n2", r#"{"type":"read","msg_id":1}"#),
            recv(500_000_000, 8, "c3", "n2", r#"{"type":"read","msg_id":1}"#),
            send(
                500_100_000,
                9,
                "n2",
                "c3",
                r#"{"type":"read_ok","messages":[7,"<&>"],"in_reply_to":1}"#,
            ),
            recv(
                500_100_000,
                9,
                "n2",
                "c3",
                r#"{"type":"read_ok","messages":[7,"<&>"],"in_reply_to":1}"#,
            ),
            send(600_000_000, 10, "n2", "n2", r#"{"type":"tick"}"#),
            recv(650_000_000, 10, "n2", "n2", r#"{"type":"tick"}"#),
            send(980_000_000, 11, "n2", "n0", share),
            send(990_000_000, 12, "n0", "c1", ok),
        ]
        .concat();
        Self::new(&["n0", "n1", "n2"], history, &journal)
    }

    /// What happened in it.
    pub(crate) fn timeline(&self) -> Timeline<'_> {
        Timeline::new(&self.cluster, &self.history, self.journal.as_bytes())
    }
}

/// What the pictures of a test say first.
pub(crate) fn heading() -> Heading {
    Heading {
        workload: "broadcast-c".to_owned(),
        node: "./my <node>".to_owned(),
        latency: Some((100, "constant".to_owned())),
        seed: Some(42),
    }
}

/// A line of a journal.
pub(crate) fn line(time: i64, kind: &str, id: u64, src: &str, dest: &str, body: &str) -> String {
    format!(
        "{{\"time\":{time},\"type\":\"{kind}\",\"id\":{id},\"src\":\"{src}\",\"dest\":\"{dest}\",\
         \"body\":{body}}}\n"
    )
}

/// Runs of any kind: odd times, names, bodies and outcomes, links that no topology has.
pub(crate) mod odd {
    use super::{TestRun, line};
    use proptest::prelude::*;
    use std::fmt::Write as _;

    /// Nodes, a name that XML must escape, services, clients.
    const NAMES: [&str; 7] = ["n0", "n1", "<&'>", "lin-kv", "\\u0001x", "c0", "c1"];
    const BODIES: [&str; 7] = [
        r#"{"type":"a","msg_id":1}"#,
        r#"{"type":"a_ok","in_reply_to":1,"x":[1,{"<":"]]>"}]}"#,
        r#"{"type":"_ok"}"#,
        r#"{"type":"\u0000\ufffe\"","y":null}"#,
        "{}",
        "[]",
        r#"{"type":"init"}"#,
    ];
    const FUNCTIONS: [&str; 5] = ["read", "broadcast", "crash", "txn", "a<&b"];
    const ACTIONS: [(&str, &str); 6] = [
        ("start-partition", r#"[:isolated {"n0" #{"n1"}}]"#),
        ("stop-partition", ":network-healed"),
        ("kill", r#"{"n1" :killed}"#),
        ("start", r#"{"n1" :started}"#),
        ("start-<quake>", ":started"),
        ("stop-<quake>", ":stopped"),
    ];

    fn time() -> impl Strategy<Value = i64> {
        prop_oneof![
            6 => 0..50_000_000_i64,
            1 => Just(0),
            1 => -5_000_000_000..5_000_000_000_i64,
            1 => any::<i64>(),
        ]
    }

    fn message() -> impl Strategy<Value = (i64, usize, usize, usize, Vec<i64>)> {
        let arrivals = prop::collection::vec(prop_oneof![0..30_000_000_i64, Just(0)], 0..3);
        (time(), 0..NAMES.len(), 0..NAMES.len(), 0..BODIES.len(), arrivals)
    }

    fn operation() -> impl Strategy<Value = (i64, i64, u64, usize, usize)> {
        (time(), time(), 0..3_u64, 0..FUNCTIONS.len(), 0..4_usize)
    }

    /// A run.
    pub(crate) fn run() -> impl Strategy<Value = TestRun> {
        let messages = prop::collection::vec(message(), 0..40);
        let operations = prop::collection::vec(operation(), 0..20);
        let actions = prop::collection::vec((time(), 0..ACTIONS.len()), 0..6);
        let nodes = 0..4_usize;
        (messages, operations, actions, nodes).prop_map(|(messages, operations, actions, nodes)| {
            let mut journal = Vec::new();
            for (id, (sent, src, dest, body, arrivals)) in messages.into_iter().enumerate() {
                let id = id as u64;
                let entry = |time, kind| line(time, kind, id, NAMES[src], NAMES[dest], BODIES[body]);
                journal.push((sent, entry(sent, "send")));
                for later in arrivals {
                    let time = sent.saturating_add(later);
                    journal.push((time, entry(time, "recv")));
                }
            }
            // Stable: a message is sent before it arrives.
            journal.sort_by_key(|(time, _)| *time);
            let journal: String = journal.into_iter().map(|(_, line)| line).collect();
            let mut history = String::new();
            for (time, action) in actions {
                let (f, value) = ACTIONS[action];
                for _ in 0..2 {
                    let _ = writeln!(history, "{{:time {time}, :type :info, :process :nemesis, :f :{f}, :value {value}}}"
                    );
                }
            }
            for (from, until, process, f, outcome) in operations {
                let f = FUNCTIONS[f];
                let mut entry = |time: i64, kind: &str| {
                    let _ = writeln!(history, "{{:time {time}, :type :{kind}, :process {process}, :f :{f}, :value [1 \"<\"]}}"
                    );
                };
                entry(from, "invoke");
                if let Some(kind) = ["ok", "fail", "info"].get(outcome) {
                    entry(until, kind);
                }
            }
            TestRun::new(&NAMES[..nodes.min(3)], &history, &journal)
        })
    }
}
