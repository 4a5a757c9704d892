//! `glomers check` of histories that other tools made, and of runs of the real Maelstrom.

use crate::glomers::{Ended, Glomers};
use std::fs;

fn check(text: &str, flags: &[&str]) -> Ended {
    Glomers::new(&["check", "h.edn"]).with(flags).file("h.edn", text).end()
}

#[test]
fn entries_may_leave_out_what_they_call_and_who_did_it() {
    let entries = "{:index 0 :process 0 :type :invoke :value [[:append 7 1]]}\n\
                   {:index 1 :process 0 :type :ok :value [[:append 7 1]]}\n\
                   {:index 2 :process 1 :type :invoke :value [[:r 7 nil]]}\n\
                   {:index 3 :process 1 :type :ok :value [[:r 7 READ]]}\n";
    let nameless = entries.replace(":process 0", "").replace(":process 1", "");
    for text in [entries, &nameless] {
        for flags in [&["--workload", "txn-list-append"][..], &[]] {
            check(&text.replace("READ", "[1]"), flags).exits(0).says(&["txn-list-append: valid"]);
            check(&text.replace("READ", "[]"), flags).exits(1);
        }
    }
    let unclear = "{:process 0 :type :invoke :value 1}\n";
    check(unclear, &["-w", "lin-kv"]).exits(254).says(&["operation has no :f"]);
    check(unclear, &["-w", "echo"]).exits(0).says(&["have no completion"]);
}

const NO_DEPENDENCIES: &str = "{:type :invoke :process 0 :f :txn :value [[:r 1 nil] [:w 2 5]]}\n\
                               {:type :ok :process 0 :f :txn :value [[:r 1 nil] [:w 2 5]]}\n";

#[test]
fn what_only_maelstrom_asks_is_a_warning() {
    check(NO_DEPENDENCIES, &[]).exits(2).says(&["a run of Maelstrom with registers is invalid"]);
    check(NO_DEPENDENCIES, &["--rules", "maelstrom"]).exits(1);
    // A write that the same transaction overwrites is not a dependency either.
    let single = NO_DEPENDENCIES.replace("[:w 2 5]", "[:w 1 5]");
    check(&single, &[]).exits(2);
    check(&single, &["--consistency-models", "serializable"]).exits(0);
    let failing = "{:type :invoke :process 0 :f :write :value 1}\n\
                   {:type :ok :process 0 :f :write :value 1}\n\
                   {:type :invoke :process 0 :f :cas :value [2 3]}\n\
                   {:type :fail :process 0 :f :cas :value [2 3]}\n";
    check(failing, &[]).exits(0).says(&["no cas operation succeeded", "--rules maelstrom"]);
    check(failing, &["--rules", "maelstrom"]).exits(1).says(&["no cas operation succeeded"]);
}

#[test]
fn independent_keys_are_judged_one_by_one() {
    let text = "{:type :invoke, :f :add, :value [0 11], :process 0}\n\
                {:type :ok, :f :add, :value [0 11], :process 0}\n\
                {:type :invoke, :f :add, :value [1 12], :process 0}\n\
                {:type :ok, :f :add, :value [1 12], :process 0}\n\
                {:type :invoke, :f :read, :value [0 nil], :process 1}\n\
                {:type :ok, :f :read, :value [0 #{11}], :process 1}\n\
                {:type :invoke, :f :read, :value [1 nil], :process 1}\n\
                {:type :ok, :f :read, :value [1 #{12}], :process 1}\n";
    let json = check(text, &["--format", "json"]).exits(0).json();
    assert_eq!(json["workload"], "g-set");
    assert_eq!(json["results"]["workload"]["results"]["1"]["stable-count"], 1);
    let lost = text.replace("[1 #{12}]", "[1 []]");
    check(&lost, &[]).exits(1).says(&["1 of 2 keys are invalid", "key 1: 1 of 1 values were lost"]);
    let transactions = "{:type :invoke, :f :txn, :value [0 [[:append :x 1]]], :process 0}\n\
                        {:type :ok, :f :txn, :value [0 [[:append :x 1]]], :process 0}\n\
                        {:type :invoke, :f :txn, :value [0 [[:r :x nil]]], :process 1}\n\
                        {:type :ok, :f :txn, :value [0 [[:r :x [1]]]], :process 1}\n";
    check(transactions, &[]).exits(0).says(&["txn-list-append: valid"]);
}

