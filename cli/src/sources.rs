//! The files of a folder from which a node is made: which of them changed?
//!
//! They are looked at again and again, since events of the system are limited in number, and do not come
//! from every kind of file system.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Folders that hold what was built or installed.
const BUILT_FOLDERS: &[&str] =
    &["target", "node_modules", "__pycache__", "classes", "build", "dist", "out"];
/// Ending of the copies that editors make.
const COPY: char = '~';
/// Maximum number of files and folders: a look at more of them takes too long, and more are no sources of one
/// node.
pub(crate) const MOST_FILES: usize = 100_000;

/// What shows that a file changed.
type Stamp = (Option<SystemTime>, u64);

/// Why the files could not be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unseen {
    /// A stop was requested meanwhile.
    Interrupted,
    /// There are more than [`MOST_FILES`].
    TooMany,
}

/// Says whether a stop was requested.
pub(crate) type Stop<'a> = &'a dyn Fn() -> bool;

/// The files of a folder, but for hidden ones and what is built or installed.
#[derive(Debug)]
pub(crate) struct Sources {
    root: PathBuf,
    /// Files and folders that are left out.
    ignored: BTreeSet<PathBuf>,
    most_files: usize,
    /// The files as they were when their changes were last asked for.
    known: BTreeMap<PathBuf, Stamp>,
    /// Files that the build writes, by what was seen of it.
    built: BTreeSet<PathBuf>,
    /// Files that were there before the last build, and changed during it: by the build, or by its user.
    touched: BTreeSet<PathBuf>,
}

impl Sources {
    /// The files of this folder.
    pub(crate) fn new(root: &Path, ignored: &[&Path], stop: Stop<'_>) -> Result<Self, Unseen> {
        let ignored = ignored.iter().map(|path| whole(path)).collect();
        let mut sources = Self {
            root: whole(root),
            ignored,
            most_files: MOST_FILES,
            known: BTreeMap::new(),
            built: BTreeSet::new(),
            touched: BTreeSet::new(),
        };
        sources.known = sources.scan(stop)?;
        Ok(sources)
    }

    /// The files that were changed, made or removed since the last call, relative to the folder.
    pub(crate) fn changes(&mut self, stop: Stop<'_>) -> Result<Vec<PathBuf>, Unseen> {
        let now = self.scan(stop)?;
        let changed = different(&self.known, &now);
        self.known = now;
        Ok(changed
            .iter()
            .map(|path| path.strip_prefix(&self.root).unwrap_or(path).to_owned())
            .collect())
    }

    /// From now on leaves out this file, whose path is relative to the folder.
    pub(crate) fn ignore(&mut self, path: &Path) {
        let path = self.root.join(path);
        self.known.remove(&path);
        self.ignored.insert(path);
    }

    /// Is called after a build. Files that it made, or that changed during two builds, are its output;
    /// a file that changed during this one only may have been saved by the user meanwhile, and remains
    /// to be reported as changed.
    pub(crate) fn after_build(&mut self, stop: Stop<'_>) {
        // The next look fails, too, and its failure is reported.
        let Ok(now) = self.scan(stop) else { return };
        let touched = std::mem::take(&mut self.touched);
        for path in different(&self.known, &now) {
            let is_new = !self.known.contains_key(&path);
            if is_new || touched.contains(&path) {
                self.built.insert(path.clone());
            }
            if !self.built.contains(&path) {
                self.touched.insert(path);
            } else if let Some(stamp) = now.get(&path) {
                self.known.insert(path, *stamp);
            } else {
                self.known.remove(&path);
            }
        }
    }

    fn scan(&self, stop: Stop<'_>) -> Result<BTreeMap<PathBuf, Stamp>, Unseen> {
        let mut found = BTreeMap::new();
        let mut seen = 0;
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            // A folder that was just removed, or cannot be read, has no sources.
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                if stop() {
                    return Err(Unseen::Interrupted);
                }
                seen += 1;
                if seen > self.most_files {
                    return Err(Unseen::TooMany);
                }
                let path = entry.path();
                let name = entry.file_name();
                let name = name.to_string_lossy();
                let is_left_out = name.starts_with('.') || name.ends_with(COPY);
                if is_left_out || self.ignored.contains(&path) {
                    continue;
                }
                // Links to folders are not followed: they may lead into a circle.
                let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
                if is_folder && !BUILT_FOLDERS.contains(&name.as_ref()) {
                    folders.push(path);
                } else if let Ok(file) = fs::metadata(&path)
                    && file.is_file()
                {
                    found.insert(path, (file.modified().ok(), file.len()));
                }
            }
        }
        Ok(found)
    }
}

/// The paths whose stamps differ.
fn different(
    before: &BTreeMap<PathBuf, Stamp>,
    now: &BTreeMap<PathBuf, Stamp>,
) -> BTreeSet<PathBuf> {
    let paths = before.keys().chain(now.keys());
    paths.filter(|path| before.get(*path) != now.get(*path)).cloned().collect()
}

