//! `glomers install`: from servers with every kind of fault, and from files.

use crate::glomers::{Ended, Glomers, Started};
use crate::http_server::{Answer, HttpServer};
use bzip2::Compression;
use bzip2::write::BzEncoder;
use nix::sys::signal::Signal;
use serde_json::Value;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tar::{Builder, EntryType, Header};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// How long an installation may take to begin.
const PATIENCE: Duration = Duration::from_secs(20);
/// An address where no server listens.
const REFUSED: &str = "http://127.0.0.1:1/";
/// A digest that none of the test archives has.
const OTHER_DIGEST: &str = "00000000000000000000000000000000000000000000000000000000000000ff";

/// The archive of a release whose jar has this version.
fn release(version: &str) -> Vec<u8> {
    with_entry(version, None)
}

/// The same, with one more entry: its kind, name, and link target.
fn with_entry(version: &str, more: Option<(EntryType, &str, &str)>) -> Vec<u8> {
    let mut jar = ZipWriter::new(Cursor::new(Vec::new()));
    let properties = "META-INF/maven/maelstrom/maelstrom/pom.properties";
    jar.start_file(properties, SimpleFileOptions::default()).unwrap();
    writeln!(jar, "version={version}\ngroupId=maelstrom").unwrap();
    let jar = jar.finish().unwrap().into_inner();
    archive(|add| {
        add(EntryType::Directory, "maelstrom/", "", b"");
        add(EntryType::Regular, "maelstrom/maelstrom", "", b"#!/bin/sh\nexec true\n");
        add(EntryType::Regular, "maelstrom/lib/maelstrom.jar", "", &jar);
        add(EntryType::Regular, "maelstrom/doc/intro.md", "", b"# Maelstrom\n");
        if let Some((kind, name, target)) = more {
            add(kind, name, target, b"");
        }
    })
}

/// An archive with these entries: kind, name, target of a link, and content.
fn archive(fill: impl FnOnce(&mut dyn FnMut(EntryType, &str, &str, &[u8]))) -> Vec<u8> {
    let mut builder = Builder::new(BzEncoder::new(Vec::new(), Compression::fast()));
    fill(&mut |kind, name, target, content| {
        let mut header = Header::new_gnu();
        // As bytes: the library rejects invalid names, which these tests need.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.as_old_mut().linkname[..target.len()].copy_from_slice(target.as_bytes());
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o755);
        header.set_cksum();
        builder.append(&header, content).unwrap();
    });
    builder.into_inner().unwrap().finish().unwrap()
}

/// A user's home, with or without an installation.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A call of `glomers install maelstrom` by this user, who has no proxy.
    fn install(&self, args: &[&str]) -> Glomers {
        Glomers::new(&["install", "maelstrom"])
            .with(args)
            .variable("HOME", self.0.path())
            .variable("XDG_DATA_HOME", self.0.path().join("Library/Application Support"))
            .variable("NO_PROXY", "*")
    }

    /// Installs from this address.
    fn from(&self, url: &str) -> Ended {
        self.install(&["--from", url]).end()
    }

    /// The parent folder of the installation, and of its temporary folders.
    fn data(&self) -> PathBuf {
        self.0.path().join("Library/Application Support/glomers")
    }

    fn maelstrom(&self) -> PathBuf {
        self.data().join("maelstrom")
    }

    fn record(&self) -> Value {
        let record = fs::read_to_string(self.maelstrom().join("install.json")).unwrap();
        serde_json::from_str(&record).unwrap()
    }

    /// Checks that this version is completely installed, with no other files next to it.
    #[track_caller]
    fn holds(&self, version: &str) {
        assert_eq!(self.names(), ["maelstrom"]);
        assert_eq!(self.record()["version"], version);
        for file in ["maelstrom", "lib/maelstrom.jar", "doc/intro.md"] {
            assert!(self.maelstrom().join(file).is_file(), "{file}");
        }
    }

    /// Checks that nothing is installed, not even partially.
    #[track_caller]
    fn is_empty(&self) {
        assert_eq!(self.names(), Vec::<String>::new());
    }

    fn names(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.data()) else { return Vec::new() };
        let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
        let mut names: Vec<String> =
            entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// A server for one request.
fn server(answer: Answer) -> HttpServer {
    HttpServer::start(vec![answer])
}

