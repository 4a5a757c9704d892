//! The texts of explanations, from small histories.

use crate::sample::{sample, texts};
use crate::{Criteria, check};
use glomers_config::{Availability, Workload};
use glomers_history::Cluster;
use insta::assert_snapshot;

fn explained(workload: Workload, wanted: Option<Availability>, lines: &str) -> String {
    let criteria = Criteria { availability: wanted, ..Criteria::new(workload) };
    texts(&check(&criteria, &sample(lines), None).findings.explanations())
}

#[test]
fn wrong_and_failed_echoes() {
    let lines = r#"invoke 0 echo "a"
                   ok 0 echo {:type "echo_ok", :echo "b"}
                   invoke 0 echo "c"
                   fail 0 echo "c", :error [:abort nil]
                   invoke 0 echo "d"
                   info 0 echo "d", :error :net-timeout"#;
    assert_snapshot!(explained(Workload::Echo, Some(Availability::Total), lines), @r#"
    1 of 3 operations succeeded (ok-fraction 0.33333334), but all of them should. The first that did not: echo "c": the node answered with error abort (process 0 at 0.003 s, entry 3)
    1 echo reply differs from what was sent
      sent "a", received {"type":"echo_ok","echo":"b"} (process 0 at 0.001 s, entry 1)
      answer with the `echo` of the request that is answered, unchanged
    1 echo operation failed, and what fails echoes nothing
      echo "c": the node answered with error abort (process 0 at 0.003 s, entry 3)
    "#);
}

#[test]
fn operations_that_never_succeed() {
    let malformed = r#"info 0 echo "a", :exception {:via [], :cause "Malformed RPC response.
        This is malformed because:\n\n{:echo missing-required-key}\n\nSee doc/protocol.md for",
        :data {:type :malformed-rpc-response, :body {:type "echo_ok"}}}, :error "indeterminate: x""#;
    let malformed = malformed.replace("\n        ", " ");
    let lines = format!("invoke 0 echo \"a\"\n {malformed}");
    assert_snapshot!(explained(Workload::Echo, None, &lines), @r#"no echo operation succeeded: 0 of 1 ok, 0 failed, 1 with unknown outcome. The first: echo "a": the reply {"type":"echo_ok"} has a wrong form: {"echo":"missing-required-key"} (process 0 at 0.001 s, entry 1)"#);
}

#[test]
fn duplicated_ids() {
    let lines = "invoke 0 generate nil
                 ok 0 generate 7
                 invoke 1 generate nil
                 ok 1 generate 7
                 invoke 2 generate nil
                 ok 2 generate 7";
    assert_snapshot!(explained(Workload::UniqueIds, None, lines), @r"
    1 id was given out more than once
      7 3 times: to process 0 at 0.001 s, entry 1; to process 1 at 0.003 s, entry 3
      an id must be the only one of the whole cluster: put the node's id into it, and a count that never begins again
    ");
    let mixed = lines.replace("2 generate 7", "2 generate \"7\"");
    assert_snapshot!(explained(Workload::UniqueIds, None, &mixed), @r#"the history cannot be judged: ids "7" and 7 cannot be compared: give all ids one type that has an order, such as strings or numbers"#);
}

#[test]
fn lost_values() {
    let broadcast = |n: usize| format!("invoke 0 broadcast {n}\n ok 0 broadcast {n}\n");
    let broadcasts = (0..7).map(broadcast).collect::<Vec<_>>().concat();
    let reads = "invoke 1 read nil, :final? true
                 invoke 2 read nil, :final? true
                 ok 1 read [0], :final? true
                 ok 2 read [], :final? true";
    let lines = broadcasts + reads;
    assert_snapshot!(explained(Workload::Broadcast, None, &lines), @r"
    7 of 7 values were lost: known, but not in the last read
      0: known to process 0 at 0.001 s, entry 1; last in the read of process 1 at 0.014 s, entry 14; missing from that of process 2 at 0.015 s, entry 15; in 1 of 2 final reads
      1: known to process 0 at 0.003 s, entry 3; never read; missing from that of process 2 at 0.015 s, entry 15; in 0 of 2 final reads
      2: known to process 0 at 0.005 s, entry 5; never read; missing from that of process 2 at 0.015 s, entry 15; in 0 of 2 final reads
      3: known to process 0 at 0.007 s, entry 7; never read; missing from that of process 2 at 0.015 s, entry 15; in 0 of 2 final reads
      4: known to process 0 at 0.009 s, entry 9; never read; missing from that of process 2 at 0.015 s, entry 15; in 0 of 2 final reads
      and 2 more
    ");
}

#[test]
fn wrong_sums() {
    let lines = "invoke 0 add 5
                 ok 0 add 5
                 info 0 add 2
                 invoke 1 read nil, :final? true
                 ok 1 read 7, :final? true
                 invoke 1 read nil, :final? true
                 ok 1 read 8, :final? true";
    assert_snapshot!(explained(Workload::GCounter, None, lines), @r"
    1 of 2 final reads show a sum that the adds cannot have; possible are 5, or 7
      8 (at the end: process 1 at 0.006 s, entry 6), 1 too much
      It looks as if adds were counted more than once: give each add an id and count it once, or pass on the sum of each node, of which the greatest counts
    ");
}

#[test]
fn nothing_stable() {
    assert_snapshot!(explained(Workload::Broadcast, None, ""), @"nothing is shown: no value was ever sent, so none could be read");
    let unread = "invoke 0 broadcast 1\n ok 0 broadcast 1";
    assert_snapshot!(explained(Workload::Broadcast, None, unread), @"nothing is shown: 1 value was sent, and none was in a read that began after it was known");
}

/// Two nodes, a and b, and as many workers.
fn on_two_nodes(workload: Workload, lines: &str) -> String {
    let cluster = Cluster::new(vec!["a".to_owned(), "b".to_owned()], 2);
    let criteria = Criteria { cluster, ..Criteria::new(workload) };
    texts(&check(&criteria, &sample(lines), None).findings.explanations())
}

#[test]
fn sums_of_one_node_name_whose_adds_are_missing() {
    let adds = "invoke 0 add 5
                ok 0 add 5
                invoke 1 add 2
                ok 1 add 2
                invoke 3 add 1
                ok 3 add 1\n";
    let reads = |a: i64, b: i64| {
        format!(
            "{adds}invoke 0 read nil, :final? true
             ok 0 read {a}, :final? true
             invoke 1 read nil, :final? true
             ok 1 read {b}, :final? true"
        )
    };
    assert_snapshot!(on_two_nodes(Workload::GCounter, &reads(5, 3)), @r"
    2 of 2 final reads show a sum that the adds cannot have; it should be 8
      5 (at the end: process 0 at 0.007 s, entry 7), 3 too little: exactly the adds that a acknowledged; missing are those of b (2 adds, sum 3, the first by process 1 at 0.003 s, entry 3)
      3 (at the end: process 1 at 0.009 s, entry 9), 5 too little: exactly the adds that b acknowledged; missing are those of a (1 add, sum 5, the first by process 0 at 0.001 s, entry 1)
      Each node shows its own adds only, so none passes them on: pass every add on to all nodes until it is acknowledged, and count it once there
    ");
    assert_snapshot!(on_two_nodes(Workload::GCounter, &reads(8, 9)), @r"
    1 of 2 final reads show a sum that the adds cannot have; it should be 8
      9 (at the end: process 1 at 0.009 s, entry 9), 1 too much
      It looks as if adds were counted more than once: give each add an id and count it once, or pass on the sum of each node, of which the greatest counts
    ");
}

#[test]
fn reads_that_show_a_part_only_are_noticed() {
    let add = |n: usize| format!("invoke 0 broadcast {n}\n ok 0 broadcast {n}\n");
    let adds: String = (0..9).map(add).collect();
    let read = |shown: &str| {
        let read = format!("invoke 1 read nil, :final? true\n ok 1 read {shown}, :final? true");
        let text = explained(Workload::Broadcast, None, &format!("{adds}{read}"));
        text.lines().last().unwrap_or_default().to_owned()
    };
    assert_snapshot!(read("[7 8]"), @"  No read shows more than 2 values, and the final reads show only the newest: look for a limit on what is kept, or on what `read` answers");
    assert_snapshot!(read("[1 0]"), @"  No read shows more than 2 values, and the final reads show only the oldest: look for a limit on what is kept, or on what `read` answers");
    assert_snapshot!(read("[3 8]"), @"  and 2 more");
}
