//! G-counter: a counter that only grows. It is the PN-counter without the negative additions.

use super::last_read::LastRead;
use super::pn_counter::{CounterClient, add_or_read};
use super::{Asking, Client, Generator, Next, Workload};
use crate::Random;
use glomers_history::Value;

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

/// One third additions: half of them are dropped only after mixing.
struct AddsAndReads;

impl Generator for AddsAndReads {
    fn next(&mut self, _: Asking, random: &mut Random) -> Next {
        loop {
            let invocation = add_or_read(random);
            if !matches!(invocation.value, Value::Int(..0)) {
                return Next::Invoke(invocation);
            }
        }
    }
}
