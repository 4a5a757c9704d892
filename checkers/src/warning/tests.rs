//! The texts of warnings, from small histories.

use super::*;
use crate::sample::{sample, texts};
use crate::{Criteria, check};
use glomers_config::Workload;
use glomers_history::Cluster;
use glomers_history::TrafficCount;
use insta::assert_snapshot;

/// The criteria of a workload on nodes n0, n1, ..., with as many workers.
fn criteria(workload: Workload, nodes: u32) -> Criteria {
    let names: Vec<String> = (0..nodes).map(|node| format!("n{node}")).collect();
    Criteria { cluster: Cluster::new(names, nodes.into()), ..Criteria::new(workload) }
}

fn all(lines: &str) -> String {
    let count = |n| TrafficCount { sent: n, received: n, messages: n };
    let traffic = Traffic { clients: count(9), servers: count(9) };
    texts(
        &check(&criteria(Workload::Broadcast, 5), &sample(lines), Some(traffic))
            .findings
            .warnings(),
    )
}

#[test]
fn nothing_is_advised_that_the_verdict_does_already() {
    let history = sample("invoke 0 read nil\n fail 0 read nil\n invoke 0 read nil\n ok 0 read [1]");
    let mut criteria = Criteria::new(Workload::Broadcast);
    let about_success = |criteria: &Criteria| {
        check(criteria, &history, None)
            .findings
            .warnings()
            .iter()
            .filter(|it| it.is_about_success())
            .count()
    };
    assert_eq!(about_success(&criteria), 1);
    criteria.availability = Some(glomers_config::Availability::Total);
    assert_eq!(about_success(&criteria), 0);
}

#[test]
fn a_good_run_has_no_warning() {
    let good = "invoke 0 broadcast 0
                ok 0 broadcast 0
                invoke 1 read nil, :final? true
                ok 1 read [0], :final? true";
    assert_eq!(all(good), "");
}

#[test]
fn a_run_without_operations_shows_nothing() {
    assert_snapshot!(all("info :nemesis stop-partition nil"), @"No operation was run, so the verdict says nothing about the node: raise --rate or --time-limit.");
}

#[test]
fn nodes_that_never_talk_are_noticed() {
    let history = sample("invoke 0 broadcast 0");
    let silent = Traffic::default();
    let warned = |workload, traffic, nodes| {
        texts(&check(&criteria(workload, nodes), &history, traffic).findings.warnings())
    };
    assert_snapshot!(warned(Workload::Broadcast, Some(silent), 5), @"The 5 nodes sent each other no message: pass values on to other nodes, by lines on stdout with their names as `dest`; what goes by a file or a socket meets neither latency nor partitions.");
    assert_eq!(warned(Workload::Broadcast, Some(silent), 1), "");
    assert_eq!(warned(Workload::Broadcast, None, 5), "");
    let ids = sample("invoke 0 generate nil");
    assert_eq!(
        texts(&check(&criteria(Workload::UniqueIds, 5), &ids, Some(silent)).findings.warnings()),
        ""
    );
}

