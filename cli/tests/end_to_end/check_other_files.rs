//! `glomers check` of files given by mistake: the message names the kind of file, and what to give.

use crate::glomers::Glomers;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write as _;

/// Checks a file with these bytes.
fn refused(name: &str, bytes: &[u8], says: &[&str]) {
    let check = Glomers::new(&["check", name]);
    fs::write(check.folder().join(name), bytes).expect("a file");
    check.end().exits(254).says(says);
}

#[test]
fn files_that_are_no_history_are_named() {
    refused("results.edn", b"{:valid? true}", &["the results of a run", "glomers compare"]);
    refused("run.json", b"{\"challenge\": \"echo\", \"plan\": {}}", &["the record of a run"]);
    refused(
        "messages.jsonl",
        b"{\"id\":0,\"time\":1,\"src\":\"c1\",\"dest\":\"n0\",\"body\":{\"type\":\"init\"}}\n",
        &["the journal of messages", "history.edn"],
    );
    refused("test.jepsen", b"JEPSEN\0\0\0\x01", &["Jepsen's own binary file"]);
    refused("a.zip", b"PK\x03\x04\x14\0", &["a zip archive", "unpack it"]);
    refused("h.edn", b"\xff\xfe{\0:\0t\0", &["UTF-16", "iconv"]);
    refused("h.edn", b"\x7fELF\x02", &["a program"]);
    refused("h.edn", b"\n \n", &["is empty"]);
    refused("h.edn", b"", &["is empty"]);
    refused("history.txt", b"0\t:invoke\t:read\tnil\n", &["history.txt", "history.edn"]);
    refused("t.edn", b"{:name \"x\" :history [{:type :ok}]}", &["a whole test", ":history"]);
    let zeros = {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&vec![0; 100_000]).and_then(|()| gzip.finish()).expect("gzip")
    };
    refused("h.edn.gz", &zeros, &["holds, compressed, a binary file"]);
    refused("h.edn.gz", &zeros[..20], &["damaged gzip data"]);
}

#[test]
fn histories_of_other_tests_are_named() {
    let bank = "{:type :invoke, :f :read, :process 0}\n{:type :ok, :f :read, :process 0, :value {0 10}}\n\
                {:type :invoke, :f :transfer, :process 0, :value {:from 0, :to 1, :amount 2}}\n";
    refused("bank.edn", bank.as_bytes(), &["a bank test", "elle-cli --model bank"]);
    let queue = "{:type :invoke, :f :enqueue, :process 0, :value 1}\n";
    refused("queue.edn", queue.as_bytes(), &["a queue test", "total-queue"]);
}

#[test]
fn folders_that_are_no_run_are_named() {
    let check = |make: fn(&std::path::Path), path: &str, says: &[&str]| {
        let check = Glomers::new(&["check", path]);
        make(check.folder());
        check.end().exits(254).says(says);
    };
    check(|_| {}, ".", &["has no history.edn: give a run directory"]);
    let store = |folder: &std::path::Path| {
        let run = folder.join("store/echo/20261121T061039.097Z-s7");
        fs::create_dir_all(&run).expect("a folder");
        fs::write(run.join("history.edn"), "").expect("a file");
        std::os::unix::fs::symlink(&run, folder.join("store/latest")).expect("a link");
    };
    check(store, "store", &["is a folder of runs", "store/latest"]);
    check(store, "store/echo", &["but store/echo/20261121T061039.097Z-s7 has: give that"]);
    let crashed = |folder: &std::path::Path| {
        fs::write(folder.join("jepsen.log"), "INFO").expect("a file");
    };
    check(crashed, ".", &["is the folder of a run, but has no history.edn"]);
}

const WRITE: &str = r#"{"index":0,"time":0,"type":"invoke","process":0,"f":"write","value":1}"#;
const WROTE: &str = r#"{"index":1,"time":1,"type":"ok","process":0,"f":"write","value":1}"#;

#[test]
fn json_and_compressed_histories_are_read() {
    for text in [format!("[{WRITE},\n{WROTE}]"), format!("{WRITE}\n{WROTE}\n")] {
        let check = Glomers::new(&["check", "h.json"]).file("h.json", &text).end();
        check.exits(0).says(&["lin-kv: valid"]);
        let check = Glomers::new(&["check", "h.json.gz"]);
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(text.as_bytes()).expect("gzip");
        let bytes = gzip.finish().expect("gzip");
        fs::write(check.folder().join("h.json.gz"), bytes).expect("a file");
        check.end().exits(0).says(&["lin-kv: valid"]);
    }
    let bad = format!("{WRITE}\n{{\"type\": \"sang\"}}");
    Glomers::new(&["check", "h.json", "-w", "lin-kv"])
        .file("h.json", &bad)
        .end()
        .exits(254)
        .says(&["h.json: line 2: operation has a wrong :type"]);
}

#[test]
fn a_history_without_invocations_is_judged_without_advice_about_runs() {
    let text = "[{:type :ok, :f :txn, :process 0, :value [[:append :x 1] [:r :y [1]]]}\n \
                {:type :ok, :f :txn, :process 1, :value [[:append :x 2] [:append :y 1]]}\n \
                {:type :ok, :f :txn, :process 2, :value [[:r :x [1 2]]]}]";
    let ended = Glomers::new(&["check", "h.edn"]).file("h.edn", text).end();
    ended.says(&["no completion in the history (3) has an invocation"]).does_not_say("--rate");
}
