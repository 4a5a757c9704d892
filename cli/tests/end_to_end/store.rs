//! What is done with a store of runs: `runs`, `show`, `clean`, and commands that want one run of it.

use crate::glomers::{Ended, Glomers, Started};
use nix::sys::signal::Signal;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a run may take to begin.
const PATIENCE: Duration = Duration::from_secs(30);

/// Arguments of a short simulated run of a challenge from a seed.
fn run<'a>(challenge: &'a str, seed: &'a str) -> [&'a str; 8] {
    ["run", challenge, "--sim", "--time-limit", "2", "-q", "--seed", seed]
}

/// A failing run in the folder of this call.
fn failing(ended: Ended) -> Ended {
    let node = ["--node", "broadcast-forgets-to-retry"];
    let args = ["run", "broadcast-c", "--sim", "-q", "--seed", "1"];
    ended.then(&args).with(&node).end().exits(1)
}

/// A store with a run that met its targets, a group, a run without targets, and one that failed, in this
/// order.
fn store() -> Ended {
    let ended = Glomers::new(&run("broadcast-d", "1")).end().exits(0);
    let repeated = ended.then(&run("unique-ids", "4")).with(&["--repeat", "2"]).end().exits(0);
    failing(repeated.then(&run("echo", "7")).end().exits(0))
}

/// A run in real time that has begun and does not end soon.
fn going_on() -> (Started, PathBuf) {
    let started =
        Glomers::new(&["run", "echo", "--node-count", "1", "--time-limit", "60", "-q"]).start();
    let current = started.folder().join("store/current");
    let start = Instant::now();
    while !current.join("history.edn").exists() {
        assert!(start.elapsed() < PATIENCE, "the run did not begin");
        std::thread::sleep(Duration::from_millis(10));
    }
    let run = current.canonicalize().expect("a run");
    (started, run)
}

/// A command about a run of another folder.
fn call(command: &str, run: &Path) -> Glomers {
    Glomers::new(&[command, &run.display().to_string()])
}

/// The challenges of a listing as JSON, with the states.
fn listed(ended: &Ended) -> Vec<(String, String)> {
    let json = ended.json();
    let text = |run: &serde_json::Value, key: &str| run[key].as_str().unwrap().to_owned();
    let runs = json.as_array().expect("an array").iter();
    runs.map(|run| (text(run, "challenge"), text(run, "state"))).collect()
}

#[test]
fn runs_are_listed_newest_first_and_a_group_is_one_row() {
    let list = store().then(&["runs"]).end().exits(0);
    let rows: Vec<&str> = list.stdout.lines().skip(3).collect();
    for (row, said) in rows.iter().zip([
        ["broadcast-c", "invalid", "broadcast-forgets-to-retry of the museum"],
        ["echo", "valid ", "simulated"],
        ["unique-ids", "2/2 valid", "4 to 5"],
        ["broadcast-d", "valid, met", "glomers' own node"],
    ]) {
        assert!(said.iter().all(|text| row.contains(text)), "{said:?}\n{}", list.stdout);
    }
    assert_eq!(rows.len(), 5, "with the last line of the frame\n{}", list.stdout);
    let failed = list.then(&["runs", "--failed", "--format", "csv"]).end().exits(0);
    let lines: Vec<&str> = failed.stdout.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("challenge,state,valid,targets,passed,"), "{}", lines[0]);
    assert!(lines[1].starts_with("broadcast-c,judged,false,,false,"), "{}", lines[1]);
    let newest = failed.then(&["runs", "--last", "3", "--format", "json"]).end().exits(0);
    let names = listed(&newest).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names, ["broadcast-c", "echo", "unique-ids", "unique-ids"]);
    assert!(newest.json()[2]["group"].as_str().unwrap().ends_with("-x2"));
    let one = newest.then(&["runs", "--challenge", "1", "--markdown"]).end().exits(0);
    assert_eq!(one.stdout.matches("\n| ").count(), 1, "{}", one.stdout);
    one.then(&["runs", "--challenge", "6a"]).end().exits(254).says(&["there is no run of txn-a"]);
}

#[test]
fn a_store_without_runs_is_no_error_unless_it_was_named() {
    for command in [&["runs"][..], &["clean", "--keep", "1"]] {
        let none = Glomers::new(command).end().exits(0);
        none.then(command).with(&["--store", "nowhere"]).end().exits(254).says(&["nowhere"]);
    }
    let json = Glomers::new(&["runs", "--format", "json"]).end().exits(0);
    assert_eq!(
        (json.json(), json.stderr.contains("no run in store")),
        (serde_json::json!([]), true)
    );
}

