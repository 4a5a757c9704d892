//! Unpacks the archive of a release; refuses entries that could write outside its folder.
//!
//! Owners, times and special permissions in the archive are ignored.

use super::InstallError;
use super::download::{CHUNK, MOST_BYTES};
use super::name_limit::NameLimit;
use bzip2::bufread::MultiBzDecoder;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, symlink};
use std::path::{Component, Path, PathBuf};
use tar::{Archive, Entry, EntryType};

/// The top folder of a release's archive.
const TOP: &str = "maelstrom";
/// First bytes of every bzip2 file.
const MAGIC: &[u8] = b"BZh";
/// Most top-level names of a wrong archive that are shown.
const SHOWN_NAMES: usize = 5;
/// Permissions of a program, before the umask.
const PROGRAM_MODE: u32 = 0o777;
/// Permissions of any other file, before the umask.
const FILE_MODE: u32 = 0o666;

/// Unpacks an archive into an existing folder, and returns the folder of Maelstrom in it.
pub fn unpack(archive: impl Read, name: &str, root: &Path) -> Result<PathBuf, InstallError> {
    let mut unpacking = Unpacking { name, root, written: 0, others: BTreeSet::new() };
    let mut compressed = BufReader::with_capacity(CHUNK, archive);
    let start = compressed.fill_buf().map_err(|error| unpacking.damaged(&error))?;
    if !start.starts_with(MAGIC) {
        return Err(InstallError::NotBzip2 { archive: name.to_owned(), content: content(start) });
    }
    // Also limits what the tar library reads internally, such as long names.
    let mut plain = NameLimit::new(MultiBzDecoder::new(compressed).take(MOST_BYTES));
    let unpacked = unpacking.entries(&mut Archive::new(&mut plain));
    if plain.into_inner().limit() == 0 {
        return Err(unpacking.too_large());
    }
    unpacked?;
    for file in [crate::installation::SCRIPT, crate::installation::JAR] {
        if !root.join(TOP).join(file).is_file() {
            return Err(unpacking.no_maelstrom(file));
        }
    }
    Ok(root.join(TOP))
}

/// The kind of a file that is not bzip2, by its first bytes.
fn content(start: &[u8]) -> &'static str {
    match start {
        [] => "an empty file",
        [0x1f, 0x8b, ..] => "a gzip file (source code, perhaps)",
        [b'P', b'K', ..] => "a zip file",
        [b'<', ..] => "a web page",
        _ => "something else",
    }
}

struct Unpacking<'a> {
    /// Name of the archive in errors.
    name: &'a str,
    /// The folder to unpack into.
    root: &'a Path,
    /// Bytes written so far.
    written: u64,
    /// Top-level names of the archive that are not Maelstrom's.
    others: BTreeSet<String>,
}

