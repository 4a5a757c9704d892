//! Finds Maelstrom, and its version, without starting it.

use crate::jar;
use crate::probe::{find_on_path, is_executable};
use directories::ProjectDirs;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The environment variable with the path of Maelstrom.
const HOME_VARIABLE: &str = "MAELSTROM_HOME";
/// File name of the launcher script.
pub(crate) const SCRIPT: &str = "maelstrom";
/// Path of the jar, relative to the script's folder.
pub(crate) const JAR: &str = "lib/maelstrom.jar";

/// What is executed to run Maelstrom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Launcher {
    /// The script, or any program that takes its arguments.
    Script(PathBuf),
    /// The jar, with `java`.
    Jar(PathBuf),
}

impl Launcher {
    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Script(path) | Self::Jar(path) => path,
        }
    }
}

/// Where the path was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// `--maelstrom`.
    Flag,
    /// `MAELSTROM_HOME`.
    Environment,
    /// `glomers.toml`.
    File,
    /// The folder of `glomers install maelstrom`.
    Installed,
    /// The `PATH`.
    Path,
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Flag => "--maelstrom",
            Self::Environment => HOME_VARIABLE,
            Self::File => "glomers.toml",
            Self::Installed => "glomers install",
            Self::Path => "PATH",
        })
    }
}

/// A Maelstrom that can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// What is executed, as an absolute path.
    pub launcher: Launcher,
    /// The jar itself, or the one next to the script.
    pub jar: Option<PathBuf>,
    /// Its version, if the jar contains it.
    pub version: Option<String>,
    /// Where the path was named.
    pub origin: Origin,
}

/// The locations that are searched, in this order.
#[derive(Debug, Clone, Default)]
pub struct SearchPaths {
    /// The value of `--maelstrom`.
    pub flag: Option<PathBuf>,
    /// The value of `MAELSTROM_HOME`.
    pub environment: Option<PathBuf>,
    /// The path in `glomers.toml`.
    pub file: Option<PathBuf>,
    /// The folder of `glomers install`.
    pub install_folder: Option<PathBuf>,
    /// The folders of `PATH`.
    pub path: Option<OsString>,
}

