//! Why nothing was installed. After each of these errors, an older installation is unchanged.

use super::{Digest, RELEASES, Version};
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

/// Why nothing was installed. Addresses are shown without passwords.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// The file to install from does not exist.
    #[error("--from names {}, which does not exist: name a maelstrom.tar.bz2, or its address", .path.display())]
    FileMissing {
        /// The file.
        path: PathBuf,
    },
    /// The path is not a regular file.
    #[error(
        "--from names {}, which is no file: name a maelstrom.tar.bz2; a Maelstrom that is unpacked \
         already needs no installing, name it with --maelstrom or MAELSTROM_HOME",
        .path.display()
    )]
    NotAFile {
        /// Its path.
        path: PathBuf,
    },
    /// An address without a host, or with characters that no host name has.
    #[error("--from names {url}, which is no address: write it as https://host/maelstrom.tar.bz2")]
    BadUrl {
        /// The invalid address.
        url: String,
    },
    /// An address with an unsupported scheme.
    #[error("--from names {url}: only http and https addresses, and files, can be fetched")]
    UnknownScheme {
        /// The address.
        url: String,
    },
    /// A file address that is not a plain path on this machine.
    #[error("--from names {url}: name the path of a file on this machine instead, as it is")]
    BadFileUrl {
        /// The address.
        url: String,
    },
    /// The server did not answer.
    #[error("failed to download {url}: {problem}; {NETWORK_ADVICE}")]
    Network {
        /// The address.
        url: String,
        /// What happened.
        problem: String,
    },
    /// The server does not have the archive.
    #[error("{}", NotFoundText(url, version.as_ref()))]
    NotFound {
        /// The address.
        url: String,
        /// The release that was requested.
        version: Option<Version>,
    },
    /// The server answered with another status.
    #[error(
        "failed to download {url}: the server answered {status}; try again later, or \
         download it with a browser and name the file: --from FILE"
    )]
    Status {
        /// The address.
        url: String,
        /// The status code, with its name.
        status: String,
    },
    /// The body ended too early.
    #[error("{}; try again", TruncatedText(url, *received, *expected))]
    Truncated {
        /// The address.
        url: String,
        /// Bytes received.
        received: u64,
        /// Bytes announced by the server.
        expected: Option<u64>,
    },
    /// The archive is larger than any release of Maelstrom.
    #[error("{archive} is refused: it holds more than {} MiB", .limit / (1024 * 1024))]
    TooLarge {
        /// Where the archive came from.
        archive: String,
        /// Most bytes that are accepted.
        limit: u64,
    },
    /// The archive has the wrong digest.
    #[error(
        "{archive} has another digest than --sha256 says: expected {expected}, got {actual}; it was \
         damaged on its way, is of another version, or was changed"
    )]
    WrongDigest {
        /// Where the archive came from.
        archive: String,
        /// The required digest.
        expected: Digest,
        /// The archive's digest.
        actual: Digest,
    },
    /// The file is not bzip2.
    #[error(
        "{archive} is no tar.bz2 archive but {content}; the right one is called maelstrom.tar.bz2 at {RELEASES}"
    )]
    NotBzip2 {
        /// Where the archive came from.
        archive: String,
        /// The kind of content that was recognized.
        content: &'static str,
    },
    /// The archive is truncated or corrupt.
    #[error(
        "{archive} is cut off or damaged, or no tar.bz2 archive ({problem}): download it again"
    )]
    Damaged {
        /// Where the archive came from.
        archive: String,
        /// Where and why reading failed.
        problem: String,
    },
    /// An entry could write outside the folder.
    #[error("{archive} is refused: its entry {entry:?} {problem}; take the one from {RELEASES}")]
    Refused {
        /// Where the archive came from.
        archive: String,
        /// The entry.
        entry: String,
        /// The cause.
        problem: String,
    },
    /// The archive does not contain Maelstrom.
    #[error(
        "{archive} holds no Maelstrom: {missing} is not in it (at its top: {found}); take \
         maelstrom.tar.bz2 from {RELEASES}, not the source code"
    )]
    NoMaelstrom {
        /// Where the archive came from.
        archive: String,
        /// The missing file or folder.
        missing: String,
        /// What the archive contains.
        found: String,
    },
    /// Its jar is not a jar.
    #[error("{archive} is damaged: its maelstrom.jar is not a jar")]
    BadJar {
        /// Where the archive came from.
        archive: String,
        /// The cause.
        source: io::Error,
    },
    /// Another process installs into the same folder.
    #[error("another glomers install is at work in {}: wait for its end", .folder.display())]
    Busy {
        /// The folder.
        folder: PathBuf,
    },
    /// A system call failed.
    #[error("failed to {doing} {}{}", .path.display(), advice(.source))]
    Io {
        /// What was attempted.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The user stopped the installation.
    #[error("stopped")]
    Stopped,
}

impl InstallError {
    /// Whether the arguments name something that cannot be installed.
    #[must_use]
    pub fn is_of_arguments(&self) -> bool {
        matches!(
            self,
            Self::FileMissing { .. }
                | Self::NotAFile { .. }
                | Self::BadUrl { .. }
                | Self::UnknownScheme { .. }
                | Self::BadFileUrl { .. }
        )
    }
}

/// Advice for a missing network.
const NETWORK_ADVICE: &str = "behind a proxy, set HTTPS_PROXY; where there is no network, download \
    it elsewhere with a browser and name the file: --from FILE";

/// Advice for an error of the system.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            " (make room: an install needs a few hundred MiB)"
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            " (make it writable for you)"
        }
        _ => "",
    }
}

struct NotFoundText<'a>(&'a str, Option<&'a Version>);

impl fmt::Display for NotFoundText<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(url, version) = self;
        match version {
            Some(version) => write!(
                out,
                "there is no release {version}: {url} is not found (404); choose one of {RELEASES} \
                 with --version, or name an archive with --from"
            ),
            None => write!(
                out,
                "{url} is not found (404): correct --from, or leave it out to take a release of \
                 the project"
            ),
        }
    }
}

struct TruncatedText<'a>(&'a str, u64, Option<u64>);

impl fmt::Display for TruncatedText<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(url, received, expected) = self;
        write!(out, "the download of {url} ended too early, after {received} ")?;
        match expected {
            Some(expected) => write!(out, "of {expected} bytes"),
            None => write!(out, "bytes"),
        }
    }
}
