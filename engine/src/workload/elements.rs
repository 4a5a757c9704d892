//! The load of both set workloads: adds elements 0, 1, 2, ..., and reads the set.

use super::definition::{FreeWorker, Generator, Invocation, Next};
use crate::Random;
use glomers_history::{Function, Value};

/// Additions and reads with equal probability.
pub(super) struct AddsAndReads {
    /// The function name of an addition.
    add: Function,
    next_element: i64,
}

impl AddsAndReads {
    pub(super) fn new(add: Function) -> Self {
        Self { add, next_element: 0 }
    }
}

impl Generator for AddsAndReads {
    fn next(&mut self, _: FreeWorker, random: &mut Random) -> Next {
        Next::Invoke(if random.below(2) == 0 {
            let element = self.next_element;
            self.next_element += 1;
            Invocation::new(self.add.clone(), Value::Int(element))
        } else {
            Invocation::new(Function::Read, Value::Nil)
        })
    }
}
