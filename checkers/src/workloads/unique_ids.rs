//! The unique-ids workload.

use super::Rules;
use crate::checker_error::verdict_of;
use crate::explanation::EXAMPLES;
use crate::{Cluster, Criteria, Explanation, Moment, RepeatedId, Warning, unique_ids};
use glomers_history::{Function, History, Kind, Traffic, Value, Verdict};

pub(super) struct UniqueIds;

impl Rules for UniqueIds {
    fn check(&self, history: &History, _: &Criteria) -> Verdict {
        verdict_of(unique_ids(history))
    }

    fn explain(&self, history: &History, _: &Criteria) -> Vec<Explanation> {
        match unique_ids(history) {
            Ok(ids) if ids.duplicated.is_empty() => Vec::new(),
            Ok(ids) => {
                let worst = ids.most_frequent(EXAMPLES);
                let example = |(id, times): &(Value, u64)| repeated(history, id, *times);
                vec![Explanation::DuplicatedIds {
                    count: ids.duplicated.len(),
                    examples: worst.into_iter().filter_map(example).collect(),
                }]
            }
            Err(error) => vec![Explanation::NotJudged(error)],
        }
    }

    fn warn(&self, history: &History, _: Option<&Traffic>, _: &Cluster) -> Vec<Warning> {
        Warning::unsuccessful(history)
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