/// The path without links and `..`, or as it is if it does not exist yet.
fn whole(path: &Path) -> PathBuf {
    if let Ok(whole) = path.canonicalize() {
        return whole;
    }
    // The parent of a plain name is the empty path.
    let Ok(path) = std::path::absolute(path) else { return path.to_owned() };
    let parent = path.parent().and_then(|parent| parent.canonicalize().ok());
    parent.zip(path.file_name()).map_or_else(|| path.clone(), |(folder, name)| folder.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GO_ON: Stop<'_> = &|| false;

    /// A folder, in which files change by their length.
    struct Folder(tempfile::TempDir);

    impl Folder {
        fn with(files: &[&str]) -> Self {
            let folder = Self(tempfile::tempdir().unwrap());
            for file in files {
                folder.grow(file);
            }
            folder
        }

        fn grow(&self, file: &str) {
            let path = self.0.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let text = fs::read_to_string(&path).unwrap_or_default() + "x";
            fs::write(path, text).unwrap();
        }

        fn sources(&self) -> Sources {
            let (store, program) = (self.0.path().join("store"), self.0.path().join("node"));
            Sources::new(self.0.path(), &[&store, &program], GO_ON).unwrap()
        }
    }

    fn paths(names: &[&str]) -> Vec<PathBuf> {
        names.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn files_are_changed_made_and_removed() {
        let folder = Folder::with(&["a.go", "sub/b.go", "c.go"]);
        let mut sources = folder.sources();
        assert_eq!(sources.changes(GO_ON), Ok(paths(&[])));
        folder.grow("sub/b.go");
        folder.grow("new/d.go");
        fs::remove_file(folder.0.path().join("c.go")).unwrap();
        assert_eq!(sources.changes(GO_ON), Ok(paths(&["c.go", "new/d.go", "sub/b.go"])));
        assert_eq!(sources.changes(GO_ON), Ok(paths(&[])));
    }

    #[test]
    fn what_is_no_source_is_left_out() {
        let folder = Folder::with(&[]);
        let mut sources = folder.sources();
        for file in [
            "store/latest/run.json",
            "node",
            ".git/index",
            ".main.go.swp",
            "main.go~",
            "target/debug/node",
            "sub/node_modules/x.js",
            "classes/Node.class",
        ] {
            folder.grow(file);
        }
        assert_eq!(sources.changes(GO_ON), Ok(paths(&[])));
        folder.grow("sub/store");
        assert_eq!(sources.changes(GO_ON), Ok(paths(&["sub/store"])), "only the store itself");
    }

    #[test]
    fn a_look_ends_by_an_interrupt_and_at_too_many_files() {
        let folder = Folder::with(&["a.go", "sub/b.go"]);
        let mut sources = folder.sources();
        assert_eq!(sources.changes(&|| true), Err(Unseen::Interrupted));
        let interrupted = Sources::new(folder.0.path(), &[], &|| true);
        assert_eq!(interrupted.unwrap_err(), Unseen::Interrupted);
        sources.most_files = 3;
        assert_eq!(sources.changes(GO_ON), Ok(paths(&[])));
        folder.grow("c.go");
        assert_eq!(sources.changes(GO_ON), Err(Unseen::TooMany));
    }

    #[test]
    fn a_file_can_be_left_out_later() {
        let folder = Folder::with(&["a.go", "sub/debug.log"]);
        let mut sources = folder.sources();
        sources.ignore(Path::new("sub/debug.log"));
        folder.grow("sub/debug.log");
        assert_eq!(sources.changes(GO_ON), Ok(paths(&[])));
    }

    #[test]
    fn what_a_build_makes_is_no_source_of_it() {
        let folder = Folder::with(&["a.go", "old.o"]);
        let mut sources = folder.sources();
        folder.grow("new.o");
        folder.grow("old.o");
        sources.after_build(GO_ON);
        assert_eq!(
            sources.changes(GO_ON),
            Ok(paths(&["old.o"])),
            "a user may have changed it meanwhile"
        );
        folder.grow("new.o");
        folder.grow("old.o");
        sources.after_build(GO_ON);
        assert_eq!(sources.changes(GO_ON), Ok(paths(&[])), "twice is the build's doing");
        folder.grow("a.go");
        assert_eq!(sources.changes(GO_ON), Ok(paths(&["a.go"])));
    }

    #[test]
    fn a_file_that_is_saved_during_a_build_is_not_missed() {
        let folder = Folder::with(&["a.go"]);
        let mut sources = folder.sources();
        for _ in 0..2 {
            folder.grow("a.go");
            sources.after_build(GO_ON);
            assert_eq!(sources.changes(GO_ON), Ok(paths(&["a.go"])));
            sources.after_build(GO_ON);
            assert_eq!(sources.changes(GO_ON), Ok(paths(&[])));
        }
    }
}
