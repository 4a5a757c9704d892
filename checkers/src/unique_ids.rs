//! Unique ids: no id may be given out twice.

use crate::CheckerError;
use crate::result_map::{result_map, valid_entry};
use crate::value_order::{compare, sort_by_value};
use glomers_history::{Function, History, Kind, Validity, Value, Verdict};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;

/// Maximum number of duplicated ids that a result lists.
const LISTED: usize = 48;
const IDS: &str = "ids";

/// The result of [`unique_ids`].
#[derive(Debug, Clone, PartialEq)]
pub struct UniqueIds {
    /// Number of requests.
    pub attempted: u64,
    /// Number of ids that were given out.
    pub acknowledged: u64,
    /// Every id that was given out more than once, sorted, and how often.
    pub duplicated: Vec<(Value, u64)>,
    /// Least and greatest id; nil does not count; nil if there are no ids.
    pub range: (Value, Value),
}

/// Counts ids. Fails if two of them cannot be compared.
pub fn unique_ids(history: &History) -> Result<UniqueIds, CheckerError> {
    let mut attempted = 0;
    let mut acknowledged = 0;
    let mut counts: FxHashMap<&Value, u64> = FxHashMap::default();
    let mut range: Option<(&Value, &Value)> = None;
    for operation in history.operations() {
        match operation.kind {
            _ if operation.f != Function::Generate => {}
            Kind::Invoke => attempted += 1,
            Kind::Ok => {
                acknowledged += 1;
                *counts.entry(&operation.value).or_default() += 1;
                widen(&mut range, &operation.value)?;
            }
            Kind::Fail | Kind::Info => {}
        }
    }
    let mut duplicated: Vec<(Value, u64)> = counts
        .into_iter()
        .filter(|(_, count)| *count > 1)
        .map(|(id, count)| (id.clone(), count))
        .collect();
    sort_by_value(&mut duplicated, |(id, _)| id, IDS)?;
    // The reference puts them into a sorted map, which holds 1 and 1.0 only once.
    duplicated.dedup_by(|(a, _), (b, _)| a.compare(b) == Ok(Ordering::Equal));
    let (least, greatest) = range.unwrap_or((&Value::Nil, &Value::Nil));
    Ok(UniqueIds { attempted, acknowledged, duplicated, range: (least.clone(), greatest.clone()) })
}

/// Of values that compare as equal, the later one counts.
fn widen<'h>(
    range: &mut Option<(&'h Value, &'h Value)>,
    id: &'h Value,
) -> Result<(), CheckerError> {
    match range {
        _ if *id == Value::Nil => {}
        None => *range = Some((id, id)),
        Some((least, greatest)) => {
            if compare(id, least, IDS)? != Ordering::Greater {
                *least = id;
            }
            if compare(id, greatest, IDS)? != Ordering::Less {
                *greatest = id;
            }
        }
    }
    Ok(())
}

impl UniqueIds {
    /// The most frequent duplicated ids, at most `most`, the most frequent first and of equally
    /// frequent ones the greatest first.
    #[must_use]
    pub fn most_frequent(&self, most: usize) -> Vec<&(Value, u64)> {
        let mut sorted: Vec<_> = self.duplicated.iter().collect();
        sorted.sort_by_key(|(_, count)| *count);
        sorted.into_iter().rev().take(most).collect()
    }
}

impl From<UniqueIds> for Verdict {
    fn from(ids: UniqueIds) -> Self {
        let valid = ids.duplicated.is_empty();
        let mut listed = ids.most_frequent(LISTED);
        listed.sort_by(|(a, _), (b, _)| a.cmp(b));
        let listed = listed.into_iter().map(|(id, count)| (id.clone(), (*count).into())).collect();
        let map = result_map([
            valid_entry(valid),
            ("attempted-count", ids.attempted.into()),
            ("acknowledged-count", ids.acknowledged.into()),
            ("duplicated-count", ids.duplicated.len().into()),
            ("duplicated", Value::Map(listed)),
            ("range", Value::Vector(vec![ids.range.0, ids.range.1])),
        ]);
        Self { valid: Validity::from(valid), map }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checker_error::verdict_of;
    use crate::sample::{edn, sample};
    use std::fmt::Write as _;

    fn judged(ids: &[&str]) -> Value {
        let lines = ids.iter().fold(String::new(), |mut lines, id| {
            writeln!(lines, "invoke 0 generate nil\nok 0 generate {id}").unwrap();
            lines
        });
        verdict_of(unique_ids(&sample(&lines))).map
    }

    #[test]
    fn ids_of_any_type_that_has_an_order_are_counted() {
        let nothing = "{:valid? true, :attempted-count 0, :acknowledged-count 0, \
                       :duplicated-count 0, :duplicated {}, :range [nil nil]}";
        assert_eq!(judged(&[]), edn(nothing));
        let map = judged(&["[1 2]", "[9]", "[1 2]", "nil", "nil", "nil"]);
        assert_eq!(map.get("duplicated"), Some(&edn("{nil 3, [1 2] 2}")));
        assert_eq!(map.get("range"), Some(&edn("[[9] [1 2]]")));
        // Equal in order and not in value; the later one is kept.
        let map = judged(&["1", "1.0"]);
        assert_eq!(map.get("duplicated-count"), Some(&edn("0")));
        assert_eq!(map.get("range"), Some(&edn("[1.0 1.0]")));
    }

    #[test]
    fn zero_has_no_sign() {
        for ids in [["0", "-0"], ["0.0", "-0.0"], ["[-0.0]", "[0.0]"]] {
            let map = judged(&ids);
            assert_eq!(map.get("duplicated-count"), Some(&Value::Int(1)), "{ids:?}");
        }
        assert_eq!(judged(&["0", "-0.0"]).get("duplicated-count"), Some(&Value::Int(0)));
    }

    #[test]
    fn ids_that_have_no_order_make_the_verdict_unknown() {
        for ids in [["1", "\"1\""], ["{:a 1}", "{:a 1}"], ["(1)", "(2)"]] {
            let map = judged(&ids);
            assert_eq!(map.get("valid?"), Some(&Value::keyword("unknown")), "{ids:?}");
            let Some(Value::Str(error)) = map.get("error") else { panic!("{map:?}") };
            assert!(error.contains("cannot be compared"), "{error}");
        }
        // One alone need not be compared.
        assert_eq!(judged(&["{:a 1}"]).get("range"), Some(&edn("[{:a 1} {:a 1}]")));
    }

    #[test]
    fn the_greatest_of_equally_frequent_ids_are_listed() {
        let ids: Vec<String> = (0..60).map(|id| id.to_string()).collect();
        let thrice = ["3", "3", "3"];
        let twice = ids.iter().chain(&ids).map(String::as_str);
        let map = judged(&twice.chain(thrice).collect::<Vec<_>>());
        assert_eq!(map.get("duplicated-count"), Some(&Value::Int(60)));
        let Some(Value::Map(listed)) = map.get("duplicated") else { panic!("{map:?}") };
        assert_eq!(listed.len(), LISTED);
        assert_eq!(listed[0], (Value::Int(3), Value::Int(5)));
        assert_eq!(listed[1], (Value::Int(13), Value::Int(2)));
    }
}
