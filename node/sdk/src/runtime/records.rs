//! A file of a node's disk that contains typed values, as one line of JSON each.

use crate::protocol::RpcError;
use crate::runtime::Disk;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;

/// The values that a node appended to a file, in order. Made by
/// [`Ctx::records`](crate::Ctx::records). Without a disk it is always empty, and appending does
/// nothing.
///
/// `T` should be a plain struct, tuple or enum: types that serde buffers (untagged and internally
/// tagged enums, flattened fields) cannot contain a [`Json`](crate::Json).
pub struct Records<T> {
    disk: Option<Rc<dyn Disk>>,
    file: &'static str,
    values: PhantomData<fn(T) -> T>,
}

impl<T: Serialize + DeserializeOwned> Records<T> {
    pub(super) fn new(disk: Option<Rc<dyn Disk>>, file: &'static str) -> Self {
        Self { disk, file, values: PhantomData }
    }

    /// Whether there is a disk, so that appending has an effect.
    #[must_use]
    pub fn are_kept(&self) -> bool {
        self.disk.is_some()
    }

    /// All values that this life of the node and earlier ones have appended. The error is a crash
    /// (13), which names the file and the record.
    pub fn read(&self) -> Result<Vec<T>, RpcError> {
        let Some(disk) = &self.disk else { return Ok(Vec::new()) };
        let lines = disk.read(self.file).map_err(|error| self.failed("cannot be read", &error))?;
        let read = |(number, line): (usize, &Vec<u8>)| {
            let unread = |error| self.failed(&format!("has an odd line {number}"), &error);
            serde_json::from_slice(line).map_err(unread)
        };
        (1..).zip(&lines).map(read).collect()
    }

    /// Appends a value: once this returns, the value survives a restart. After an error (a crash,
    /// 13) it is not stored, and nothing that depends on it may be acknowledged or returned.
    pub fn append(&self, value: &T) -> Result<(), RpcError> {
        let Some(disk) = &self.disk else { return Ok(()) };
        let appended = serde_json::to_vec(value)
            .map_err(Into::into)
            .and_then(|line| disk.append(self.file, &line));
        appended.map_err(|error| self.failed("cannot be appended to", &error))
    }

    fn failed(&self, what: &str, error: &dyn fmt::Display) -> RpcError {
        RpcError::crash(format!("the file {:?} of this node's disk {what}: {error}", self.file))
    }
}
