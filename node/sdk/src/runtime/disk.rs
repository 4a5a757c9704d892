//! What survives a node's end: files of records, appended to.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

/// A disk of a node's own.
pub trait Disk {
    /// The records of a file, in the order in which they were appended; none if nobody did.
    fn read(&self, file: &str) -> io::Result<Vec<Vec<u8>>>;

    /// Appends a record, which holds no newline. When it returns, the record survives the end of
    /// the process.
    fn append(&self, file: &str, record: &[u8]) -> io::Result<()>;
}

/// A disk in memory, for simulations and tests. Clones are the same disk.
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
