//! Archives of a release: nothing is written outside the folder that they are unpacked in, and no
//! link leads out of it.

use bzip2::Compression;
use bzip2::write::BzEncoder;
use glomers_maelstrom::install::unpack;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use tar::{Builder, EntryType, Header};

/// The beginning of most names, without which an entry is skipped.
const TOP: &str = "maelstrom/";
/// Bytes of a name in a header.
const LONGEST_NAME: usize = 100;
/// What a file outside the folder holds.
const OUTSIDE: &str = "untouched";

/// An archive, more or less.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum Input {
    /// The archive as it is.
    Packed(Vec<u8>),
    /// What bzip2 unpacks it to.
    Plain(Vec<u8>),
    /// Entries with correct checksums, whatever else is wrong with them.
    Entries(Vec<Entry>),
}

/// An entry of an archive.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Entry {
    /// The type of the entry, a byte of the header.
    pub kind: u8,
    /// Whether the name is below the folder that is unpacked.
    pub in_top: bool,
    /// Its name.
    pub name: Vec<u8>,
    /// What it links to, if it is a link.
    pub target: Vec<u8>,
    /// Its permissions.
    pub mode: u32,
    /// The length in its header, instead of the true one.
    pub claimed: Option<u16>,
    /// What it holds.
    pub content: Vec<u8>,
}

/// Unpacks the archive.
///
/// # Panics
///
/// If something that must hold does not.
pub fn unpacked(input: Input) {
    let parent = tempfile::tempdir().expect("a folder");
    let root = parent.path().join("in");
    let outside = parent.path().join("outside");
    fs::create_dir(&root).expect("a folder");
    fs::write(&outside, OUTSIDE).expect("a file");

    let packed = match input {
        Input::Packed(bytes) => bytes,
        Input::Plain(bytes) => pack(&bytes),
        Input::Entries(entries) => pack(&archive(&entries)),
    };
    let _ = unpack(&packed[..], "archive", &root);

    assert_eq!(fs::read_dir(parent.path()).expect("a folder").count(), 2);
    assert_eq!(fs::read_to_string(&outside).expect("a file"), OUTSIDE);
    assert_eq!(fs::metadata(&outside).expect("a file").nlink(), 1);
    check_links(&root, &root.canonicalize().expect("a folder"));
}

fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut packed = BzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).expect("memory");
    packed.finish().expect("memory")
}

fn archive(entries: &[Entry]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for entry in entries {
        let top = if entry.in_top { TOP.as_bytes() } else { b"" };
        let name: Vec<u8> = top.iter().chain(&entry.name).copied().take(LONGEST_NAME).collect();
        let target = &entry.target[..entry.target.len().min(LONGEST_NAME)];
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(&name);
        header.as_old_mut().linkname[..target.len()].copy_from_slice(target);
        header.set_entry_type(EntryType::new(entry.kind));
        header.set_size(entry.claimed.map_or(entry.content.len() as u64, u64::from));
        // What the owner cannot read cannot be removed either.
        header.set_mode(entry.mode & 0o7777 | 0o700);
        header.set_cksum();
        builder.append(&header, &entry.content[..]).expect("memory");
    }
    builder.into_inner().expect("memory")
}

/// Every link below the folder that leads anywhere leads to something within the root.
fn check_links(folder: &Path, root: &Path) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let kind = path.symlink_metadata().expect("an entry").file_type();
        if kind.is_dir() {
            check_links(&path, root);
        } else if kind.is_symlink()
            && let Ok(target) = path.canonicalize()
        {
            assert!(target.starts_with(root), "{} leads to {}", path.display(), target.display());
        }
    }
}
