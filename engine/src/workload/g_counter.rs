//! G-counter: a counter that only grows. It is the PN-counter without negative additions.

use super::definition::{Client, FreeWorker, Generator, Next, Protocol, Workload};
use super::last_read::LastRead;
use super::pn_counter::{ADD, CounterClient, READ, add_or_read};
use crate::Random;
use glomers_history::Value;

/// The requests that a node must support.
pub(super) static PROTOCOL: Protocol = Protocol {
    about: "A counter that only grows; its last reads, on every node, show every addition.",
    rpcs: &[&ADD, &READ],
};

pub(super) struct GCounter;

impl Workload for GCounter {
    fn generator(&self, _random: &mut Random) -> Box<dyn Generator> {
        Box::new(AddsAndReads)
    }

    fn final_generator(&self) -> Option<Box<dyn Generator>> {
        Some(Box::new(LastRead::marked()))
    }

    fn client(&self) -> Box<dyn Client> {
        Box::new(CounterClient)
    }
}

/// A third of the operations are additions: the half of them that are negative is redrawn, and
/// reads are not.
struct AddsAndReads;

impl Generator for AddsAndReads {
    fn next(&mut self, _: FreeWorker, random: &mut Random) -> Next {
        loop {
            let invocation = add_or_read(random);
            if !matches!(invocation.value, Value::Int(..0)) {
                return Next::Invoke(invocation);
            }
        }
    }
}
