//! Histories of independent keys, whose values are `[key value]`: each key is judged by itself.
//!
//! Registers have keys in any case, and split them themselves; ids and echoed texts may be pairs.

mod shape;

use crate::explanation::EXAMPLES;
use crate::result_map::{result_map, valid_entry};
use crate::value_order::sort_by_value;
use crate::{CheckerError, Criteria, Explanation, Warning, workloads};
use glomers_config::Workload;
use glomers_history::{History, Kind, Operation, Traffic, Validity, Value, Verdict};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
pub use shape::has_independent_keys;
pub(crate) use shape::{is_transaction, keyed_transaction, tuple};

/// Keys in order, each with its history, whose values are without the key.
type Keys = Vec<(Value, History)>;

/// Splits a history by key; `None` if its values have no keys. Entries without a key belong to all
/// keys. Fails if keys cannot be compared.
fn split(workload: Workload, history: &History) -> Result<Option<Keys>, CheckerError> {
    if !has_independent_keys(workload, history) {
        return Ok(None);
    }
    let mut keys: IndexMap<&Value, Vec<(usize, Operation)>, FxBuildHasher> = IndexMap::default();
    let mut without_key = Vec::new();
    for (position, entry) in history.client_operations() {
        // Entries that did not succeed may lack the key.
        let is_lost = || matches!(entry.kind, Kind::Fail | Kind::Info);
        let invocation = || history.counterpart(position).filter(|_| is_lost());
        let key = tuple(&entry.value);
        let value = key.map_or(&entry.value, |(_, value)| value);
        let operation = Operation { value: value.clone(), ..entry.clone() };
        match key.or_else(|| tuple(&invocation()?.value)) {
            Some((key, _)) => keys.entry(key).or_default().push((position, operation)),
            None => without_key.push((position, operation)),
        }
    }
    for entries in keys.values_mut() {
        entries.extend(without_key.iter().cloned());
        entries.sort_by_key(|(position, _)| *position);
    }
    let history = |entries: Vec<(usize, Operation)>| entries.into_iter().map(|(_, entry)| entry);
    let keys = keys.into_iter().map(|(key, entries)| (key.clone(), history(entries).collect()));
    let mut keys: Keys = keys.collect();
    sort_by_value(&mut keys, |(key, _)| key, "keys")?;
    Ok(Some(keys))
}

/// The `:workload` result.
pub(crate) fn check(history: &History, criteria: &Criteria) -> Verdict {
    let rules = workloads::rules(criteria.workload);
    let keys = match split(criteria.workload, history) {
        Ok(None) => return rules.check(history, criteria),
        Ok(Some(keys)) => keys,
        Err(error) => return error.into(),
    };
    let verdicts = keys.into_iter().map(|(key, history)| (key, rules.check(&history, criteria)));
    let verdicts: Vec<(Value, Verdict)> = verdicts.collect();
    let valid = verdicts.iter().fold(Validity::Valid, |all, (_, verdict)| all.and(verdict.valid));
    let failed = verdicts.iter().filter(|(_, verdict)| verdict.valid == Validity::Invalid);
    let failures = failed.map(|(key, _)| key.clone()).collect();
    let results = verdicts.into_iter().map(|(key, verdict)| (key, verdict.map)).collect();
    let map = result_map([
        valid_entry(valid),
        ("results", Value::Map(results)),
        ("failures", Value::Vector(failures)),
    ]);
    Verdict { valid, map }
}

/// Why [`check`] does not return valid; of many keys, the first few.
pub(crate) fn explain(history: &History, criteria: &Criteria) -> Vec<Explanation> {
    let rules = workloads::rules(criteria.workload);
    let keys = match split(criteria.workload, history) {
        Ok(None) => return rules.explain(history, criteria),
        Ok(Some(keys)) => keys,
        Err(error) => return vec![Explanation::NotJudged(error)],
    };
    let (count, mut invalid, mut unknown) = (keys.len(), 0, 0);
    let mut of_keys = Vec::new();
    for (key, history) in keys {
        match rules.check(&history, criteria).valid {
            Validity::Valid => continue,
            Validity::Invalid => invalid += 1,
            Validity::Unknown => unknown += 1,
        }
        if invalid + unknown <= EXAMPLES {
            let explanations = rules.explain(&history, criteria).into_iter();
            of_keys.extend(explanations.map(|explanation| Explanation::OfKey {
                key: key.clone(),
                explanation: Box::new(explanation),
            }));
        }
    }
    if of_keys.is_empty() {
        return Vec::new();
    }
    of_keys.insert(0, Explanation::Keys { invalid, unknown, keys: count });
    of_keys
}

