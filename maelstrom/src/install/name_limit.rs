//! Rejects archive entries that the tar library would hold in memory whole: long names, long link
//! targets, extended headers. An archive of 1 KB can contain one of gigabytes.

use std::io::{self, Read};
use tar::Header;

/// Size of a block in bytes; a header is one block, and contents are padded to whole blocks.
const BLOCK: usize = 512;
/// Most bytes of a name, a link target, or an extended header: paths have at most 4096.
const LONGEST: u64 = 64 * 1024;
/// Offsets of the flags that another block of a sparse file's map follows: in the header, and in a
/// map block.
const SPARSE_GOES_ON: usize = 482;
const MAP_GOES_ON: usize = 504;

/// What the next bytes are.
#[derive(Debug, Clone, Copy)]
enum Next {
    /// The header of an entry, or the end of the archive.
    Header,
    /// A block of a sparse file's map, followed by this number of content bytes.
    Map(u64),
    /// This number of content bytes.
    Content(u64),
}

/// A reader that passes an archive through, and fails at an entry with too long a name.
#[derive(Debug)]
pub(super) struct NameLimit<R> {
    inner: R,
    next: Next,
    block: [u8; BLOCK],
    filled: usize,
}

impl<R> NameLimit<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, next: Next::Header, block: [0; BLOCK], filled: 0 }
    }

    pub(super) fn into_inner(self) -> R {
        self.inner
    }

    fn watch(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            if let Next::Content(left) = self.next {
                let passed = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                let left = left - passed as u64;
                self.next = if left == 0 { Next::Header } else { Next::Content(left) };
                bytes = &bytes[passed..];
                continue;
            }
            let taken = bytes.len().min(BLOCK - self.filled);
            self.block[self.filled..][..taken].copy_from_slice(&bytes[..taken]);
            self.filled += taken;
            bytes = &bytes[taken..];
            if self.filled == BLOCK {
                self.filled = 0;
                self.next = self.after_block()?;
            }
        }
        Ok(())
    }

    /// What follows the current block.
    fn after_block(&self) -> io::Result<Next> {
        let content = |size: u64| if size == 0 { Next::Header } else { Next::Content(size) };
        if let Next::Map(size) = self.next {
            return Ok(if self.block[MAP_GOES_ON] == 0 { content(size) } else { self.next });
        }
        let header = Header::from_byte_slice(&self.block);
        // The end, or an invalid header, which the archive reader refuses.
        let Ok(size) = header.entry_size() else { return Ok(Next::Content(u64::MAX)) };
        let kind = header.entry_type();
        let is_held = kind.is_gnu_longname() || kind.is_gnu_longlink();
        let is_held = is_held || kind.is_pax_local_extensions() || kind.is_pax_global_extensions();
        if is_held && size > LONGEST {
            let text = format!("a name or header of {size} bytes; at most {LONGEST} are taken");
            return Err(io::Error::other(text));
        }
        let size = size.checked_next_multiple_of(BLOCK as u64).unwrap_or(u64::MAX);
        let has_map = kind.is_gnu_sparse() && self.block[SPARSE_GOES_ON] != 0;
        Ok(if has_map { Next::Map(size) } else { content(size) })
    }
}

impl<R: Read> Read for NameLimit<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.watch(&buffer[..length])?;
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tar::{Builder, EntryType};

    fn header(kind: EntryType, size: u64) -> Header {
        let mut header = Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_cksum();
        header
    }

    fn passed(archive: &[u8]) -> Result<usize, String> {
        let mut plain = Vec::new();
        let read = NameLimit::new(archive).read_to_end(&mut plain);
        read.map_err(|error| error.to_string())
    }

    #[test]
    fn a_long_name_is_refused_at_its_header() {
        for kind in [
            EntryType::GNULongName,
            EntryType::GNULongLink,
            EntryType::XHeader,
            EntryType::XGlobalHeader,
        ] {
            let long = header(kind, 1 << 30);
            let error = passed(long.as_bytes()).unwrap_err();
            assert!(error.starts_with("a name or header of 1073741824 bytes"), "{error}");
            // A regular file of that size is accepted.
            assert_eq!(passed(header(EntryType::Regular, 1 << 30).as_bytes()), Ok(BLOCK));
        }
    }

    proptest! {
        #[test]
        fn other_archives_pass_whatever_they_hold(
            contents in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..1500), 0..5),
        ) {
            let mut builder = Builder::new(Vec::new());
            for (content, name) in contents.iter().zip(["a", "b", "c", "d", "e"]) {
                // Some with long names, which are separate entries.
                let name = name.repeat(1 + content.len() / 5);
                let mut header = header(EntryType::Regular, content.len() as u64);
                builder.append_data(&mut header, name, &content[..]).unwrap();
            }
            let archive = builder.into_inner().unwrap();
            prop_assert_eq!(passed(&archive), Ok(archive.len()));
        }
    }
}
