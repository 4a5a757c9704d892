//! Examines the node's program before a test, without starting it, for the most common mistakes.

mod command_line;
mod content;
mod language;
mod script;

use crate::failure::BadArguments;
use crate::node_command::{NodeCommand, Origin};
use content::{Content, recognize};
use glomers_maelstrom::is_executable;
use language::Language;
use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Number of bytes of a program that are examined: more than the kernel reads of a `#!` line, since
/// the language of a text may be recognizable only after its first comment.
const START_BYTES: u64 = 2048;
/// The three permission bits for executing a file.
const EXECUTE_BITS: u32 = 0o111;
/// Most programs of a folder that a message names.
const SHOWN_PROGRAMS: usize = 3;

/// Returns what keeps the program from being run, and what to do about it.
pub(crate) fn check(node: &NodeCommand) -> Result<(), BadArguments> {
    let program = &node.program;
    let shown = program.display();
    let bad = |problem: String| Err(BadArguments(problem));
    let metadata = match fs::metadata(program) {
        Ok(metadata) => metadata,
        Err(error) if is_absent(&error) => return bad(absent(node)),
        Err(error) => return bad(format!("the node {shown} cannot be looked at: {error}")),
    };
    if metadata.is_dir() {
        return bad(format!("the node {shown} is a folder: {}", programs_of(program)));
    }
    if !metadata.is_file() {
        return bad(format!("the node {shown} is not a file"));
    }
    let mut start = Vec::new();
    let read = File::open(program).and_then(|file| file.take(START_BYTES).read_to_end(&mut start));
    let text = String::from_utf8_lossy(&start);
    if metadata.permissions().mode() & EXECUTE_BITS == 0 {
        let remedy = match Language::of(program, &text) {
            Some(Language::Interpreted(_)) if start.starts_with(b"#!") => None,
            Some(Language::Data) | None => None,
            Some(language) => Some(language.remedy(program)),
        };
        let remedy = remedy.unwrap_or_else(|| format!("run chmod +x {shown}"));
        return bad(format!("the node {shown} is not executable: {remedy}"));
    }
    // An executable without read permission can still be run.
    if read.is_err() {
        return Ok(());
    }
    if start.starts_with(b"#!") {
        script::check(program, &start)?;
    } else if let Some(why) = script::hidden_mark(&text) {
        return bad(format!("the #! of {shown} is not seen: {why}"));
    } else {
        check_content(node, &start, &text)?;
    }
    command_line::problem(node).map_or(Ok(()), bad)
}

/// Notes on what seems wrong with the command line, but may be intended.
pub(crate) fn notes(node: &NodeCommand) -> Vec<String> {
    command_line::notes(node)
}

/// Checks a file without a `#!`.
fn check_content(node: &NodeCommand, start: &[u8], text: &str) -> Result<(), BadArguments> {
    let program = &node.program;
    let shown = program.display();
    if start.is_empty() {
        return Err(BadArguments(format!("the node {shown} is empty: {}", remedy(node))));
    }
    let language = Language::of(program, text);
    let problem = match (recognize(start), language) {
        // A file that the kernel does not recognize is run by a shell.
        (Content::Native, _) | (Content::Text, None | Some(Language::Interpreted("sh"))) => {
            return Ok(());
        }
        (Content::Foreign(machine), _) => format!(
            "the node {shown} was built for another machine ({machine}): build it for this one \
             ({} on {})",
            std::env::consts::ARCH,
            std::env::consts::OS
        ),
        (Content::Java, None) => {
            let language = Language::Java("-cp FOLDER CLASS");
            format!("the node {shown} is for a JVM: {}", language.remedy(program))
        }
        (Content::Java, Some(language))
        | (Content::Neither | Content::Text, Some(language @ Language::Java(_))) => {
            format!("the node {shown} is for a JVM: {}", language.remedy(program))
        }
        (Content::Neither, _) => {
            format!("the node {shown} is neither a program nor a script: {}", remedy(node))
        }
        (Content::Text, Some(Language::Data)) => {
            format!("the node {shown} is text, and no program: {}", remedy(node))
        }
        (Content::Text, Some(language @ Language::Interpreted(_))) => format!(
            "the node {shown} has no #! line, so a shell would run it: {}",
            language.remedy(program)
        ),
        (Content::Text, Some(language)) => {
            format!("the node {shown} is source code: {}", language.remedy(program))
        }
    };
    Err(BadArguments(problem))
}

/// Whether the file does not exist, also because a parent is not a folder.
fn is_absent(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{InvalidFilename, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory | InvalidFilename)
}

/// The message for a program that does not exist.
fn absent(node: &NodeCommand) -> String {
    let shown = node.program.display();
    if let Ok(target) = fs::read_link(&node.program) {
        let target = target.display();
        return format!("the node {shown} is a link to {target}, which does not exist");
    }
    let meant = command_line::meant(node).unwrap_or_else(|| remedy(node).to_owned());
    format!("the node {shown} does not exist: {meant}")
}

/// Suggests the programs in a folder that was given as the program.
fn programs_of(folder: &Path) -> String {
    let mut programs: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| is_executable(path))
        .collect();
    programs.sort();
    let programs: Vec<String> =
        programs.iter().take(SHOWN_PROGRAMS).map(|path| path.display().to_string()).collect();
    if programs.is_empty() {
        "name the program in it".to_owned()
    } else {
        format!("name the program in it, such as {}", programs.join(" or "))
    }
}

/// What the user has to do about a program that does not exist.
fn remedy(node: &NodeCommand) -> &'static str {
    match (node.origin, &node.build) {
        (Origin::Flag, _) => "build it first, or correct --bin",
        (Origin::File, None) => "build it first, or correct bin in glomers.toml",
        (Origin::File, Some(_)) => "correct build or bin in glomers.toml",
        (Origin::Own, _) => "install glomers again, or choose a node with --bin",
    }
}
