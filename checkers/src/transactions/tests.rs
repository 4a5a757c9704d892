//! The texts about transactions.

use crate::sample::{sample, texts};
use crate::{Datatype, Referee, TransactionHistory};
use glomers_config::ConsistencyModel;
use insta::assert_snapshot;

fn explained(datatype: Datatype, lines: &str) -> String {
    let history = sample(lines);
    let transactions = TransactionHistory::from_operations(datatype, history.operations());
    let result = transactions.judge(&[ConsistencyModel::StrongSerializable], Referee::Maelstrom);
    // Quoting a part of the history is enough.
    let entries = super::select(&result.quoted(), history.operations().iter().cloned());
    assert_eq!(result.verdict(&entries), result.verdict(&history));
    assert_eq!(result.warnings(&entries), result.warnings(&history));
    texts(&result.explanations(&entries))
}

#[test]
fn stale_reads_and_write_skew() {
    let stale = "invoke 0 txn [[:append 5 1]]
                 ok 0 txn [[:append 5 1]]
                 invoke 1 txn [[:r 5 nil]]
                 ok 1 txn [[:r 5 nil]]";
    assert_snapshot!(explained(Datatype::ListAppend, stale), @r#"
    G-single-item-realtime: a transaction missed a write that it should have seen (read skew) (once)
      T1 is [["append",5,1]] by process 0 at 0.001 s, entry 1
        T2 is [["r",5,null]] by process 1 at 0.003 s, entry 3
        T1 finished (process 0 at 0.001 s, entry 1) before T2 began (process 1 at 0.002 s, entry 2)
        but T2 read key 5 while it was empty, and T1 appended 1 to it: a contradiction
      a transaction that began after another was answered must see it: answer from what is current, not from a copy that may be old
    "#);
    let skew = "invoke 0 txn [[:r 1 nil] [:w 2 7]]
                invoke 1 txn [[:r 2 nil] [:w 1 8]]
                ok 0 txn [[:r 1 nil] [:w 2 7]]
                ok 1 txn [[:r 2 nil] [:w 1 8]]";
    assert_snapshot!(explained(Datatype::Register, skew), @r#"
    G2-item: transactions missed each other's writes (write skew) (once)
      T1 is [["r",1,null],["w",2,7]] by process 0 at 0.002 s, entry 2
        T2 is [["r",2,null],["w",1,8]] by process 1 at 0.003 s, entry 3
        T1 read null from key 1, and T2 wrote 8 over it
        but T2 read null from key 2, and T1 wrote 7 over it: a contradiction
      a transaction must read and write as if at one moment: before it writes, check that what it read is still the same (a cas of the state), else begin again
    "#);
}

#[test]
fn reads_of_what_should_not_be_there() {
    let lines = "invoke 0 txn [[:append 5 1]]
                 fail 0 txn [[:append 5 1]]
                 invoke 1 txn [[:append 5 2] [:append 5 3]]
                 invoke 2 txn [[:r 5 nil] [:r 5 nil]]
                 ok 2 txn [[:r 5 [1 2]] [:r 5 [1 2 2]]]
                 ok 1 txn [[:append 5 2] [:append 5 3]]";
    assert_snapshot!(explained(Datatype::ListAppend, lines), @r#"
    G-single-item: a transaction missed a write that it should have seen (read skew) (once)
      T1 is [["r",5,[1,2]],["r",5,[1,2,2]]] by process 2 at 0.004 s, entry 4
        T2 is [["append",5,2],["append",5,3]] by process 1 at 0.005 s, entry 5
        T1 read key 5 up to 2, and did not see 3, which T2 appended
        but T2 appended 2 to key 5, and T1 read it: a contradiction
      a transaction must read and write as if at one moment: before it writes, check that what it read is still the same (a cas of the state), else begin again
    G1a: reads showed what a failed transaction wrote (2 times)
      process 2 at 0.004 s, entry 4 read key 5 as [1,2], but 1 was written by process 0 at 0.001 s, entry 1, which failed
      process 2 at 0.004 s, entry 4 read key 5 as [1,2,2], but 1 was written by process 0 at 0.001 s, entry 1, which failed
      a transaction that is answered with an error must leave nothing behind: write only when it is certain to succeed
    G1b: reads showed what its writer had yet to overwrite in the same transaction (2 times)
      process 2 at 0.004 s, entry 4 read key 5 as [1,2], but 2 was written by process 1 at 0.005 s, entry 5, which then wrote more to that key
      process 2 at 0.004 s, entry 4 read key 5 as [1,2,2], but 2 was written by process 1 at 0.005 s, entry 5, which then wrote more to that key
      show the writes of a transaction to others all at once, at its end
    dirty-update: committed transactions built on what a failed one wrote (once)
      process 0 at 0.001 s, entry 1 appended 1 to key 5 and failed, but process 1 at 0.005 s, entry 5 then appended 2 to it
      a transaction that is answered with an error must leave nothing behind: write only when it is certain to succeed
    duplicate-elements: reads showed an element more than once, though appended once (once)
      process 2 at 0.004 s, entry 4 read key 5 as [1,2,2], with 2 2 times
      append once: an append whose answer was lost may have been done, so look before it is tried again
    internal: transactions read something else than they read or wrote just before (once)
      process 2 at 0.004 s, entry 4 read key 5 as [1,2,2], but should have read [1,2]
      a transaction must see its own earlier writes
    "#);
}

#[test]
fn histories_that_cannot_be_judged() {
    let lists = |lines| explained(Datatype::ListAppend, lines);
    assert_snapshot!(lists("invoke 0 txn [[:r 5 nil]]\n ok 0 txn [[:r 5 [9]]]"), @"the history cannot be judged: key 5 was read with 9 in it, which no transaction appended");
    assert_snapshot!(lists("invoke 0 txn [[:append 5 1]]\n invoke 1 txn [[:append 5 1]]"), @"the history cannot be judged: entry 1 appends 1 to key 5, to which an earlier entry appended it: elements must be unique, or reads do not show which append came first");
    assert_snapshot!(lists("invoke 0 txn [[:r 5 nil]]\n ok 0 txn [[:r 5 3]]"), @"the history cannot be judged: entry 1 is a read of 3, which is no list of elements");
    assert_snapshot!(lists("invoke 0 txn [[:w 5 1]]"), @"the history cannot be judged: entry 0 has the operation [:w 5 1], and only [:r key value] and [:append key value] are known");
    assert_snapshot!(lists("invoke 0 txn 5"), @"the history cannot be judged: entry 0 has the value 5, which is no transaction: a list of operations such as [:r 5 nil] is expected");
    let registers = |lines| explained(Datatype::Register, lines);
    let twice = "invoke 0 txn [[:w 5 1]]
                 ok 0 txn [[:w 5 1]]
                 invoke 0 txn [[:w 5 1]]
                 ok 0 txn [[:w 5 1]]
                 invoke 0 txn [[:r 5 nil]]
                 ok 0 txn [[:r 5 1]]";
    assert_snapshot!(registers(twice), @"the history cannot be judged: key 5 was read as 1, which two transactions wrote (entries 1 and 3 in order): values must be unique, or reads do not show whose they are");
    assert_snapshot!(registers("invoke 0 txn [[:w 5 1] [:r \"5\" nil]]\n ok 0 txn []"), @r#"the history cannot be judged: keys 5 and "5" are of different types: give all keys one type"#);
    assert_snapshot!(registers(""), @"empty-transaction-graph: no transaction has to do with another: nothing is shown");
}

fn types_of(datatype: Datatype, model: ConsistencyModel, lines: &str) -> String {
    let history = sample(lines);
    let transactions = TransactionHistory::from_operations(datatype, history.operations());
    let map = transactions.judge(&[model], Referee::Maelstrom).verdict(&history).map;
    crate::excerpt::edn(map.get("anomaly-types").unwrap())
}

#[test]
fn a_transaction_that_reads_what_it_writes_later_is_a_cycle() {
    let own = "invoke 0 txn [[:r 0 nil] [:w 0 4]]
               ok 0 txn [[:r 0 4] [:w 0 4]]
               invoke 0 txn [[:r 0 nil]]
               ok 0 txn [[:r 0 4]]";
    assert_eq!(types_of(Datatype::Register, ConsistencyModel::ReadCommitted, own), "(:G1c)");
    assert_snapshot!(explained(Datatype::Register, own), @r#"
    G-single-item: a transaction missed a write that it should have seen (read skew) (once)
      T1 is [["r",0,4],["w",0,4]] by process 0 at 0.001 s, entry 1
        T2 is [["r",0,4]] by process 0 at 0.003 s, entry 3
        T1 wrote 4 to key 0, and T2 read it
        but T2 read 4 from key 0, and T1 wrote 4 over it: a contradiction
      a transaction must read and write as if at one moment: before it writes, check that what it read is still the same (a cas of the state), else begin again
    G1c: transactions in a circle saw, or overwrote, each other's writes (once)
      T1 is [["r",0,4],["w",0,4]] by process 0 at 0.001 s, entry 1
        but T1 read 4 from key 0, which it wrote only after that: a contradiction
      show the writes of a transaction to others all at once, at its end
    "#);
}

#[test]
fn what_only_leads_to_itself_is_something() {
    let own = "invoke 0 txn [[:r 1 nil] [:w 1 1]]\n ok 0 txn [[:r 1 nil] [:w 1 1]]";
    assert_eq!(types_of(Datatype::Register, ConsistencyModel::Serializable, own), "()");
    let nothing = "invoke 0 txn [[:w 1 1]]\n ok 0 txn [[:w 1 1]]";
    assert_eq!(
        types_of(Datatype::Register, ConsistencyModel::Serializable, nothing),
        "(:empty-transaction-graph)"
    );
}

#[test]
fn a_proven_contradiction_is_worth_more_than_unknown() {
    let lines = "invoke 0 txn [[:append 0 1] [:append 0 2]]
                 ok 0 txn [[:append 0 1] [:append 0 2]]
                 invoke 0 txn [[:r 0 nil]]
                 ok 0 txn [[:r 0 [1 777 5]]]
                 invoke 0 txn [[:r 0 nil]]
                 ok 0 txn [[:r 0 [1 2]]]";
    let types = types_of(Datatype::ListAppend, ConsistencyModel::ReadCommitted, lines);
    assert_eq!(types, "(:incompatible-order)");
    // If the order of reads is not requested, an element that was never appended cannot be judged.
    let history = sample(lines);
    let transactions =
        TransactionHistory::from_operations(Datatype::ListAppend, history.operations());
    let result = transactions.judge(&[ConsistencyModel::ReadUncommitted], Referee::Maelstrom);
    assert_eq!(
        result.error().unwrap().to_string(),
        "key 0 was read with 777 in it, which no transaction appended"
    );
}