#[test]
fn reads_with_doubtful_values_are_noticed() {
    let warned = all(r#"invoke 0 broadcast 0
           ok 0 broadcast 0
           invoke 1 read nil
           ok 1 read [0 0 "0" "new" 1 1 1]
           invoke 0 broadcast 1
           ok 0 broadcast 1"#);
    assert_snapshot!(warned, @r#"
    2 values were shown more than once by a single read, for example 1 (3 times by process 1 at 0.003 s, entry 3): keep messages in a set, or pass --fail-on-duplicates to make this fail.
    2 values were read that no client broadcast, for example "0" by process 1 at 0.003 s, entry 3, while 0 was broadcast: keep each message as the JSON value that it came as.
    1 value was read before anyone broadcast it, for example 1 by process 1 at 0.003 s, entry 3, though first broadcast by process 0 at 0.004 s, entry 4: look for a list that does not start empty, or a file from an earlier run.
    "#);
    let floats = all("invoke 0 broadcast 7\n invoke 1 read nil\n ok 1 read [7.0]");
    assert_snapshot!(floats, @"1 value was read that no client broadcast, for example 7.0 by process 1 at 0.002 s, entry 2, while 7 was broadcast: keep each message as the JSON value that it came as.");
    let unknown = all("invoke 0 broadcast 7\n invoke 1 read nil\n ok 1 read [7.5 8]");
    assert_snapshot!(unknown, @"2 values were read that no client broadcast, for example 7.5 by process 1 at 0.002 s, entry 2: answer `read` with nothing but the `message` of broadcasts.");
}

fn of(workload: Workload, lines: &str) -> String {
    texts(&check(&criteria(workload, 5), &sample(lines), None).findings.warnings())
}

#[test]
fn sets_with_what_no_one_added_are_noticed() {
    let warned = of(
        Workload::GSet,
        "invoke 0 add 1
         ok 0 add 1
         invoke 0 read nil
         ok 0 read [1 2 2]",
    );
    assert_snapshot!(warned, @r"
    1 value was shown more than once by a single read, for example 2 (2 times by process 0 at 0.003 s, entry 3): keep messages in a set, or pass --fail-on-duplicates to make this fail.
    1 value was read that no client added, for example 2 by process 0 at 0.003 s, entry 3: answer `read` with nothing but the `element` of adds.
    ");
}

#[test]
fn counters_that_differ_or_cannot_be_are_noticed() {
    let warned = of(
        Workload::PnCounter,
        "invoke 0 add 5
         invoke 2 read nil
         ok 2 read 6
         info 0 add 5
         invoke 1 read nil, :final? true
         invoke 2 read nil, :final? true
         invoke 3 read nil, :final? true
         ok 1 read 5, :final? true
         ok 2 read 0, :final? true
         info 3 read nil, :final? true",
    );
    assert_snapshot!(warned, @r"
    Not every read operation succeeded (3 of 4 ok, 0 failed, 1 with unknown outcome), and the verdict asks for one only: pass --availability total to ask for all. The first: read: no reason was given (process 3 at 0.009 s, entry 9).
    1 of 3 final reads did not succeed, so what those nodes have in the end is not shown: make every node answer `read`, also after a partition.
    1 read showed a sum that the adds until then cannot have, for example 6 by process 2 at 0.002 s, entry 2, while 0 to 5 was possible; the verdict looks at final reads only: look for an add that counts twice, or a counter that does not start at 0.
    The nodes do not agree in the end: 5 was read by process 1 at 0.007 s, entry 7, 0 by process 2 at 0.008 s, entry 8. Pass on to every node what each node got until it is acknowledged, and take it only once there.
    ");
}

#[test]
fn reads_of_nothing_are_noticed() {
    let warned = of(
        Workload::LinKv,
        "invoke 0 write [0 5]
         ok 0 write [0 5]
         invoke 2 read [0 nil]
         ok 2 read [0 5]
         invoke 2 read [0 nil]
         ok 2 read [0 nil]",
    );
    assert_snapshot!(warned, @"1 of 2 successful reads returned null, which the verdict accepts whatever was written, first process 2 at 0.005 s, entry 5: answer with the value, or with error 20 when the key does not exist.");
}

#[test]
fn operations_that_failed_beside_successful_ones_are_noticed() {
    let warned = all("invoke 0 read nil
         fail 0 read nil, :error [:temporarily-unavailable \"not\\nnow\"]
         invoke 0 read nil
         ok 0 read []
         invoke 1 read nil, :final? true
         fail 1 read nil, :final? true, :error :net-timeout
         invoke 2 read nil, :final? true
         ok 2 read [], :final? true");
    assert_snapshot!(warned, @r"
    Not every read operation succeeded (2 of 4 ok, 2 failed, 0 with unknown outcome), and the verdict asks for one only: pass --availability total to ask for all. The first: read: the node answered with error temporarily-unavailable: not now (process 0 at 0.001 s, entry 1).
    1 of 2 final reads did not succeed, so what those nodes have in the end is not shown: make every node answer `read`, also after a partition.
    ");
}

#[test]
fn broadcasts_that_wait_for_others_are_noticed() {
    // A ms from line to line: reads take 1, broadcasts `ms`.
    let waiting = |ms: usize| {
        let reads = "invoke 1 read nil\n ok 1 read []\n".repeat(ms.div_ceil(2));
        all(&format!("invoke 0 broadcast 0\n {reads} ok 0 broadcast 0"))
    };
    assert_eq!(waiting(20), "");
    assert_snapshot!(waiting(30), @"The median broadcast was acknowledged after 31 ms, the median read after 1 ms, and stable latencies only count from the acknowledgement: answer `broadcast_ok` before waiting for other nodes, or judge by propagation-p50.");
}

#[test]
fn broadcasts_that_hold_up_reads_are_noticed() {
    // A ms from line to line: each read but the first waits behind a broadcast.
    let wait = "invoke 2 read nil\n fail 2 read nil\n".repeat(15);
    let round = |n: usize| {
        format!(
            "invoke 0 broadcast {n}\n invoke 1 read nil\n {wait} ok 0 broadcast {n}\n \
             ok 1 read [{n}]\n"
        )
    };
    let first = "invoke 1 read nil\n ok 1 read []\n";
    let rounds = |count| first.to_owned() + &(0..count).map(round).collect::<String>();
    assert!(!all(&rounds(4)).contains("acknowledged"));
    let warned = all(&rounds(5));
    let expected = "Broadcasts are acknowledged slowly: the quickest took 32 ms, the quickest read";
    assert!(warned.contains(expected), "{warned}");
}

#[test]
fn transactions_that_read_nothing_are_noticed() {
    let lines = |read: &str| {
        format!(
            "invoke 0 txn [[:w 5 1] [:r 5 nil]]
             ok 0 txn [[:w 5 1] [:r 5 1]]
             invoke 1 txn [[:r 5 nil] [:r 6 nil]]
             ok 1 txn [[:r 5 {read}] [:r 6 nil]]"
        )
    };
    assert_snapshot!(of(Workload::TxnRwRegister, &lines("nil")), @r#"No transaction read what another one had written: 1 read showed nothing although the key had been written, the first by process 1 at 0.003 s, entry 3, after ["w",5,1] by process 0 at 0.001 s, entry 1. Nothing then depends on anything, so the verdict says nothing: apply the writes of each transaction, and answer its reads with what is stored."#);
    assert_eq!(of(Workload::TxnRwRegister, &lines("1")), "");
    // Both began before the write was acknowledged.
    let beside = "invoke 0 txn [[:w 5 1]]\n invoke 1 txn [[:r 5 nil]]\n ok 0 txn [[:w 5 1]]\n ok 1 txn [[:r 5 nil]]";
    assert_eq!(of(Workload::TxnRwRegister, beside), "");
    let lists = "invoke 0 txn [[:append 5 1]]\n ok 0 txn [[:append 5 1]]
                 invoke 1 txn [[:r 5 nil]]\n ok 1 txn [[:r 5 []]]";
    assert_snapshot!(of(Workload::TxnListAppend, lists), @r#"No transaction read what another one had written: 1 read showed nothing although the key had been written, the first by process 1 at 0.003 s, entry 3, after ["append",5,1] by process 0 at 0.001 s, entry 1. Nothing then depends on anything, so the verdict says nothing: apply the writes of each transaction, and answer its reads with what is stored."#);
}

#[test]
fn polls_of_nothing_are_noticed() {
    let lines = |polled: &str| {
        format!(
            r#"invoke 0 send [[:send "7" 1]]
               ok 0 send [[:send "7" [0 1]]]
               invoke 1 poll [[:poll]]
               ok 1 poll [[:poll {{"7" {polled}}}]]"#
        )
    };
    assert_snapshot!(of(Workload::Kafka, &lines("[]")), @"No poll returned a message, though 1 send was acknowledged, the first by process 0 at 0.001 s, entry 1, and 1 poll succeeded: answer `poll` with the messages from each given offset on, as [[offset, message], ...] for each key.");
    assert_eq!(of(Workload::Kafka, &lines("[[0 1]]")), "");
}

#[test]
fn registers_that_refuse_most_of_what_is_asked_are_noticed() {
    let unavailable = "invoke 0 write [1 2]\n fail 0 write [1 2], :error [:temporarily-unavailable \"no leader\"]\n";
    let differs =
        "invoke 0 cas [1 [2 3]]\n fail 0 cas [1 [2 3]], :error [:precondition-failed \"is 5\"]\n";
    let good = "invoke 0 write [1 5]\n ok 0 write [1 5]\n";
    assert_snapshot!(of(Workload::LinKv, &format!("{unavailable}{good}")), @"1 of 2 operations did not succeed, and not for what they asked (a cas from another value, a key that does not exist); 1 succeeded. The verdict is about those only, so it says little: pass --availability 0.5 or more to ask for others. The first: write [1,2]: the node answered with error temporarily-unavailable: no leader (process 0 at 0.001 s, entry 1).");
    assert_eq!(of(Workload::LinKv, &format!("{unavailable}{good}{good}")), "");
    assert_eq!(of(Workload::LinKv, &format!("{differs}{differs}{good}")), "");
}