/// The files of a run of the real Maelstrom that satisfies only read committed.
fn maelstrom_run(check: &Glomers, command: &str) {
    let folder = check.folder().join("store/txn-rw-register/20261120T234321.864Z");
    fs::create_dir_all(&folder).expect("a folder");
    let log = format!(
        "INFO [2026-11-20 23:43:21,804] jepsen test runner - jepsen.core Command line:\n\
         lein run test {command}\n\
         INFO [2026-11-20 23:43:21,864] jepsen test runner - jepsen.core Running test:\n"
    );
    fs::write(folder.join("jepsen.log"), log).expect("a file");
    let transaction = |process: u32, asked: &str, done: &str, at: u32| {
        format!(
            "{{:index {at}, :time {at}, :type :invoke, :process {process}, :f :txn, :value {asked}}}\n\
             {{:index {}, :time {}, :type :ok, :process {process}, :f :txn, :value {done}}}\n",
            at + 1,
            at + 1
        )
    };
    let history = [
        transaction(0, "[[:w 1 1]]", "[[:w 1 1]]", 0),
        // A read of the state before the write.
        transaction(1, "[[:r 1 nil]]", "[[:r 1 nil]]", 2),
        transaction(0, "[[:r 1 nil]]", "[[:r 1 1]]", 4),
    ];
    fs::write(folder.join("history.edn"), history.concat()).expect("a file");
    let results = "{:stats {:valid? true, :count 3, :ok-count 3, :fail-count 0, :info-count 0}, \
                   :availability {:valid? true, :ok-fraction 1.0}, \
                   :workload {:valid? true, :anomaly-types (), :anomalies nil}, :valid? true}";
    fs::write(folder.join("results.edn"), results).expect("a file");
}

#[test]
fn a_run_of_maelstrom_is_judged_by_its_own_settings() {
    let run = "store/txn-rw-register/20261120T234321.864Z";
    let command = "-w txn-rw-register --bin x.py --consistency-models read-committed \
                   --availability total --nemesis partition";
    let own = Glomers::new(&["check", run]);
    maelstrom_run(&own, command);
    own.end().exits(0).says(&[
        "read-committed (jepsen.log)",
        "availability total (jepsen.log)",
        "by Maelstrom's rules",
        "--nemesis partition",
    ]);
    let json = Glomers::new(&["check", run, "--format", "json"]);
    maelstrom_run(&json, command);
    let json = json.end().exits(0).json();
    assert_eq!(json["criteria"]["consistency-models"][0], "read-committed");
    assert_eq!(json["criteria"]["availability"], "total");

    let stricter = Glomers::new(&["check", run, "--consistency-models", "strict-serializable"]);
    maelstrom_run(&stricter, command);
    stricter.end().exits(1).says(&["strict-serializable (as asked for)", "the results beside"]);
    // If the log names no model, Maelstrom's default is used.
    let default = Glomers::new(&["check", run]);
    maelstrom_run(&default, "-w txn-rw-register --bin x.py");
    default.end().exits(1).says(&["strict-serializable (the default)"]);
    let unknown = Glomers::new(&["check", run]);
    maelstrom_run(&unknown, "-w txn-rw-register --bin x.py --consistency-models nice");
    unknown.end().exits(2).says(&["jepsen.log has the consistency models \"nice\""]);
}

#[test]
fn a_run_of_maelstrom_without_results_is_unknown() {
    let run = "store/txn-rw-register/20261120T234321.864Z";
    let check = Glomers::new(&["check", run]);
    maelstrom_run(&check, "-w txn-rw-register --bin x.py --consistency-models read-committed");
    fs::remove_file(check.folder().join(run).join("results.edn")).expect("a file");
    check.end().exits(2).says(&["results.edn is not there"]);
}

#[test]
fn reads_of_a_counter_are_judged_though_none_is_final() {
    let text = "{:type :invoke, :f :add, :value 1, :process 0}\n\
                {:type :ok, :f :add, :value 1, :process 0}\n\
                {:type :invoke, :f :read, :process 1}\n\
                {:type :ok, :f :read, :value READ, :process 1}\n";
    check(&text.replace("READ", "1"), &[]).exits(0).says(&["g-counter: valid"]);
    check(&text.replace("READ", "2"), &[]).exits(1).says(&["2, while 1 to 1 was possible"]);
    // Maelstrom's workload judges final reads only.
    for flags in [["--rules", "maelstrom"], ["-w", "g-counter"]] {
        check(&text.replace("READ", "2"), &flags).exits(0).says(&["no read is marked as final"]);
    }
}
