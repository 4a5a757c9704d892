//! `compare` and `report`, on a store with several runs.

use crate::glomers::Glomers;
use std::fs;

/// A small `results.edn` with this number of server messages per operation.
fn results(valid: &str, messages: &str) -> String {
    format!(
        "{{:stats {{:valid? true, :count 10, :ok-count 10, :fail-count 0, :info-count 0, :by-f {{}}}},\n \
         :net {{:all {{:send-count 9, :recv-count 9, :msg-count 9, :msgs-per-op {messages}}},\n\
         :servers {{:send-count 9, :recv-count 9, :msg-count 9, :msgs-per-op {messages}}}, :valid? true}},\n \
         :valid? {valid}}}\n"
    )
}

#[test]
fn a_baseline_is_compared_with_the_latest_run() {
    let run = Glomers::new(&["run", "echo", "--time-limit", "0.3", "--rate", "50"]).end().exits(0);
    let store = run.folder.path().join("store").display().to_string();
    let baseline = fs::read_to_string(run.latest().join("results.edn")).unwrap();
    Glomers::new(&["compare", "baseline.edn", "--store", &store])
        .file("baseline.edn", &baseline)
        .end()
        .exits(0)
        .says(&["msgs-per-op", "same"]);
    Glomers::new(&["report", "--markdown", "--store", &store]).end().exits(0).says(&["|", "echo"]);
}

#[test]
fn a_run_that_is_compared_with_itself_is_named() {
    let run = Glomers::new(&["run", "echo", "--sim", "--time-limit", "1"]).end().exits(0);
    let itself = run.then(&["compare", "store/latest"]).end().exits(0);
    itself.says(&["note: the baseline is compared with itself"]);
}

#[test]
fn a_report_of_named_runs_leaves_out_one_that_cannot_be_read() {
    let run = Glomers::new(&["run", "echo", "--sim", "--time-limit", "1"]).end().exits(0);
    let killed = run.folder.path().join("killed");
    fs::create_dir(&killed).unwrap();
    let report = run.then(&["report", "store/latest", "killed"]).end().exits(0);
    let report = report.says(&["echo", "left out: killed has no results.edn"]);
    report.then(&["report", "killed"]).end().exits(254).says(&["killed has no results.edn"]);
}

#[test]
fn worse_is_worse_only_where_that_is_asked() {
    let compare = |more: &[&str], baseline: &str, candidate: &str| {
        Glomers::new(&["compare", "a.edn", "b.edn"])
            .with(more)
            .file("a.edn", baseline)
            .file("b.edn", candidate)
            .end()
    };
    let (good, costly) = (results("true", "10.0"), results("true", "15.0"));
    compare(&[], &good, &costly).exits(0).says(&["server-msgs-per-op", "worse", "50"]);
    compare(&["--fail-on", "worse"], &good, &costly).exits(1).says(&["worse"]);
    compare(&["--fail-on", "worse"], &costly, &good).exits(0).says(&["better"]);
    compare(&["--fail-on", "worse"], &good, &results("false", "10.0")).exits(1).says(&["worse"]);
    let json = compare(&["--format", "json"], &good, &costly).exits(0).json();
    assert!(json.is_object());
}

#[test]
fn different_tests_are_refused() {
    let run = Glomers::new(&["run", "echo", "--sim", "--time-limit", "1", "--seed", "1"]).end();
    let copied = run.folder.path().join("echo.edn");
    fs::copy(run.latest().join("results.edn"), copied).unwrap();
    let other = run.then(&["run", "unique-ids", "--sim", "--time-limit", "1"]).end().exits(0);
    let refused = other.then(&["compare", "echo.edn"]).end().exits(254);
    let refused = refused.says(&["these are different tests: echo and unique-ids", "--force"]);
    refused.then(&["compare", "echo.edn", "--force"]).end().exits(0).says(&["different tests"]);
}

