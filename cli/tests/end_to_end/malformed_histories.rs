//! `glomers check` of histories that no run produces: their defects are reported.

use crate::glomers::{Ended, Glomers};

fn check(text: &str, flags: &[&str]) -> Ended {
    Glomers::new(&["check", "h.edn"]).with(flags).file("h.edn", text).end()
}

#[test]
fn entries_that_do_not_pair_are_named() {
    let twice = "
        {:index 0 :time 0 :type :invoke :process 0 :f :txn :value [[:append 1 1]]}
        {:index 1 :time 1 :type :ok :process 0 :f :txn :value [[:append 1 1]]}
        {:index 2 :time 2 :type :ok :process 0 :f :txn :value [[:append 1 1]]}
        {:index 3 :time 3 :type :invoke :process 0 :f :txn :value [[:r 1 nil]]}
        {:index 4 :time 4 :type :ok :process 0 :f :txn :value [[:r 1 [1]]]}\n";
    check(twice, &["-w", "txn-list-append"]).exits(2).says(&[
        "why: the history cannot be judged: entry 2 completes an operation",
        "warning: 1 entry does not pair, first entry 2",
    ]);
    // Without real-time order, the checker does not pair invocations with completions.
    check(twice, &["-w", "txn-list-append", "--consistency-models", "serializable"])
        .exits(0)
        .says(&["valid (", "warning: 1 entry does not pair, first entry 2"]);
}

#[test]
fn answers_to_other_requests_are_named() {
    let append_for_read = "
        {:index 0 :time 0 :type :invoke :process 0 :f :txn :value [[:append 1 1] [:r 2 nil]]}
        {:index 1 :time 1 :type :ok :process 0 :f :txn :value [[:append 1 1] [:append 2 [1 2 3]]]}
        {:index 2 :time 2 :type :invoke :process 0 :f :txn :value [[:r 1 nil]]}
        {:index 3 :time 3 :type :ok :process 0 :f :txn :value [[:append 1 [1]]]}\n";
    let named = "warning: 2 completions answer something else than was asked for, first txn \
                 [[\"append\",1,1],[\"append\",2,[1,2,3]]] (process 0 at 0.000 s, entry 1)";
    check(append_for_read, &["-w", "txn-list-append"]).exits(0).says(&["valid (", named]);
}
