//! The languages in which a node can be begun, and which of them a folder suggests.

use super::Template;
use clap::ValueEnum;
use glomers_maelstrom::find_on_path;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// A language in which a node can be begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// One file, with an interpreter.
    Python,
    /// One file and a go.mod, without dependencies.
    Go,
    /// A crate that depends on `serde_json`.
    Rust,
    /// One file, for Node.js.
    Javascript,
    /// One class, and another one that reads JSON.
    Java,
}

/// A language, and why it was chosen.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Guess {
    pub(crate) language: Language,
    pub(crate) reason: String,
}

/// Files that show the language of a project, the surest first.
const MANIFESTS: &[(&str, Language)] = &[
    ("go.mod", Language::Go),
    ("Cargo.toml", Language::Rust),
    ("package.json", Language::Javascript),
    ("pom.xml", Language::Java),
    ("build.gradle", Language::Java),
    ("build.gradle.kts", Language::Java),
    ("pyproject.toml", Language::Python),
];

/// Endings of source files.
const ENDINGS: &[(&str, Language)] = &[
    ("go", Language::Go),
    ("rs", Language::Rust),
    ("java", Language::Java),
    ("js", Language::Javascript),
    ("mjs", Language::Javascript),
    ("py", Language::Python),
];

macro_rules! template {
    ($path:literal from $source:literal, $what:literal) => {
        Template {
            path: $path,
            what: $what,
            text: include_str!(concat!("templates/", $source)),
            is_program: false,
            is_replaceable: false,
        }
    };
    (replaceable $path:literal from $source:literal, $what:literal) => {
        Template { is_replaceable: true, ..template!($path from $source, $what) }
    };
    (program $path:literal from $source:literal, $what:literal) => {
        Template { is_program: true, ..template!($path from $source, $what) }
    };
}

const PYTHON: &[Template] = &[
    template!(program "node.py" from "python/node.py", "the node"),
    template!(replaceable ".gitignore" from "python/gitignore.txt", "what is not to be committed"),
    template!("glomers.toml" from "python/glomers.toml", "which program `glomers run` starts"),
];
const GO: &[Template] = &[
    template!("main.go" from "go/main.go", "the node"),
    template!(replaceable "go.mod" from "go/module.txt", "its module, without dependencies"),
    template!(replaceable ".gitignore" from "go/gitignore.txt", "what is not to be committed"),
    template!("glomers.toml" from "go/glomers.toml", "how `glomers run` builds and starts it"),
];
const RUST: &[Template] = &[
    template!("src/main.rs" from "rust/main.rs", "the node"),
    template!("Cargo.toml" from "rust/manifest.toml", "its crate, with serde_json"),
    template!(replaceable ".gitignore" from "rust/gitignore.txt", "what is not to be committed"),
    template!("glomers.toml" from "rust/glomers.toml", "how `glomers run` builds and starts it"),
];
const JAVASCRIPT: &[Template] = &[
    template!(program "node.mjs" from "javascript/node.mjs", "the node"),
    template!(replaceable ".gitignore" from "javascript/gitignore.txt", "what is not to be committed"),
    template!("glomers.toml" from "javascript/glomers.toml", "which program `glomers run` starts"),
];
const JAVA: &[Template] = &[
    template!("Node.java" from "java/Node.java", "the node"),
    template!("Json.java" from "java/Json.java", "JSON, which Java's standard library lacks"),
    template!(program "node.sh" from "java/node.sh", "starts the node with java"),
    template!(replaceable ".gitignore" from "java/gitignore.txt", "what is not to be committed"),
    template!("glomers.toml" from "java/glomers.toml", "how `glomers run` builds and starts it"),
];

impl Language {
    /// The name, as `--lang` takes it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Go => "go",
            Self::Rust => "rust",
            Self::Javascript => "javascript",
            Self::Java => "java",
        }
    }

    /// Its files, the node first.
    pub(crate) fn templates(self) -> &'static [Template] {
        match self {
            Self::Python => PYTHON,
            Self::Go => GO,
            Self::Rust => RUST,
            Self::Javascript => JAVASCRIPT,
            Self::Java => JAVA,
        }
    }

    /// The program without which its node cannot be built or started.
    pub(crate) fn tool(self) -> &'static str {
        match self {
            Self::Python => "python3",
            Self::Go => "go",
            Self::Rust => "cargo",
            Self::Javascript => "node",
            Self::Java => "javac",
        }
    }

    /// The language of a source file, by the ending of its name.
    pub(crate) fn of_file(path: &Path) -> Option<Self> {
        let ending = path.extension()?;
        ENDINGS.iter().find(|(known, _)| *known == ending).map(|(_, language)| *language)
    }

    /// The language that the files of a folder suggest, else the first whose tool is on the `PATH`.
    pub(crate) fn guess(folder: &Path, path: Option<&OsStr>) -> Option<Guess> {
        let found = |language, file: &str| Guess { language, reason: format!("for {file}") };
        let manifest = MANIFESTS.iter().find(|(file, _)| folder.join(file).is_file());
        if let Some((file, language)) = manifest {
            return Some(found(*language, file));
        }
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        // A folder may have any name.
        let files = entries.filter(|entry| entry.path().is_file());
        let mut names: Vec<_> = files.map(|entry| entry.file_name()).collect();
        names.sort();
        if let Some((name, language)) =
            names.iter().find_map(|name| Some((name, Self::of_file(Path::new(name))?)))
        {
            return Some(found(language, &name.to_string_lossy()));
        }
        let installed =
            Self::value_variants().iter().find(|it| find_on_path(it.tool(), path).is_some());
        installed.map(|language| Guess {
            language: *language,
            reason: format!("since {} is installed", language.tool()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_folder_suggests_its_language() {
        for (files, expected) in [
            (&["main.py", "go.mod"][..], Some((Language::Go, "for go.mod"))),
            (&["Cargo.toml"], Some((Language::Rust, "for Cargo.toml"))),
            (&["a.txt", "b.mjs", "c.py"], Some((Language::Javascript, "for b.mjs"))),
            (&["Main.java"], Some((Language::Java, "for Main.java"))),
            (&["notes.md"], None),
            (&[], None),
        ] {
            let folder = tempfile::tempdir().unwrap();
            for file in files {
                fs::write(folder.path().join(file), "").unwrap();
            }
            let guess = Language::guess(folder.path(), None);
            let guess = guess.as_ref().map(|guess| (guess.language, guess.reason.as_str()));
            assert_eq!(guess, expected, "{files:?}");
        }
    }

    #[test]
    fn an_empty_folder_gets_what_is_installed() {
        let folder = tempfile::tempdir().unwrap();
        for tool in ["node", "go"] {
            let program = folder.path().join(tool);
            fs::write(&program, "").unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let none = Path::new("/does/not/exist");
        let guess = Language::guess(none, Some(folder.path().as_os_str())).unwrap();
        assert_eq!(
            (guess.language, guess.reason.as_str()),
            (Language::Go, "since go is installed")
        );
    }

    #[test]
    fn the_name_is_what_the_flag_takes() {
        for language in Language::value_variants() {
            assert_eq!(Language::from_str(language.name(), false), Ok(*language));
            let last = language.templates().last().map(|template| template.path);
            assert_eq!(last, Some("glomers.toml"));
        }
    }
}
