//! Recognizes command lines that are written as for a shell: a program and its arguments in one
//! string, an interpreter from the `PATH`, arguments that are relative paths.

use crate::node_command::{NodeCommand, Origin};
use glomers_config::nearest;
use glomers_maelstrom::{find_on_path, is_executable};
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// A common name of a learner's program, and the name of JavaScript's interpreter.
const OWN_NAME: &str = "node";
/// Programs that run another program, named by an argument.
const INTERPRETERS: &[&str] = &[
    "python", "python3", "python2", "pypy3", "node", "nodejs", "deno", "bun", "ruby", "java",
    "perl", "php", "lua", "sh", "bash", "zsh", "dash", "elixir", "escript", "dotnet", "bb",
    "clojure", "racket", "julia", "env",
];

/// Whether an installed program is an interpreter, which runs a program that an argument names.
fn is_interpreter(program: &Path) -> bool {
    let name = program.file_name().unwrap_or_default().to_string_lossy();
    // python3.12 is python3.
    let plain = name.split('.').next().unwrap_or_default();
    let folder = program.parent().and_then(Path::file_name).unwrap_or_default();
    let is_installed =
        folder == "bin" || folder == "shims" || on_path(&name).as_deref() == Some(program);
    is_installed && INTERPRETERS.contains(&plain)
}

fn on_path(name: &str) -> Option<PathBuf> {
    find_on_path(name, std::env::var_os("PATH").as_deref())
}

/// A command line, and where the user wrote it.
struct Written<'a> {
    node: &'a NodeCommand,
    /// The folder that its paths are relative to.
    folder: PathBuf,
}

impl<'a> Written<'a> {
    fn of(node: &'a NodeCommand) -> Self {
        let here = std::env::current_dir().unwrap_or_default();
        Self { node, folder: node.folder.clone().unwrap_or(here) }
    }

    /// The program as it was typed, as far as that can be reconstructed.
    fn program(&self) -> &Path {
        self.node.program.strip_prefix(&self.folder).unwrap_or(&self.node.program)
    }

    /// The argument with absolute paths, if it names files relative to that folder: on its own,
    /// after a flag and `=`, or in a list with colons.
    fn with_whole_paths(&self, argument: &str) -> Option<String> {
        let (flag, value) = match argument.split_once('=') {
            Some((flag, value)) if flag.starts_with('-') => (format!("{flag}="), value),
            _ => (String::new(), argument),
        };
        let is_relative = |path: &str| {
            // A dot is a folder to an interpreter; to most other programs it is not a path.
            let is_name = !matches!(path, "." | "..") || is_interpreter(&self.node.program);
            !path.is_empty()
                && is_name
                && Path::new(path).is_relative()
                && self.folder.join(path).exists()
        };
        if is_relative(value) {
            return Some(flag + &self.folder.join(value).display().to_string());
        }
        let parts = || value.split(':');
        if !parts().any(is_relative) {
            return None;
        }
        let whole = |path: &str| {
            let path = if is_relative(path) { self.folder.join(path) } else { path.into() };
            path.display().to_string()
        };
        Some(flag + &parts().map(whole).collect::<Vec<_>>().join(":"))
    }

    /// The index of Python's `-m` before a module in that folder, and the module's file.
    fn module(&self, program: &Path, arguments: &[String]) -> Option<(usize, PathBuf)> {
        let name = program.file_name()?.to_string_lossy();
        let flag = arguments.iter().position(|argument| argument == "-m")?;
        let module = self.folder.join(arguments.get(flag + 1)?.replace('.', "/"));
        let file = module.with_extension("py");
        let is_python = name.starts_with("python") || name.starts_with("pypy");
        let found = if file.is_file() {
            file
        } else if module.join("__main__.py").is_file() {
            module
        } else {
            return None;
        };
        is_python.then_some((flag, found))
    }

    /// The program and these arguments, written so that they work in any folder.
    fn spelled(&self, program: &Path, arguments: &[String]) -> String {
        let mut arguments = arguments.to_vec();
        if let Some((flag, file)) = self.module(program, &arguments) {
            arguments.splice(flag..flag + 2, [file.display().to_string()]);
        }
        let arguments: Vec<String> = arguments
            .iter()
            .map(|argument| self.with_whole_paths(argument).unwrap_or_else(|| argument.clone()))
            .collect();
        match self.node.origin {
            Origin::File => {
                format!("bin = {:?} and args = {arguments:?}", program.display().to_string())
            }
            Origin::Flag | Origin::Own => {
                let quoted = |word: &String| {
                    shlex::try_quote(word).map_or_else(|_| word.clone(), Cow::into_owned)
                };
                let words: Vec<String> = arguments.iter().map(quoted).collect();
                format!("--bin {} -- {}", program.display(), words.join(" "))
            }
        }
    }
}

