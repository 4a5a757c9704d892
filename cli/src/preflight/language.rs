//! Recognizes the language of a source file, and how to run it as a program.

use std::path::Path;

/// What has to be done with a source file before it can be a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// This interpreter runs it, if the `#!` line names it.
    Interpreted(&'static str),
    /// This command compiles it.
    Compiled(&'static str),
    /// It runs in a JVM, with these arguments of `java`.
    Java(&'static str),
    /// Data, not a program.
    Data,
}

/// Languages by file extension.
const LANGUAGES: &[(&str, Language)] = &[
    ("py", Language::Interpreted("python3")),
    ("js", Language::Interpreted("node")),
    ("mjs", Language::Interpreted("node")),
    ("cjs", Language::Interpreted("node")),
    ("ts", Language::Interpreted("deno")),
    ("rb", Language::Interpreted("ruby")),
    ("pl", Language::Interpreted("perl")),
    ("php", Language::Interpreted("php")),
    ("lua", Language::Interpreted("lua")),
    ("sh", Language::Interpreted("sh")),
    ("bash", Language::Interpreted("bash")),
    ("exs", Language::Interpreted("elixir")),
    ("ex", Language::Interpreted("elixir")),
    ("erl", Language::Interpreted("escript")),
    ("clj", Language::Interpreted("bb")),
    ("jl", Language::Interpreted("julia")),
    ("rkt", Language::Interpreted("racket")),
    ("go", Language::Compiled("go build -o node .")),
    ("rs", Language::Compiled("cargo build --release")),
    ("c", Language::Compiled("cc -o node FILE")),
    ("cc", Language::Compiled("c++ -o node FILE")),
    ("cpp", Language::Compiled("c++ -o node FILE")),
    ("zig", Language::Compiled("zig build-exe FILE")),
    ("hs", Language::Compiled("ghc -o node FILE")),
    ("ml", Language::Compiled("ocamlfind ocamlopt -o node FILE")),
    ("swift", Language::Compiled("swiftc -o node FILE")),
    ("nim", Language::Compiled("nim c -o:node FILE")),
    ("cs", Language::Compiled("dotnet publish")),
    ("java", Language::Java("FILE")),
    ("jar", Language::Java("-jar FILE")),
    ("class", Language::Java("-cp FOLDER CLASS")),
    ("txt", Language::Data),
    ("md", Language::Data),
    ("json", Language::Data),
    ("toml", Language::Data),
    ("yaml", Language::Data),
    ("yml", Language::Data),
    ("edn", Language::Data),
    ("log", Language::Data),
];

impl Language {
    /// The language of a file, by its name, else by the start of its text; `None` if unknown.
    pub(super) fn of(file: &Path, start: &str) -> Option<Self> {
        let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let by_name = ending.and_then(|ending| {
            LANGUAGES.iter().find(|(known, _)| *known == ending).map(|(_, language)| *language)
        });
        by_name.or_else(|| Self::of_text(start))
    }

    /// The language of a text, by the first line with a keyword that only one language has.
    fn of_text(start: &str) -> Option<Self> {
        start.lines().map(str::trim).find_map(|line| {
            let has = |beginnings: &[&str]| beginnings.iter().any(|it| line.starts_with(it));
            if has(&["package main"]) {
                Some(Self::Compiled("go build -o node ."))
            } else if has(&["#include"]) {
                Some(Self::Compiled("cc -o node FILE"))
            } else if has(&["use std::", "fn main(", "use serde"]) {
                Some(Self::Compiled("cargo build --release"))
            } else if has(&["const ", "let ", "var ", "'use strict'", "\"use strict\""])
                || (has(&["import "]) && line.contains(" from "))
            {
                Some(Self::Interpreted("node"))
            } else if has(&["require '", "require \"", "require_relative "]) {
                Some(Self::Interpreted("ruby"))
            } else if has(&["import java", "public class"]) {
                Some(Self::Java("FILE"))
            } else if has(&["def ", "class ", "async def ", "\"\"\""])
                || (has(&["import "]) && !line.contains(';') && !line.contains('"'))
                || (has(&["from "]) && line.contains(" import "))
            {
                Some(Self::Interpreted("python3"))
            } else {
                None
            }
        })
    }

    /// How to make a node of that file, as the end of a sentence.
    pub(super) fn remedy(self, file: &Path) -> String {
        let shown = file.display().to_string();
        match self {
            Self::Interpreted(interpreter) => format!(
                "write #!/usr/bin/env {interpreter} as its first line, and run chmod +x {shown}"
            ),
            Self::Compiled(command) => format!(
                "build a program of it (such as `{}`) and name that, or put `build` and `bin` into \
                 glomers.toml",
                command.replace("FILE", &shown)
            ),
            Self::Java(command) => {
                let folder = file.parent().unwrap_or(Path::new("/")).display().to_string();
                let class = file.file_stem().unwrap_or_default().to_string_lossy();
                let command = command.replace("FILE", &shown).replace("FOLDER", &folder);
                format!(
                    "name a script that holds the two lines `#!/bin/sh` and `exec java {}`",
                    command.replace("CLASS", &class)
                )
            }
            Self::Data => "name a program".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_by_its_ending_or_its_first_words() {
        let python = Some(Language::Interpreted("python3"));
        let node = Some(Language::Interpreted("node"));
        for (name, text, expected) in [
            ("node.py", "", python),
            ("NODE.PY", "", python),
            ("node", "import sys, json\n", python),
            ("node", "# a node\nfrom json import loads\n", python),
            ("node", "const fs = require('fs');\n", node),
            ("node", "import { x } from 'y'\n", node),
            ("node", "require 'json'\n", Some(Language::Interpreted("ruby"))),
            ("main.go", "", Some(Language::Compiled("go build -o node ."))),
            ("node", "package main\n", Some(Language::Compiled("go build -o node ."))),
            ("node.jar", "PK", Some(Language::Java("-jar FILE"))),
            ("notes.txt", "hello", Some(Language::Data)),
            ("node", "exec python3 node.py\n", None),
            ("node", "cd /x && ./run\n", None),
        ] {
            assert_eq!(Language::of(Path::new(name), text), expected, "{name} {text}");
        }
    }

    #[test]
    fn every_language_says_what_to_do() {
        let remedy = |name: &str| {
            let file = Path::new("/x").join(name);
            Language::of(&file, "").unwrap().remedy(&file)
        };
        assert_eq!(
            remedy("n.py"),
            "write #!/usr/bin/env python3 as its first line, and run chmod +x /x/n.py"
        );
        assert!(remedy("n.c").contains("`cc -o node /x/n.c`"));
        assert!(remedy("N.class").ends_with("`exec java -cp /x N`"), "{}", remedy("N.class"));
        assert!(remedy("n.jar").ends_with("`exec java -jar /x/n.jar`"));
    }
}
