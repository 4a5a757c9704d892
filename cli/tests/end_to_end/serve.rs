//! `glomers serve`, over real HTTP.

use crate::chromium::Chromium;
use crate::glomers::Glomers;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const GLOMERS: &str = env!("CARGO_BIN_EXE_glomers");
const PATIENCE: Duration = Duration::from_secs(30);

/// A server of the store in a folder.
struct Server {
    child: Child,
    address: String,
    folder: TempDir,
}

/// An answer to a request.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

fn glomers(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(GLOMERS);
    command.args(args).current_dir(folder).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A folder with a store of two runs of a test, of which none failed.
fn two_runs() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for seed in ["1", "2"] {
        let run = glomers(folder.path(), &["run", "broadcast-a", "--sim", "--seed", seed]);
        let ended = { run }.output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
    folder
}

impl Server {
    fn start(folder: TempDir) -> Self {
        let mut child =
            glomers(folder.path(), &["serve", "--port", "0"]).spawn().expect("glomers starts");
        let mut line = String::new();
        let stdout = child.stdout.as_mut().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("it prints its address");
        let address = line.split("http://").nth(1).and_then(|it| it.split('/').next());
        let address = address.unwrap_or_else(|| panic!("no address: {line}")).to_owned();
        Self { child, address, folder }
    }

    fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\n", self.address))
    }

    /// Sends a head, without its end, and reads the answer.
    fn ask(&self, head: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(stream, "{head}Connection: close\r\n\r\n").unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("an answer");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|it| it.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no status: {head}"));
        Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    /// The runs, from the store on, the newest first.
    fn runs(&self) -> Vec<String> {
        let index = self.get("/").body;
        index
            .split("name=\"run\" value=\"")
            .skip(1)
            .map(|part| part.split('"').next().unwrap().to_owned())
            .collect()
    }

    /// Asks again and again until this holds of the answer.
    #[track_caller]
    fn wait(&self, path: &str, holds: impl Fn(&str) -> bool) {
        let begin = Instant::now();
        loop {
            let body = self.get(path).body;
            if holds(&body) {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "{path}: {body}");
            sleep(Duration::from_millis(50));
        }
    }

    fn signal(&self) {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn runs_are_listed_shown_and_compared() {
    let server = Server::start(two_runs());
    let index = server.get("/");
    assert_eq!(index.status, 200, "{}", index.body);
    assert!(index.body.contains("2 runs in the store"), "{}", index.body);
    for header in [
        "content-type: text/html; charset=utf-8",
        "x-content-type-options: nosniff",
        "x-frame-options: deny",
        "cache-control: no-store",
    ] {
        assert!(index.head.contains(header), "{header}: {}", index.head);
    }
    let runs = server.runs();
    let [newest, oldest] = runs.as_slice() else { panic!("{runs:?}") };
    assert!(newest.ends_with("-s2") && oldest.ends_with("-s1"), "{runs:?}");
    let page = server.get(&format!("/run/{newest}"));
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<h1>broadcast-a, seed 2"), "{}", &page.body[..2000]);
    assert!(page.body.contains(&format!("href=\"/files/{newest}\"")));
    assert_eq!(server.get("/run/latest").status, 200, "a link within the store");
    let encoded = oldest.replace('/', "%2F");
    let compared = server.get(&format!("/compare?run={newest}&run={encoded}"));
    assert_eq!(compared.status, 200, "{}", compared.body);
    let baseline = compared.body.split("baseline: ").nth(1).unwrap();
    assert!(baseline.lines().next().unwrap().contains("-s1"), "the older one: {}", compared.body);
    for query in ["", "?run=a", "?run=a&run=b&run=c", "?%"] {
        let answer = server.get(&format!("/compare{query}"));
        assert_eq!(answer.status, 422, "{query}");
        assert!(answer.body.contains("two runs can be compared"), "{}", answer.body);
    }
    assert_eq!(server.get(&format!("/compare?run={newest}&run=none")).status, 404);
}

#[test]
fn files_are_sent_as_text() {
    let folder = two_runs();
    let run = folder.path().join("store/latest").canonicalize().unwrap();
    fs::write(run.join("x.html"), "<script>alert(1)</script>").unwrap();
    let server = Server::start(folder);
    let listed = server.get("/files/latest");
    for name in ["history.edn (", "run.json", "x.html (25 bytes)"] {
        let name = name.replace(" (", "</a> (");
        assert!(listed.body.contains(&name), "{name}: {}", listed.body);
    }
    let file = server.get("/files/latest/x.html");
    assert_eq!((file.status, file.body.as_str()), (200, "<script>alert(1)</script>"));
    assert!(file.head.contains("content-type: text/plain"), "{}", file.head);
    assert!(file.head.contains("sandbox"), "{}", file.head);
    let history = fs::read_to_string(run.join("history.edn")).unwrap();
    assert!(server.get("/files/latest/history.edn").body == history);
}

#[test]
fn a_large_file_is_not_held_in_memory_for_clients_that_do_not_read() {
    const SIZE: u64 = 60 << 20;
    let server = Server::start(two_runs());
    let path = server.folder.path().join("store/latest/large");
    fs::File::create(path).unwrap().set_len(SIZE).unwrap();
    let clients: Vec<_> = (0..20)
        .map(|_| {
            let mut stream = TcpStream::connect(&server.address).unwrap();
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
            let head = "GET /files/latest/large HTTP/1.1\r\nHost: localhost\r\n\r\n";
            stream.write_all(head.as_bytes()).unwrap();
            let mut start = [0; 1024];
            stream.read_exact(&mut start).unwrap();
            let start = String::from_utf8_lossy(&start).to_ascii_lowercase();
            assert!(start.contains(&format!("content-length: {SIZE}\r\n")), "{start}");
            stream
        })
        .collect();
    let status = fs::read_to_string(format!("/proc/{}/status", server.child.id()));
    // Only Linux has this file.
    if let Ok(status) = status {
        let peak = status.split("VmHWM:").nth(1).unwrap().split_whitespace().next().unwrap();
        assert!(peak.parse::<u64>().unwrap() < 100 << 10, "{peak} kB");
    }
    drop(clients);
    assert_eq!(server.get("/files/latest/large").body.len() as u64, SIZE);
}

#[test]
fn nothing_outside_the_store_is_served() {
    let folder = two_runs();
    fs::write(folder.path().join("secret"), "secret").unwrap();
    symlink(folder.path(), folder.path().join("store/out")).unwrap();
    symlink(folder.path().join("secret"), folder.path().join("store/broadcast/leak")).unwrap();
    let server = Server::start(folder);
    for path in [
        "/files/../secret",
        "/files/%2e%2e/secret",
        "/files/..%2fsecret",
        "/files/broadcast/../../secret",
        "/files/broadcast/%2e%2e/%2e%2e/secret",
        "/files/out/secret",
        "/files/out",
        "/files/broadcast/leak",
        "/files//etc/passwd",
        "/files/%2fetc%2fpasswd",
        "/files/a%00b",
        "/run/out",
        "/run/../secret",
        "/none",
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 404, "{path}: {}", answer.body);
        assert!(!answer.body.contains("root:") && answer.body != "secret", "{path}");
    }
    let odd = server.get("/run/%3Cscript%3E");
    assert!(odd.status == 404 && odd.body.contains("&lt;script&gt;"), "{}", odd.body);
    assert!(matches!(server.get("/files/%ff").status, 400 | 404));
}

#[test]
fn links_in_a_run_show_nothing_outside_the_store() {
    let folder = two_runs();
    let store = folder.path().join("store");
    let logs = folder.path().join("logs");
    fs::create_dir(&logs).unwrap();
    for name in ["secret", "logs/n9.log"] {
        fs::write(folder.path().join(name), "{:time 1500000000, } secret\n").unwrap();
    }
    let server = Server::start(folder);
    let runs = server.runs();
    for (link, target) in [
        ("history.edn", "secret"),
        ("messages.jsonl", "secret"),
        ("results.edn", "secret"),
        ("run.json", "secret"),
        ("node-logs/n9.log", "secret"),
        ("logs", "logs"),
    ] {
        let path = store.join(&runs[0]).join(link);
        let aside = path.with_extension("aside");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let was_there = fs::rename(&path, &aside).is_ok();
        symlink(server.folder.path().join(target), &path).unwrap();
        let compared = format!("/compare?run={}&run={}", runs[0], runs[1]);
        for page in [format!("/run/{}", runs[0]), compared] {
            let answer = server.get(&page);
            assert_eq!(answer.status, 422, "{link} {page}");
            assert!(answer.body.contains("leads out of the store"), "{link}: {}", answer.body);
            assert!(!answer.body.contains("secret"), "{link}: {}", answer.body);
        }
        let index = server.get("/").body;
        assert!(index.contains("left out: ") && !index.contains("secret"), "{link}: {index}");
        assert_eq!(server.runs(), runs[1..], "{link}");
        fs::remove_file(&path).unwrap();
        if was_there {
            fs::rename(aside, path).unwrap();
        }
    }
    assert_eq!(server.runs(), runs);
    // Of a run in progress the last line is shown.
    let live = store.join("echo/20990101T000000.000Z-s1");
    fs::create_dir_all(&live).unwrap();
    fs::write(live.join("messages.jsonl"), "").unwrap();
    for name in ["history.edn", "glomers.log"] {
        symlink(server.folder.path().join("secret"), live.join(name)).unwrap();
    }
    let state = server.get("/live").body;
    assert!(state.contains("\"no operation yet\""), "{state}");
}

#[test]
fn named_pipes_in_a_run_do_not_block_it() {
    let server = Server::start(two_runs());
    let run = server.folder.path().join("store/echo/20990101T000000.000Z-s1");
    fs::create_dir_all(&run).unwrap();
    for name in ["history.edn", "glomers.log"] {
        let mode = nix::sys::stat::Mode::S_IRWXU;
        nix::unistd::mkfifo(&run.join(name), mode).unwrap();
    }
    let live = server.get("/live");
    assert!(live.body.contains("no operation yet"), "{}", live.body);
}

#[test]
fn requests_of_other_sites_are_refused() {
    let server = Server::start(two_runs());
    for host in ["evil.example", "evil.example:7171", "localhost.evil.example", "192.0.2.1"] {
        for path in ["/", "/live", "/files/latest/run.json"] {
            let answer = server.ask(&format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n"));
            assert_eq!(answer.status, 403, "{host} {path}");
            assert!(!answer.body.contains("broadcast"), "{}", answer.body);
        }
    }
    assert!(matches!(server.ask("GET / HTTP/1.1\r\n").status, 400 | 403), "no host");
    assert_eq!(server.ask("GET / HTTP/1.1\r\nHost: LOCALHOST\r\n").status, 200);
    for method in ["POST", "PUT", "DELETE"] {
        let head = format!("{method} / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n");
        assert_eq!(server.ask(&head).status, 405, "{method}");
    }
    assert_eq!(server.get("/").status, 200, "it still serves");
}

#[test]
fn a_run_in_progress_is_followed_until_it_has_results() {
    let server = Server::start(two_runs());
    assert_eq!(server.get("/live").body, "[]");
    let run = ["run", "echo", "--node-count", "1", "--time-limit", "2"];
    let mut run = glomers(server.folder.path(), &run).spawn().unwrap();
    server.wait("/live", |body| body.contains("echo/") && body.contains("running, "));
    assert!(run.wait().unwrap().success());
    server.wait("/live", |body| body == "[]");
    assert_eq!(server.runs().len(), 3);
}

#[test]
fn what_cannot_be_read_is_said() {
    let folder = two_runs();
    let run = folder.path().join("store/latest").canonicalize().unwrap();
    fs::write(run.join("results.edn"), "{:valid?").unwrap();
    fs::write(run.join("run.json"), "{").unwrap();
    let server = Server::start(folder);
    let index = server.get("/");
    assert_eq!(server.runs().len(), 1);
    assert!(index.body.contains("left out: failed to read"), "{}", index.body);
    let name = run.file_name().unwrap().to_string_lossy();
    fs::remove_file(run.join("history.edn")).unwrap();
    let page = server.get(&format!("/run/broadcast/{name}"));
    assert_eq!(page.status, 422, "{}", page.body);
    assert!(page.body.contains("no history.edn"), "{}", page.body);
}

#[test]
fn a_stop_ends_it_though_a_client_keeps_its_connection() {
    let mut server = Server::start(two_runs());
    let mut idle = TcpStream::connect(&server.address).unwrap();
    write!(idle, "GET / HTTP/1.1\r\nHost: localhost\r\n").unwrap();
    assert_eq!(server.get("/live").status, 200);
    server.signal();
    let begin = Instant::now();
    let status = server.child.wait().unwrap();
    assert_eq!(status.code(), Some(130));
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

#[test]
fn a_port_in_use_and_a_missing_store_are_refused() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = Glomers::new(&["serve", "--port", &port]).file("store/x/y", "").end();
    assert_eq!(ended.status, Some(254), "{}", ended.stderr);
    assert!(ended.stderr.contains(&format!("port {port} of 127.0.0.1 is in use")));
    let ended = Glomers::new(&["serve", "--port", "0"]).end();
    assert_eq!(ended.status, Some(254), "{}", ended.stderr);
    assert!(ended.stderr.contains("there is no store at"), "{}", ended.stderr);
    for args in [["--host", "example"], ["--port", "70000"], ["--host", "192.0.2.1"]] {
        let ended = Glomers::new(&["serve"]).with(&args).file("store/x/y", "").end();
        assert_eq!(ended.status, Some(254), "{args:?}: {}", ended.stderr);
    }
}

#[test]
fn too_few_open_files_are_an_error_of_the_system() {
    for limit in ["ulimit -n 10", "ulimit -n 13", "ulimit -n 30"] {
        let call = Glomers::new(&["serve", "--port", "0"]).file("store/x/y", "");
        call.after(limit).end().exits(255).says(&["a server needs more open files than"]);
    }
    // Clients that take all others do not keep it from ending.
    let call = Glomers::new(&["serve", "--port", "0"]).file("store/x/y", "");
    let mut started = call.after("ulimit -n 48").start();
    let mut line = String::new();
    BufReader::new(started.child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = line.split("http://").nth(1).and_then(|it| it.split('/').next()).unwrap();
    let clients: Vec<_> = (0..80).map(|_| TcpStream::connect(address)).collect();
    sleep(Duration::from_millis(500));
    let begin = Instant::now();
    started.signal(nix::sys::signal::Signal::SIGINT);
    started.end().exits(130);
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
    drop(clients);
}

#[test]
fn without_a_browser_it_serves() {
    let call = Glomers::new(&["serve", "--port", "0", "--open"]).file("store/x/y", "");
    let started = call.variable("PATH", "/does/not/exist").start();
    sleep(Duration::from_secs(1));
    started.signal(nix::sys::signal::Signal::SIGINT);
    started.end().exits(130).says(&["warning: failed to open http://", "open it yourself"]);
}

#[test]
fn other_machines_are_let_in_with_a_warning_only() {
    let started =
        Glomers::new(&["serve", "--port", "0", "--host", "0.0.0.0"]).file("store/x/y", "").start();
    sleep(Duration::from_secs(1));
    started.signal(nix::sys::signal::Signal::SIGINT);
    let ended = started.end();
    assert_eq!(ended.status, Some(130), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("warning: other machines may reach 0.0.0.0:"),
        "{}",
        ended.stderr
    );
    assert!(ended.stdout.contains("http://127.0.0.1:"), "{}", ended.stdout);
}

#[test]
fn the_store_works_in_a_browser() {
    let Some(mut browser) = Chromium::start("the store in a browser", 1280, 900) else { return };
    let server = Server::start(two_runs());
    let ready = "document.getElementById('live')?.textContent === 'none'";
    browser.open(&format!("http://{}/", server.address), ready);
    browser.click("button[form='compare']");
    browser.wait("document.getElementById('found').textContent.includes('0 are chosen')");
    browser.click("tbody tr:nth-child(1) input");
    browser.click("tbody tr:nth-child(2) input");
    browser.click("button[form='compare']");
    browser.wait("document.querySelector('h1')?.textContent === 'Comparison'");
    assert!(browser.text("pre").contains("op-latency-p50"));
    browser.click("p a");
    browser.wait(ready);
    browser.click("tbody tr:nth-child(1) a");
    browser.wait("document.body?.dataset.ready === 'true'");
    assert_eq!(browser.errors(), Vec::<String>::new());

    // A run that ends appears without a manual reload.
    browser.open(&format!("http://{}/", server.address), ready);
    let run = ["run", "echo", "--node-count", "1", "--time-limit", "3"];
    let mut run = glomers(server.folder.path(), &run).spawn().unwrap();
    browser.wait("document.getElementById('live')?.textContent.includes('echo/')");
    assert!(run.wait().unwrap().success());
    browser.wait("document.getElementById('found')?.textContent === '3 of 3'");
    assert_eq!(browser.errors(), Vec::<String>::new());
}