#[test]
fn a_folder_of_runs_is_one_side() {
    let run =
        |seed: &'static str| ["run", "broadcast-b", "--sim", "--time-limit", "5", "--seed", seed];
    let mut ended = Glomers::new(&run("0")).with(&["--store", "a"]).end().exits(0);
    for store in ["a", "b"] {
        for seed in ["0", "1", "2", "3", "4"] {
            ended = ended.then(&run(seed)).with(&["--store", store]).end().exits(0);
        }
    }
    let same = ended.then(&["compare", "a/broadcast", "b/broadcast", "--fail-on", "worse"]).end();
    let same = same.exits(0).says(&["(6 runs)", "(5 runs)", "nothing is worse beyond noise"]);
    let csv =
        same.then(&["compare", "a/broadcast", "b/broadcast", "--format", "csv"]).end().exits(0);
    assert!(csv.stdout.starts_with("metric,baseline,candidate,"), "{}", csv.stdout);
}

#[test]
fn sweeps_and_printed_runs_are_sides_too() {
    let sweep = |seeds: &'static str, store: &'static str| {
        ["sweep", "broadcast-d", "--seeds", seeds, "--time-limit", "2", "--store", store, "-q"]
    };
    let ended = Glomers::new(&sweep("0..4", "a")).end().exits(0);
    let ended = ended.then(&sweep("5..9", "b")).end().exits(0);
    let folder = |store: &str| {
        let sweeps = ended.folder.path().join(store).join("sweeps");
        let entry = fs::read_dir(sweeps).unwrap().next().unwrap().unwrap();
        entry.path().display().to_string()
    };
    let (a, b) = (folder("a"), folder("b"));
    let same = ended.then(&["compare", &a, &b, "--fail-on", "worse"]).end().exits(0);
    let same = same.says(&["(4 runs)", "nothing is worse beyond noise"]);
    let report = same.then(&["report", "--format", "csv", &a]).end().exits(0);
    assert_eq!(report.stdout.lines().count(), 5, "{}", report.stdout);

    let run = report.then(&["run", "echo", "--sim", "--time-limit", "1", "--format", "json"]);
    let run = run.end().exits(0);
    fs::write(run.folder.path().join("printed.json"), &run.stdout).unwrap();
    fs::write(run.folder.path().join("odd.json"), "[1]").unwrap();
    let compared = run.then(&["compare", "printed.json", "printed.json"]).end().exits(0);
    compared.then(&["report", "odd.json"]).end().exits(254).says(&["odd.json is no run: give"]);
}

#[test]
fn a_workflow_shows_what_is_worse_and_what_failed() {
    let compare = |variable: &'static str| {
        Glomers::new(&["compare", "a.edn", "b.edn", "--github"])
            .after(variable)
            .file("a.edn", &results("true", "10.0"))
            .file("b.edn", &results("true", "15.0"))
            .end()
    };
    let annotated = compare("export GITHUB_STEP_SUMMARY=summary.md").exits(0);
    let annotated =
        annotated.says(&["::error title=glomers compare::worse: msgs-per-op 10, now 15"]);
    let summary = fs::read_to_string(annotated.folder.path().join("summary.md")).unwrap();
    assert!(summary.contains("| msgs-per-op"), "{summary}");
    compare("unset GITHUB_STEP_SUMMARY").exits(254).says(&["--github needs GITHUB_STEP_SUMMARY"]);
    let run = Glomers::new(&["run", "broadcast-c", "--sim", "--seed", "3"])
        .with(&["--node", "broadcast-forgets-to-retry"])
        .end()
        .exits(1);
    let report = run.then(&["report", "--github"]).after("export GITHUB_STEP_SUMMARY=summary.md");
    let report =
        report.end().exits(0).says(&["::error title=glomers report::broadcast-c: 81 of 104"]);
    let summary = fs::read_to_string(report.folder.path().join("summary.md")).unwrap();
    assert!(summary.contains("| broadcast-c | **invalid**"), "{summary}");
}

#[test]
fn a_number_means_all_its_parts_and_several_runs_end_with_one_line() {
    let run = Glomers::new(&["run", "6", "1", "--sim", "--time-limit", "1", "-q"]).end().exits(0);
    assert_eq!(run.stdout.lines().count(), 5);
    let run = run.says(&["txn-a: valid", "txn-c: valid", "echo: valid", "4 runs: all passed"]);
    let wrong = ["run", "1", "3c", "--sim", "--node", "broadcast-forgets-to-retry", "-q"];
    run.then(&wrong).end().exits(1).says(&["2 runs: 0 passed, not: echo, broadcast-c"]);
}

