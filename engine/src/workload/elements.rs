//! The load of both set workloads: elements 0, 1, 2, ... are added, and the set is read.

use super::{Asking, Generator, Invocation, Next};
use crate::Random;
use glomers_history::{Function, Value};

/// Additions and reads, half and half.
pub(super) struct AddsAndReads {
    /// What an addition is called.
    add: Function,
    next_element: i64,
}

impl AddsAndReads {
    pub(super) fn new(add: Function) -> Self {
        Self { add, next_element: 0 }
    }
}

impl Generator for AddsAndReads {
    fn next(&mut self, _: Asking, random: &mut Random) -> Next {
        Next::Invoke(if random.below(2) == 0 {
            let element = self.next_element;
            self.next_element += 1;
            Invocation::new(self.add.clone(), Value::Int(element))
        } else {
            Invocation::new(Function::Read, Value::Nil)
        })
    }
}
