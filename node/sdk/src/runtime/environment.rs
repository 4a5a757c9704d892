//! The state shared by a node's futures and its core.

use crate::protocol::{Correlation, NodeId, WriteError, write_body};
use crate::runtime::Disk;
use crate::runtime::calls::Calls;
use crate::runtime::tasks::Task;
use crate::runtime::timers::Timers;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::fmt::{self, Write};
use std::rc::Rc;
use std::time::Duration;

/// The environment of a node.
pub(super) struct Environment {
    pub(super) now: Cell<Duration>,
    pub(super) random: RefCell<Xoshiro256PlusPlus>,
    pub(super) timers: RefCell<Timers>,
    pub(super) calls: RefCell<Calls>,
    /// Tasks that the core has not yet started.
    pub(super) spawned: RefCell<Vec<Task>>,
    /// Lines to send.
    pub(super) output: RefCell<Vec<u8>>,
    /// Lines to log.
    pub(super) log: RefCell<String>,
    /// The disk, if the node has one.
    pub(super) disk: Option<Rc<dyn Disk>>,
}

impl Environment {
    pub(super) fn new(seed: u64, disk: Option<Rc<dyn Disk>>) -> Self {
        Self {
            now: Cell::default(),
            random: RefCell::new(Xoshiro256PlusPlus::seed_from_u64(seed)),
            timers: RefCell::default(),
            calls: RefCell::default(),
            spawned: RefCell::default(),
            output: RefCell::default(),
            log: RefCell::default(),
            disk,
        }
    }

    /// Appends a message to the output; appends nothing if it cannot be serialized.
    pub(super) fn write<B: Serialize + ?Sized>(
        &self,
        src: &NodeId,
        dest: &str,
        correlation: Correlation,
        body: &B,
    ) -> Result<(), WriteError> {
        let out = &mut *self.output.borrow_mut();
        let start = out.len();
        let written = write_line(out, src, dest, correlation, body);
        if written.is_err() {
            out.truncate(start);
        }
        written
    }

    /// Appends a message without `msg_id`, once for each receiver; appends nothing if it cannot be
    /// serialized. The body is serialized once, and copied.
    pub(super) fn write_all<'d, B: Serialize + ?Sized>(
        &self,
        src: &NodeId,
        dests: impl Iterator<Item = &'d str>,
        body: &B,
    ) -> Result<(), WriteError> {
        let mut text = Vec::new();
        write_body(&mut text, Correlation::default(), body)?;
        let out = &mut *self.output.borrow_mut();
        for dest in dests {
            write_head(out, src, dest)?;
            out.extend_from_slice(&text);
            out.extend_from_slice(LINE_END);
        }
        Ok(())
    }

    pub(super) fn log(&self, line: fmt::Arguments<'_>) {
        // Writing to a string fails only if the `Display` of the value does.
        if writeln!(self.log.borrow_mut(), "{line}").is_err() {
            self.log.borrow_mut().push_str("(a line that cannot be displayed)\n");
        }
    }
}

/// The text after a body.
const LINE_END: &[u8] = b"}\n";

fn write_line<B: Serialize + ?Sized>(
    out: &mut Vec<u8>,
    src: &str,
    dest: &str,
    correlation: Correlation,
    body: &B,
) -> Result<(), WriteError> {
    write_head(out, src, dest)?;
    write_body(out, correlation, body)?;
    out.extend_from_slice(LINE_END);
    Ok(())
}

/// Writes the text before a body.
fn write_head(out: &mut Vec<u8>, src: &str, dest: &str) -> Result<(), WriteError> {
    out.extend_from_slice(b"{\"src\":");
    serde_json::to_writer(&mut *out, src)?;
    out.extend_from_slice(b",\"dest\":");
    serde_json::to_writer(&mut *out, dest)?;
    out.extend_from_slice(b",\"body\":");
    Ok(())
}
