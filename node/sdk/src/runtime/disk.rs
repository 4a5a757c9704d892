//! Storage that survives restarts: append-only files of records.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

/// The private disk of a node.
pub trait Disk {
    /// The records of a file, in the order in which they were appended; empty for a new file.
    fn read(&self, file: &str) -> io::Result<Vec<Vec<u8>>>;

    /// Appends a record, which must not contain a newline. Once this returns, the record survives
    /// the end of the process.
    fn append(&self, file: &str, record: &[u8]) -> io::Result<()>;
}

/// A disk in memory, for simulations and tests. Clones share the disk.
#[derive(Debug, Clone, Default)]
pub struct MemoryDisk(Rc<RefCell<BTreeMap<String, Vec<Vec<u8>>>>>);

impl Disk for MemoryDisk {
    fn read(&self, file: &str) -> io::Result<Vec<Vec<u8>>> {
        Ok(self.0.borrow().get(file).cloned().unwrap_or_default())
    }

    fn append(&self, file: &str, record: &[u8]) -> io::Result<()> {
        self.0.borrow_mut().entry(file.to_owned()).or_default().push(record.to_vec());
        Ok(())
    }
}
