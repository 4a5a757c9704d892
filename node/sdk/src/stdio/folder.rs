//! A disk in a folder: a file for each name, a line for each record.
//!
//! Appending is one `write`, which survives the end of the process, but not a crash of the machine
//! (nothing is synced). An incomplete last line is not a record, and is truncated.

use crate::runtime::Disk;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Size of the chunks in which the end of the last line is searched.
const CHUNK_BYTES: u64 = 4096;

/// A folder as a node's disk. It should contain nothing else, and not be shared with other nodes.
#[derive(Debug)]
pub struct FolderDisk {
    folder: PathBuf,
    open: RefCell<BTreeMap<String, File>>,
}

impl FolderDisk {
    /// The disk in a folder, which must exist.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), open: RefCell::default() }
    }

    /// The path of a file, whose name must not contain folders.
    fn path(&self, name: &str) -> io::Result<PathBuf> {
        if Path::new(name).file_name().is_some_and(|file| file == name) {
            return Ok(self.folder.join(name));
        }
        Err(io::Error::new(ErrorKind::InvalidInput, format!("{name:?} is no name of a file")))
    }
}

impl Disk for FolderDisk {
    fn read(&self, name: &str) -> io::Result<Vec<Vec<u8>>> {
        let path = self.path(name)?;
        let bytes = match std::fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            bytes => bytes.map_err(|error| located(&path, &error))?,
        };
        let whole = memchr::memrchr(b'\n', &bytes).map_or(0, |end| end + 1);
        let mut records = Vec::new();
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', &bytes[..whole]) {
            records.push(bytes[start..end].to_vec());
            start = end + 1;
        }
        Ok(records)
    }

    fn append(&self, name: &str, record: &[u8]) -> io::Result<()> {
        if memchr::memchr(b'\n', record).is_some() {
            return Err(io::Error::new(ErrorKind::InvalidInput, "a record holds a newline"));
        }
        let path = self.path(name)?;
        let open = &mut *self.open.borrow_mut();
        let file = if let Some(file) = open.get_mut(name) {
            file
        } else {
            let file = open_whole(&path).map_err(|error| located(&path, &error))?;
            open.entry(name.to_owned()).or_insert(file)
        };
        let mut line = Vec::with_capacity(record.len() + 1);
        line.extend_from_slice(record);
        line.push(b'\n');
        append_line(file, &line).map_err(|error| {
            // Opening the file again truncates the partial line.
            open.remove(name);
            located(&path, &error)
        })
    }
}

fn located(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Opens a file for appending, and truncates an incomplete last line.
fn open_whole(path: &Path) -> io::Result<File> {
    let file = File::options().read(true).append(true).create(true).open(path)?;
    let length = file.metadata()?.len();
    let whole = end_of_last_line(&file, length)?;
    if whole < length {
        file.set_len(whole)?;
    }
    Ok(file)
}

/// Searches backwards from the end.
fn end_of_last_line(file: &File, length: u64) -> io::Result<u64> {
    let mut end = length;
    while end > 0 {
        let start = end.saturating_sub(CHUNK_BYTES);
        let mut chunk = vec![0; usize::try_from(end - start).map_err(io::Error::other)?];
        file.read_exact_at(&mut chunk, start)?;
        if let Some(newline) = memchr::memrchr(b'\n', &chunk) {
            return Ok(start + newline as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// Writes a line with one system call, or fails.
fn append_line(file: &mut File, line: &[u8]) -> io::Result<()> {
    loop {
        match file.write(line) {
            Ok(written) if written == line.len() => return Ok(()),
            Ok(_) => return Err(ErrorKind::WriteZero.into()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// For any part of the file that a kill left: whole records are read, in order, and those
        /// that a later life appends follow them.
        #[test]
        fn what_was_torn_is_cut_off(
            before in prop::collection::vec("[a-z]{0,9}|x{5000}", 0..6),
            lost in 0usize..12,
            after in prop::collection::vec("[a-z]{0,9}", 0..3),
        ) {
            let folder = tempfile::tempdir()?;
            let disk = FolderDisk::new(folder.path());
            for record in &before {
                disk.append("log", record.as_bytes())?;
            }
            let path = folder.path().join("log");
            let left = std::fs::read(&path).map_or(Vec::new(), |bytes| {
                bytes[..bytes.len().saturating_sub(lost)].to_vec()
            });
            std::fs::write(&path, &left)?;
            let whole = memchr::memchr_iter(b'\n', &left).count();
            let mut expected: Vec<Vec<u8>> =
                before.into_iter().take(whole).map(String::into_bytes).collect();

            let disk = FolderDisk::new(folder.path());
            prop_assert_eq!(&disk.read("log")?, &expected);
            for record in after {
                disk.append("log", record.as_bytes())?;
                expected.push(record.into_bytes());
            }
            prop_assert_eq!(disk.read("log")?, expected);
        }
    }

    #[test]
    fn a_record_has_one_line_and_a_file_no_folder() {
        let folder = tempfile::tempdir().unwrap();
        let disk = FolderDisk::new(folder.path());
        assert!(disk.read("nothing").unwrap().is_empty());
        disk.append("log", b"a\nb").unwrap_err();
        for name in ["", "..", "../log", "a/b", "/log"] {
            assert_eq!(disk.append(name, b"a").unwrap_err().kind(), ErrorKind::InvalidInput);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        std::fs::create_dir(folder.path().join("dir")).unwrap();
        let error = disk.append("dir", b"a").unwrap_err().to_string();
        assert!(error.contains("/dir: "), "{error}");
    }
}