/// Warnings, which do not affect the verdict; of many keys, the first few.
pub(crate) fn warn(
    criteria: &Criteria,
    history: &History,
    traffic: Option<&Traffic>,
) -> Vec<Warning> {
    let cluster = &criteria.cluster;
    let rules = workloads::rules(criteria.workload);
    let Ok(Some(keys)) = split(criteria.workload, history) else {
        return rules.warn(history, traffic, cluster);
    };
    let of_key = |(key, history): (Value, History)| {
        let warnings = rules.warn(&history, None, cluster);
        warnings.into_iter().map(move |warning| (key.clone(), warning))
    };
    let warnings: Vec<(Value, Warning)> = keys.into_iter().flat_map(of_key).collect();
    let more = warnings.len().saturating_sub(EXAMPLES);
    let mut shown: Vec<Warning> = Vec::new();
    for (index, (key, warning)) in warnings.into_iter().take(EXAMPLES).enumerate() {
        let more = if index + 1 == EXAMPLES { more } else { 0 };
        shown.push(Warning::OfKey { key, warning: Box::new(warning), more });
    }
    shown.extend(Warning::silent(traffic, cluster));
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{sample, texts};
    use crate::{judge, warnings};
    use insta::assert_snapshot;

    fn valid(workload: Workload, lines: &str) -> Validity {
        judge(&Criteria::new(workload), &sample(lines), None).valid()
    }

    const SETS: &str = "invoke 0 add [0 11]
                        ok 0 add [0 11]
                        invoke 0 add [1 12]
                        ok 0 add [1 12]
                        invoke 1 read [0 nil]
                        ok 1 read [0 #{11}]
                        invoke 1 read [1 nil]
                        ok 1 read [1 ELEMENTS]";

    #[test]
    fn each_set_is_judged_by_itself() {
        assert_eq!(valid(Workload::GSet, &SETS.replace("ELEMENTS", "#{12}")), Validity::Valid);
        let lost = SETS.replace("ELEMENTS", "[]");
        assert_eq!(valid(Workload::GSet, &lost), Validity::Invalid);
        let history = sample(&lost);
        let criteria = Criteria::new(Workload::GSet);
        let map = check(&history, &criteria).map;
        assert_eq!(map.get("failures"), Some(&Value::Vector(vec![Value::Int(1)])));
        assert_snapshot!(texts(&explain(&history, &criteria)), @r"
        1 of 2 keys are invalid; each key is judged by itself
        key 1: 1 of 1 values were lost: known, but not in the last read
          12: known to process 0 at 0.003 s, entry 3; never read; missing from that of process 1 at 0.006 s, entry 6
        ");
        let stray = sample(&SETS.replace("ELEMENTS", "[12 11]"));
        assert_snapshot!(texts(&warnings(&criteria, &stray, None)), @"Key 1: 1 value was read that no client added, for example 11 by process 1 at 0.007 s, entry 7: answer `read` with nothing but the `element` of adds.");
    }

    #[test]
    fn tagged_pairs_are_keys_too() {
        for (from, to) in [
            ("[0 11]", "#jepsen.independent/tuple [0 11]"),
            ("[0 11]", "#jepsen.independent.Tuple{:key 0, :value 11}"),
        ] {
            let lines = SETS.replace("ELEMENTS", "#{12}").replace(from, to);
            assert_eq!(valid(Workload::GSet, &lines), Validity::Valid, "{to}");
        }
    }

    #[test]
    fn each_counter_is_judged_by_itself() {
        let lines = "invoke 0 add [0 1]
                     ok 0 add [0 1]
                     invoke 0 add [1 5]
                     info 0 add nil
                     invoke 1 read [0 nil], :final? true
                     ok 1 read [0 1], :final? true
                     invoke 1 read [1 nil], :final? true
                     ok 1 read [1 0], :final? true";
        assert_eq!(valid(Workload::PnCounter, lines), Validity::Unknown);
        let lines = lines.replace("info 0 add nil", "info 0 add [1 5]");
        assert_eq!(valid(Workload::PnCounter, &lines), Validity::Valid);
        let wrong = lines.replace("ok 1 read [0 1]", "ok 1 read [0 6]");
        assert_eq!(valid(Workload::PnCounter, &wrong), Validity::Invalid);
    }

    #[test]
    fn each_database_of_transactions_is_judged_by_itself() {
        let lines = "invoke 0 txn [0 [[:append :x 1]]]
                     ok 0 txn [0 [[:append :x 1]]]
                     invoke 0 txn [1 [[:append :x 1]]]
                     ok 0 txn [1 [[:append :x 1]]]
                     invoke 1 txn [0 [[:r :x nil]]]
                     ok 1 txn [0 [[:r :x [1]]]]
                     invoke 1 txn [1 [[:r :x nil]]]
                     ok 1 txn [1 [[:r :x READ]]]";
        let with = |read: &str| valid(Workload::TxnListAppend, &lines.replace("READ", read));
        assert_eq!(with("[1]"), Validity::Valid);
        assert_eq!(with("nil"), Validity::Invalid);
    }
}
