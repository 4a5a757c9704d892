//! `glomers report --html`: what is written, and what it does in a browser.

use crate::chromium::Chromium;
use crate::glomers::{Ended, Glomers};
use glomers_history::{Cluster, History, read_history};
use glomers_timeline::{Timeline, ValueTrace};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const READY: &str = "document.body && document.body.dataset.ready === 'true'";
const NODES: usize = 5;

/// A run in which values are lost, since a node does not send them again.
fn failed_run() -> Ended {
    let ended = Glomers::new(&["run", "broadcast-c", "--sim", "--seed", "0"])
        .with(&["--node", "broadcast-forgets-to-retry"])
        .end();
    assert_eq!(ended.status, Some(1), "{}", ended.stderr);
    ended
}

/// Writes the page of a folder's latest run.
fn page_of(folder: &Path, args: &[&str]) -> PathBuf {
    let page = folder.join("page.html");
    let made = std::process::Command::new(env!("CARGO_BIN_EXE_glomers"))
        .args(["report", "--html", "-o", "page.html"])
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    page
}

/// A run directory of two nodes with this journal and one operation.
fn run_with(journal: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("store/broadcast/20260101T000000.000Z");
    fs::create_dir_all(&run).unwrap();
    let history = "{:index 0, :time 5, :type :invoke, :process 0, :f :broadcast, :value 7}\n\
                   {:index 1, :time 9000, :type :ok, :process 0, :f :broadcast, :value 7}\n";
    fs::write(run.join("history.edn"), history).unwrap();
    fs::write(run.join("results.edn"), "{:valid? true}\n").unwrap();
    fs::write(run.join("messages.jsonl"), journal).unwrap();
    folder
}

/// A line of a journal.
fn line(time: usize, kind: &str, id: usize, [src, dest]: [&str; 2], body: &str) -> String {
    format!(
        "{{\"time\":{time},\"type\":\"{kind}\",\"id\":{id},\"src\":\"{src}\",\"dest\":\"{dest}\",\
         \"body\":{body}}}\n"
    )
}

#[test]
fn a_page_is_one_file_that_is_written_once() {
    let run = failed_run();
    let page = page_of(run.folder.path(), &[]);
    let html = fs::read_to_string(&page).unwrap();
    for part in ["broadcast-c, seed 0", "glomers replay store/broadcast/", "(does not arrive: cut)"]
    {
        assert!(html.contains(part), "{part}");
    }
    // Only the links within the page.
    assert!(!html.contains("src=\"") && !html.contains("http://") && !html.contains("https://"));
    let again = Glomers::new(&["report", "--html", "-o", "x.html"]).file("x.html", "mine").end();
    assert_eq!(again.status, Some(254));
    assert!(again.stderr.contains("x.html exists"), "{}", again.stderr);
    assert_eq!(fs::read_to_string(again.folder.path().join("x.html")).unwrap(), "mine");
    fs::rename(&page, page.with_file_name("first.html")).unwrap();
    assert!(fs::read_to_string(page_of(run.folder.path(), &[])).unwrap() == html);
}

#[test]
fn what_cannot_become_a_page_is_refused() {
    for (args, part) in [
        (&["--html"][..], "--output"),
        (&["--html", "-o", "a.html", "--markdown"], "--markdown"),
        (&["--html", "-o", "a.html"], "store"),
        (&["--html", "-o", "a.html", "missing"], "missing does not exist"),
        (&["--open"], "--html"),
    ] {
        let ended = Glomers::new(&["report"]).with(args).end();
        assert_eq!(ended.status, Some(254), "{args:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(part), "{args:?}: {}", ended.stderr);
        assert!(!ended.folder.path().join("a.html").exists());
    }
}

#[test]
fn a_page_is_opened_with_what_the_user_prefers() {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let report = |page: &str, body: &str| {
        let folder = run_with("");
        let program = folder.path().join(opener);
        fs::write(&program, format!("#!/bin/sh\n{body}\n")).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(&program, mode).unwrap();
        let ended = std::process::Command::new(env!("CARGO_BIN_EXE_glomers"))
            .args(["report", "--html", "--open", &format!("--output={page}")])
            .env("PATH", folder.path())
            .current_dir(folder.path())
            .output()
            .unwrap();
        (ended, folder)
    };
    let (ended, folder) = report("page.html", "echo \"$1\" > opened");
    assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
    assert_eq!(
        fs::read_to_string(folder.path().join("opened")).unwrap(),
        format!("{}/page.html\n", folder.path().canonicalize().unwrap().display())
    );
    // It is no option of the program.
    let (_, folder) = report("-x.html", "echo \"$1\" > opened");
    let given = fs::read_to_string(folder.path().join("opened")).unwrap();
    assert!(given.starts_with('/') && given.ends_with("/-x.html\n"), "{given}");
    // The page is there, whatever the browser does.
    let (ended, folder) = report("page.html", "exit 3");
    let stderr = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(0), "{stderr}");
    assert!(
        stderr.contains("warning: ")
            && stderr.contains("open it yourself")
            && folder.path().join("page.html").exists()
    );
}

