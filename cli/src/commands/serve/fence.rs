//! Keeps what is served within the store.

use crate::failure::{BadArguments, Result};
use std::path::{Component, Path, PathBuf};

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
        let found = self.store.join(path).canonicalize().ok()?;
        found.starts_with(&self.store).then_some(found)
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
}
