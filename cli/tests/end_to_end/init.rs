//! `glomers init`: in every language, the node that it writes does what its report says. A language that
//! is not installed is skipped, which is printed.

use crate::glomers::{Ended, Glomers};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

/// Whether these programs are installed; if not, that is printed.
fn are_installed(programs: &[&str]) -> bool {
    let is_missing = |program: &&&str| {
        let asked = Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
        !asked.unwrap().status.success()
    };
    let missing = programs.iter().find(is_missing);
    if let Some(program) = missing {
        glomers_recordings::skipped(&format!("init: {program} is not installed"));
    }
    missing.is_none()
}

/// Another call of glomers in that folder.
fn then(ended: Ended, args: &[&str]) -> Glomers {
    let call = ended.then(args);
    // A toolchain's cache is in the home directory, which need not be writable; and tests need no network.
    let cache = call.folder().join(".cache");
    call.variable("GOCACHE", cache).variable("CARGO_NET_OFFLINE", "true")
}

/// Writes the files of a language, which are these, and runs the three commands that come next.
fn begins(language: &str, files: &[&str]) {
    let begun = Glomers::new(&["init", "--lang", language]).end().exits(0).says(files);
    does_as_reported(begun);
}

fn does_as_reported(begun: Ended) {
    let begun = begun.says(&["run echo passes", "run broadcast-a passes", "run broadcast-b fails"]);
    let short = ["--time-limit", "0.7", "--recovery", "0.3", "--rate", "40"];
    let echo = then(begun, &["run", "echo", "--time-limit", "0.5"]).end().exits(0);
    let single = then(echo.says(&["echo: valid"]), &["run", "broadcast-a"]).with(&short).end();
    let lost = "each is only on the node that a client gave it to: send every new value on";
    let several = then(single.exits(0).says(&["broadcast-a: valid"]), &["run", "broadcast-b"]);
    let several = several.with(&short).end().exits(1).says(&["broadcast-b: invalid", lost]);
    if glomers_simulator::SIMULATES_PROGRAMS {
        let simulated = then(several.says(&["again in"]), &["run", "broadcast-b", "--sim"]);
        simulated.with(&short).end().exits(1).says(&["broadcast-b: invalid", lost, "smaller: "]);
    }
}

#[test]
fn python() {
    if are_installed(&["python3"]) {
        begins("python", &["node.py", "glomers.toml"]);
    }
}

#[test]
fn go() {
    if are_installed(&["go"]) {
        begins("go", &["main.go", "go.mod", "glomers.toml"]);
    }
}

#[test]
fn javascript() {
    if are_installed(&["node"]) {
        begins("javascript", &["node.mjs", "glomers.toml"]);
    }
}

#[test]
fn java() {
    if are_installed(&["javac", "java"]) {
        begins("java", &["Node.java", "Json.java", "node.sh", "glomers.toml"]);
    }
}

#[test]
fn rust() {
    if !are_installed(&["cargo"]) {
        return;
    }
    let begun = Glomers::new(&["init", "--lang", "rust"]).end().exits(0);
    let begun = begun.says(&["src/main.rs", "Cargo.toml", "glomers.toml"]);
    let resolved =
        Command::new("cargo").args(["tree", "--offline"]).current_dir(begun.folder.path()).output();
    if !resolved.unwrap().status.success() {
        glomers_recordings::skipped("init: cargo has no serde_json in its cache");
        return;
    }
    does_as_reported(begun);
}

#[test]
fn the_folder_suggests_the_language() {
    let by_file = Glomers::new(&["init"]).file("package.json", "{\"type\": \"commonjs\"}").end();
    by_file.exits(0).says(&["A node in javascript (for package.json)", "node.mjs"]);
    let none = Glomers::new(&["init"]).variable("PATH", "/does/not/exist").end();
    none.exits(254).says(&["choose one with --lang"]);
}

#[test]
fn a_new_folder_is_made_and_its_programs_can_be_executed() {
    let begun = Glomers::new(&["init", "--lang", "python", "new/one"]).end().exits(0);
    let begun = begun.says(&["cd new/one", "new/one/node.py"]);
    let mode = |name: &str| {
        fs::metadata(begun.folder.path().join("new/one").join(name)).unwrap().permissions().mode()
    };
    assert_ne!(mode("node.py") & 0o100, 0);
    assert_eq!(mode("glomers.toml") & 0o111, 0);
}

#[test]
fn the_folder_can_be_typed_as_it_is_shown() {
    for (folder, shown) in [("sp ace", "cd 'sp ace'"), ("-x", "cd ./-x"), ("it's", "cd \"it's\"")] {
        let begun = Glomers::new(&["init", "--lang", "python", "--", folder]).end().exits(0);
        begun.says(&[&format!("Next: {shown} glomers run echo")]);
    }
}

#[test]
fn a_folder_is_no_source_file() {
    let call = Glomers::new(&["init"]).file("go.mod/x", "").file("x.go/x", "").file("main.py", "");
    call.end().exits(0).says(&["A node in python (for main.py)"]);
    let call = Glomers::new(&["init", "--lang", "go"]).file("go.mod/x", "");
    call.end().exits(254).says(&["there is already go.mod (a folder) in ."]);
}

#[test]
fn nothing_is_overwritten() {
    let refused = Glomers::new(&["init", "--lang", "java"])
        .file("Node.java", "class Node {}")
        .file("node.sh", "mine")
        .end()
        .exits(254)
        .says(&["there is already Node.java, node.sh in .,", "nothing was written"]);
    let folder = refused.folder.path();
    assert_eq!(fs::read_to_string(folder.join("Node.java")).unwrap(), "class Node {}");
    assert_eq!(fs::read_to_string(folder.join("node.sh")).unwrap(), "mine");
    assert_eq!(fs::read_dir(folder).unwrap().count(), 2);

    // A link that leads nowhere is a file, too.
    std::os::unix::fs::symlink("nowhere", folder.join("node.py")).unwrap();
    refused.then(&["init", "--lang", "python"]).end().exits(254).says(&["already node.py in ."]);

    let file = Glomers::new(&["init", "--lang", "go", "taken"]).file("taken", "").end();
    file.exits(254).says(&["taken is not a folder"]);
}

#[test]
fn a_module_of_go_is_kept() {
    let module = "module maelstrom-echo\n\ngo 1.21\n";
    let begun = Glomers::new(&["init"]).file("go.mod", module).end().exits(0);
    let begun = begun.says(&["A node in go (for go.mod)", "main.go"]);
    let begun = begun.says(&["go.mod is there, and left as it is"]);
    assert_eq!(fs::read_to_string(begun.folder.path().join("go.mod")).unwrap(), module);
    if are_installed(&["go"]) {
        does_as_reported(begun);
    }
}

#[test]
fn what_git_ignores_is_written_unless_it_is_there() {
    let begun = Glomers::new(&["init", "--lang", "rust"]).end().exits(0).says(&[".gitignore what"]);
    let ignored = fs::read_to_string(begun.folder.path().join(".gitignore")).unwrap();
    assert!(["store/", "target/"].iter().all(|it| ignored.lines().any(|line| line == *it)));
    let kept = Glomers::new(&["init", "--lang", "python"]).file(".gitignore", "mine\n").end();
    let kept = kept.exits(0).says(&[".gitignore is there, and left as it is"]);
    assert_eq!(fs::read_to_string(kept.folder.path().join(".gitignore")).unwrap(), "mine\n");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let refused = Glomers::new(&["init", "--lang", "go", "taken/one"]).file("taken", "").end();
    refused.exits(255).says(&["failed to write taken/one/main.go (check"]);
}