#[test]
fn from_a_server() {
    for answer in [Answer::Whole(release("0.2.4")), Answer::Chunked(release("0.2.4"))] {
        let home = Home::new();
        let server = server(answer);
        let url = server.url("/maelstrom.tar.bz2");
        let ended = home.from(&url).exits(0).says(&[
            "installed: Maelstrom 0.2.4 in",
            "unverified: ",
            "--sha256",
            "next: glomers run broadcast-e --engine maelstrom",
            "installing from http://127.0.0.1",
        ]);
        home.holds("0.2.4");
        let record = home.record();
        assert_eq!((&record["source"], &record["verified"]), (&url.into(), &false.into()));
        let digest = record["sha256"].as_str().unwrap();
        assert!(digest.len() == 64 && ended.says(&[digest]).status == Some(0));
        assert_eq!(server.requests(), ["GET /maelstrom.tar.bz2 HTTP/1.1"]);
    }
}

#[test]
fn what_is_installed_is_found() {
    let home = Home::new();
    home.from(&server(Answer::Whole(release("0.2.3"))).url("/")).exits(0);
    let positions = glomers_maelstrom::SearchPaths {
        install_folder: Some(home.maelstrom()),
        ..glomers_maelstrom::SearchPaths::default()
    };
    let found = glomers_maelstrom::find(&positions).unwrap().unwrap();
    assert_eq!(found.version.as_deref(), Some("0.2.3"));
    assert_eq!(found.launcher.path(), home.maelstrom().join("maelstrom"));
}

#[test]
fn the_right_digest_verifies_and_a_wrong_one_refuses() {
    let home = Home::new();
    let bytes = release("0.2.4");
    fs::write(home.0.path().join("a.tar.bz2"), &bytes).unwrap();
    let file = home.0.path().join("a.tar.bz2").display().to_string();
    home.install(&["--from", &file]).end().exits(0).says(&["unverified"]);
    let digest = home.record()["sha256"].as_str().unwrap().to_owned();

    let url = server(Answer::Whole(bytes.clone()));
    let refused = home.install(&["--from", &url.url("/"), "--sha256", OTHER_DIGEST]).end();
    refused.exits(255).says(&["another digest", OTHER_DIGEST, &digest]);
    assert_eq!(home.record()["source"], file);

    let url = server(Answer::Whole(bytes));
    let args = ["--from", &url.url("/"), "--sha256", &digest.to_uppercase()];
    let verified = home.install(&args).end().exits(0);
    verified.says(&["verified: it is the archive", &digest]).does_not_say("unverified");
    assert_eq!(home.record()["verified"], true);
    home.holds("0.2.4");
}

#[test]
fn downloads_that_end_too_early() {
    let home = Home::new();
    let bytes = release("0.2.4");
    let (half, promised) = (bytes[..100].to_vec(), bytes.len());
    let cut = server(Answer::Cut { bytes: half.clone(), promised });
    let counted = format!("after 100 of {promised} bytes; try again");
    home.from(&cut.url("/")).exits(255).says(&["ended too early", &counted, &cut.url("/")]);
    let cut = server(Answer::CutChunk(half.clone()));
    home.from(&cut.url("/")).exits(255).says(&["ended too early, after", "bytes; try again"]);
    // With a matching `Content-Length`.
    let cut = server(Answer::Whole(half));
    home.from(&cut.url("/")).exits(255).says(&["is cut off or damaged"]);
    home.is_empty();
}

#[test]
fn answers_without_an_archive() {
    let home = Home::new();
    let missing = server(Answer::Status("404 Not Found"));
    home.from(&missing.url("/a")).exits(255).says(&[
        &missing.url("/a"),
        "not found (404)",
        "--from",
    ]);
    let busy = server(Answer::Status("503 Service Unavailable"));
    home.from(&busy.url("/")).exits(255).says(&["503 Service Unavailable", "try again later"]);
    let page = server(Answer::Whole(b"<!doctype html>Please log in".to_vec()));
    home.from(&page.url("/")).exits(255).says(&["no tar.bz2 archive but a web page"]);
    home.from(REFUSED).exits(255).says(&["failed to download", "Failed to connect", "--from FILE"]);
    home.is_empty();
}

