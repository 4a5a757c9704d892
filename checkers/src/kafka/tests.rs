//! Each anomaly in a small history, and contrived histories.

mod mangled;

use super::{KafkaAnomaly, kafka};
use crate::sample::{edn, sample, texts};
use crate::{Criteria, check, judge};
use glomers_config::Workload;
use glomers_history::{History, Validity, Value};
use insta::assert_snapshot;

fn found(history: &History) -> Vec<(&'static str, usize)> {
    kafka(history).unwrap().anomalies().map(|(anomaly, count)| (anomaly.name(), count)).collect()
}

fn result(lines: &str) -> Value {
    let judgement = judge(&Criteria::new(Workload::Kafka), &sample(lines), None);
    judgement.verdicts.last().unwrap().1.map.clone()
}

/// The errors of that type in the result.
fn errors(lines: &str, anomaly: &str) -> Value {
    let result = result(lines);
    result.get(anomaly).and_then(|cases| cases.get("errs")).cloned().unwrap_or(result)
}

fn explained(lines: &str) -> String {
    texts(&check(&Criteria::new(Workload::Kafka), &sample(lines), None).findings.explanations())
}

/// A send of each of these messages at its offset.
fn sends(key: &str, messages: &[(i64, i64)]) -> String {
    let send = |(offset, message): &(i64, i64)| {
        let invocation = format!("invoke 0 send [[:send \"{key}\" {message}]]\n");
        invocation + &format!("ok 0 send [[:send \"{key}\" [{offset} {message}]]]\n")
    };
    messages.iter().map(send).collect::<Vec<_>>().concat()
}

fn poll(process: u64, messages: &str) -> String {
    format!("invoke {process} poll [[:poll]]\n ok {process} poll [[:poll {messages}]]\n")
}

