//! Set-full: elements that were added must eventually be in every read.
//!
//! An element is known from the completion of its add, or from the first read that shows it. It is
//! stable when a read that shows it began after every read that lacks it, and lost when a read that
//! lacks it began after it was known and after every read that shows it.
//!
//! The result is the reference's, but the reference visits every element at every read, while the
//! time here is linear in the size of the reads.

mod result;
mod timeline;

use crate::value_order::{incomparable, sort_by_value};
use crate::{CheckerError, Moment, Quantiles};
use glomers_history::{Function, History, Operation, Value};
use std::cmp::Ordering;
use timeline::{Element, timelines};

/// Maximum number of stale elements that a result describes.
const DESCRIBED: usize = 8;
const NANOS_PER_MS: i64 = 1_000_000;

/// An element that was in every read only some time after it was known.
#[derive(Debug, Clone, PartialEq)]
pub struct StaleElement {
    /// The element.
    pub element: Value,
    /// Ms from known to stable.
    pub stable_latency: i64,
    /// The operation that made it known.
    pub known: Operation,
    /// Invocation of the last read that lacked it; `None` if only times below 0 make it stale.
    pub last_absent: Option<Operation>,
}

/// An element that was known, and later vanished.
#[derive(Debug, Clone, PartialEq)]
pub struct LostElement {
    /// The element.
    pub element: Value,
    /// Ms from known to lost.
    pub lost_latency: i64,
    /// The entry that made it known: the completion of its add, or of the first read that showed
    /// it.
    pub known: Moment,
    /// Invocation of the last read that showed it.
    pub last_present: Option<Moment>,
    /// Invocation of the last read that lacked it.
    pub last_absent: Moment,
}

/// The result of [`set_full`]. Elements are sorted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SetFull {
    /// Number of distinct elements that clients tried to add.
    pub attempt_count: usize,
    /// Number of elements that were in every read from some time on.
    pub stable_count: usize,
    /// Known elements that vanished.
    pub lost: Vec<LostElement>,
    /// Elements neither stable nor lost: no read began after they were known.
    pub never_read: Vec<Value>,
    /// Stable elements with a latency of 1 ms or more.
    pub stale: Vec<Value>,
    /// The worst stale elements, the slowest first.
    pub worst_stale: Vec<StaleElement>,
    /// Ms from known to stable, of stable elements.
    pub stable_latencies: Option<Quantiles>,
    /// Ms from known to lost, of lost elements.
    pub lost_latencies: Option<Quantiles>,
}

/// Follows every element that `add` adds through the successful reads.
///
/// Fails if elements cannot be compared, if the history has other operations than reads and adds,
/// or if it completes an operation that never began.
pub fn set_full(history: &History, add: &Function) -> Result<SetFull, CheckerError> {
    let mut elements = timelines(history, add)?;
    sort_by_value(&mut elements, |element| element.value, "elements")?;
    for pair in elements.windows(2) {
        // The reference then compares its records of the two, which cannot be compared.
        if pair[0].value.compare(pair[1].value) == Ok(Ordering::Equal) {
            return Err(incomparable(pair[0].value, pair[1].value, "elements"));
        }
    }
    Ok(summarize(&elements))
}

fn summarize(elements: &[Element<'_>]) -> SetFull {
    let mut set = SetFull { attempt_count: elements.len(), ..SetFull::default() };
    let (mut stable_latencies, mut lost_latencies) = (Vec::new(), Vec::new());
    let mut stale = Vec::new();
    for element in elements {
        match element.outcome() {
            ElementOutcome::Stable { latency, known } => {
                stable_latencies.push(latency);
                if latency > 0 {
                    stale.push((latency, element.value, known, element.last_absent));
                }
            }
            ElementOutcome::Lost { latency, known, last_absent } => {
                lost_latencies.push(latency);
                set.lost.push(LostElement {
                    element: element.value.clone(),
                    lost_latency: latency,
                    known: known.into(),
                    last_present: element.last_present.map(Moment::from),
                    last_absent: last_absent.into(),
                });
            }
            ElementOutcome::NeverRead => set.never_read.push(element.value.clone()),
        }
    }
    set.stable_count = stable_latencies.len();
    set.stale = stale.iter().map(|(_, element, ..)| (*element).clone()).collect();
    // Of equally slow elements, the greatest element comes first: sorted, then reversed.
    stale.sort_by_key(|(latency, ..)| *latency);
    let worst = stale.iter().rev().take(DESCRIBED);
    set.worst_stale = worst
        .map(|(latency, element, known, last_absent)| StaleElement {
            element: (*element).clone(),
            stable_latency: *latency,
            known: (*known).clone(),
            last_absent: last_absent.cloned(),
        })
        .collect();
    set.stable_latencies = Quantiles::of(stable_latencies);
    set.lost_latencies = Quantiles::of(lost_latencies);
    set
}

/// The outcome of an element; latencies in ms.
enum ElementOutcome<'h> {
    Stable { latency: i64, known: &'h Operation },
    Lost { latency: i64, known: &'h Operation, last_absent: &'h Operation },
    NeverRead,
}

impl<'h> Element<'h> {
    fn outcome(&self) -> ElementOutcome<'h> {
        let Some(known) = self.known else { return ElementOutcome::NeverRead };
        // Measured from a nanosecond after the last read to the contrary began, or from the start
        // of the test.
        let latency = |otherwise: Option<&Operation>| {
            let since = otherwise.map_or(0, |operation| operation.time.saturating_add(1));
            since.saturating_sub(known.time).max(0) / NANOS_PER_MS
        };
        match (self.last_present, self.last_absent) {
            (Some(present), absent) if absent.is_none_or(|absent| absent.index < present.index) => {
                ElementOutcome::Stable { latency: latency(absent), known }
            }
            (present, Some(absent))
                if present.is_none_or(|present| present.index < absent.index)
                    && known.index < absent.index =>
            {
                ElementOutcome::Lost { latency: latency(present), known, last_absent: absent }
            }
            _ => ElementOutcome::NeverRead,
        }
    }
}

#[cfg(test)]
mod tests;