#[test]
fn redirections_are_followed_as_far_as_they_lead() {
    let home = Home::new();
    let target = server(Answer::Whole(release("0.2.4")));
    let first = server(Answer::Redirect(target.url("/there")));
    home.from(&first.url("/here")).exits(0);
    home.holds("0.2.4");
    assert_eq!(home.record()["source"], first.url("/here"));
    assert_eq!(target.requests(), ["GET /there HTTP/1.1"]);
    let circle = HttpServer::start((0..11).map(|_| Answer::Redirect("/".to_owned())).collect());
    home.from(&circle.url("/")).exits(255).says(&["more than 10 redirections"]);
    home.holds("0.2.4");
}

/// Starts an installation from a server that falls silent, and waits until it has begun.
fn stalled(home: &Home) -> (HttpServer, Started) {
    let server = server(Answer::Stalled(release("0.2.4")));
    let started = home.install(&["--from", &server.url("/")]).start();
    let begun = |folder: &Path| {
        fs::read_dir(folder).into_iter().flatten().flatten().any(|entry| {
            fs::metadata(entry.path().join("archive")).is_ok_and(|archive| archive.len() > 0)
        })
    };
    let start = Instant::now();
    while !begun(&home.data()) {
        assert!(start.elapsed() < PATIENCE, "the download did not begin");
        std::thread::sleep(Duration::from_millis(10));
    }
    (server, started)
}

#[test]
fn ctrl_c_while_the_server_is_silent() {
    let home = Home::new();
    let (server, started) = stalled(&home);
    started.signal(Signal::SIGINT);
    started.end().exits(130).says(&["stopped: nothing was installed"]);
    // No files are left, not even the folder that was created for the installation.
    assert_eq!(fs::read_dir(home.0.path()).unwrap().count(), 0);
    drop(server);
    home.from(&self::server(Answer::Whole(release("0.2.4"))).url("/")).exits(0);
    home.holds("0.2.4");
}

#[test]
fn a_kill_leaves_nothing_half() {
    let home = Home::new();
    home.from(&server(Answer::Whole(release("0.2.3"))).url("/")).exits(0);
    let (_server, started) = stalled(&home);
    started.signal(Signal::SIGKILL);
    assert_eq!(started.end().status, None);
    home.holds("0.2.3");
}

#[test]
fn two_at_once_do_not_meet() {
    let home = Home::new();
    let (_server, started) = stalled(&home);
    home.from(REFUSED).exits(255).says(&["another glomers install is at work in"]);
    started.signal(Signal::SIGTERM);
    started.end().exits(130);
}

#[test]
fn archives_that_lead_out_are_refused() {
    let home = Home::new();
    let outside = home.0.path().join("evil").display().to_string();
    for (kind, name, target) in [
        (EntryType::Regular, "../evil", ""),
        (EntryType::Regular, "maelstrom/../../../evil", ""),
        (EntryType::Regular, outside.as_str(), ""),
        (EntryType::Symlink, "maelstrom/evil", "../../evil"),
        (EntryType::Symlink, "maelstrom/evil", outside.as_str()),
        (EntryType::Link, "maelstrom/evil", "../evil"),
    ] {
        let bytes = with_entry("0.2.4", Some((kind, name, target)));
        let ended = home.from(&server(Answer::Whole(bytes)).url("/")).exits(255);
        ended.says(&["is refused: its entry", name, "out of the folder"]);
        home.is_empty();
        assert!(!Path::new(&outside).exists());
    }
}

#[test]
fn archives_of_something_else() {
    let home = Home::new();
    let source_code = archive(|add| {
        add(EntryType::Regular, "maelstrom-0.2.4/project.clj", "", b"");
    });
    let ended = home.from(&server(Answer::Whole(source_code)).url("/")).exits(255);
    ended.says(&["holds no Maelstrom", "(at its top: maelstrom-0.2.4)", "not the source code"]);
    let no_jar = archive(|add| {
        add(EntryType::Regular, "maelstrom/maelstrom", "", b"");
        add(EntryType::Regular, "maelstrom/lib/maelstrom.jar", "", b"text");
    });
    home.from(&server(Answer::Whole(no_jar)).url("/")).exits(255).says(&["is not a jar"]);
    home.is_empty();
}

