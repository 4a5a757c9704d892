//! Checks the `#!` line of a script: if it is wrong, the kernel only reports that the script does
//! not exist.

use crate::failure::BadArguments;
use glomers_config::nearest;
use glomers_maelstrom::find_on_path;
use std::path::Path;

/// The first bytes of a script.
const MARK: &str = "#!";
/// Byte order mark, which some editors write before the `#!`, so that the kernel ignores it.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Why the kernel ignores the `#!` line of the text, if it has one that is ignored.
pub(super) fn hidden_mark(start: &str) -> Option<&'static str> {
    if let Some(rest) = start.strip_prefix(BYTE_ORDER_MARK) {
        return rest.trim_start().starts_with(MARK).then_some("a byte order mark stands before it");
    }
    let is_hidden = !start.starts_with(MARK) && start.trim_start().starts_with(MARK);
    is_hidden.then_some("it must be the first two bytes of the file")
}

/// Checks the line that names the interpreter of a script.
pub(super) fn check(program: &Path, start: &[u8]) -> Result<(), BadArguments> {
    let line = start[MARK.len()..].split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let shown = program.display();
    let bad = |problem: String| Err(BadArguments(problem));
    if line.contains('\r') {
        return bad(format!(
            "the first line of {shown} ends with a carriage return, which becomes part of the \
             interpreter's name: save the file with Unix line ends (sed -i 's/\\r$//' {shown})"
        ));
    }
    let mut words = line.split_whitespace();
    let interpreter = words.next().unwrap_or_default();
    if interpreter.is_empty() {
        return bad(format!(
            "the first line of {shown} names no interpreter: write one behind the #!, such as \
             /bin/sh"
        ));
    }
    if Path::new(interpreter).is_relative() {
        return Err(relative(program, interpreter));
    }
    if !Path::new(interpreter).exists() {
        return Err(missing(program, interpreter));
    }
    if Path::new(interpreter).file_name().is_some_and(|name| name == "env") {
        let words: Vec<&str> = words.collect();
        check_env(program, &words)?;
    }
    Ok(())
}

/// Checks the program that `env` runs.
fn check_env(program: &Path, words: &[&str]) -> Result<(), BadArguments> {
    let splits =
        words.first().is_some_and(|word| word.starts_with("-S") || word.starts_with("-vS"));
    // Other kernels split the line into words.
    if cfg!(target_os = "linux") && words.len() > 1 && !splits {
        let text = format!(
            "the first line of {} gives env all of `{}` as one name: write #!/usr/bin/env -S {}",
            program.display(),
            words.join(" "),
            words.join(" ")
        );
        return Err(BadArguments(text));
    }
    let name = words.iter().map(|word| word.trim_start_matches("-S"));
    let name = name
        .into_iter()
        .find(|word| !word.is_empty() && !word.starts_with('-') && !word.contains('='));
    let Some(name) = name else { return Ok(()) };
    if name.contains('/') && Path::new(name).is_relative() {
        return Err(relative(program, name));
    }
    let is_there = if name.contains('/') {
        Path::new(name).exists()
    } else {
        find_on_path(name, std::env::var_os("PATH").as_deref()).is_some()
    };
    if is_there { Ok(()) } else { Err(missing(program, name)) }
}

/// Alternative names of interpreters that are often confused.
const RELATED: &[&[&str]] = &[
    &["python", "python3", "python2", "py", "pypy3"],
    &["node", "nodejs", "bun", "deno"],
    &["bash", "sh", "zsh", "dash"],
];

fn missing(program: &Path, interpreter: &str) -> BadArguments {
    let path = std::env::var_os("PATH");
    let name = Path::new(interpreter).file_name().unwrap_or_default().to_string_lossy();
    let related = RELATED.iter().find(|names| names.contains(&name.as_ref()));
    let known = RELATED.iter().copied().flatten().copied();
    let near = nearest(&name, known.filter(|known| *known != name));
    let candidates =
        std::iter::once(name.as_ref()).chain(related.copied().into_iter().flatten().copied());
    let found = candidates.chain(near).find(|name| find_on_path(name, path.as_deref()).is_some());
    let hint = found.map_or_else(String::new, |name| {
        format!(" (there is {name}: write #!/usr/bin/env {name})")
    });
    BadArguments(format!(
        "{} needs {interpreter}, which is not installed: install it, or correct the script's \
         first line{hint}",
        program.display()
    ))
}

fn relative(program: &Path, interpreter: &str) -> BadArguments {
    BadArguments(format!(
        "{} needs {interpreter}, a relative path, but every node runs in a private folder: \
         write the whole path in the script's first line, or #!/usr/bin/env and a name",
        program.display()
    ))
}
