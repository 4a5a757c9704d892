//! Runs every shell block of every README, line by line, as a new user would paste it: in an empty
//! folder, with the built command. Slow commands are shortened, those that need a network or
//! Maelstrom are checked without running them, and a line without a matching rule fails the test.

use crate::simulated_programs::programs_cannot_be_simulated;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

/// The command under test.
const GLOMERS: &str = env!("CARGO_BIN_EXE_glomers");
/// How long a test of Maelstrom's own command line runs before it is stopped: it has a recovery of
/// 10 s that no flag shortens.
const A_MOMENT: Duration = Duration::from_millis(700);

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a repository").to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The code blocks of a language in a file.
fn blocks(path: &str, language: &str) -> Vec<String> {
    let text = read(path);
    let fence = format!("```{language}\n");
    let parts = text.split(fence.as_str()).skip(1);
    parts.map(|part| part.split_once("```").expect("a block ends").0.to_owned()).collect()
}

/// A folder in which the lines of a README are tried, one after the other.
struct Stranger {
    folder: tempfile::TempDir,
    /// The working folder of the next line.
    here: PathBuf,
}

impl Stranger {
    /// Creates a folder with only what the README assumes that the user has: nodes (here the
    /// built-in ones), and a history.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path().to_owned();
        for name in ["my-node", "node", "node.py"] {
            let script = format!("#!/bin/sh\nexec '{GLOMERS}' node\n");
            let made = Command::new("sh")
                .args(["-c", "printf %s \"$1\" > \"$0\" && chmod +x \"$0\"", name, &script])
                .current_dir(&here)
                .status();
            assert!(made.unwrap().success());
        }
        let history = "{:index 0, :time 0, :type :invoke, :process 0, :f :write, :value [1 2]}\n\
                       {:index 1, :time 9, :type :ok, :process 0, :f :write, :value [1 2]}\n\
                       {:index 2, :time 10, :type :invoke, :process 0, :f :read, :value [1 nil]}\n\
                       {:index 3, :time 19, :type :ok, :process 0, :f :read, :value [1 2]}\n";
        fs::write(here.join("history.edn"), history).unwrap();
        let json = br#"{"index": 0, "time": 0, "type": "invoke", "process": 0, "f": "write", "value": [1, 2]}
            {"index": 1, "time": 9, "type": "ok", "process": 0, "f": "write", "value": [1, 2]}"#;
        let packed = fs::File::create(here.join("history.json.gz")).unwrap();
        let mut packed = GzEncoder::new(packed, Compression::fast());
        packed.write_all(json).unwrap();
        packed.finish().unwrap();
        Self { folder, here }
    }

    fn glomers(&self, words: &[String]) -> Output {
        let mut command = Command::new(GLOMERS);
        command.args(words).current_dir(&self.here).env_remove("MAELSTROM_HOME");
        command.env("XDG_DATA_HOME", self.folder.path().join("data")).output().unwrap()
    }

    /// Tries a line of a block.
    #[track_caller]
    fn line(&mut self, line: &str) {
        let words = shlex::split(line).unwrap_or_else(|| panic!("no shell takes: {line}"));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            // An empty line; or the command that runs this test.
            [] | ["cargo", "test", "--workspace"] => {}
            ["glomers", words @ ..]
            | ["cargo", "run", "--", words @ ..]
            | ["cargo", "run", "--release", "--", words @ ..] => self.ours(line, words),
            ["cp" | "sed", ..] => {
                let done = Command::new("sh").args(["-c", line]).current_dir(&self.here).output();
                let done = done.unwrap();
                assert!(done.status.success(), "{line}\n{}", text_of(&done));
            }
            ["cd", folder] => {
                self.here = self.here.join(folder);
                assert!(self.here.is_dir(), "{line}");
            }
            ["cargo", "install", "--path", path, flags @ ..] => {
                assert!(repository().join(path).join("src/main.rs").exists(), "{line}");
                assert!(flags.contains(&"--locked"), "{line} ignores the versions of Cargo.lock");
                assert!(repository().join("Cargo.lock").exists());
            }
            [".ci/run"] => assert!(repository().join(".ci/run").exists()),
            // Takes minutes. Only check quickly that cargo can resolve all dependencies.
            ["cargo", "test"] | ["cargo", "build", "--release"] => self.resolves(),
            _ => panic!("there is no rule for this line of a README: {line}"),
        }
    }

    /// Runs `glomers`, shortened, and returns the accepted exit statuses.
    #[track_caller]
    fn ours(&self, line: &str, words: &[&str]) {
        let has = |word: &str| words.contains(&word);
        if has("--bin") && (has("--sim") || has("sweep")) && programs_cannot_be_simulated() {
            return;
        }
        let mut call: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let mut add = |flags: &[&str]| {
            let end = call.iter().position(|word| word == "--").unwrap_or(call.len());
            call.splice(end..end, flags.iter().map(|flag| (*flag).to_owned()));
        };
        let statuses: &[i32] = match words[0] {
            "run" if has("--dry-run") => &[0],
            "run" if has("maelstrom") || has("both") => {
                add(&["--dry-run"]);
                &[0]
            }
            // A node that is not built here.
            "run" if words.iter().any(|word| word.starts_with("target/")) => {
                add(&["--dry-run"]);
                &[0]
            }
            "run" if has("--sim") => &[0, 1],
            // The run may be too short to judge anything.
            "run" => {
                add(&["--time-limit", "0.5", "--recovery", "0.1"]);
                &[0, 1, 2]
            }
            "sweep" => {
                if let Some(seeds) = call.iter_mut().skip_while(|it| *it != "--seeds").nth(1) {
                    "3".clone_into(seeds);
                }
                &[0, 1]
            }
            "install" => {
                add(&["--help"]);
                &[0]
            }
            "test" => return self.stops(line, &call),
            "serve" => {
                add(&["--port", "0"]);
                return self.stops(line, &call);
            }
            // The latest run was stopped.
            "check" if has("store/latest") && !has("--consistency-models") => &[0, 1, 2],
            // The machine may or may not have Java.
            "doctor" => &[0, 1],
            "compare" if has("--fail-on") => &[0, 1],
            _ => &[0],
        };
        let done = self.glomers(&call);
        let status = done.status.code().unwrap_or(-1);
        assert!(statuses.contains(&status), "{line}\nexits with {status}:\n{}", text_of(&done));
        // Lines marked as failing must fail.
        if line.contains("# fails") {
            assert_eq!(status, 1, "{line}\n{}", text_of(&done));
        }
    }

    /// Starts a command, and stops it.
    #[track_caller]
    fn stops(&self, line: &str, call: &[String]) {
        let mut command = Command::new(GLOMERS);
        let child = command
            .args(call)
            .current_dir(&self.here)
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(A_MOMENT);
        let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
        let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT);
        let done = child.wait_with_output().unwrap();
        assert_eq!(done.status.code(), Some(130), "{line}\n{}", text_of(&done));
    }

    /// Checks that cargo accepts the crate in this folder, and resolves its dependencies offline.
    #[track_caller]
    fn resolves(&self) {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let done = Command::new(cargo)
            .args(["tree", "--offline", "--edges", "normal,dev", "--prefix", "none"])
            .current_dir(&self.here)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", text_of(&done));
        let tree = String::from_utf8(done.stdout).unwrap();
        let here = self.here.canonicalize().unwrap();
        let root = tree.lines().next().unwrap();
        assert!(root.ends_with(&format!("({})", here.display())), "it stands alone: {root}");
        for name in ["glomers-node", "glomers-simulator", "serde"] {
            assert!(tree.contains(&format!("\n{name} v")), "{name}:\n{tree}");
        }
    }

    /// Tries all shell blocks of a file.
    #[track_caller]
    fn file(mut self, path: &str) {
        let blocks = blocks(path, "sh");
        assert!(!blocks.is_empty(), "{path} has no shell block");
        for line in blocks.iter().flat_map(|block| block.lines()) {
            self.line(line);
        }
    }
}