/// The timeline that the page should show.
fn with_timeline(folder: &Path, see: impl FnOnce(&Timeline<'_>)) {
    let run = folder.join("store/latest");
    let history: History = read_history(&fs::read(run.join("history.edn")).unwrap()[..]).unwrap();
    let journal = fs::read(run.join("messages.jsonl")).unwrap();
    let cluster = Cluster::new((0..NODES).map(|node| format!("n{node}")).collect(), NODES as u64);
    see(&Timeline::new(&cluster, &history, &journal));
}

#[test]
fn a_page_answers_to_pointer_and_keys() {
    let Some(mut browser) = Chromium::start("the page of a run", 1280, 900) else { return };
    let run = failed_run();
    let page = page_of(run.folder.path(), &[]);
    browser.open_file(&page, READY);
    let in_view = "document.getElementById('messages').dataset.inView";
    let lit = "document.body.dataset.lit || -1";
    browser.click("#fit");
    with_timeline(run.folder.path(), |timeline| {
        let all = timeline.messages().len() as f64;
        browser.wait(&format!("{in_view} == {all}"));

        // Filters.
        let kind = timeline.messages()[timeline.messages().len() / 2].kind;
        let of_kind = timeline.messages().iter().filter(|it| it.kind == kind).count() as f64;
        let chips =
            browser.eval("document.querySelectorAll('#kinds button').length").as_u64().unwrap();
        let chip = (1..=chips)
            .map(|at| format!("#kinds button:nth-child({at})"))
            .find(|chip| browser.text(chip).starts_with(&format!("{kind} ")))
            .unwrap();
        browser.click(&chip);
        browser.wait(&format!("{in_view} == {}", all - of_kind));
        browser.click(&chip);
        browser.wait(&format!("{in_view} == {all}"));

        // An operation lights up what it caused.
        let first = &timeline.operations()[0];
        browser.click("#rows .line[data-at='0']");
        let caused = timeline.caused(first).len();
        assert!(caused > 2, "{caused}");
        browser.wait(&format!("({lit}) == {caused}"));
        assert!(browser.text("#details").contains(&format!("those it caused: {caused}")));
        browser.press("Escape");
        browser.wait(&format!("({lit}) == -1"));

        // A value is followed as `glomers story` does.
        browser.click("#value");
        browser.type_text("0");
        browser.press("Enter");
        let trace = ValueTrace::of(timeline, "0").unwrap();
        browser.wait(&format!("({lit}) == {}", trace.messages.len()));
        assert!(browser.text("#details").contains("n4 no message with it arrived"));

        // Search.
        browser.press("Escape");
        browser.press("/");
        browser.wait("document.activeElement.id === 'search'");
        browser.type_text("read n4");
        let reads = |it: &&glomers_timeline::Operation<'_>| {
            it.f.name() == "read" && it.node == Some(NODES - 1)
        };
        let found = timeline.operations().iter().filter(reads).count();
        let of_all = format!("{found} of {}", timeline.operations().len());
        browser.wait(&format!("document.getElementById('found').textContent === '{of_all}'"));
        assert!(browser.text("#rows .line").contains("read"));
    });
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
fn the_diagram_moves_and_its_messages_can_be_picked() {
    let Some(mut browser) = Chromium::start("the diagram of messages", 1280, 900) else { return };
    let run = failed_run();
    browser.open_file(&page_of(run.folder.path(), &[]), READY);
    let in_view = "document.getElementById('messages').dataset.inView";
    browser.eval("document.getElementById('messages').focus()");
    browser.press("0");
    browser.wait(&format!("{in_view} > 500"));
    let all = browser.number(in_view);
    browser.press("+");
    browser.wait(&format!("{in_view} < {all}"));
    let zoomed = browser.number(in_view);
    browser.press("ArrowDown");
    browser.wait(&format!("{in_view} != {zoomed}"));
    browser.press("-");
    browser.press("0");
    browser.wait(&format!("{in_view} == {all}"));
    browser.press("Home");
    browser.press("n");
    browser.wait("document.querySelector('#details pre') !== null");
    let first = serde_json::json!(browser.text("#details"));
    browser.press("n");
    browser.wait(&format!("document.getElementById('details').textContent !== {first}"));
    browser.press("p");
    browser.wait(&format!("document.getElementById('details').textContent === {first}"));
    browser.press("Escape");
    browser.wait("document.querySelector('#details pre') === null");

    // The tooltip finds a message with the pointer, and a click picks it.
    let place = (1..400).find_map(|step| {
        let down = 0.1 + 0.8 * f64::from(step) / 400.0;
        let [x, y] = browser.place("#messages", 0.31, down);
        browser.mouse("mouseMoved", x, y);
        let is_over = browser.eval("!document.getElementById('tip').hidden") == true;
        is_over.then_some([x, y])
    });
    let [x, y] = place.expect("the pointer crosses a message");
    let tip = browser.text("#tip");
    browser.click_at(x, y);
    browser.wait("document.querySelector('#details pre') !== null");
    let route = tip.split_whitespace().skip(2).take(3).collect::<Vec<_>>().join(" ");
    assert!(browser.text("#details").contains(&route), "{tip}");
    // What is beside all messages ends the choice.
    let [x, y] = browser.place("#messages", 0.01, 0.5);
    browser.click_at(x, y);
    browser.wait("document.querySelector('#details pre') === null");
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
fn the_table_of_operations_is_walked_by_keys() {
    let Some(mut browser) = Chromium::start("the table of operations", 1280, 900) else { return };
    let run = failed_run();
    browser.open_file(&page_of(run.folder.path(), &[]), READY);
    browser.click("#rows .line[data-at='0']");
    browser.press("ArrowDown");
    browser.press("ArrowDown");
    browser.press("Enter");
    browser.wait("document.querySelector('#rows .is-chosen')?.dataset.at === '2'");
    browser.press("End");
    let last = "document.querySelector('#rows .line:last-child').getAttribute('aria-rowindex') \
                === document.getElementById('rows').getAttribute('aria-rowcount')";
    browser.wait(last);
    let rows = browser.number("document.querySelectorAll('#rows .line').length");
    assert!(rows < 60.0, "only those in view exist: {rows}");
    // All that can be reached by Tab can be seen and has a name.
    browser.eval("document.activeElement.blur(); window.scrollTo(0, 0)");
    let mut reached = std::collections::BTreeSet::new();
    for _ in 0..60 {
        browser.press("Tab");
        let name = browser.eval(
            "(it => it.id || it.getAttribute('aria-label') || it.textContent.slice(0, 40))\
             (document.activeElement)",
        );
        reached.insert(name.as_str().unwrap_or_default().to_owned());
    }
    for id in ["messages", "search", "node", "value", "plot-rate", "zoom-in"] {
        assert!(reached.contains(id), "{id}: {reached:?}");
    }
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
fn hostile_bodies_stay_text() {
    let Some(mut browser) = Chromium::start("hostile bodies in a page", 1280, 900) else { return };
    let hostile = "</script><script>document.title='owned'</script><!--\u{2028}\u{1b}[2J\u{202e}";
    let body = serde_json::json!({ "type": hostile, "x": hostile }).to_string();
    let journal = [
        line(10, "send", 0, ["n0", "n1"], &body),
        line(20, "recv", 0, ["n0", "n1"], &body),
        line(30, "send", 1, ["n1", hostile_name()], "{\"type\":\"<img src=x>\"}"),
        "{\"time\":4,\"ty".to_owned(),
    ]
    .concat();
    let folder = run_with(&journal);
    browser.open_file(&page_of(folder.path(), &[]), READY);
    assert_eq!(browser.eval("document.title.includes('owned')"), false);
    assert_eq!(browser.eval("document.querySelectorAll('img').length"), 0);
    browser.eval("document.getElementById('messages').focus()");
    browser.press("0");
    browser.wait("document.getElementById('messages').dataset.inView == 2");
    browser.press("n");
    browser.wait("document.querySelector('#details pre') !== null");
    let shown = browser.text("#details pre");
    let read: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(read["x"], hostile);
    assert_eq!(browser.errors(), Vec::<String>::new());
    // Nothing but our script could run, even if it came into the page.
    browser.eval(
        "(() => { const other = document.createElement('script'); \
         other.textContent = 'document.title = \\'owned\\''; document.body.append(other); })()",
    );
    assert_eq!(browser.eval("document.title.includes('owned')"), false);
    assert!(browser.errors().concat().contains("Content Security Policy"));
}

#[test]
fn a_run_without_a_journal_or_operations_is_a_page() {
    let Some(mut browser) = Chromium::start("pages of incomplete runs", 1280, 900) else { return };
    let folder = run_with("");
    let run = folder.path().join("store/broadcast/20260101T000000.000Z");
    fs::remove_file(run.join("messages.jsonl")).unwrap();
    let page = page_of(folder.path(), &[]);
    browser.open_file(&page, READY);
    assert!(browser.text("main").contains("there is no messages.jsonl"));
    browser.click("#rows .line[data-at='0']");
    browser.wait("document.getElementById('details').textContent.includes('broadcast 7')");
    browser.press("Escape");
    fs::write(run.join("history.edn"), "").unwrap();
    fs::remove_file(&page).unwrap();
    browser.open_file(&page_of(folder.path(), &[]), READY);
    assert_eq!(browser.eval("document.getElementById('rows') === null"), true);
    browser.press("Escape");
    browser.press("/");
    assert_eq!(browser.errors(), Vec::<String>::new());
}

fn hostile_name() -> &'static str {
    "<b onclick=x>"
}

#[test]
fn many_messages_open_soon() {
    let Some(mut browser) = Chromium::start("a page of 50,000 messages", 1280, 900) else { return };
    let mut journal = String::new();
    for id in 0..50_000 {
        let body = format!("{{\"type\":\"gossip\",\"values\":[{},{id}],\"msg_id\":{id}}}", id / 2);
        let route = if id % 2 == 0 { ["n0", "n1"] } else { ["n1", "n0"] };
        let _ = write!(journal, "{}", line(id * 1000, "send", id, route, &body));
        if id % 7 != 0 {
            let _ = write!(journal, "{}", line(id * 1000 + 900, "recv", id, route, &body));
        }
    }
    let folder = run_with(&journal);
    let took = browser.open_file(&page_of(folder.path(), &[]), READY);
    // It takes less than 1 s on a machine with nothing else to do.
    assert!(took < Duration::from_secs(5), "{took:?}");
    browser.click("#fit");
    browser.wait("document.getElementById('messages').dataset.inView == 50000");
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
fn pages_fit_a_phone() {
    let Some(mut browser) = Chromium::start("a page on a phone", 390, 844) else { return };
    let run = failed_run();
    let page = page_of(run.folder.path(), &[]);
    for scheme in ["light", "dark"] {
        browser.prefer(scheme);
        browser.open_file(&page, READY);
        let width = browser.number("document.documentElement.scrollWidth");
        assert!(width <= 390.0, "it is {width} wide");
    }
    let colour = browser.eval("getComputedStyle(document.body).backgroundColor");
    assert_eq!(colour, "rgb(18, 21, 26)");
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
fn a_page_names_no_flags_and_only_what_it_shows() {
    let run = failed_run();
    let html = fs::read_to_string(page_of(run.folder.path(), &[])).unwrap();
    for shown in
        ["Note: this is the story of ", "<dd>simulated</dd>", "</i>ok<", "</i>fault<", " UTC<"]
    {
        assert!(html.contains(shown), "{shown}: {html}");
    }
    for absent in ["--value", "embedded, simulated", "</i>fail<", "</i>info<"] {
        assert!(!html.contains(absent), "{absent}: {html}");
    }
}

#[test]
fn a_shrunk_run_is_marked_and_in_no_trend() {
    let run = failed_run();
    let folder = run.folder.path();
    let shrunk = std::process::Command::new(env!("CARGO_BIN_EXE_glomers"))
        .args(["shrink", "-q"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(shrunk.status.success(), "{}", String::from_utf8_lossy(&shrunk.stderr));
    let html = fs::read_to_string(page_of(folder, &["--last", "10"])).unwrap();
    assert_eq!(html.matches("broadcast-c (shrunk)").count(), 1, "{html}");
    assert!(!html.contains("<svg"), "one run has no trend: {html}");
}

#[test]
fn an_overview_has_all_runs_and_filters_them() {
    let run = failed_run();
    let folder = run.folder.path();
    for seed in ["1", "2"] {
        let made = std::process::Command::new(env!("CARGO_BIN_EXE_glomers"))
            .args(["run", "broadcast-a", "--sim", "--seed", seed])
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(made.status.success());
    }
    let page = page_of(folder, &["--last", "10"]);
    let html = fs::read_to_string(&page).unwrap();
    assert_eq!(html.matches("<tr>").count(), 4, "{html}");
    assert!(html.contains("broadcast-a: op-latency-p50"), "{html}");
    assert!(html.contains("the least and the greatest value"), "{html}");
    let Some(mut browser) = Chromium::start("an overview of runs", 1280, 900) else { return };
    browser.open_file(&page, "document.getElementById('found')?.textContent === '3 of 3'");
    browser.press("/");
    browser.type_text("broadcast-c invalid");
    browser.wait("document.getElementById('found').textContent === '1 of 3'");
    browser.press("Escape");
    browser.wait("document.getElementById('found').textContent === '3 of 3'");
    assert_eq!(browser.errors(), Vec::<String>::new());
}
