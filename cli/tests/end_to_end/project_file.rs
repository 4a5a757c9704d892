//! `glomers.toml`, from a folder below it.

use crate::glomers::{Glomers, misbehaving_node};

#[test]
fn names_the_node_and_its_own_challenges() {
    let node = misbehaving_node().display().to_string();
    let toml = format!(
        "build = 'echo built > built.txt'\nbin = '{node}'\nargs = ['none']\nstore = 'runs'\n\
         [challenge.quick]\nextends = 'echo'\ntime-limit = 0.5\nrate = 50\n\
         targets = {{ msgs-per-op = 3 }}\n"
    );
    let ended =
        Glomers::new(&["run", "quick", "--format", "json"]).file("glomers.toml", &toml).end();
    let ended = ended.exits(0);
    let run = ended.json();
    assert_eq!(run["challenge"], "quick");
    assert_eq!(run["workload"], "echo");
    assert_eq!(run["targets"][0]["met"], true);
    assert!(ended.folder.path().join("built.txt").exists());
    assert!(ended.folder.path().join("runs").join("latest").join("run.json").exists());
}

#[test]
fn a_failed_build_stops_the_run_and_shows_its_output() {
    let ended = Glomers::new(&["run", "echo"])
        .file("glomers.toml", "build = 'echo no such module >&2; exit 7'\nbin = 'node'\n")
        .end()
        .exits(255)
        .says(&["no such module", "the build", "exit status: 7"]);
    assert!(!ended.folder.path().join("store").exists());
}

#[test]
fn errors_have_a_line_and_a_column() {
    Glomers::new(&["run", "echo"])
        .file("glomers.toml", "bin = 'x'\n\n[challenge.echo]\nrat = 5\n")
        .end()
        .exits(254)
        .says(&["glomers.toml:4:1", "rat"]);
    Glomers::new(&["list"])
        .file("glomers.toml", "[challenge.echo]\ntopology = 'ring'\n")
        .end()
        .exits(254)
        .says(&["glomers.toml:2:12", "grid, line"]);
}
