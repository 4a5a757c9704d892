//! The order of an installation: fetch, verify, unpack, look, replace.

use super::curl::Curl;
use super::download::{CHUNK, Download};
use super::progress::{Step, Watched, Watcher};
use super::source::Place;
use super::staging::{Staging, failed};
use super::unpack::unpack;
use super::{Digest, InstallError, Progress, Record, Source, Stop, Version};
use crate::installation::JAR;
use crate::jar;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{ErrorKind, Read as _, Seek as _};
use std::path::{Path, PathBuf};

/// What is to be installed.
#[derive(Debug, Clone)]
pub struct Request {
    /// Where the archive comes from.
    pub source: Source,
    /// Its version, should the jar not say it.
    pub version: Option<Version>,
    /// The digest that it must have.
    pub sha256: Option<Digest>,
}

/// What was installed.
#[derive(Debug)]
pub struct Installed {
    /// Where.
    pub folder: PathBuf,
    /// What it says of itself.
    pub record: Record,
    /// What the one said that was there before.
    pub previous: Option<Record>,
}

/// An installation that is about to begin.
pub struct Installer {
    staging: Staging,
    curl: Curl,
    stop: Stop,
}

impl Installer {
    /// Gets ready to install into this folder: no other installation can at the same time.
    /// `started` is called with the process group of a download, which must not outlive the caller.
    pub fn prepare(
        folder: &Path,
        started: impl Fn(i32) + Send + 'static,
    ) -> Result<Self, InstallError> {
        let staging = Staging::prepare(folder)?;
        Ok(Self { staging, curl: Curl::new(Box::new(started)), stop: Stop::default() })
    }

    /// The folder that must not outlive us: all that is not yet installed is in it.
    #[must_use]
    pub fn aside(&self) -> &Path {
        self.staging.path()
    }

    /// Folders that were made for the installation, the innermost first. They are removed at its
    /// end where nothing is in them, but not when it is left behind on its thread.
    #[must_use]
    pub fn made(&self) -> &[PathBuf] {
        self.staging.made()
    }

    /// What stops it, from another thread.
    #[must_use]
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Installs. What was installed before is replaced at the very end, or not at all. Blocks for
    /// as long as it takes; everything aside is gone when it returns.
    pub fn install(
        self,
        request: &Request,
        mut watcher: impl FnMut(Progress) + Send,
    ) -> Result<Installed, InstallError> {
        let installed = self.try_install(request, &mut watcher);
        // Whatever failed then, failed for this reason.
        installed.map_err(|error| if self.stop.is_set() { InstallError::Stopped } else { error })
    }

    fn try_install(
        &self,
        request: &Request,
        watcher: Watcher<'_>,
    ) -> Result<Installed, InstallError> {
        let name = request.source.to_string();
        let Archive { file, length, digest } = self.open(&request.source, watcher)?;
        if let Some(expected) = request.sha256
            && expected != digest
        {
            return Err(InstallError::WrongDigest { archive: name, expected, actual: digest });
        }
        let unpacked = self.staging.path().join("unpacked");
        fs::create_dir(&unpacked).map_err(failed("make the folder", &unpacked))?;
        let begin = Progress::begin(Step::Unpack, Some(length));
        let archive = Watched::new(file, begin, &self.stop, watcher);
        let maelstrom = unpack(archive, &name, &unpacked)?;
        let version = jar::version(&maelstrom.join(JAR))
            .map_err(|source| InstallError::BadJar { archive: name, source })?;
        let record = Record {
            version: version.or_else(|| request.version.as_ref().map(Version::to_string)),
            source: kept(&request.source),
            sha256: digest,
            verified: request.sha256.is_some(),
        };
        record.write(&maelstrom)?;
        if self.stop.is_set() {
            return Err(InstallError::Stopped);
        }
        let previous = Record::read(self.staging.folder());
        self.staging.replace(&maelstrom)?;
        Ok(Installed { folder: self.staging.folder().to_owned(), record, previous })
    }

    /// Gets the archive, into our folder or where it is.
    fn open(&self, source: &Source, watcher: Watcher<'_>) -> Result<Archive, InstallError> {
        match source.place() {
            Place::File(path) => self.open_file(path, watcher),
            Place::Url(url) => {
                let path = self.staging.path().join("archive");
                let download = Download { source, curl: &self.curl, stop: &self.stop };
                let digest = download.fetch(&url, &path, watcher)?;
                let opened = File::open(&path).and_then(|file| Ok((file.metadata()?.len(), file)));
                let (length, file) = opened.map_err(failed("read", &path))?;
                Ok(Archive { file, length, digest })
            }
        }
    }

    fn open_file(&self, path: &Path, watcher: Watcher<'_>) -> Result<Archive, InstallError> {
        let metadata = fs::metadata(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => InstallError::FileMissing { path: path.to_owned() },
            _ => failed("read", path)(error),
        })?;
        if !metadata.is_file() {
            return Err(InstallError::NotAFile { path: path.to_owned() });
        }
        let mut file = File::open(path).map_err(failed("read", path))?;
        let length = metadata.len();
        let begin = Progress::begin(Step::Check, Some(length));
        let mut reader = Watched::new(&mut file, begin, &self.stop, watcher);
        let mut hash = Sha256::new();
        let mut chunk = vec![0; CHUNK];
        loop {
            match reader.read(&mut chunk).map_err(failed("read", path))? {
                0 => break,
                length => hash.update(&chunk[..length]),
            }
        }
        file.rewind().map_err(failed("read", path))?;
        Ok(Archive { file, length, digest: Digest::of(hash) })
    }
}

/// An archive that can be read from its start.
struct Archive {
    file: File,
    /// In bytes.
    length: u64,
    digest: Digest,
}

/// The source as it is kept: a file's path holds wherever one is.
fn kept(source: &Source) -> String {
    match source {
        Source::File(path) => {
            std::path::absolute(path).unwrap_or_else(|_| path.clone()).display().to_string()
        }
        Source::Release(_) | Source::Url(_) => source.to_string(),
    }
}