#[test]
fn damaged_and_unfinished_runs_are_listed_and_what_is_no_run_is_not() {
    let store = store();
    let folder = store.folder.path().join("store");
    let echo = fs::read_dir(folder.join("echo")).unwrap().flatten();
    let echo = echo.map(|it| it.path()).find(|it| !it.is_symlink()).unwrap();
    fs::write(echo.join("results.edn"), "{").unwrap();
    let killed = folder.join("echo/20200101T000000.000Z-s1");
    fs::create_dir(&killed).unwrap();
    fs::write(killed.join("glomers.log"), "").unwrap();
    fs::create_dir(folder.join("echo/notes")).unwrap();
    let list = store.then(&["runs", "--challenge", "echo", "--format", "json"]).end().exits(0);
    let states: Vec<_> = listed(&list).into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, ["damaged", "unfinished"]);
    list.says(&["damaged: failed to read store/echo/", "results.edn"]);
}

#[test]
fn show_prints_what_run_printed() {
    let node = "broadcast-forgets-to-retry";
    let printed = Glomers::new(&["run", "broadcast-c", "--sim", "--seed", "1", "--node", node]);
    let printed = printed.end().exits(1);
    let said = printed.stdout.clone();
    assert!(said.contains("why: "), "{said}");
    let shown = printed.then(&["show"]).end().exits(0);
    assert_eq!(shown.stdout, said);
    // By the path that `runs` shows, and as another format.
    let run = shown.latest().canonicalize().unwrap();
    let below = format!("broadcast/{}", run.file_name().unwrap().to_str().unwrap());
    let json = shown.then(&["show", &below, "--format", "json"]).end().exits(0);
    assert_eq!(json.json()["challenge"], "broadcast-c");
    assert!(json.json()["reasons"][0].as_str().unwrap().contains("were lost"));
    // Without reasons in its record, as of older versions, and without any record.
    let record = fs::read_to_string(run.join("run.json")).unwrap();
    let mut older: serde_json::Value = serde_json::from_str(&record).unwrap();
    older.as_object_mut().unwrap().remove("reasons").expect("reasons");
    fs::write(run.join("run.json"), older.to_string()).unwrap();
    let again = json.then(&["show"]).end().exits(0).says(&["why: ", "were lost: known, but not"]);
    fs::remove_file(run.join("run.json")).unwrap();
    again.then(&["show"]).end().exits(0).says(&["broadcast: invalid (no run.json", "op-count"]);
}

#[test]
fn a_missed_target_is_shown_again_and_the_status_is_0() {
    let missed = Glomers::new(&run("echo", "1")).with(&["--targets", "op-count<1"]).end().exits(1);
    let shown = missed.then(&["show"]).end().exits(0);
    shown.says(&["valid, but a target was missed", "why: target missed: op-count"]);
}

#[test]
fn clean_keeps_the_newest_of_each_challenge_and_what_is_no_run() {
    let mut ended = store();
    let folder = ended.folder.path().join("store");
    let notes = folder.join("echo/notes");
    fs::create_dir(&notes).unwrap();
    // A copy of a run under another name is the user's.
    fs::copy(ended.latest().join("results.edn"), notes.join("results.edn")).unwrap();
    ended = ended.then(&["baseline", "save", "good"]).end().exits(0);
    ended = ended.then(&run("echo", "8")).end().exits(0);
    ended = ended.then(&["clean"]).end().exits(254).says(&["--keep <NUM>", "--older-than <AGE>"]);
    let count = |kind: &str| fs::read_dir(folder.join(kind)).unwrap().count();
    let dry = ["clean", "--keep", "1", "--dry-run"];
    ended = ended.then(&dry).end().exits(0).says(&["would remove: store/echo/", "1 run, "]);
    // With the link and the notes.
    assert_eq!(count("echo"), 4);
    ended = ended.then(&["clean", "--keep", "1"]).end().exits(0).says(&["removed: 1 run, "]);
    assert_eq!((count("echo"), count("unique-ids"), count("broadcast")), (3, 2, 3));
    // The latest stays, though it passed; so do runs that are not old enough.
    ended =
        ended.then(&["clean", "--older-than", "1d"]).end().exits(0).says(&["nothing to remove"]);
    ended = ended.then(&["clean", "--keep", "0", "--passed"]).end().exits(0);
    assert_eq!((count("echo"), count("unique-ids"), count("broadcast")), (3, 2, 2));
    ended = ended.then(&["clean", "--keep", "0", "--failed"]).end().exits(0);
    assert_eq!(count("broadcast"), 2, "the link of the workload names it");
    assert!(!folder.join(".removed").exists());
    ended.then(&["baseline", "list"]).end().exits(0).says(&["good: broadcast-c, invalid, 1 run"]);
}