impl Unpacking<'_> {
    fn entries(&mut self, archive: &mut Archive<impl Read>) -> Result<(), InstallError> {
        for entry in archive.entries().map_err(|error| self.damaged(&error))? {
            self.entry(entry.map_err(|error| self.damaged(&error))?)?;
        }
        Ok(())
    }

    fn entry(&mut self, mut entry: Entry<'_, impl Read>) -> Result<(), InstallError> {
        let kind = entry.header().entry_type();
        if kind.is_pax_global_extensions() {
            return Ok(());
        }
        let path = entry.path().map_err(|error| self.damaged(&error))?.into_owned();
        let refused = |problem: String| InstallError::Refused {
            archive: self.name.to_owned(),
            entry: path.display().to_string(),
            problem,
        };
        let Some(inside) = below(&path) else {
            return Err(refused("leads out of the folder".to_owned()));
        };
        match inside.iter().next() {
            None => return Ok(()),
            Some(top) if top == TOP => {}
            Some(top) => {
                // One more than is shown, to know whether there are more.
                if self.others.len() <= SHOWN_NAMES {
                    self.others.insert(top.display().to_string());
                }
                return Ok(());
            }
        }
        let target = entry.link_name().map_err(|error| self.damaged(&error))?;
        let leads_out = |target: &Path| {
            refused(format!("links to {:?}, out of the folder", target.to_string_lossy()))
        };
        let position = self.root.join(&inside);
        match (kind, target) {
            (EntryType::Directory, _) => self.make_folder(&inside),
            (EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse, _) => {
                self.make_parent(&inside)?;
                let is_program = entry.header().mode().is_ok_and(|mode| mode & 0o111 != 0)
                    || inside == Path::new(TOP).join(crate::installation::SCRIPT);
                self.write(&mut entry, &inside, is_program)
            }
            (EntryType::Symlink, Some(target)) => {
                if !stays(&inside, &target) {
                    return Err(leads_out(&target));
                }
                self.make_parent(&inside)?;
                symlink(&*target, position).map_err(|error| self.not_made(&inside, error))
            }
            (EntryType::Link, Some(target)) => {
                let file = below(&target).filter(|file| file.starts_with(TOP));
                let file = file.map(|file| self.root.join(file));
                // Only a file that was already unpacked; not a link, which may lead elsewhere.
                let is_file = |file: &PathBuf| file.symlink_metadata().is_ok_and(|it| it.is_file());
                let Some(file) = file.filter(is_file) else { return Err(leads_out(&target)) };
                self.make_parent(&inside)?;
                fs::hard_link(file, position).map_err(|error| self.not_made(&inside, error))
            }
            _ => Err(refused("is no file, folder or link".to_owned())),
        }
    }

    /// Creates a folder and its parents. None of them may be a link, which could lead outside.
    fn make_folder(&self, inside: &Path) -> Result<(), InstallError> {
        let mut folder = self.root.to_owned();
        for part in inside {
            folder.push(part);
            match fs::create_dir(&folder) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    if !folder.symlink_metadata().is_ok_and(|it| it.is_dir()) {
                        return Err(self.refused(inside, "lies in something that is no folder"));
                    }
                }
                made => made.map_err(|error| self.not_made(inside, error))?,
            }
        }
        Ok(())
    }

    fn make_parent(&self, inside: &Path) -> Result<(), InstallError> {
        self.make_folder(inside.parent().unwrap_or(inside))
    }

    fn write(
        &mut self,
        entry: &mut impl Read,
        inside: &Path,
        is_program: bool,
    ) -> Result<(), InstallError> {
        let path = self.root.join(inside);
        let mode = if is_program { PROGRAM_MODE } else { FILE_MODE };
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&path)
            .map_err(|error| self.not_made(inside, error))?;
        let mut chunk = vec![0; CHUNK];
        loop {
            let length = match entry.read(&mut chunk) {
                Ok(0) => return Ok(()),
                Ok(length) => length,
                Err(error) => return Err(self.damaged(&error)),
            };
            self.written += length as u64;
            if self.written > MOST_BYTES {
                return Err(self.too_large());
            }
            file.write_all(&chunk[..length]).map_err(|error| self.not_made(inside, error))?;
        }
    }

    fn not_made(&self, inside: &Path, source: io::Error) -> InstallError {
        match source.kind() {
            ErrorKind::AlreadyExists => self.refused(inside, "is there twice"),
            _ => InstallError::Io { doing: "unpack to", path: self.root.join(inside), source },
        }
    }

    fn refused(&self, inside: &Path, problem: &str) -> InstallError {
        InstallError::Refused {
            archive: self.name.to_owned(),
            entry: inside.display().to_string(),
            problem: problem.to_owned(),
        }
    }

    fn damaged(&self, error: &io::Error) -> InstallError {
        InstallError::Damaged { archive: self.name.to_owned(), problem: error.to_string() }
    }

    fn too_large(&self) -> InstallError {
        InstallError::TooLarge { archive: self.name.to_owned(), limit: MOST_BYTES }
    }

    fn no_maelstrom(&self, missing: &str) -> InstallError {
        let mut found: Vec<String> = Vec::new();
        if self.root.join(TOP).exists() {
            found.push(TOP.to_owned());
        }
        // Escaped, since names in an archive may contain control characters.
        let others = self.others.iter().map(|name| name.escape_debug().to_string());
        found.extend(others.take(SHOWN_NAMES));
        if self.others.len() > SHOWN_NAMES {
            found.push("...".to_owned());
        }
        let found = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
        let missing = Path::new(TOP).join(missing).display().to_string();
        InstallError::NoMaelstrom { archive: self.name.to_owned(), missing, found }
    }
}