/// A named path without Maelstrom.
#[derive(Debug, thiserror::Error)]
pub enum InstallationError {
    /// The path does not exist.
    #[error("{origin} names {}, which does not exist: name the script, its folder, or the jar", .path.display())]
    Missing {
        /// Where the path was named.
        origin: Origin,
        /// The path.
        path: PathBuf,
    },
    /// A folder that does not contain Maelstrom.
    #[error(
        "{origin} names the folder {}, which holds neither {SCRIPT} nor {JAR}: name the folder \
         that the release archive unpacks to",
        .path.display()
    )]
    NotInFolder {
        /// Where the path was named.
        origin: Origin,
        /// The path.
        path: PathBuf,
    },
    /// A file that cannot be Maelstrom.
    #[error(
        "{origin} names {}, which is not executable: name the script that starts Maelstrom, or its \
         jar (the source code alone cannot be run)",
        .path.display()
    )]
    NotExecutable {
        /// Where the path was named.
        origin: Origin,
        /// The path.
        path: PathBuf,
    },
    /// A file with the name of a jar that is not a jar.
    #[error("{origin} leads to {}, which is not a jar", .path.display())]
    BadJar {
        /// Where the path was named.
        origin: Origin,
        /// The path.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

impl SearchPaths {
    /// The locations from this process's environment: `MAELSTROM_HOME`, the install folder, and
    /// `PATH`. Empty variables are ignored.
    #[must_use]
    pub fn of_environment() -> Self {
        Self {
            environment: std::env::var_os(HOME_VARIABLE)
                .filter(|home| !home.is_empty())
                .map(PathBuf::from),
            install_folder: install_folder(),
            path: std::env::var_os("PATH"),
            ..Self::default()
        }
    }
}

/// The folder of `glomers install maelstrom`, in the user's data folder; `None` for a user without
/// a home.
#[must_use]
pub fn install_folder() -> Option<PathBuf> {
    Some(ProjectDirs::from("", "", "glomers")?.data_dir().join("maelstrom"))
}

/// The first Maelstrom at these locations; `None` if none is named or installed.
///
/// A location that the user named must contain Maelstrom: to continue with the next would run
/// another one than requested.
pub fn find(positions: &SearchPaths) -> Result<Option<Installation>, InstallationError> {
    let named = [
        (&positions.flag, Origin::Flag),
        (&positions.environment, Origin::Environment),
        (&positions.file, Origin::File),
    ];
    for (path, origin) in named {
        if let Some(path) = path {
            return open(path, origin).map(Some);
        }
    }
    if let Some(folder) = &positions.install_folder
        && launcher_in(folder).is_some()
    {
        return open(folder, Origin::Installed).map(Some);
    }
    match find_on_path(SCRIPT, positions.path.as_deref()) {
        Some(script) => open(&script, Origin::Path).map(Some),
        None => Ok(None),
    }
}

/// The Maelstrom at this path.
fn open(path: &Path, origin: Origin) -> Result<Installation, InstallationError> {
    let position = || path.to_owned();
    let absolute = std::path::absolute(path)
        .ok()
        .filter(|path| path.exists())
        .ok_or_else(|| InstallationError::Missing { origin, path: position() })?;
    let launcher = if absolute.is_dir() {
        launcher_in(&absolute)
            .ok_or_else(|| InstallationError::NotInFolder { origin, path: position() })?
    } else if absolute.extension().is_some_and(|extension| extension == "jar") {
        Launcher::Jar(absolute)
    } else if is_executable(&absolute) {
        Launcher::Script(absolute)
    } else {
        return Err(InstallationError::NotExecutable { origin, path: position() });
    };
    let jar = match &launcher {
        Launcher::Jar(jar) => Some(jar.clone()),
        // A wrapper script may start any Maelstrom: without a jar next to it, little is known.
        Launcher::Script(script) => std::fs::canonicalize(script)
            .ok()
            .and_then(|script| Some(script.parent()?.join(JAR)))
            .filter(|jar| jar.is_file()),
    };
    let version = match &jar {
        Some(jar) => jar::version(jar).map_err(|source| InstallationError::BadJar {
            origin,
            path: jar.clone(),
            source,
        })?,
        None => None,
    };
    Ok(Installation { launcher, jar, version, origin })
}

/// The launcher script in a folder, or else the jar.
fn launcher_in(folder: &Path) -> Option<Launcher> {
    let script = folder.join(SCRIPT);
    if is_executable(&script) {
        return Some(Launcher::Script(script));
    }
    let jars = [folder.join(JAR), folder.join("maelstrom.jar")];
    jars.into_iter().find(|jar| jar.is_file()).map(Launcher::Jar)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, File, Permissions};
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;
    use zip::write::SimpleFileOptions;

    /// Creates a folder like that of the release archive; without `version`, the jar has none.
    fn install(folder: &Path, version: Option<&str>) {
        fs::create_dir_all(folder.join("lib")).unwrap();
        let script = folder.join(SCRIPT);
        fs::write(&script, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&script, Permissions::from_mode(0o755)).unwrap();
        let mut jar = zip::ZipWriter::new(File::create(folder.join(JAR)).unwrap());
        let name = match version {
            Some(_) => "META-INF/maven/maelstrom/maelstrom/pom.properties",
            None => "maelstrom/core.clj",
        };
        jar.start_file(name, SimpleFileOptions::default()).unwrap();
        writeln!(jar, "groupId=maelstrom\nversion={}\n", version.unwrap_or_default()).unwrap();
        jar.finish().unwrap();
    }

    fn found(positions: &SearchPaths) -> (PathBuf, Option<String>, Origin) {
        let found = find(positions).unwrap().unwrap();
        (found.launcher.path().to_owned(), found.version, found.origin)
    }

    #[test]
    fn the_first_place_that_names_one_wins() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| {
            let position = folder.path().join(name);
            install(&position, Some(name));
            Some(position)
        };
        let script = |name: &str| folder.path().join(name).join(SCRIPT);
        let mut positions = SearchPaths {
            flag: at("1"),
            environment: at("2"),
            file: at("3"),
            install_folder: at("4"),
            path: at("5").map(OsString::from),
        };
        let version = |text: &str| Some(text.to_owned());
        assert_eq!(found(&positions), (script("1"), version("1"), Origin::Flag));
        positions.flag = None;
        assert_eq!(found(&positions), (script("2"), version("2"), Origin::Environment));
        positions.environment = None;
        assert_eq!(found(&positions), (script("3"), version("3"), Origin::File));
        positions.file = None;
        assert_eq!(found(&positions), (script("4"), version("4"), Origin::Installed));
        positions.install_folder = Some(folder.path().join("nothing"));
        assert_eq!(found(&positions), (script("5"), version("5"), Origin::Path));
        positions.path = None;
        assert_eq!(find(&positions).unwrap(), None);
    }

    #[test]
    fn a_place_is_a_folder_a_script_or_a_jar() {
        let folder = tempfile::tempdir().unwrap();
        install(folder.path(), Some("0.2.4"));
        let at = |path: PathBuf| SearchPaths { flag: Some(path), ..SearchPaths::default() };
        let script = folder.path().join(SCRIPT);
        let jar = folder.path().join(JAR);
        let version = Some("0.2.4".to_owned());
        let positions = [folder.path().to_owned(), script.clone()];
        for position in positions {
            assert_eq!(found(&at(position)), (script.clone(), version.clone(), Origin::Flag));
        }
        let found_jar = find(&at(jar.clone())).unwrap().unwrap();
        assert_eq!(found_jar.launcher, Launcher::Jar(jar.clone()));
        fs::remove_file(&script).unwrap();
        assert_eq!(found(&at(folder.path().to_owned())), (jar, version, Origin::Flag));
    }

    #[test]
    fn a_link_on_the_path_leads_to_the_jar() {
        let folder = tempfile::tempdir().unwrap();
        install(&folder.path().join("opt"), Some("0.2.3"));
        let bin = folder.path().join("bin");
        fs::create_dir(&bin).unwrap();
        std::os::unix::fs::symlink(folder.path().join("opt").join(SCRIPT), bin.join(SCRIPT))
            .unwrap();
        let positions = SearchPaths { path: Some(bin.clone().into()), ..SearchPaths::default() };
        assert_eq!(found(&positions), (bin.join(SCRIPT), Some("0.2.3".into()), Origin::Path));
    }

    #[test]
    fn what_is_named_must_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let text = folder.path().join("maelstrom");
        let jar = folder.path().join("lib.jar");
        fs::write(&text, "(ns maelstrom.core)").unwrap();
        fs::write(&jar, "no zip").unwrap();
        let problem = |path: PathBuf| {
            // Another installation, which must not be used instead.
            install(&folder.path().join("installed"), None);
            let positions = SearchPaths {
                file: Some(path),
                install_folder: Some(folder.path().join("installed")),
                ..SearchPaths::default()
            };
            find(&positions).unwrap_err().to_string()
        };
        assert!(problem(folder.path().join("no")).starts_with("glomers.toml names "));
        assert!(problem(folder.path().to_owned()).contains("holds neither maelstrom nor lib/"));
        assert!(problem(text).contains("which is not executable"));
        assert!(problem(jar).ends_with("lib.jar, which is not a jar"));
    }

    #[test]
    fn a_jar_need_not_say_its_version() {
        let folder = tempfile::tempdir().unwrap();
        install(folder.path(), None);
        let positions = SearchPaths { flag: Some(folder.path().into()), ..SearchPaths::default() };
        assert_eq!(found(&positions).1, None);
    }
}