#[test]
fn clean_touches_nothing_that_it_did_not_make() {
    let run = Glomers::new(&run("echo", "1")).end().exits(0);
    let store = run.folder.path().join("store");
    for users in [".removed/notes", ".glomers-removed-mine/notes"] {
        fs::create_dir_all(store.join(users)).unwrap();
    }
    let left = store.join(".glomers-removed-1-abcdEF12");
    fs::create_dir_all(left.join("run")).unwrap();
    let clean = ["clean", "--keep", "0"];
    let dry = run.then(&clean).with(&["--dry-run"]).end().exits(0).says(&["would remove: store/."]);
    assert!(left.exists());
    let ended = dry.then(&clean).end().exits(0).says(&["-abcdEF12 (0 bytes), which a clean that"]);
    assert!(!left.exists());
    let ended = ended.then(&clean).end().exits(0).says(&["nothing to remove"]);
    let _ended = ended.does_not_say("removed:");
    assert!(store.join(".removed/notes").exists());
    assert!(store.join(".glomers-removed-mine/notes").exists());
}

#[test]
fn clean_looks_for_runs_only_where_a_store_has_them() {
    let group = Glomers::new(&run("echo", "1")).with(&["--repeat", "2"]).end().exits(0);
    let folder = group.folder.path().to_owned();
    let members = group.latest().canonicalize().unwrap().parent().unwrap().to_owned();
    let ended = group.then(&run("echo", "1")).end().exits(0);
    let ended = ended.then(&["baseline", "save", "20261120T100000.000Z"]).end().exits(0);
    let baseline = folder.join("store/baselines/20261120T100000.000Z");
    // The store is a workload of this folder, and one of the folder above.
    fs::create_dir(folder.join("above")).unwrap();
    fs::rename(folder.join("store"), folder.join("above/store")).unwrap();
    for name in ["", "above"] {
        let clean = Glomers::new(&["clean", "--keep", "0", "--store"]);
        let refused = clean.with(&[&folder.join(name).display().to_string()]).end();
        refused.exits(254).says(&["is no store: it has neither a link"]);
    }
    let inside = Glomers::new(&["clean", "--keep", "0", "--store"]);
    let baselines = folder.join("above/store/baselines").display().to_string();
    inside.with(&[&baselines]).end().exits(254).says(&["baselines is no store"]);
    fs::rename(folder.join("above/store"), folder.join("store")).unwrap();
    assert!(baseline.exists());
    // A name that glomers does not give is the user's.
    let kept = members.with_file_name("20261120-mine");
    fs::rename(&members, &kept).unwrap();
    let ended = ended.then(&["clean", "--keep", "0"]).end().exits(0).says(&["nothing to remove"]);
    assert_eq!(fs::read_dir(&kept).unwrap().count(), 2);
    ended.then(&["baseline", "list"]).end().exits(0).says(&["20261120T100000.000Z: echo"]);
}

#[test]
fn clean_goes_on_after_a_run_that_it_cannot_remove() {
    /// Root may remove anything, unless it gives that right away.
    const WITHOUT_RIGHTS: &str = "if [ \"$(id -u)\" = 0 ]; then \
         exec setpriv --bounding-set=-dac_override,-dac_read_search \"$0\" \"$@\"; fi";
    let mut ended = Glomers::new(&run("echo", "1")).end().exits(0);
    let first = ended.latest().canonicalize().unwrap();
    for seed in ["2", "3"] {
        ended = ended.then(&run("echo", seed)).end().exits(0);
    }
    let fixed = first.join("node-logs");
    fs::write(fixed.join("n0.log"), "").unwrap();
    let count = fs::read_dir(&first).unwrap().count();
    let mode = |mode| fs::set_permissions(&fixed, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o555);
    let clean = ended.then(&["clean", "--keep", "0"]).after(WITHOUT_RIGHTS).end();
    mode(0o755);
    let clean = clean.exits(255).says(&["failed to remove store/echo/", "removed: 1 run, "]);
    assert_eq!(fs::read_dir(&first).unwrap().count(), count, "it is whole");
    clean.then(&["clean", "--keep", "0"]).end().exits(0).says(&["removed: 1 run, "]);
}

#[test]
fn cleans_do_not_disturb_one_another() {
    let run = Glomers::new(&run("echo", "1")).end().exits(0);
    let store = run.folder.path().join("store");
    for number in 0..60 {
        let old = store.join(format!("echo/20200101T000000.{number:03}Z-s1"));
        fs::create_dir_all(old.join("node-logs")).unwrap();
        fs::write(old.join("history.edn"), "").unwrap();
    }
    let path = store.display().to_string();
    let clean = || Glomers::new(&["clean", "--keep", "0", "--store", &path]).start();
    let started: Vec<_> = (0..4).map(|_| clean()).collect();
    let removed = started.into_iter().map(|clean| clean.end().exits(0).stdout);
    let lines = removed.flat_map(|it| it.lines().map(str::to_owned).collect::<Vec<_>>());
    assert_eq!(lines.filter(|line| line.contains("/echo/")).count(), 60);
    let names = fs::read_dir(&store).unwrap().map(|it| it.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().starts_with('.')));
}