fn text_of(done: &Output) -> String {
    format!("{}\n{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr))
}

#[test]
fn every_line_of_the_readme_does_what_it_says() {
    Stranger::new().file("README.md");
}

#[test]
fn every_line_of_contributing_does_what_it_says() {
    Stranger::new().file("CONTRIBUTING.md");
}

#[test]
fn a_copy_of_the_example_stands_alone() {
    let stranger = Stranger::new();
    std::os::unix::fs::symlink(repository(), stranger.here.join("glomers")).unwrap();
    stranger.file("examples/tested-node/README.md");
}

#[test]
fn no_readme_is_forgotten() {
    let listed = Command::new("git").args(["ls-files", "*.md"]).current_dir(repository()).output();
    let Ok(listed) = listed else {
        glomers_recordings::skipped("the list of all README files: git is missing");
        return;
    };
    for path in String::from_utf8(listed.stdout).unwrap().lines() {
        let is_run = ["README.md", "CONTRIBUTING.md", "examples/tested-node/README.md"];
        assert!(is_run.contains(&path) || blocks(path, "sh").is_empty(), "{path} is not tried");
        // Rust blocks of these files run as doc tests of their crates, and in simulator tests.
        let is_compiled = ["node/sdk/README.md", "engine/README.md", "simulator/README.md"];
        let has_rust = read(path).contains("```rust");
        assert!(is_compiled.contains(&path) || !has_rust, "the Rust of {path} is not compiled");
    }
}

#[test]
fn the_project_file_of_the_readme_is_one() {
    let [file] = &blocks("README.md", "toml")[..] else { panic!("one block of TOML") };
    let stranger = Stranger::new();
    fs::write(stranger.here.join("glomers.toml"), file).unwrap();
    let done = stranger.glomers(&["list".to_owned()]);
    assert!(done.status.success() && text_of(&done).contains("quick"), "{}", text_of(&done));
}

/// Checks that Rust blocks contain only items, which can be pasted into a `main.rs` or a test, and
/// use only crates that the TOML block next to them names.
#[test]
fn the_rust_of_the_readmes_can_be_pasted() {
    let items = [
        "use ",
        "struct ",
        "enum ",
        "fn ",
        "async fn ",
        "impl ",
        "impl<",
        "pub ",
        "const ",
        "#[",
        "}",
        "//",
    ];
    for path in ["node/sdk/README.md", "simulator/README.md"] {
        let dependencies = blocks(path, "toml").concat();
        let rust = [blocks(path, "rust"), blocks(path, "rust,no_run")].concat();
        assert!(!rust.is_empty(), "{path}");
        for line in rust.iter().flat_map(|block| block.lines()) {
            let is_outermost = !line.is_empty() && !line.starts_with(' ');
            let is_item = items.iter().any(|item| line.starts_with(item));
            assert!(!is_outermost || is_item, "{path}: not an item: {line}");
            let of = line.strip_prefix("use ").and_then(|it| it.split("::").next());
            if let Some(name) = of.filter(|name| *name != "std") {
                let name = name.replace('_', "-");
                assert!(dependencies.contains(&format!("\n{name} = ")), "{path} needs {name}");
            }
        }
    }
}

#[test]
fn the_examples_of_shrink_work_in_their_order() {
    let done = Command::new(GLOMERS).args(["shrink", "--help"]).output().unwrap();
    let help = String::from_utf8(done.stdout).unwrap();
    let stranger = Stranger::new();
    let examples = help.lines().filter(|line| line.starts_with("  glomers "));
    // The description of an example follows it.
    let commands: Vec<&str> =
        examples.map(|line| line.trim_start().split("   ").next().unwrap()).collect();
    assert_eq!(commands.len(), 3, "{help}");
    for (command, status) in commands.into_iter().zip([1, 0, 0]) {
        let words: Vec<String> = shlex::split(command).unwrap().into_iter().skip(1).collect();
        let done = stranger.glomers(&words);
        assert_eq!(done.status.code(), Some(status), "{command}\n{}", text_of(&done));
    }
}
