//! Keeps what is served within the store.

use crate::failure::{BadArguments, Result};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// How deep the folders are in which links are looked for: a group, its runs, their logs.
const DEPTH: u32 = 3;

/// The store, which no path leaves.
#[derive(Debug, Clone)]
pub(super) struct Fence {
    store: PathBuf,
}

impl Fence {
    /// Checks that there is a store.
    pub(super) fn around(store: &Path) -> Result<Self> {
        match store.canonicalize() {
            Ok(path) if path.is_dir() => Ok(Self { store: path }),
            Ok(_) => Err(BadArguments(format!("{} is no folder", store.display())).into()),
            Err(error) => {
                let text = format!(
                    "there is no store at {} ({error}); `glomers run echo` makes one, --store DIR looks \
                     elsewhere",
                    store.display()
                );
                Err(BadArguments(text).into())
            }
        }
    }

    /// The store, without links in its path.
    pub(super) fn store(&self) -> &Path {
        &self.store
    }

    /// What a path within the store leads to; `None` if there is nothing, or if it is outside, also by
    /// a link.
    pub(super) fn find(&self, path: &str) -> Option<PathBuf> {
        let is_plain = |it: Component<'_>| matches!(it, Component::Normal(_));
        if path.contains('\0') || !Path::new(path).components().all(is_plain) {
            return None;
        }
        self.within(&self.store.join(path))
    }

    /// What a path leads to; `None` if there is nothing, or if that is outside the store.
    pub(super) fn within(&self, path: &Path) -> Option<PathBuf> {
        path.canonicalize().ok().filter(|found| found.starts_with(&self.store))
    }

    /// Something in the folder of a run, or in that of one of its files, that leads out of the store: a
    /// page is made from many of these files, and would show what is there.
    pub(super) fn way_out(&self, path: &Path) -> Option<PathBuf> {
        let folder = if path.is_dir() { Some(path) } else { path.parent() };
        folder.and_then(|folder| self.way_out_of(folder, DEPTH))
    }

    fn way_out_of(&self, folder: &Path, depth: u32) -> Option<PathBuf> {
        fs::read_dir(folder).ok()?.flatten().find_map(|entry| {
            let (path, kind) = (entry.path(), entry.file_type().ok()?);
            if !kind.is_symlink() {
                return if kind.is_dir() { self.way_out_below(&path, depth) } else { None };
            }
            // A link that leads nowhere shows nothing.
            let found = path.canonicalize().ok()?;
            if !found.starts_with(&self.store) {
                return Some(path);
            }
            // What it leads to may have the way out.
            if found.is_dir() { self.way_out_below(&found, depth) } else { None }
        })
    }

    fn way_out_below(&self, folder: &Path, depth: u32) -> Option<PathBuf> {
        if depth > 1 { self.way_out_of(folder, depth - 1) } else { None }
    }

    /// Says that a run is not shown, since this of it leads out of the store.
    pub(super) fn refusal(&self, way_out: &Path) -> String {
        format!(
            "{} is a link that leads out of the store, and only what is in the store is shown",
            self.inner(way_out).display()
        )
    }

    /// A path in the store, from the store on.
    pub(super) fn inner<'p>(&self, path: &'p Path) -> &'p Path {
        path.strip_prefix(&self.store).unwrap_or(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    #[test]
    fn nothing_outside_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("store");
        fs::create_dir_all(store.join("echo/1")).unwrap();
        fs::write(folder.path().join("secret"), "s").unwrap();
        symlink("echo/1", store.join("latest")).unwrap();
        symlink("../secret", store.join("out")).unwrap();
        symlink("../..", store.join("echo/up")).unwrap();
        let fence = Fence::around(&store).unwrap();
        let real = store.canonicalize().unwrap();
        assert_eq!(fence.find("latest"), Some(real.join("echo/1")));
        assert_eq!(fence.find("echo"), Some(real.join("echo")));
        for outside in [
            "../secret",
            "echo/../../secret",
            "/etc/passwd",
            "out",
            "echo/up",
            "echo/up/secret",
            "none",
            "a\0b",
            ".",
        ] {
            assert_eq!(fence.find(outside), None, "{outside}");
        }
        assert!(Fence::around(&folder.path().join("secret")).is_err());
        assert!(Fence::around(&folder.path().join("none")).is_err());
    }

    #[test]
    fn a_way_out_is_found_behind_links_and_in_subfolders_and_not_where_there_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("store");
        for run in ["echo/1/node-logs", "echo/2/node-logs", "echo/3", "echo/1-x2/4/node-logs"] {
            fs::create_dir_all(store.join(run)).unwrap();
        }
        let fence = Fence::around(&store).unwrap();
        let store = fence.store().to_owned();
        fs::write(folder.path().join("secret"), "s").unwrap();
        fs::write(store.join("echo/1/run.json"), "{}").unwrap();
        symlink("run.json", store.join("echo/1/inside")).unwrap();
        symlink("nowhere", store.join("echo/1/dangling")).unwrap();
        symlink(".", store.join("echo/1/circle")).unwrap();
        assert_eq!(fence.way_out(&store.join("echo/1")), None);
        let log = store.join("echo/2/node-logs/n0.log");
        symlink(folder.path().join("secret"), &log).unwrap();
        symlink("../2/node-logs", store.join("echo/3/node-logs")).unwrap();
        for shown in ["echo/2", "echo/2/node-logs", "echo/3"] {
            assert_eq!(fence.way_out(&store.join(shown)), Some(log.clone()), "{shown}");
        }
        let log = store.join("echo/1-x2/4/node-logs/n0.log");
        symlink(folder.path().join("secret"), &log).unwrap();
        assert_eq!(fence.way_out(&store.join("echo/1-x2")), Some(log), "in a group");
        symlink(folder.path().join("secret"), store.join("echo/1/out")).unwrap();
        let file = store.join("echo/1/run.json");
        assert_eq!(fence.way_out(&file), Some(store.join("echo/1/out")), "beside a file");
    }
}