#[test]
fn a_group_without_runs_is_unfinished_and_can_be_removed() {
    let run = Glomers::new(&run("echo", "1")).end().exits(0);
    let group = run.folder.path().join("store/echo/20200101T000000.000Z-x3");
    fs::create_dir(&group).unwrap();
    // Just made, it may be that of a process that is still running.
    let kept = run.then(&["clean", "--keep", "0"]).end().exits(0).says(&["nothing to remove"]);
    let old = std::time::SystemTime::UNIX_EPOCH;
    fs::File::open(&group).unwrap().set_modified(old).unwrap();
    let list = kept.then(&["runs", "--failed"]).end().exits(0).says(&["unfinished", "-x3"]);
    list.then(&["clean", "--keep", "0"]).end().exits(0).says(&["removed: 1 run"]);
    assert!(!group.exists());
}

#[test]
fn a_group_with_something_else_in_it_stays() {
    let group = Glomers::new(&run("echo", "1")).with(&["--repeat", "2"]).end().exits(0);
    let folder = group.latest().canonicalize().unwrap().parent().unwrap().to_owned();
    let other = group.then(&run("echo", "1")).end().exits(0);
    fs::write(folder.join("notes.txt"), "").unwrap();
    let left = other.then(&["clean", "--keep", "0"]).end().exits(0).says(&["left: store/echo/"]);
    fs::remove_file(folder.join("notes.txt")).unwrap();
    left.then(&["clean", "--keep", "0"]).end().exits(0).says(&["removed: 1 run"]);
    assert!(!folder.exists());
}

#[test]
fn a_run_that_goes_on_is_named_as_such_and_is_not_removed() {
    let (started, run) = going_on();
    let store = started.folder().join("store").display().to_string();
    for command in ["show", "replay", "shrink", "compare"] {
        call(command, &run).end().exits(254).says(&["is a run that is still going on"]);
    }
    call("check", &run).end().exits(2).says(&["the run is still going on"]);
    let list = Glomers::new(&["runs", "--format", "json", "--store", &store]).end().exits(0);
    assert_eq!(listed(&list), [("echo".to_owned(), "going on".to_owned())]);
    assert!(list.json()[0]["seed"].is_u64(), "{}", list.stdout);
    fs::remove_file(started.folder().join("store/current")).unwrap();
    let clean = Glomers::new(&["clean", "--keep", "0", "--store", &store]).end().exits(0);
    clean.says(&["nothing to remove"]);
    started.signal(Signal::SIGKILL);
    let killed = started.end();
    for command in ["show", "replay", "shrink", "compare"] {
        let says = ["was killed before it was judged", "glomers check --partial"];
        call(command, &run).end().exits(254).says(&says);
    }
    call("check", &run).end().exits(2).says(&["the run was killed"]);
    let removed = killed.then(&["clean", "--keep", "0", "--failed"]).end().exits(0);
    removed.says(&["removed: store/echo/", "removed: 1 run, "]);
    assert!(!run.exists());
}

#[test]
fn of_a_group_one_run_must_be_named() {
    let group = Glomers::new(&run("echo", "1")).with(&["--repeat", "3"]).end().exits(0);
    let folder = group.latest().canonicalize().unwrap().parent().unwrap().to_owned();
    for command in ["show", "replay", "shrink", "check"] {
        let refused = call(command, &folder).end().exits(254);
        let refused =
            refused.says(&["is a folder of 3 runs: name one of them, such as", "-s2: valid"]);
        assert!(refused.stderr.contains("-s1: valid\n"), "{}", refused.stderr);
    }
    // A comparison takes all of them.
    let other = Glomers::new(&["compare", &folder.display().to_string()]);
    other.with(&[&folder.display().to_string()]).end().exits(0).says(&["(3 runs)"]);
    // One of them was killed.
    let members = fs::read_dir(&folder).unwrap().flatten().map(|it| it.path()).max().unwrap();
    for file in ["results.edn", "run.json"] {
        fs::remove_file(members.join(file)).unwrap();
    }
    let two = Glomers::new(&["compare", &folder.display().to_string()]);
    let two = two.with(&[&folder.display().to_string()]).end().exits(0);
    two.says(&["(2 runs)", "note: 1 of the runs in", "go on or were killed"]);
    let refused = call("show", &folder).end().exits(254).says(&["-s3: unfinished"]);
    let first = refused.stderr.lines().next().unwrap();
    assert!(first.ends_with("-s2"), "one that ended is suggested: {first}");
}
