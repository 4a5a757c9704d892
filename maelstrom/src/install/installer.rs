//! The steps of an installation: download, verify, unpack, inspect, replace.

use super::curl::Curl;
use super::download::{CHUNK, Download};
use super::progress::{Step, Watched, Watcher};
use super::source::Location;
use super::staging::{Staging, failed};
use super::unpack::unpack;
use super::{Digest, InstallError, Progress, Record, Source, Stop, Version};
use crate::installation::JAR;
use crate::jar;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{ErrorKind, Read as _, Seek as _};
use std::path::{Path, PathBuf};

/// What to install.
#[derive(Debug, Clone)]
pub struct InstallRequest {
    /// Where the archive comes from.
    pub source: Source,
    /// Its version, used if the jar does not contain it.
    pub version: Option<Version>,
    /// The digest that the archive must have.
    pub sha256: Option<Digest>,
}

/// What was installed.
#[derive(Debug)]
pub struct Installed {
    /// The folder of the installation.
    pub folder: PathBuf,
    /// Its record.
    pub record: Record,
    /// The record of the installation that it replaced.
    pub previous: Option<Record>,
}

/// A prepared installation.
pub struct Installer {
    staging: Staging,
    curl: Curl,
    stop: Stop,
}

impl Installer {
    /// Prepares an installation into this folder, and locks it against other installations.
    /// `started` is called with the process group of a download, which must not outlive the caller.
    pub fn prepare(
        folder: &Path,
        started: impl Fn(i32) + Send + 'static,
    ) -> Result<Self, InstallError> {
        let staging = Staging::prepare(folder)?;
        Ok(Self { staging, curl: Curl::new(Box::new(started)), stop: Stop::default() })
    }

    /// The temporary folder, which contains all files until they are installed. It must be removed
    /// when the process ends.
    #[must_use]
    pub fn aside(&self) -> &Path {
        self.staging.path()
    }

    /// Folders that were created for the installation, innermost first. Empty ones are removed at
    /// its end, unless it is abandoned on its thread.
    #[must_use]
    pub fn made(&self) -> &[PathBuf] {
        self.staging.made()
    }

    /// A handle that stops it from another thread.
    #[must_use]
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Installs. An older installation is replaced as the last step, or not at all. Blocks until
    /// done; the temporary folder is removed when it returns.
    pub fn install(
        self,
        request: &InstallRequest,
        mut watcher: impl FnMut(Progress) + Send,
    ) -> Result<Installed, InstallError> {
        let installed = self.try_install(request, &mut watcher);
        // After a stop, any error is a consequence of it.
        installed.map_err(|error| if self.stop.is_set() { InstallError::Stopped } else { error })
    }

    fn try_install(
        &self,
        request: &InstallRequest,
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

    /// Opens the archive: downloaded into the temporary folder, or the given file.
    fn open(&self, source: &Source, watcher: Watcher<'_>) -> Result<Archive, InstallError> {
        match source.location() {
            Location::File(path) => self.open_file(path, watcher),
            Location::Url(url) => {
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

/// An archive, positioned at its start.
struct Archive {
    file: File,
    /// Length in bytes.
    length: u64,
    digest: Digest,
}

/// The source as it is recorded: file paths are absolute.
fn kept(source: &Source) -> String {
    match source {
        Source::File(path) => {
            std::path::absolute(path).unwrap_or_else(|_| path.clone()).display().to_string()
        }
        Source::Release(_) | Source::Url(_) => source.to_string(),
    }
}
