//! Histories with entries that no run of the reference has.

use super::*;
use crate::sample::{sample, texts};
use crate::{Checked, Criteria, check, judge};
use insta::assert_snapshot;

/// The verdict of the workload's checker, why, and the warnings.
fn judged(workload: Workload, lines: &str) -> String {
    let (criteria, history) = (Criteria::new(workload), sample(lines));
    let Checked { judgement, findings } = check(&criteria, &history, None);
    let verdict = judgement.verdicts.into_iter().find(|(key, _)| *key == "workload");
    let valid = verdict.unwrap().1.valid.to_value();
    let why = texts(&findings.explanations());
    let warned = findings.warnings();
    let warned = warned.iter().filter(|warning| matches!(warning, crate::Warning::Malformed(_)));
    let warned: Vec<String> = warned.map(ToString::to_string).collect();
    format!("{valid}\nwhy: {why}\nwarning: {}", warned.join("\nwarning: "))
}

#[test]
fn what_does_not_pair_is_unknown_where_pairs_count() {
    let twice = "invoke 0 broadcast 0\n invoke 0 broadcast 1\n ok 0 broadcast 1
                 invoke 0 read nil\n ok 0 read [0 1]";
    assert_snapshot!(judged(Workload::Broadcast, twice), @r"
    :unknown
    why: the history cannot be judged: entry 1 begins an operation, though that of entry 0 by the same process is not over
    warning: 1 entry does not pair, first entry 1, which begins an operation though that of entry 0 by the same process is not over: each operation is an invocation and one completion, and a process runs one at a time.
    ");
    let double_ok = "invoke 0 txn [[:append 1 1]]\n ok 0 txn [[:append 1 1]]
                     ok 0 txn [[:append 1 1]]";
    assert_snapshot!(judged(Workload::TxnListAppend, double_ok), @r"
    :unknown
    why: the history cannot be judged: entry 2 completes an operation, which no earlier entry began
    warning: 1 entry does not pair, first entry 2, which completes an operation though its process has begun none: each operation is an invocation and one completion, and a process runs one at a time.
    ");
    let no_invocation = "invoke 0 send [[:send \"0\" 1]]\n ok 0 send [[:send \"0\" [0 1]]]
                         ok 0 poll [[:poll {\"0\" [[0 1]]}]]";
    assert_snapshot!(judged(Workload::Kafka, no_invocation), @r"
    :unknown
    why: the history cannot be judged: entry 2 completes an operation, which no earlier entry began
    warning: 1 entry does not pair, first entry 2, which completes an operation though its process has begun none: each operation is an invocation and one completion, and a process runs one at a time.
    ");
    assert_snapshot!(judged(Workload::LinKv, "ok 0 write [0 1]"), @r"
    :unknown
    why: the history cannot be judged: entry 0 completes an operation, which no earlier entry began
    warning: 1 entry does not pair, first entry 0, which completes an operation though its process has begun none: each operation is an invocation and one completion, and a process runs one at a time.
    ");
}

#[test]
fn what_does_not_pair_keeps_its_verdict_elsewhere() {
    let ids = "invoke 0 generate nil\n ok 0 generate 1\n ok 0 generate 2";
    assert_snapshot!(judged(Workload::UniqueIds, ids), @r"
    true
    why: 
    warning: 1 entry does not pair, first entry 2, which completes an operation though its process has begun none: each operation is an invocation and one completion, and a process runs one at a time.
    ");
    let counter = "invoke 0 add 3\n ok 5 add 3\n invoke 1 read nil, :final? true
                   ok 1 read 3, :final? true";
    assert_snapshot!(judged(Workload::PnCounter, counter), @r"
    true
    why: 
    warning: 1 entry does not pair, first entry 1, which completes an operation though its process has begun none: each operation is an invocation and one completion, and a process runs one at a time.
    ");
    let models = [glomers_config::ConsistencyModel::Serializable];
    let history = sample("invoke 0 txn [[:w 1 1]]\n ok 0 txn [[:w 1 1]]\n ok 0 txn [[:r 1 1]]");
    let criteria =
        Criteria { consistency_models: models.to_vec(), ..Criteria::new(Workload::TxnRwRegister) };
    assert_eq!(judge(&criteria, &history, None).valid(), glomers_history::Validity::Valid);
}

#[test]
fn foreign_functions_are_named() {
    let kafka = "invoke 0 send [[:send \"0\" 1]]\n ok 0 send [[:send \"0\" [0 1]]]
                 invoke 0 frob nil\n ok 0 frob nil";
    assert_snapshot!(judged(Workload::Kafka, kafka), @r#"
    false
    why: nothing is shown: no operation depends on another one (empty-transaction-graph)
    1 message was acknowledged, and never polled (unseen)
      key "0": 1
      keep every message whose send was acknowledged, and answer polls with it: no node may replace the log by an older one
    warning: 2 entries call what this workload does not have, first frob (process 0 at 0.002 s, entry 2): it has assign, crash, debug-topic-partitions, poll, send, subscribe, txn.
    "#);
    let set = "invoke 0 add 1\n ok 0 add 1\n invoke 0 frob nil\n ok 0 frob nil";
    assert_snapshot!(judged(Workload::GSet, set), @r"
    :unknown
    why: the history cannot be judged: entry 2 calls frob, and a set only has read and add
    warning: 2 entries call what this workload does not have, first frob (process 0 at 0.002 s, entry 2): it has add, read.
    ");
    // Elle ignores the function of a transaction.
    let txn = "invoke 0 transfer [[:append 1 1]]\n ok 0 transfer [[:append 1 1]]";
    assert!(
        check(&Criteria::new(Workload::TxnListAppend), &sample(txn), None)
            .findings
            .warnings()
            .is_empty()
    );
}

#[test]
fn answers_to_other_requests_are_named() {
    let append_for_read = "invoke 0 txn [[:append 1 1] [:r 2 nil]]
                           ok 0 txn [[:append 1 1] [:append 2 [1 2 3]]]
                           invoke 0 txn [[:r 1 nil]]
                           ok 0 txn [[:append 1 [1]]]";
    assert_snapshot!(judged(Workload::TxnListAppend, append_for_read), @r#"
    true
    why: 
    warning: 2 completions answer something else than was asked for, first txn [["append",1,1],["append",2,[1,2,3]]] (process 0 at 0.001 s, entry 1), while txn [["append",1,1],["r",2,null]] was asked for (process 0 at 0.000 s, entry 0): check how the history was recorded.
    "#);
    let other_key = "invoke 0 txn [[:r 1 nil]]\n ok 0 txn [[:r 2 nil]]";
    assert_snapshot!(judged(Workload::TxnRwRegister, other_key), @r#"
    false
    why: empty-transaction-graph: no transaction has to do with another: nothing is shown
    warning: 1 completion answers something else than was asked for, first txn [["r",2,null]] (process 0 at 0.001 s, entry 1), while txn [["r",1,null]] was asked for (process 0 at 0.000 s, entry 0): check how the history was recorded.
    "#);
    let other_value = "invoke 0 write [0 1]\n ok 0 write [0 2]";
    assert_snapshot!(judged(Workload::LinKv, other_value), @r"
    true
    why: 
    warning: 1 completion answers something else than was asked for, first write [0,2] (process 0 at 0.001 s, entry 1), while write [0,1] was asked for (process 0 at 0.000 s, entry 0): check how the history was recorded.
    ");
    let other_function = "invoke 0 add 1\n ok 0 read [1]";
    assert_snapshot!(judged(Workload::GSet, other_function), @r"
    true
    why: 
    warning: 1 completion answers something else than was asked for, first read [1] (process 0 at 0.001 s, entry 1), while add 1 was asked for (process 0 at 0.000 s, entry 0): check how the history was recorded.
    ");
    let other_message = "invoke 0 send [[:send \"0\" 1]]\n ok 0 send [[:send \"0\" [0 2]]]";
    assert_snapshot!(judged(Workload::Kafka, other_message), @r#"
    false
    why: nothing is shown: no operation depends on another one (empty-transaction-graph)
    1 message was acknowledged, and never polled (unseen)
      key "0": 2
      keep every message whose send was acknowledged, and answer polls with it: no node may replace the log by an older one
    warning: 1 completion answers something else than was asked for, first send [["send","0",[0,2]]] (process 0 at 0.001 s, entry 1), while send [["send","0",1]] was asked for (process 0 at 0.000 s, entry 0): check how the history was recorded.
    "#);
}

#[test]
fn right_answers_are_not_named() {
    for (workload, lines) in [
        (
            Workload::Kafka,
            "invoke 0 txn [[:send \"0\" 1] [:poll]]
                           ok 0 txn [[:send \"0\" [0 1]] [:poll {\"0\" [[0 1]]}]]
                           invoke 0 crash nil\n info 0 crash nil",
        ),
        (Workload::LinKv, "invoke 0 read [0 nil]\n ok 0 read [0 1]"),
        (
            Workload::TxnListAppend,
            "invoke 0 txn [[:r 1 nil] [:append 1 7]]
                                   ok 0 txn [[:r 1 [3]] [:append 1 7]]",
        ),
        (Workload::Broadcast, "invoke 0 broadcast 1\n info 0 broadcast 1"),
        (Workload::Echo, "invoke 0 echo \"a\"\n ok 0 echo {:echo \"a\"}"),
    ] {
        let warned = check(&Criteria::new(workload), &sample(lines), None).findings.warnings();
        let malformed = |warning: &crate::Warning| matches!(warning, crate::Warning::Malformed(_));
        assert!(!warned.iter().any(malformed), "{}", texts(&warned));
    }
}