#[test]
fn a_report_goes_where_it_is_wanted() {
    let run =
        |challenge: &'static str| ["run", challenge, "--sim", "--time-limit", "1", "--seed", "1"];
    let run = Glomers::new(&run("echo")).end().exits(0).then(&run("unique-ids")).end().exits(0);
    let newest_first = run.then(&["report", "--format", "csv"]).end().exits(0);
    let lines: Vec<&str> = newest_first.stdout.lines().collect();
    assert!(
        lines[0].starts_with("challenge,verdict,targets,engine,seed,node,start,path,msgs-per-op")
    );
    assert!(lines[1].starts_with("unique-ids,valid,") && lines[2].starts_with("echo,valid,"));
    assert!(lines[1].contains(",simulated,1,glomers' own,"), "{}", lines[1]);
    let last = newest_first.then(&["report", "--last", "1", "--markdown"]).end().exits(0);
    assert!(last.stdout.contains("unique-ids") && !last.stdout.contains("echo"), "{}", last.stdout);
    let one = last.then(&["report", "--challenge", "1", "--format", "junit", "-o", "a.xml"]).end();
    let xml = fs::read_to_string(one.exits(0).folder.path().join("a.xml")).unwrap();
    assert!(xml.contains("<testcase name=\"echo seed 1\" classname=\"glomers.echo\""), "{xml}");
}

#[test]
fn a_file_with_a_report_keeps_its_permissions_and_its_line_ends() {
    use std::os::unix::fs::PermissionsExt as _;
    let text = "# Node\r\n<!-- glomers report -->\r\n<!-- end of glomers report -->\r\n";
    let run = Glomers::new(&["run", "echo", "--sim", "--time-limit", "1", "--seed", "1"]);
    let run = run.file("README.md", text).end().exits(0);
    let path = run.folder.path().join("README.md");
    let set = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    set(0o640);
    let updated = run.then(&["report", "--update", "README.md"]).end().exits(0);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{text:?}");
    set(0o444);
    let refused = updated.then(&["report", "--update", "README.md"]).end().exits(254);
    refused.says(&["README.md is read-only"]);
}

#[test]
fn a_report_is_kept_up_to_date_in_a_file() {
    let text = "# Node\n<!-- glomers report -->\nold\n<!-- end of glomers report -->\nrest\n";
    let run = Glomers::new(&["run", "echo", "--sim", "--time-limit", "1", "--seed", "1"]);
    let run = run.file("README.md", text).file("other.md", "# Node\n").end().exits(0);
    let path = run.folder.path().join("README.md");
    let updated = run.then(&["report", "--update", "README.md"]).end().exits(0);
    let first = fs::read_to_string(&path).unwrap();
    assert!(first.starts_with("# Node\n<!-- glomers report -->\n| challenge |"), "{first}");
    assert!(first.ends_with("|\n<!-- end of glomers report -->\nrest\n"), "{first}");
    let again = updated.then(&["report", "--update", "README.md"]).end().exits(0);
    assert_eq!(fs::read_to_string(&path).unwrap(), first);
    let without = again.then(&["report", "--update", "other.md"]).end().exits(254);
    let without = without.says(&["other.md needs the lines <!-- glomers report -->"]);
    let there = without.then(&["report", "-o", "other.md"]).end().exits(254);
    let there = there.says(&["other.md exists: name a new file, or add --force"]);
    let replaced =
        there.then(&["report", "--markdown", "-o", "other.md", "--force"]).end().exits(0);
    let other = fs::read_to_string(replaced.folder.path().join("other.md")).unwrap();
    assert!(other.starts_with("| challenge |"), "{other}");
    let folder = replaced.then(&["report", "-o", "store", "--force"]).end().exits(254);
    folder
        .says(&["store exists, and is no file"])
        .then(&["report", "--challenge", "2"])
        .end()
        .exits(254);
}
