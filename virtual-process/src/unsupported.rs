//! Other systems: no program can be started.

use crate::{End, Exceeded, Irregularity, Program, StartError};
use std::convert::Infallible;
use std::time::Duration;

/// Where no program is started, the choice of a processor is of no use.
#[derive(Debug)]
pub struct OneProcessor;

impl OneProcessor {
    /// Does nothing.
    #[must_use]
    pub fn begin() -> Self {
        Self
    }
}

/// A program in virtual time, of which there are none on this system.
#[derive(Debug)]
pub struct VirtualProcess(Infallible);

#[expect(missing_docs, reason = "see the implementation for Linux")]
impl VirtualProcess {
    pub fn start(_program: &Program) -> Result<Self, StartError> {
        Err(StartError::Unsupported)
    }

    pub fn write_stdin(&mut self, _bytes: &[u8]) {
        match self.0 {}
    }

    pub fn close_stdin(&mut self) {
        match self.0 {}
    }

    pub fn run(&mut self, _now: Duration) {
        match self.0 {}
    }

    #[must_use]
    pub fn next_wake(&self) -> Option<Duration> {
        match self.0 {}
    }

    pub fn take_stdout(&mut self) -> Vec<u8> {
        match self.0 {}
    }

    #[must_use]
    pub fn is_stdout_closed(&self) -> bool {
        match self.0 {}
    }

    #[must_use]
    pub fn unread_bytes(&self) -> usize {
        match self.0 {}
    }

    #[must_use]
    pub fn end(&self) -> Option<End> {
        match self.0 {}
    }

    #[must_use]
    pub fn is_stopped(&self) -> bool {
        match self.0 {}
    }

    #[must_use]
    pub fn irregularities(&self) -> &[Irregularity] {
        match self.0 {}
    }

    #[must_use]
    pub fn exceeded(&self) -> Option<Exceeded> {
        match self.0 {}
    }

    #[must_use]
    pub fn stops(&self) -> u64 {
        match self.0 {}
    }

    pub fn kill(&mut self) {
        match self.0 {}
    }
}
