//! Opens files that users name: regular files only, and texts only up to a given size.
//!
//! A named pipe without a writer would block forever, and a device may never end.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// Bytes in a MiB.
const MIB: u64 = 1 << 20;

/// Why a file that a user named cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// No file has that name.
    #[error("{} does not exist", .0.display())]
    NotFound(PathBuf),
    /// It is a folder.
    #[error("{} is a folder, not a file", .0.display())]
    Folder(PathBuf),
    /// The file is not a regular file.
    #[error(
        "{} is {kind}, which may never end: write what it holds to a file, and give that",
        .path.display()
    )]
    Special {
        /// The path that was given.
        path: PathBuf,
        /// The type of the file, with its article.
        kind: &'static str,
    },
    /// The file is larger than the limit.
    #[error("{} is larger than {} MiB, the most that is read: is it the right file?",
        .path.display(), .most_bytes / MIB)]
    TooLarge {
        /// The path of the file.
        path: PathBuf,
        /// Maximum size, in bytes.
        most_bytes: u64,
    },
    /// The file is not UTF-8.
    #[error("{} is not text (invalid UTF-8 at byte {offset}): is it the right file?", .path.display())]
    NotText {
        /// The path of the file.
        path: PathBuf,
        /// Offset of the first invalid bytes, from 0.
        offset: usize,
    },
    /// The operating system returned an error.
    #[error("failed to read {}", .path.display())]
    Io {
        /// The path of the file.
        path: PathBuf,
        /// The error of the operating system.
        #[source]
        error: io::Error,
    },
}

impl InputError {
    /// Wraps an operating system error about that path.
    #[must_use]
    pub fn io(path: &Path, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound(path.to_owned()),
            io::ErrorKind::IsADirectory => Self::Folder(path.to_owned()),
            _ => Self::Io { path: path.to_owned(), error },
        }
    }

    /// Whether the file does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound(_))
    }
}

/// Opens a regular file. Never blocks.
pub fn open_input(path: &Path) -> Result<File, InputError> {
    let failed = |error| InputError::io(path, error);
    let metadata = fs::metadata(path).map_err(failed)?;
    if metadata.is_dir() {
        return Err(InputError::Folder(path.to_owned()));
    }
    if !metadata.is_file() {
        return Err(InputError::Special { path: path.to_owned(), kind: kind(&metadata) });
    }
    File::open(path).map_err(failed)
}

/// Reads a regular file of at most `most_bytes` bytes.
pub fn read_input(path: &Path, most_bytes: u64) -> Result<Vec<u8>, InputError> {
    let mut bytes = Vec::new();
    let read = open_input(path)?.take(most_bytes.saturating_add(1)).read_to_end(&mut bytes);
    let length = read.map_err(|error| InputError::io(path, error))?;
    if length as u64 > most_bytes {
        return Err(InputError::TooLarge { path: path.to_owned(), most_bytes });
    }
    Ok(bytes)
}

/// Reads a regular UTF-8 file of at most `most_bytes` bytes.
pub fn read_input_text(path: &Path, most_bytes: u64) -> Result<String, InputError> {
    String::from_utf8(read_input(path, most_bytes)?).map_err(|error| InputError::NotText {
        path: path.to_owned(),
        offset: error.utf8_error().valid_up_to(),
    })
}

#[cfg(unix)]
fn kind(metadata: &Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    let kind = metadata.file_type();
    if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn kind(_: &Metadata) -> &'static str {
    "no regular file"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let error = |path: &Path| read_input_text(path, 10).unwrap_err().to_string();
        assert!(error(folder.path()).ends_with("is a folder, not a file"));
        assert!(error(&folder.path().join("x")).ends_with("x does not exist"));
        #[cfg(unix)]
        assert!(error(Path::new("/dev/zero")).starts_with("/dev/zero is a device, which may"));
    }

    #[test]
    fn what_is_read_is_bounded_text() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let read = |bytes: &[u8]| {
            fs::write(file.path(), bytes).unwrap();
            read_input_text(file.path(), 2 * MIB)
        };
        assert_eq!(read(b"{:a 1}").unwrap(), "{:a 1}");
        let error = read(b"{:a\xff").unwrap_err().to_string();
        assert!(error.contains("is not text (invalid UTF-8 at byte 3)"), "{error}");
        let error = read(&vec![b' '; 2 * 1024 * 1024 + 1]).unwrap_err().to_string();
        assert!(error.contains("is larger than 2 MiB"), "{error}");
    }
}
