//! Looks at the node's program before a test: starts nothing, and finds what most often is wrong.

use crate::exit::BadArguments;
use crate::node_command::NodeCommand;
use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Most bytes of a `#!` line that the kernel reads.
const SCRIPT_LINE_BYTES: u64 = 256;
/// Any of the three bits that let somebody execute a file.
const EXECUTE_BITS: u32 = 0o111;

/// Says what keeps the program from being run, and what to do about it.
pub(crate) fn check(node: &NodeCommand) -> Result<(), BadArguments> {
    let program = &node.program;
    let shown = program.display();
    let bad = |problem: String| Err(BadArguments(problem));
    let metadata = match fs::metadata(program) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return bad(format!(
                "the node {shown} does not exist: build it first, or correct {}",
                origin(node)
            ));
        }
        Err(error) => return bad(format!("the node {shown} cannot be looked at: {error}")),
    };
    if metadata.is_dir() {
        return bad(format!("the node {shown} is a folder: name the program in it"));
    }
    if !metadata.is_file() {
        return bad(format!("the node {shown} is not a file"));
    }
    if metadata.permissions().mode() & EXECUTE_BITS == 0 {
        return bad(format!("the node {shown} is not executable: run chmod +x {shown}"));
    }
    check_interpreter(program)
}

/// What the user has to correct.
fn origin(node: &NodeCommand) -> &'static str {
    if node.build.is_some() { "bin in glomers.toml" } else { "--bin" }
}

/// A script's interpreter must exist: the kernel would only say that the script does not.
fn check_interpreter(program: &Path) -> Result<(), BadArguments> {
    let mut start = Vec::new();
    let read =
        File::open(program).and_then(|file| file.take(SCRIPT_LINE_BYTES).read_to_end(&mut start));
    // An executable that may not be read can still be run.
    if read.is_err() || !start.starts_with(b"#!") {
        return Ok(());
    }
    let line = start[2..].split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    if line.ends_with('\r') {
        return Err(BadArguments(format!(
            "the first line of {} ends with a carriage return, which becomes part of the \
             interpreter's name: save the file with Unix line ends",
            program.display()
        )));
    }
    let mut words = line.split_whitespace();
    let interpreter = words.next().unwrap_or_default();
    if !Path::new(interpreter).exists() {
        return Err(missing(program, interpreter));
    }
    if Path::new(interpreter).file_name().is_some_and(|name| name == "env") {
        let name = words.find(|word| !word.starts_with('-') && !word.contains('='));
        if let Some(name) = name
            && find_on_path(name).is_none()
        {
            return Err(missing(program, name));
        }
    }
    Ok(())
}

fn missing(program: &Path, interpreter: &str) -> BadArguments {
    BadArguments(format!(
        "{} needs {interpreter}, which is not installed: install it, or correct the script's \
         first line",
        program.display()
    ))
}

fn find_on_path(name: &str) -> Option<PathBuf> {
    if name.contains('/') {
        return Some(PathBuf::from(name)).filter(|path| path.exists());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}