/// What was meant by a program that does not exist, as the end of a sentence; `None` if there is
/// no guess.
pub(super) fn meant(node: &NodeCommand) -> Option<String> {
    let written = Written::of(node);
    let typed = written.program().to_string_lossy().into_owned();
    if typed.starts_with("~/") {
        return Some(
            "the shell did not replace the ~: write --bin ~/..., without = and quotes".into(),
        );
    }
    let find = |name: &str| {
        let found = on_path(name).filter(|_| !name.contains('/'));
        found.or_else(|| {
            let file = written.folder.join(name);
            is_executable(&file).then_some(file)
        })
    };
    // A program and its arguments in one string.
    let words = shlex::split(&typed).unwrap_or_default();
    if let [first, rest @ ..] = words.as_slice()
        && !rest.is_empty()
        && let Some(program) = find(first)
    {
        let arguments: Vec<String> = rest.iter().chain(&node.args).cloned().collect();
        let spelled = written.spelled(&program, &arguments);
        return Some(format!("a program and its arguments are written apart: {spelled}"));
    }
    if let [first, _, ..] = words.as_slice()
        && !first.contains('/')
    {
        return Some(format!(
            "it is taken for one file with spaces in its name; if {first} is the program, it is not \
             on the PATH: install it, and write its arguments apart, behind --"
        ));
    }
    // A name on the `PATH`; but `node` without arguments is the user's program, not built yet.
    let is_own_node = typed == OWN_NAME && node.args.is_empty();
    if let Some(program) = find(&typed).filter(|_| !is_own_node) {
        if node.args.is_empty() && is_interpreter(&program) {
            return Some(format!(
                "{typed} is {}, and runs no node by itself: name your own program",
                program.display()
            ));
        }
        let spelled = written.spelled(&program, &node.args);
        let spelled = spelled.trim_end_matches(" -- ");
        return Some(format!("{typed} is looked for in this folder only: write {spelled}"));
    }
    if INTERPRETERS.contains(&typed.as_str()) && !is_own_node {
        return Some(format!("it is not on the PATH either: install {typed}, or correct its name"));
    }
    let folder = node.program.parent()?;
    let name = node.program.file_name()?.to_string_lossy().into_owned();
    let entries = std::fs::read_dir(folder).ok()?;
    let names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let near = nearest(&name, names.iter().map(String::as_str).filter(|it| *it != name))?;
    Some(format!("did you mean {}?", folder.join(near).display()))
}

/// What keeps an existing program from running the node that its arguments name.
pub(super) fn problem(node: &NodeCommand) -> Option<String> {
    if !is_interpreter(&node.program) || node.hosted.is_some() {
        return None;
    }
    let has_script = node.args.iter().any(|argument| {
        let ending = Path::new(argument).extension().unwrap_or_default();
        ["js", "mjs", "cjs", "ts"].iter().any(|known| ending == *known)
    });
    // A learner's own program may have this name.
    if node.program.ends_with(OWN_NAME) && !has_script {
        return None;
    }
    let written = Written::of(node);
    let shown = node.program.display();
    let is_option = |argument: &&String| argument.starts_with('-');
    if node.args.iter().all(|argument| is_option(&argument)) && node.args.len() < 2 {
        return Some(format!(
            "{shown} runs no node by itself: name your program behind --, with its whole path, or \
             give it a first line such as #!/usr/bin/env python3 and name it with --bin"
        ));
    }
    if let Some((flag, _)) = written.module(&node.program, &node.args) {
        return Some(format!(
            "the module {} is here, but every node runs in a private folder, where Python does not \
             find it: write {}",
            node.args[flag + 1],
            written.spelled(&node.program, &node.args)
        ));
    }
    let relative =
        node.args.iter().find(|argument| written.with_whole_paths(argument).is_some())?;
    Some(format!(
        "{relative} is here, but every node runs in a private folder, where it is not: write {}",
        written.spelled(&node.program, &node.args)
    ))
}

/// Notes on arguments that name files in this folder, and may be meant as paths.
pub(super) fn notes(node: &NodeCommand) -> Vec<String> {
    if node.hosted.is_some() {
        return Vec::new();
    }
    let written = Written::of(node);
    let shown = |argument: &String| {
        let whole = written.with_whole_paths(argument)?;
        Some(format!(
            "the argument {argument} is also a file here, but every node runs in a folder of its \
             own: if that file is meant, write {whole}"
        ))
    };
    node.args.iter().filter_map(shown).collect()
}