#[test]
fn a_log_that_is_read_in_order_is_valid() {
    let lines = sends("1", &[(0, 1), (5, 2), (6, 3)])
        + &poll(1, r#"{"1" [[0 1] [5 2]]}"#)
        + &poll(1, r#"{"1" [[6 3]]}"#);
    let expected = "{:valid? true, :worst-realtime-lag {:time 0.006, :process 1, :key \"1\", \
                    :lag 0.001}, :bad-error-types (), :error-types (), :info-txn-causes ()}";
    assert_eq!(result(&lines), edn(expected));
    assert_eq!(explained(&lines), "");
    let nothing = "{:valid? true, :worst-realtime-lag {:time 0.0, :lag 0.0}, :bad-error-types (), \
                   :error-types (), :info-txn-causes ()}";
    assert_eq!(result(""), edn(nothing));
}

#[test]
fn lost_and_unseen_messages() {
    let lines = sends("1", &[(0, 1), (1, 2), (2, 3), (3, 4)]) + &poll(1, r#"{"1" [[0 1] [2 3]]}"#);
    let history = sample(&lines);
    assert_eq!(found(&history), [("int-poll-skip", 1), ("lost-write", 1), ("unseen", 2)]);
    assert_snapshot!(explained(&lines), @r#"
    1 time a single poll left out messages between others (int-poll-skip)
      key "1": 3 right after 1, without 2 (process 1 at 0.009 s, entry 9)
      leave no message out between others: answer with those before the gap only
    1 message was lost: sent, and never polled, though a later one of the key was (lost-write)
      message 2 of key "1": sent by process 0 at 0.003 s, entry 3, at offset 1; never polled, though offset 2 was: by process 1 at 0.009 s, entry 9
      keep every message whose send was acknowledged, and answer polls with it: no node may replace the log by an older one
    2 messages were acknowledged, and never polled (unseen)
      key "1": 2, 4
      keep every message whose send was acknowledged, and answer polls with it: no node may replace the log by an older one
    "#);
    let lost = errors(&lines, "lost-write");
    let lost = &lost.elements().unwrap()[0];
    assert_eq!(lost.get("value"), Some(&Value::Int(2)));
    assert_eq!(lost.get("max-read-index"), Some(&Value::Int(2)));
    let unseen = result(&lines).get("unseen").cloned();
    assert_eq!(unseen, Some(edn("{:time 9000000, :unseen {\"1\" 2}, :messages {\"1\" (2 4)}}")));
}

#[test]
fn a_send_with_an_unknown_outcome_counts_when_it_was_polled() {
    // The message 2 has no known offset, and is lost only if its operation surely happened.
    let unknown = |second: &str| {
        format!(
            "invoke 0 txn [[:send 1 1] [:send 1 2]]
             info 0 txn [[:send 1 [0 1]] [:send 1 [1 2]]], :error :net-timeout
             invoke 1 send [[:send 1 3]]
             ok 1 send [[:send 1 [2 3]]]
             {second}"
        )
    };
    let polled = unknown(&poll(1, "{1 [[0 1] [2 3]]}"));
    assert_eq!(found(&sample(&polled)), [("int-poll-skip", 1), ("lost-write", 1)]);
    assert_eq!(result(&polled).get("info-txn-causes"), Some(&edn("(:net-timeout)")));
    assert_eq!(found(&sample(&unknown(&poll(1, "{1 [[2 3]]}")))), []);
}

#[test]
fn messages_of_failed_sends_and_own_messages() {
    let lines = r#"invoke 0 send [[:send "1" 1]]
                   fail 0 send [[:send "1" 1]], :error [:abort "no"]
                   invoke 1 txn [[:send "1" 2] [:poll]]
                   ok 1 txn [[:send "1" [1 2]] [:poll {"1" [[0 1] [1 2]]}]]"#;
    assert_eq!(found(&sample(lines)), [("G1a", 1), ("precommitted-read", 1)]);
    assert_snapshot!(explained(lines), @r#"
    no send operation succeeded: 0 of 1 ok, 1 failed, 0 with unknown outcome. The first: send [["send","1",1]]: the node answered with error abort: no (process 0 at 0.001 s, entry 1)
    1 poll of a message whose send had failed (G1a)
      message 1 of key "1": its send failed (process 0 at 0.001 s, entry 1), and it was polled (process 1 at 0.003 s, entry 3)
      answer a send with an error only if the message is certainly not in the log
    1 operation polled messages of their own (precommitted-read)
      message 2 of key "1": by process 1 at 0.003 s, entry 3
    "#);
}

#[test]
fn offsets_with_several_messages_and_messages_at_several_offsets() {
    let lines = sends("1", &[(0, 1), (0, 2), (1, 3)])
        + &poll(1, r#"{"1" [[0 1] [1 3] [4 3]]}"#)
        + &poll(2, r#"{"1" [[0 2] [1 3]]}"#);
    let history = sample(&lines);
    assert_eq!(
        found(&history),
        [
            ("duplicate", 1),
            ("inconsistent-offsets", 1),
            ("int-nonmonotonic-poll", 1),
            ("int-poll-skip", 1),
        ]
    );
    let expected = "({:key \"1\", :offset 0, :index 0, :values #{1 2}})";
    assert_eq!(errors(&lines, "inconsistent-offsets"), edn(expected));
    let expected = "({:key \"1\", :value 3, :count 2, :offsets [1 4]})";
    assert_eq!(errors(&lines, "duplicate"), edn(expected));
    assert_snapshot!(explained(&lines), @r#"
    1 offset has more than one message (inconsistent-offsets)
      offset 0 of key "1" was given 2 times: to 1, sent by process 0 at 0.001 s, entry 1; 2, sent by process 0 at 0.003 s, entry 3
      take an offset and append the message in one step, which no other send can come between: a cas that is tried again when it fails, or one node for each key
    1 message is at more than one offset of the key (duplicate)
      message 3 of key "1": at offsets 1, 4; sent by process 0 at 0.005 s, entry 5
      append a message once: a send whose answer was lost may have been done, so look before it is tried again
    1 time a single poll returned messages that go back in the log (int-nonmonotonic-poll)
      key "1": 3 right after 3, the same place of the log (process 1 at 0.007 s, entry 7)
      answer `poll` with the messages from the offset that it names on, in the order of offsets
    1 time a single poll left out messages between others (int-poll-skip)
      key "1": 3 right after 1, without 3 (process 1 at 0.007 s, entry 7)
      leave no message out between others: answer with those before the gap only
    "#);
}

#[test]
fn jumps_between_operations_of_a_process() {
    let start = sends("1", &[(0, 1), (1, 2), (2, 3), (3, 4)])
        + &poll(9, r#"{"1" [[0 1] [1 2] [2 3] [3 4]]}"#);
    let jump = |between: &str| {
        start.clone()
            + &poll(1, r#"{"1" [[0 1]]}"#)
            + between
            + &poll(1, r#"{"1" [[3 4]]}"#)
            + &poll(1, r#"{"1" [[1 2] [2 3] [3 4]]}"#)
    };
    assert_eq!(found(&sample(&jump(""))), [("nonmonotonic-poll", 1), ("poll-skip", 1)]);
    assert_snapshot!(explained(&jump("")), @r#"
    1 time a process went back in the log from one poll to the next (nonmonotonic-poll)
      key "1": 4 ended one poll (process 1 at 0.013 s, entry 13) and 2 began the next (process 1 at 0.015 s, entry 15), 2 back in the log
      answer `poll` with the messages from the offset that it names on, in the order of offsets
    1 time a process left out messages from one poll to the next (poll-skip)
      key "1": 1 ended one poll (process 1 at 0.011 s, entry 11) and 4 began the next (process 1 at 0.013 s, entry 13), without 2, 3
      leave no message out between others: answer with those before the gap only
    "#);
    // A process that is assigned other keys starts over.
    let assign = |keys: &str| format!("invoke 1 assign {keys}\n ok 1 assign {keys}\n");
    let elsewhere = assign(r#"["2"]"#) + &assign(r#"["1"]"#);
    assert_eq!(found(&sample(&jump(&elsewhere))), [("nonmonotonic-poll", 1)]);
    let stays = assign(r#"["2" "1"]"#);
    assert_eq!(found(&sample(&jump(&stays))), [("nonmonotonic-poll", 1), ("poll-skip", 1)]);
    // A poll of the key without messages forgets where the process was.
    let empty = poll(1, r#"{"1" []}"#);
    assert_eq!(found(&sample(&jump(&empty))), [("nonmonotonic-poll", 1)]);
}

#[test]
fn messages_that_one_operation_sent() {
    let lines = r"invoke 0 txn [[:send 1 1] [:send 1 3] [:send 1 2]]
                  ok 0 txn [[:send 1 [0 1]] [:send 1 [2 3]] [:send 1 [1 2]]]
                  invoke 1 poll [[:poll]]
                  ok 1 poll [[:poll {1 [[0 1] [1 2] [2 3]]}]]";
    let history = sample(lines);
    assert_eq!(found(&history), [("int-nonmonotonic-send", 1), ("int-send-skip", 1)]);
    assert_eq!(kafka(&history).unwrap().validity(), Validity::Invalid);
    let skip = r"invoke 0 txn [[:send 1 1] [:send 1 3]]
                 ok 0 txn [[:send 1 [0 1]] [:send 1 [2 3]]]
                 invoke 1 send [[:send 1 2]]
                 ok 1 send [[:send 1 [1 2]]]
                 invoke 1 poll [[:poll]]
                 ok 1 poll [[:poll {1 [[0 1] [1 2] [2 3]]}]]";
    // Other processes may send in between.
    assert_eq!(found(&sample(skip)), [("int-send-skip", 1)]);
    assert_eq!(kafka(&sample(skip)).unwrap().validity(), Validity::Valid);
}

#[test]
fn circles_of_operations() {
    let early = format!("{}{}", poll(1, r#"{"1" [[0 1]]}"#), sends("1", &[(0, 1)]));
    assert_eq!(found(&sample(&early)), [("G1c-realtime", 1), ("strong-PL-2-cycle-exists", 1)]);
    assert_snapshot!(explained(&early), @r#"
    1 circle of operations that polled what was only sent later (G1c-realtime)
      process 0 at 0.003 s, entry 3, sent message 1 of key "1", which process 1 at 0.001 s, entry 1, polled; process 1 at 0.001 s, entry 1, ended before process 0 at 0.002 s, entry 2, began
    "#);
    let exists = errors(&early, "strong-PL-2-cycle-exists");
    let expected = "[{:type :strong-PL-2-cycle-exists, :not :strong-read-committed, \
                     :subgraph [:union :ww :wwp :wr :wrp :realtime], :scc-size 2, :scc #{1 3}}]";
    assert_eq!(exists, edn(expected));
    let each_other = r"invoke 0 txn [[:send 1 1] [:poll]]
                       invoke 1 txn [[:poll] [:send 1 2]]
                       ok 0 txn [[:send 1 [0 1]] [:poll {1 [[1 2]]}]]
                       ok 1 txn [[:poll {1 [[0 1]]}] [:send 1 [1 2]]]";
    assert_eq!(found(&sample(each_other)), [("G1c", 1), ("PL-2-cycle-exists", 1)]);
    let cycle = errors(each_other, "G1c").elements().unwrap()[0].clone();
    let expected = "({:type :wr, :key 1, :value 1, :a-mop-index 0, :b-mop-index 0} \
                     {:type :wr, :key 1, :value 2, :a-mop-index 1, :b-mop-index 1})";
    assert_eq!(cycle.get("steps"), Some(&edn(expected)));
    // Through a third operation: 0 sends to 1, which began before 2 ended, which ended before 0
    // began.
    let third = r"invoke 2 txn [[:poll]]
                  invoke 1 txn [[:poll] [:send 1 2]]
                  ok 2 txn [[:poll {1 [[1 2]]}]]
                  invoke 0 txn [[:send 1 1]]
                  ok 1 txn [[:poll {1 [[0 1]]}] [:send 1 [1 2]]]
                  ok 0 txn [[:send 1 [0 1]]]";
    assert_eq!(found(&sample(third)), [("G1c-realtime", 1), ("strong-PL-2-cycle-exists", 1)]);
    let cycle = errors(third, "G1c-realtime").elements().unwrap()[0].clone();
    assert_eq!(cycle.get("cycle").unwrap().elements().unwrap().len(), 4);
}

#[test]
fn nothing_that_depends_on_another_shows_nothing() {
    let lines = "invoke 0 crash nil\n info 0 crash nil";
    assert_eq!(found(&sample(lines)), [("empty-transaction-graph", 1)]);
    assert_snapshot!(explained(lines), @r#"nothing is shown: no operation depends on another one (empty-transaction-graph)"#);
}

#[test]
fn histories_that_the_reference_cannot_judge() {
    let unknown = |lines: &str| {
        assert_eq!(result(lines).get("valid?"), Some(&Value::keyword("unknown")), "{lines}");
        explained(lines)
    };
    assert_snapshot!(unknown(&poll(0, r#"{"1" [[0 7]]}"#)), @r#"the history cannot be judged: entry 1 polls the message 7 of key "1", which no client sent: answer `poll` with nothing but the `msg` of `send` requests of that key, unchanged"#);
    let unfinished = format!("invoke 1 send [[:send \"1\" 7]]\n{}", poll(0, r#"{"1" [[0 7]]}"#));
    assert_snapshot!(unknown(&unfinished), @r#"the history cannot be judged: entry 2 polls the message 7 of key "1", whose send (entry 0) has no completion in the history: let every operation end, with :info when its outcome is unknown"#);
    assert_snapshot!(unknown(&poll(0, r#"{"1" []}"#)), @r#"the history cannot be judged: key "1" was polled, but only without messages: leave keys that have none out of `poll_ok` (the reference cannot judge such a history)"#);
    assert_snapshot!(unknown(r"ok 0 poll [[:poll {}]]"), @r#"the history cannot be judged: entry 0 completes an operation, which no earlier entry began"#);
    assert_snapshot!(unknown(r#"ok 0 send [[:send 1 ["0" 1]]]"#), @r#"the history cannot be judged: entry 0 has "0" where an offset, which is an integer of 64 bits, should be"#);
    assert_snapshot!(unknown("ok 0 send [[:drop 1 1]]"), @"the history cannot be judged: entry 0 has [:drop 1 1] where [:send key message] or [:poll messages] should be");
    assert_snapshot!(unknown("invoke 0 poll nil\n ok 0 poll 7"), @r#"the history cannot be judged: entry 1 has 7 where a list of sends and polls should be"#);
    let mixed = sends("1", &[(0, 1)]) + "invoke 1 send [[:send 2 1]]\n ok 1 send [[:send 2 [0 1]]]";
    assert_snapshot!(unknown(&mixed), @r#"the history cannot be judged: keys 2 and "1" cannot be compared: give all keys one type that has an order, such as strings or numbers"#);
}

#[test]
fn messages_of_other_types_or_times_are_warned_about() {
    let warned = |lines: &str| {
        texts(&check(&Criteria::new(Workload::Kafka), &sample(lines), None).findings.warnings())
    };
    let other_type = sends("1", &[(0, 1)]) + &poll(1, r#"{"1" [[0 "1"]]}"#);
    assert_snapshot!(warned(&other_type), @r#"1 message was polled that no client sent, for example "1" of key "1" by process 1 at 0.003 s, entry 3, while 1 was sent: keep each `msg` as the JSON value that it came as."#);
    let never = sends("1", &[(0, 1)]) + &poll(1, r#"{"1" [[0 1] [1 "x"]], "2" [[0 1]]}"#);
    assert_snapshot!(warned(&never), @r#"2 messages were polled that no client sent, for example "x" of key "1" by process 1 at 0.003 s, entry 3: answer `poll` with nothing but the `msg` of `send` requests of that key."#);
    let early = poll(1, r#"{"1" [[0 1]]}"#) + &sends("1", &[(0, 1)]);
    assert_snapshot!(warned(&early), @r#"1 message was polled before anyone sent it, for example 1 of key "1" by process 1 at 0.001 s, entry 1, though sent by process 0 at 0.002 s, entry 2: look for logs that do not start empty, or a file from an earlier run."#);
}

#[test]
fn offsets_may_be_huge_or_negative() {
    let max = i64::MAX;
    let lines = sends("1", &[(-3, 1), (0, 2), (max, 3)])
        + &poll(1, &format!("{{\"1\" [[-3 1] [0 2] [{max} 3]]}}"));
    assert_eq!(found(&sample(&lines)), []);
    assert_eq!(KafkaAnomaly::LostWrite.name(), "lost-write");
}

#[test]
fn one_mistake_that_explains_all_is_named() {
    let send = |offset: i64| {
        format!(
            "invoke 0 send [[:send \"1\" {offset}]]\n ok 0 send [[:send \"1\" [{offset} {offset}]]]\n"
        )
    };
    let sends: String = (1..=4).map(send).collect();
    let polled = "invoke 1 poll [[:poll]]\n ok 1 poll [[:poll {\"1\" [[0 1] [1 2] [2 3] [3 4]]}]]";
    let text = explained(&format!("{sends}{polled}"));
    assert!(text.contains("`send_ok` always says an offset that is 1 above"), "{text}");
    assert_eq!(text.matches("answer a send").count(), 1, "{text}");

    let send = |key: i64, offset: i64| {
        format!(
            "invoke 0 send [[:send \"{key}\" {offset}]]\n ok 0 send [[:send \"{key}\" [{offset} {offset}]]]\n"
        )
    };
    let sends: String = (1..=3).flat_map(|key| [send(key, 0), send(key, 1)]).collect();
    let polled = "invoke 1 poll [[:poll]]\n ok 1 poll [[:poll {\"1\" [[1 1]], \"2\" [[1 1]], \"3\" [[1 1]]}]]";
    let text = explained(&format!("{sends}{polled}"));
    assert!(
        text.contains("a poll from an offset begins with the message at that offset"),
        "{text}"
    );
}
