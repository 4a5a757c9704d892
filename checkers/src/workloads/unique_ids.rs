//! The unique-ids workload.

use super::{WorkloadFindings, WorkloadResult, not_judged};
use crate::checker_error::verdict_of;
use crate::examples::EXAMPLES;
use crate::{CheckerError, Explanation, Moment, RepeatedId, Stats, Warning, unique_ids};
use glomers_history::{Function, History, Kind, Traffic, Value};

#[derive(Debug)]
struct UniqueIdFindings<'h> {
    history: &'h History,
    duplicated: Result<Duplicated, CheckerError>,
}

/// Ids that were given out more than once.
#[derive(Debug)]
struct Duplicated {
    /// Number of distinct ids.
    count: usize,
    /// The most frequent few, and how often they were given out.
    worst: Vec<(Value, u64)>,
}

/// Runs the checker.
pub(super) fn check(history: &History) -> WorkloadResult<'_> {
    let ids = unique_ids(history);
    let duplicated = ids.as_ref().map_err(Clone::clone).map(|ids| Duplicated {
        count: ids.duplicated.len(),
        worst: ids.most_frequent(EXAMPLES).into_iter().cloned().collect(),
    });
    WorkloadResult::new(verdict_of(ids), UniqueIdFindings { history, duplicated })
}

impl WorkloadFindings for UniqueIdFindings<'_> {
    fn explanations(&self) -> Vec<Explanation> {
        match &self.duplicated {
            Ok(Duplicated { count: 0, .. }) => Vec::new(),
            Ok(Duplicated { count, worst }) => {
                let example = |(id, times): &(Value, u64)| repeated(self.history, id, *times);
                let examples = worst.iter().filter_map(example).collect();
                vec![Explanation::DuplicatedIds { count: *count, examples }]
            }
            Err(error) => not_judged(error),
        }
    }

    fn warnings(&self, stats: &Stats, _: Option<&Traffic>) -> Vec<Warning> {
        Warning::unsuccessful(self.history, stats)
    }
}

/// Looks up the first operations that received the id.
fn repeated(history: &History, id: &Value, times: u64) -> Option<RepeatedId> {
    let mut given = history
        .client_operations()
        .map(|(_, operation)| operation)
        .filter(|o| o.kind == Kind::Ok && o.f == Function::Generate && o.value == *id);
    let first_two = [Moment::from(given.next()?), Moment::from(given.next()?)];
    Some(RepeatedId { id: id.clone(), times, first_two })
}
