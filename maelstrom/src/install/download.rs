//! Downloads an archive over http or https with `curl`, and computes its digest.
//!
//! A TLS library would be a quarter of the build time of the command, and `curl` uses the
//! certificates and proxies of the machine.

use super::curl::{Curl, CurlError};
use super::progress::{Progress, Step, Watched, Watcher};
use super::stop::Stop;
use super::{Digest, InstallError, Source};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;

/// Most bytes of an archive, and of what it unpacks to; the real one has less than a tenth.
pub(crate) const MOST_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// Size of the read buffer in bytes.
pub(crate) const CHUNK: usize = 64 * 1024;

/// One download.
pub(crate) struct Download<'a> {
    /// Where the archive comes from; not a file.
    pub(crate) source: &'a Source,
    /// The program that fetches it.
    pub(crate) curl: &'a Curl,
    /// The handle that stops it.
    pub(crate) stop: &'a Stop,
}

impl Download<'_> {
    /// Downloads the archive from this address into a new file; uses a temporary file next to it.
    pub(crate) fn fetch(
        &self,
        url: &str,
        path: &Path,
        watcher: Watcher<'_>,
    ) -> Result<Digest, InstallError> {
        watcher(Progress::begin(Step::Download, None));
        let head = path.with_extension("head");
        let mut transfer = self
            .curl
            .start(url, &head, self.stop)
            .map_err(|problem| self.failed(problem.to_string()))?;
        let write = |source| InstallError::Io { doing: "write", path: path.to_owned(), source };
        let mut file = File::create_new(path).map_err(write)?;
        let mut hash = Sha256::new();
        let mut chunk = vec![0; CHUNK];
        // The head is complete when the body begins.
        let mut length = transfer.read(&mut chunk).unwrap_or(0);
        let total = transfer.content_length();
        if total.is_some_and(|total| total > MOST_BYTES) {
            return Err(self.too_large());
        }
        let done = u64::try_from(length).unwrap_or(u64::MAX);
        let begin = Progress { step: Step::Download, done, total };
        let mut body = Watched::new(&mut transfer, begin, self.stop, watcher);
        while length > 0 {
            hash.update(&chunk[..length]);
            file.write_all(&chunk[..length]).map_err(write)?;
            if body.done() > MOST_BYTES {
                return Err(self.too_large());
            }
            // `finish` reports the error.
            length = body.read(&mut chunk).unwrap_or(0);
        }
        let received = body.done();
        transfer.finish().map_err(|error| self.refused(error, received, total))?;
        Ok(Digest::of(hash))
    }

    fn too_large(&self) -> InstallError {
        InstallError::TooLarge { archive: self.source.to_string(), limit: MOST_BYTES }
    }

    fn refused(&self, error: CurlError, received: u64, expected: Option<u64>) -> InstallError {
        let url = self.source.to_string();
        match error {
            CurlError::Status(status) if status.starts_with("404") || status.starts_with("410") => {
                let version = match self.source {
                    Source::Release(version) => Some(version.clone()),
                    _ => None,
                };
                InstallError::NotFound { url, version }
            }
            CurlError::Status(status) => InstallError::Status { url, status },
            CurlError::CutOff => InstallError::Truncated { url, received, expected },
            error => self.failed(error.to_string()),
        }
    }

    fn failed(&self, problem: String) -> InstallError {
        InstallError::Network { url: self.source.to_string(), problem }
    }
}
