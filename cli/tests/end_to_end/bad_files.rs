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
        .exits(254)
        .says(&["a.edn"]);
    Glomers::new(&["report"]).end().exits(254).says(&["store"]);
}

#[test]
fn corrupt_files_are_bad_arguments_in_every_command() {
    let commands: [&[&str]; 7] = [
        &["check", "bad"],
        &["compare", "bad", "bad"],
        &["report", "bad"],
        &["replay", "bad"],
        &["shrink", "bad"],
        &["sweep", "--merge", "bad"],
        &["compare", "bad/results.edn"],
    ];
    for command in commands {
        let glomers = Glomers::new(command);
        let folder = glomers.folder().join("bad");
        std::fs::create_dir(&folder).expect("a folder");
        for name in ["results.edn", "run.json", "sweep.json", "history.edn"] {
            std::fs::write(folder.join(name), "{\"valid\" \0 \u{1}").expect("a file");
        }
        glomers.end().exits(254).says(&["bad"]);
    }
}

#[test]
fn what_never_ends_is_refused() {
    for file in ["pipe", "/dev/zero"] {
        let commands: [&[&str]; 8] = [
            &["check", file],
            &["compare", file, file],
            &["report", file],
            &["replay", file],
            &["shrink", file],
            &["sweep", "--merge", file],
            &["run", "echo", "--bin", file],
            &["test", "-w", "echo", "--bin", "/bin/true", "--nodes-file", file],
        ];
        for command in commands {
            let glomers = Glomers::new(command);
            nix::unistd::mkfifo(&glomers.folder().join("pipe"), nix::sys::stat::Mode::S_IRWXU)
                .expect("a pipe");
            glomers.end().exits(254).says(&[file]);
        }
    }
    let config = Glomers::new(&["list"]);
    nix::unistd::mkfifo(&config.folder().join("glomers.toml"), nix::sys::stat::Mode::S_IRWXU)
        .expect("a pipe");
    config.end().exits(254).says(&["glomers.toml is a named pipe"]);
}

#[test]
fn a_reader_that_has_seen_enough_changes_nothing() {
    // The reader closes the pipe before anything is printed.
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
