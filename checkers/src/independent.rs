//! Histories of independent keys, whose values are `[key value]`: each key is judged by itself.
//!
//! Registers have keys in any case, and split them themselves; ids and echoed texts may be pairs.

mod shape;

use crate::examples::EXAMPLES;
use crate::result_map::{result_map, valid_entry};
use crate::value_order::sort_by_value;
use crate::workloads::{self, WorkloadFindings, WorkloadResult};
use crate::{CheckerError, Criteria, Explanation, Stats, Warning, stats};
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

/// Runs the checker of the workload, over each key by itself if there are keys.
pub(crate) fn check<'h>(history: &'h History, criteria: &'h Criteria) -> WorkloadResult<'h> {
    let keys = match split(criteria.workload, history) {
        Ok(None) => return workloads::check(history, criteria),
        Ok(Some(keys)) => keys,
        Err(error) => {
            let whole = workloads::check(history, criteria).findings;
            let verdict = error.clone().into();
            return WorkloadResult { verdict, findings: Box::new(Unsplit { error, whole }) };
        }
    };
    let mut findings = KeyFindings::new(criteria, keys.len());
    let (mut valid, mut results, mut failures) = (Validity::Valid, Vec::new(), Vec::new());
    for (key, history) in keys {
        let of_key = workloads::check(&history, criteria);
        findings.add(&key, of_key.verdict.valid, &*of_key.findings, &history);
        valid = valid.and(of_key.verdict.valid);
        if of_key.verdict.valid == Validity::Invalid {
            failures.push(key.clone());
        }
        results.push((key, of_key.verdict.map));
    }
    let map = result_map([
        valid_entry(valid),
        ("results", Value::Map(results)),
        ("failures", Value::Vector(failures)),
    ]);
    WorkloadResult { verdict: Verdict { valid, map }, findings: Box::new(findings) }
}

/// What was found in the keys, of many the first few: the history of a key is not kept.
#[derive(Debug)]
struct KeyFindings<'h> {
    criteria: &'h Criteria,
    /// Number of keys.
    keys: usize,
    /// Number of invalid keys, and of those with an unknown verdict.
    invalid: usize,
    unknown: usize,
    explanations: Vec<(Value, Explanation)>,
    warnings: Vec<(Value, Warning)>,
    /// Number of warnings that are not kept.
    more_warnings: usize,
}

impl<'h> KeyFindings<'h> {
    fn new(criteria: &'h Criteria, keys: usize) -> Self {
        Self {
            criteria,
            keys,
            invalid: 0,
            unknown: 0,
            explanations: Vec::new(),
            warnings: Vec::new(),
            more_warnings: 0,
        }
    }

    /// Takes in what was found in the history of a key.
    fn add(
        &mut self,
        key: &Value,
        valid: Validity,
        findings: &dyn WorkloadFindings,
        history: &History,
    ) {
        for warning in findings.warnings(&stats(history), None) {
            if self.warnings.len() < EXAMPLES {
                self.warnings.push((key.clone(), warning));
            } else {
                self.more_warnings += 1;
            }
        }
        match valid {
            Validity::Valid => return,
            Validity::Invalid => self.invalid += 1,
            Validity::Unknown => self.unknown += 1,
        }
        if self.invalid + self.unknown <= EXAMPLES {
            let explanations = findings.explanations().into_iter();
            self.explanations.extend(explanations.map(|explanation| (key.clone(), explanation)));
        }
    }
}

impl WorkloadFindings for KeyFindings<'_> {
    fn explanations(&self) -> Vec<Explanation> {
        if self.explanations.is_empty() {
            return Vec::new();
        }
        let Self { invalid, unknown, keys, .. } = *self;
        let of_keys = self.explanations.iter().cloned().map(|(key, explanation)| {
            Explanation::OfKey { key, explanation: Box::new(explanation) }
        });
        [Explanation::Keys { invalid, unknown, keys }].into_iter().chain(of_keys).collect()
    }

    fn warnings(&self, _: &Stats, traffic: Option<&Traffic>) -> Vec<Warning> {
        let last = self.warnings.len().saturating_sub(1);
        let of_key = |(number, (key, warning)): (usize, &(Value, Warning))| Warning::OfKey {
            key: key.clone(),
            warning: Box::new(warning.clone()),
            more: if number == last { self.more_warnings } else { 0 },
        };
        let of_keys = self.warnings.iter().enumerate().map(of_key);
        of_keys.chain(Warning::silent(traffic, &self.criteria.cluster)).collect()
    }
}

/// A history whose keys cannot be put in order: warnings are about the whole of it.
#[derive(Debug)]
struct Unsplit<'h> {
    error: CheckerError,
    whole: Box<dyn WorkloadFindings + 'h>,
}

impl WorkloadFindings for Unsplit<'_> {
    fn explanations(&self) -> Vec<Explanation> {
        vec![Explanation::NotJudged(self.error.clone())]
    }

    fn warnings(&self, stats: &Stats, traffic: Option<&Traffic>) -> Vec<Warning> {
        self.whole.warnings(stats, traffic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge;
    use crate::sample::{sample, texts};
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
        let map = check(&history, &criteria).verdict.map;
        assert_eq!(map.get("failures"), Some(&Value::Vector(vec![Value::Int(1)])));
        assert_snapshot!(texts(&check(&history, &criteria).findings.explanations()), @r"
        1 of 2 keys are invalid; each key is judged by itself
        key 1: 1 of 1 values were lost: known, but not in the last read
          12: known to process 0 at 0.003 s, entry 3; never read; missing from that of process 1 at 0.006 s, entry 6
        ");
        let stray = sample(&SETS.replace("ELEMENTS", "[12 11]"));
        assert_snapshot!(texts(&crate::check(&criteria, &stray, None).findings.warnings()), @"Key 1: 1 value was read that no client added, for example 11 by process 1 at 0.007 s, entry 7: answer `read` with nothing but the `element` of adds.");
    }

    #[test]
    fn keys_without_an_order_cannot_be_judged() {
        let mixed = sample(&SETS.replace("[1 ", "[:a ").replace("ELEMENTS", "[12]"));
        let criteria = Criteria::new(Workload::GSet);
        let WorkloadResult { verdict, findings } = check(&mixed, &criteria);
        assert_eq!(verdict.valid, Validity::Unknown);
        assert_snapshot!(texts(&findings.explanations()), @"the history cannot be judged: keys 0 and :a cannot be compared: give all keys one type that has an order, such as strings or numbers");
        assert_snapshot!(texts(&findings.warnings(&stats(&mixed), None)), @"4 values were read that no client added, for example 0 by process 1 at 0.005 s, entry 5: answer `read` with nothing but the `element` of adds.");
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