#[test]
fn the_new_one_replaces_the_old_one_whole() {
    let home = Home::new();
    let server = HttpServer::start(vec![
        Answer::Whole(with_entry("0.2.3", Some((EntryType::Regular, "maelstrom/only-old", "")))),
        Answer::Whole(release("0.2.4")),
        Answer::Whole(release("0.2.5")),
    ]);
    home.from(&server.url("/a")).exits(0);
    home.holds("0.2.3");
    home.from(&server.url("/b")).exits(0).does_not_say("before");
    home.holds("0.2.4");
    assert!(!home.maelstrom().join("only-old").exists());
    let again = home.install(&["--from", &server.url("/b"), "--version", "v0.2.4"]).end().exits(0);
    again.says(&["another archive came from there before", "--version says 0.2.4", "is 0.2.5"]);
    home.holds("0.2.5");
}

#[test]
fn from_a_file_with_no_network() {
    let home = Home::new();
    // A proxy that would receive any use of the network.
    let unused = HttpServer::start(vec![Answer::Status("500 Internal Server Error")]);
    let install = home.install(&["--from", "it's here.tar.bz2", "--quiet"]);
    fs::write(install.folder().join("it's here.tar.bz2"), release("0.2.4")).unwrap();
    let ended = install.variable("NO_PROXY", "").variable("ALL_PROXY", unused.url("")).end();
    let ended = ended.exits(0).says(&["installed: Maelstrom 0.2.4"]);
    assert_eq!((ended.stdout.lines().count(), ended.stderr.as_str()), (1, ""));
    home.holds("0.2.4");
    let source = home.record()["source"].as_str().unwrap().to_owned();
    assert!(Path::new(&source).is_absolute() && source.ends_with("/it's here.tar.bz2"));
    assert_eq!(unused.requests(), Vec::<String>::new());
}

#[test]
fn through_a_proxy() {
    let home = Home::new();
    let through = |proxy: &HttpServer, url: &str| {
        home.install(&["--from", url])
            .variable("ALL_PROXY", proxy.url(""))
            .variable("NO_PROXY", "localhost,127.0.0.1")
            .end()
    };
    let elsewhere = "http://maelstrom.invalid/a.tar.bz2";
    let proxy = server(Answer::Whole(release("0.2.4")));
    through(&proxy, elsewhere).exits(0);
    home.holds("0.2.4");
    assert_eq!(proxy.requests(), ["GET http://maelstrom.invalid/a.tar.bz2 HTTP/1.1"]);

    let proxy = server(Answer::Status("407 Proxy Authentication Required"));
    let ended = through(&proxy, "https://maelstrom.invalid/a.tar.bz2").exits(255);
    ended.says(&["407", "--from FILE"]);
    // A host that the proxy setting excludes.
    let here = server(Answer::Whole(release("0.2.5")));
    through(&proxy, &here.url("/")).exits(0);
    assert_eq!((proxy.requests().len(), here.requests().len()), (1, 1));
}

#[test]
fn what_cannot_be_meant() {
    let home = Home::new();
    for (args, text) in [
        (&["--sha256", "abc"], "expected the 64 hexadecimal digits"),
        (&["--version", "latest"], "expected a version, such as 0.2.4"),
        (&["--from", "nothing.tar.bz2"], "nothing.tar.bz2, which does not exist"),
        (&["--from", "."], "which is no file"),
        (&["--from", "ftp://host/a"], "only http and https addresses"),
        (&["--from", "http://"], "is no address"),
    ] {
        home.install(args).end().exits(254).says(&[text, args[0]]);
    }
    Glomers::new(&["install", "jepsen"]).end().exits(254).says(&["jepsen", "maelstrom"]);
    Glomers::new(&["install"]).end().exits(254);
    home.is_empty();
    let help = Glomers::new(&["install", "--help"]).end().exits(0);
    help.says(&["Examples", "--sha256", "HTTPS_PROXY", "130 stopped by Ctrl-C"]);
}

#[test]
fn a_folder_that_cannot_be_made() {
    let home = Home::new();
    fs::create_dir_all(home.data().parent().unwrap()).unwrap();
    fs::write(home.data(), "a file").unwrap();
    let ended = home.from(REFUSED).exits(255);
    ended.says(&["failed to make the folder", &home.data().display().to_string()]);
}
