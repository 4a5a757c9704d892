//! `glomers man`: pages from the table of commands and flags.

use crate::glomers::Glomers;
use std::collections::BTreeSet;
use std::fs;

#[test]
fn the_main_page_is_printed() {
    let page = Glomers::new(&["man"]).end().exits(0).stdout;
    assert!(page.contains(".TH glomers 1 "), "{page}");
    for text in ["glomers\\-run(1)", "Exit status", "stopped by Ctrl\\-C"] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[test]
fn every_command_of_the_help_has_a_page() {
    let written = Glomers::new(&["man", "pages"]).end().exits(0).says(&["pages into pages"]);
    let folder = written.folder.path().join("pages");
    let names = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name());
    let names: BTreeSet<String> = names.map(|name| name.into_string().unwrap()).collect();
    let help = Glomers::new(&["--help"]).end().exits(0).stdout;
    let commands = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let commands =
        commands.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let mut expected: BTreeSet<String> = commands
        .map(|line| line.split_whitespace().next().unwrap())
        .filter(|name| *name != "help")
        .map(|name| format!("glomers-{name}.1"))
        .collect();
    assert!(expected.contains("glomers-run.1"), "{help}");
    let others =
        ["glomers", "glomers-baseline-list", "glomers-baseline-save", "glomers-baseline-rm"];
    expected.extend(others.map(|name| format!("{name}.1")));
    assert_eq!(names, expected);
    let run = fs::read_to_string(folder.join("glomers-run.1")).unwrap();
    for text in [".TH glomers-run 1", "\\-\\-nemesis\\-interval", "Examples:"] {
        assert!(run.contains(text), "{text}: {run}");
    }
}

#[test]
fn only_pages_of_glomers_are_replaced() {
    let first = Glomers::new(&["man", "."]).end().exits(0);
    let again = first.then(&["man", "."]).end().exits(0);
    let path = again.folder.path().join("glomers-run.1");
    fs::write(&path, "mine").unwrap();
    again.then(&["man", "."]).end().exits(254).says(&["glomers-run.1 exists and is no page"]);
    let taken = Glomers::new(&["man", "taken/pages"]).file("taken", "").end();
    taken.exits(254).says(&["taken is no folder"]);
    let file = Glomers::new(&["man", "taken"]).file("taken", "").end();
    file.exits(254).says(&["taken is no folder"]);
}

#[test]
fn it_is_all_pages_or_none() {
    let pipe = Glomers::new(&["man", "."]);
    nix::unistd::mkfifo(&pipe.folder().join("glomers.1"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let pipe = pipe.end().exits(254).says(&["glomers.1 exists and is no page"]);
    assert_eq!(fs::read_dir(pipe.folder.path()).unwrap().count(), 1);
    let taken = Glomers::new(&["man", "."]).file("glomers-story.1/x", "").end();
    let taken = taken.exits(254).says(&["glomers-story.1 exists and is no page"]);
    assert_eq!(fs::read_dir(taken.folder.path()).unwrap().count(), 1);
    // The disk is full, or as good as that.
    let full = Glomers::new(&["man", "."]).after("ulimit -f 16").end().exits(255);
    assert_eq!(fs::read_dir(full.folder.path()).unwrap().count(), 0, "{}", full.stderr);
}
