//! Elements that one read showed more than once. The reference has a check for them, which never
//! fires.

use crate::Moment;
use crate::interner::ElementNumbers;
use crate::number::number;
use glomers_history::{Function, History, Kind, Value};

/// An element that a read showed more than once.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicate {
    /// The element.
    pub element: Value,
    /// Largest number of its occurrences in one read.
    pub multiplicity: u32,
    /// Completion of the first read with that number.
    pub read: Moment,
}

/// The occurrences of an element in the reads so far.
struct Sightings {
    element: Value,
    /// Number of the last read that showed it.
    read: u32,
    /// Number of occurrences in that read.
    times: u32,
    /// Largest number of occurrences in one read, and the first such read.
    most: Option<(u32, Moment)>,
}

/// Elements that a successful `read` showed more than once, sorted, with their highest
/// multiplicity. Meaningful only where a read returns a set: in broadcast and g-set.
#[must_use]
pub fn duplicates(history: &History) -> Vec<Duplicate> {
    let mut numbers = ElementNumbers::default();
    let mut sightings: Vec<Sightings> = Vec::new();
    let reads = history
        .client_operations()
        .map(|(_, operation)| operation)
        .filter(|operation| operation.f == Function::Read && operation.kind == Kind::Ok);
    for (read, operation) in (0_u32..).zip(reads) {
        operation.value.each_element(|element| {
            let next = number(sightings.len());
            let number = numbers.insert(element, next);
            if number == next {
                let element = element.clone();
                return sightings.push(Sightings { element, read, times: 1, most: None });
            }
            let seen = &mut sightings[number as usize];
            if seen.read == read {
                seen.times += 1;
                if seen.most.is_none_or(|(most, _)| most < seen.times) {
                    seen.most = Some((seen.times, operation.into()));
                }
            } else {
                seen.read = read;
                seen.times = 1;
            }
        });
    }
    let mut duplicates: Vec<Duplicate> = sightings
        .into_iter()
        .filter_map(|seen| {
            let (multiplicity, read) = seen.most?;
            Some(Duplicate { element: seen.element, multiplicity, read })
        })
        .collect();
    duplicates.sort_by(|a, b| a.element.cmp(&b.element));
    duplicates
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::sample;

    #[test]
    fn duplicates_are_counted_within_one_read() {
        let history = sample(
            r#"invoke 0 read nil
               ok 0 read [1 2 3 "x"]
               invoke 0 read nil
               ok 0 read [3 1 3 "x" "x"]
               invoke 1 read nil
               ok 1 read [3 3 3]
               invoke 2 read nil
               fail 2 read [1 1]"#,
        );
        let found: Vec<_> = duplicates(&history)
            .into_iter()
            .map(|d| (d.element, d.multiplicity, d.read.index))
            .collect();
        assert_eq!(found, [(Value::Int(3), 3, 5), (Value::str("x"), 2, 3)]);
    }
}
