//! Writes the folder of a run, with the layout of the recording.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Where runs go, relative to the working folder.
const STORE: &str = "store";

/// A run's folder, used by no other process.
pub(crate) struct RunFolder {
    recording: PathBuf,
    test: String,
    /// `2026-11-21T00:17:15.066Z`
    time: String,
}

impl RunFolder {
    pub(crate) fn create(recording: &Path, test: &str) -> Self {
        let mut now = SystemTime::now();
        loop {
            let time = humantime::format_rfc3339_millis(now).to_string();
            let folder = Self { recording: recording.to_owned(), test: test.to_owned(), time };
            fs::create_dir_all(Path::new(STORE).join(test)).expect("a store");
            match fs::create_dir(folder.path()) {
                Ok(()) => return folder,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    now += Duration::from_millis(1);
                }
                Err(error) => panic!("{}: {error}", folder.path().display()),
            }
        }
    }

    /// When the run began.
    pub(crate) fn time(&self) -> &str {
        &self.time
    }

    fn name(&self) -> String {
        self.time.replace(['-', ':'], "")
    }

    fn path(&self) -> PathBuf {
        Path::new(STORE).join(&self.test).join(self.name())
    }

    /// Writes a file of the recording, if it exists there, modified by `change`.
    pub(crate) fn write(&self, file: &str, change: impl Fn(String) -> String) {
        if let Ok(text) = fs::read_to_string(self.recording.join(file)) {
            fs::write(self.path().join(file), change(text)).expect("a writable folder");
        }
    }

    /// Lets `latest` point to the folder. Two runs that end at once may race, as in the original.
    pub(crate) fn link_latest(&self) {
        let link = Path::new(STORE).join("latest");
        let _ = fs::remove_file(&link);
        let _ = symlink(Path::new(&self.test).join(self.name()), link);
    }
}
