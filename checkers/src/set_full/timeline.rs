//! When each element of a history was known, last present, and last absent.

use crate::CheckerError;
use crate::checker_error::require_pairs;
use crate::excerpt::edn;
use crate::interner::ElementNumbers;
use crate::number::{NONE, number};
use glomers_history::{Function, History, Kind, Operation, Value};
use std::cmp::Reverse;

/// One element since its last add was invoked; earlier entries do not count.
#[derive(Debug)]
pub(super) struct Element<'h> {
    pub(super) value: &'h Value,
    /// Position of the invocation of its add.
    added: usize,
    /// The first completion that proves it: of an add, or of a read that shows it.
    pub(super) known: Option<&'h Operation>,
    /// The last invoked read that shows it.
    pub(super) last_present: Option<&'h Operation>,
    /// The last invoked read that lacks it.
    pub(super) last_absent: Option<&'h Operation>,
    /// The read that was last seen to show it.
    shown_by: u32,
}

/// A successful read.
struct Read<'h> {
    invocation: &'h Operation,
    /// Position of its completion.
    completed: usize,
    value: &'h Value,
}

/// The elements of all adds, in the order of their first invocations.
pub(super) fn timelines<'h>(
    history: &'h History,
    add: &Function,
) -> Result<Vec<Element<'h>>, CheckerError> {
    let mut numbers = ElementNumbers::default();
    let mut elements: Vec<Element<'h>> = Vec::new();
    let mut reads = Vec::new();
    for (position, operation) in history.client_operations() {
        // The reference's set checker always calls it add, whatever name the workload has for it.
        if operation.f == *add || operation.f == Function::Add {
            let value = &operation.value;
            if operation.kind == Kind::Invoke {
                let element = Element {
                    value,
                    added: position,
                    known: None,
                    last_present: None,
                    last_absent: None,
                    shown_by: NONE,
                };
                let next = number(elements.len());
                match numbers.insert(value, next) {
                    number if number == next => elements.push(element),
                    number => elements[number as usize] = element,
                }
            } else {
                let element = numbers.get(value).ok_or_else(|| CheckerError::AddNeverBegan {
                    index: operation.index,
                    element: edn(value),
                })?;
                if operation.kind == Kind::Ok {
                    elements[element as usize].known.get_or_insert(operation);
                }
            }
        } else if operation.f != Function::Read {
            let (index, f, add) = (operation.index, operation.f.clone(), add.clone());
            return Err(CheckerError::NotOfASet { index, f, add });
        } else if operation.kind == Kind::Ok {
            let read = read(history, position, operation)?;
            read.value.each_element(|value| {
                if let Some(number) = numbers.get(value) {
                    elements[number as usize].show(operation, read.invocation);
                }
            });
            reads.push(read);
        }
    }
    find_last_absent(&mut elements, reads, &numbers);
    Ok(elements)
}

fn read<'h>(
    history: &'h History,
    completed: usize,
    operation: &'h Operation,
) -> Result<Read<'h>, CheckerError> {
    let index = operation.index;
    require_pairs(history)?;
    let invocation =
        history.counterpart(completed).ok_or(CheckerError::ReadNeverBegan { index })?;
    let value = &operation.value;
    // The reference would treat characters and map entries as elements; none was ever added.
    if !value.is_collection() && !matches!(value, Value::Nil | Value::Str(_) | Value::Map(_)) {
        return Err(CheckerError::NotACollection { index, value: edn(value) });
    }
    Ok(Read { invocation, completed, value })
}

impl<'h> Element<'h> {
    fn show(&mut self, completion: &'h Operation, invocation: &'h Operation) {
        self.known.get_or_insert(completion);
        if self.last_present.is_none_or(|last| last.index < invocation.index) {
            self.last_present = Some(invocation);
        }
    }
}

/// Goes through the reads from the last invoked one back, with the elements whose last absence is
/// not yet found.
///
/// These are in the order of their adds, so that those that existed when a read completed are the
/// first ones: each of them is either in the read, or leaves the list. This makes the time linear.
fn find_last_absent<'h>(
    elements: &mut [Element<'h>],
    mut reads: Vec<Read<'h>>,
    numbers: &ElementNumbers,
) {
    reads.sort_by_key(|read| Reverse(read.invocation.index));
    let mut open: Vec<usize> = (0..elements.len()).collect();
    open.sort_by_key(|number| elements[*number].added);
    // A linked list over `open`: `next[index]` follows index, the last entry is the head.
    let head = open.len();
    let mut next: Vec<usize> = (1..=open.len()).collect();
    next.push(0);
    for (number, read) in (0_u32..).zip(&reads) {
        read.value.each_element(|value| {
            if let Some(element) = numbers.get(value) {
                elements[element as usize].shown_by = number;
            }
        });
        let mut before = head;
        let mut index = next[head];
        while index < open.len() && elements[open[index]].added < read.completed {
            let element = &mut elements[open[index]];
            if element.shown_by == number {
                before = index;
            } else {
                element.last_absent = Some(read.invocation);
                next[before] = next[index];
            }
            index = next[index];
        }
    }
}