/// A path without its dots; `None` if it is absolute or contains `..`.
fn below(path: &Path) -> Option<PathBuf> {
    let parts = path.components().filter(|part| *part != Component::CurDir);
    parts
        .map(|part| match part {
            Component::Normal(name) => Some(name),
            _ => None,
        })
        .collect::<Option<Vec<&OsStr>>>()
        .map(|names| names.iter().collect())
}

/// Whether the target of a link in an archive is inside [`TOP`].
///
/// The link's parents are real folders ([`Unpacking::make_folder`]), so leading `..` are safe up to
/// the archive's folder. After a name, which may be another link, `..` is refused.
fn stays(link: &Path, target: &Path) -> bool {
    let mut folders = link.components().count() - 1;
    let mut goes_down = false;
    for part in target.components() {
        match part {
            Component::CurDir => {}
            Component::Normal(_) => goes_down = true,
            Component::ParentDir if !goes_down && folders > 1 => folders -= 1,
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use bzip2::Compression;
    use bzip2::write::BzEncoder;
    use std::os::unix::fs::PermissionsExt as _;
    use tar::{Builder, Header};

    /// An archive of Maelstrom, with additional entries.
    struct Sample(Builder<BzEncoder<Vec<u8>>>);

    impl Sample {
        fn empty() -> Self {
            Self(Builder::new(BzEncoder::new(Vec::new(), Compression::fast())))
        }

        fn new() -> Self {
            let file = |sample: Self, name| sample.with(EntryType::Regular, name, "");
            let folder = Self::empty().with(EntryType::Directory, "./maelstrom/", "");
            file(file(folder, "maelstrom/maelstrom"), "maelstrom/lib/maelstrom.jar")
        }

        /// Adds an entry without checking its name.
        fn with(mut self, kind: EntryType, name: &str, target: &str) -> Self {
            let content = if kind.is_file() { name } else { "" };
            let mut header = Header::new_gnu();
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.as_old_mut().linkname[..target.len()].copy_from_slice(target.as_bytes());
            header.set_entry_type(kind);
            header.set_size(content.len() as u64);
            header.set_mode(if kind.is_dir() { 0 } else { 0o4644 });
            header.set_cksum();
            self.0.append(&header, content.as_bytes()).unwrap();
            self
        }

        fn bytes(self) -> Vec<u8> {
            self.0.into_inner().unwrap().finish().unwrap()
        }

        /// Unpacks it into `in` of a new folder, and checks that this has no other entries.
        fn unpack(self) -> Result<tempfile::TempDir, String> {
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path().join("in");
            fs::create_dir(&root).unwrap();
            let unpacked = unpack(&*self.bytes(), "it", &root).map_err(|error| error.to_string());
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
            unpacked.map(|maelstrom| {
                assert_eq!(maelstrom, root.join(TOP));
                folder
            })
        }
    }

    #[test]
    fn a_release_is_unpacked() {
        let sample = Sample::new()
            .with(EntryType::Regular, "maelstrom/demo/a", "")
            .with(EntryType::Symlink, "maelstrom/demo/link", "../demo/./a")
            .with(EntryType::Symlink, "maelstrom/demo/up", "..")
            .with(EntryType::Link, "maelstrom/demo/hard", "maelstrom/demo/a")
            .with(EntryType::Regular, "._maelstrom", "");
        let folder = sample.unpack().unwrap();
        let top = folder.path().join("in").join(TOP);
        let text = |name: &str| fs::read_to_string(top.join(name)).unwrap();
        assert_eq!(text("demo/link"), "maelstrom/demo/a");
        assert_eq!(text("demo/hard"), "maelstrom/demo/a");
        assert_eq!(text("demo/up/maelstrom"), "maelstrom/maelstrom");
        assert!(!folder.path().join("in/._maelstrom").exists());
        let mode = |name: &str| fs::metadata(top.join(name)).unwrap().permissions().mode() & 0o7777;
        // The script becomes executable although the archive does not say so; set-user-ID is lost.
        assert_eq!((mode("maelstrom") & 0o700, mode("demo/a") & 0o7700), (0o700, 0o600));
    }

    #[test]
    fn what_leads_out_is_refused() {
        use EntryType::{Block, Directory, Fifo, Link, Regular, Symlink};
        for (kind, name, target, problem) in [
            (Regular, "../evil", "", "leads out of the folder"),
            (Regular, "maelstrom/../../evil", "", "leads out of the folder"),
            (Regular, "/tmp/evil", "", "leads out of the folder"),
            (Directory, "maelstrom/../..", "", "leads out of the folder"),
            (Symlink, "maelstrom/evil", "/etc/passwd", "links to \"/etc/passwd\""),
            (Symlink, "maelstrom/evil", "..", "links to \"..\""),
            (Symlink, "maelstrom/demo/evil", "../../evil", "links to"),
            (Symlink, "maelstrom/evil", "lib/../../evil", "links to"),
            (Link, "maelstrom/evil", "/etc/passwd", "links to"),
            (Link, "maelstrom/evil", "../evil", "links to"),
            (Link, "maelstrom/evil", "maelstrom/nothing", "links to"),
            (Fifo, "maelstrom/evil", "", "is no file, folder or link"),
            (Block, "maelstrom/evil", "", "is no file, folder or link"),
            (Regular, "maelstrom/maelstrom", "", "is there twice"),
            (Regular, "maelstrom/maelstrom/evil", "", "lies in something that is no folder"),
        ] {
            let text = Sample::new().with(kind, name, target).unpack().unwrap_err();
            assert!(text.starts_with("it is refused: its entry \""), "{name}: {text}");
            assert!(text.contains(problem), "{name}: {text}");
        }
    }

    #[test]
    fn nothing_is_written_through_a_link() {
        // Each link alone stays inside; together they would lead outside.
        let sample = Sample::new().with(EntryType::Symlink, "maelstrom/demo/up", "..").with(
            EntryType::Symlink,
            "maelstrom/demo/up/out",
            "..",
        );
        let text = sample.unpack().unwrap_err();
        assert!(text.contains("lies in something that is no folder"), "{text}");
        let sample = Sample::new().with(EntryType::Symlink, "maelstrom/demo/up", "..").with(
            EntryType::Symlink,
            "maelstrom/demo/out",
            "up/..",
        );
        assert!(sample.unpack().unwrap_err().contains("links to \"up/..\""));
    }

    #[test]
    fn an_archive_of_something_else() {
        let sample = Sample::empty().with(EntryType::Regular, "README\u{1b}[2J", "").with(
            EntryType::Regular,
            "maelstrom/maelstrom",
            "",
        );
        let text = sample.unpack().unwrap_err();
        assert!(text.contains("maelstrom/lib/maelstrom.jar is not in it"), "{text}");
        assert!(text.contains(r"(at its top: maelstrom, README\u{1b}[2J)"), "{text}");
        assert!(Sample::empty().unpack().unwrap_err().contains("(at its top: nothing)"));
    }

    #[test]
    fn what_is_no_archive() {
        let problem = |bytes: &[u8]| {
            let folder = tempfile::tempdir().unwrap();
            unpack(bytes, "it", folder.path()).unwrap_err().to_string()
        };
        assert!(problem(b"").contains("but an empty file"));
        assert!(problem(b"<!doctype html>").contains("but a web page"));
        assert!(problem(b"\x1f\x8b\x08").contains("but a gzip file"));
        assert!(problem(b"BZh9garbage, garbage").contains("cut off or damaged"));
        let whole = Sample::new().bytes();
        let (half, _) = whole.split_at(whole.len() / 2);
        assert!(problem(half).contains("cut off or damaged"));
        let mut text = BzEncoder::new(Vec::new(), Compression::fast());
        text.write_all(&[b'x'; 2000]).unwrap();
        assert!(problem(&text.finish().unwrap()).contains("cut off or damaged"));
    }
}
