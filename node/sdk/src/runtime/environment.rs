//! What a node's futures and its core share.

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

/// The world as a node sees it.
pub(super) struct Environment {
    pub(super) now: Cell<Duration>,
    pub(super) random: RefCell<Xoshiro256PlusPlus>,
    pub(super) timers: RefCell<Timers>,
    pub(super) calls: RefCell<Calls>,
    /// Tasks that wait for the core to take them over.
    pub(super) spawned: RefCell<Vec<Task>>,
    /// Lines for the network.
    pub(super) output: RefCell<Vec<u8>>,
    /// Lines for humans.
    pub(super) log: RefCell<String>,
    /// What survives the node's end, if it was given anything of the kind.
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

    /// Appends a message to the output, or nothing if it cannot be written.
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

    /// Appends a message that wants no answer, once for each receiver, or nothing if it cannot be
    /// written. The body is written once, and copied.
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
        // Writing to a string fails only if the text's own `Display` does.
        if writeln!(self.log.borrow_mut(), "{line}").is_err() {
            self.log.borrow_mut().push_str("(a line that cannot be displayed)\n");
        }
    }
}

/// What comes after a body.
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

/// Writes what comes before a body.
fn write_head(out: &mut Vec<u8>, src: &str, dest: &str) -> Result<(), WriteError> {
    out.extend_from_slice(b"{\"src\":");
    serde_json::to_writer(&mut *out, src)?;
    out.extend_from_slice(b",\"dest\":");
    serde_json::to_writer(&mut *out, dest)?;
    out.extend_from_slice(b",\"body\":");
    Ok(())
}
