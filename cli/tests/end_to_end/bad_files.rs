//! Stores that cannot be written, and disks that are full.

use crate::glomers::Glomers;

#[test]
fn the_store_is_a_file() {
    Glomers::run("echo", "none")
        .with(&["--store", "taken"])
        .file("taken", "")
        .end()
        .exits(255)
        .says(&["failed to make the folder", "taken", "writable"]);
}

#[test]
fn the_disk_fills_up() {
    // A limit on file size, without its signal, takes the same path as a full disk.
    let ended = Glomers::run("echo", "none")
        .with(&["--rate", "5000", "--concurrency", "10"])
        .after("trap '' XFSZ; ulimit -f 100")
        .end()
        .exits(255)
        .says(&["failed to write", "store/echo/"]);
    let history = std::fs::read_to_string(
        ended.folder.path().join("store").join("current").join("history.edn"),
    );
    assert!(history.unwrap().starts_with("{:index 0"));
}

#[test]
fn comparisons_of_what_is_not_there() {
    Glomers::new(&["compare", "nothing.edn"]).end().exits(254).says(&["nothing.edn"]);
    Glomers::new(&["compare", "a.edn", "a.edn"])
        .file("a.edn", "{:valid? true")
        .end()
        .exits(255)
        .says(&["a.edn"]);
    Glomers::new(&["report"]).end().exits(254).says(&["store"]);
}

#[test]
fn a_reader_that_has_seen_enough_changes_nothing() {
    // The reader is gone before anything is printed.
    let mut list = Glomers::new(&["list"]).start();
    drop(list.child.stdout.take());
    assert_eq!(list.end().exits(0).stderr, "");
    let mut invalid = Glomers::run("echo", "refuses").start();
    drop(invalid.child.stdout.take());
    invalid.end().exits(1).stores("false");
    let mut unknown = Glomers::new(&["run", "nothing"]).start();
    drop(unknown.child.stderr.take());
    unknown.end().exits(254);
}
