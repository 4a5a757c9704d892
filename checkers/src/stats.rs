//! `:stats`: how many operations succeeded, by function.

use crate::result_map::{result_map, valid_entry};
use glomers_history::{Function, History, Kind, Validity, Value, Verdict};

/// Completions of client operations by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// `:ok` ones.
    pub ok: u64,
    /// `:fail` ones.
    pub fail: u64,
    /// `:info` ones.
    pub info: u64,
}

impl Counts {
    /// The total number.
    #[must_use]
    pub fn total(self) -> u64 {
        self.ok + self.fail + self.info
    }

    fn add(&mut self, kind: Kind) {
        match kind {
            Kind::Invoke => {}
            Kind::Ok => self.ok += 1,
            Kind::Fail => self.fail += 1,
            Kind::Info => self.info += 1,
        }
    }

    fn entries(self, valid: bool) -> [(&'static str, Value); 5] {
        [
            valid_entry(valid),
            ("count", self.total().into()),
            ("ok-count", self.ok.into()),
            ("fail-count", self.fail.into()),
            ("info-count", self.info.into()),
        ]
    }
}

/// The result of [`stats`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stats {
    /// Counts over all functions.
    pub all: Counts,
    /// Counts of each function that completed at least once, sorted by name.
    pub by_function: Vec<(Function, Counts)>,
}

impl Stats {
    /// Functions that had to succeed once, and did not. A `crash` never does, and does not have to;
    /// the same holds for `debug-topic-partitions` of newer kafka workloads.
    pub fn never_succeeded(&self) -> impl Iterator<Item = &(Function, Counts)> {
        self.by_function.iter().filter(|(function, counts)| {
            counts.ok == 0 && !matches!(function.name(), "crash" | "debug-topic-partitions")
        })
    }
}

/// Counts completions of clients. Valid when every function succeeded at least once.
#[must_use]
pub fn stats(history: &History) -> Stats {
    let mut stats = Stats::default();
    for (_, operation) in history.client_operations() {
        if operation.kind == Kind::Invoke {
            continue;
        }
        stats.all.add(operation.kind);
        // A handful of functions: a list is the quickest map.
        let known = stats.by_function.iter().position(|(function, _)| *function == operation.f);
        let position = known.unwrap_or_else(|| {
            stats.by_function.push((operation.f.clone(), Counts::default()));
            stats.by_function.len() - 1
        });
        stats.by_function[position].1.add(operation.kind);
    }
    stats.by_function.sort_by(|(a, _), (b, _)| a.cmp(b));
    stats
}

impl From<Stats> for Verdict {
    fn from(stats: Stats) -> Self {
        let valid = stats.never_succeeded().next().is_none();
        let by_function = stats
            .by_function
            .iter()
            .map(|(function, counts)| {
                (Value::keyword(function.name()), result_map(counts.entries(counts.ok > 0)))
            })
            .collect();
        let entries = stats.all.entries(valid);
        let map = result_map(entries.into_iter().chain([("by-f", Value::Map(by_function))]));
        Self { valid: Validity::from(valid), map }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{edn, sample};

    #[test]
    fn every_function_but_crash_must_succeed_once() {
        let verdict = |lines: &str| Verdict::from(stats(&sample(lines)));
        let crash = "invoke 0 crash nil\n info 0 crash nil";
        assert_eq!(verdict(crash).valid, Validity::Valid);
        assert_eq!(verdict(&format!("{crash}\n info 1 poll nil")).valid, Validity::Invalid);
        let nemesis = verdict("info :nemesis start-partition nil");
        let none = "{:valid? true, :count 0, :ok-count 0, :fail-count 0, :info-count 0, :by-f {}}";
        assert_eq!(nemesis, Verdict { valid: Validity::Valid, map: edn(none) });
    }

    #[test]
    fn counts_are_by_function_in_the_order_of_their_names() {
        let history = sample(
            "ok 0 read [1]
             fail 1 broadcast 1
             ok 2 read []
             info 3 read nil",
        );
        let map = Verdict::from(stats(&history)).map;
        let expected =
            "{:valid? false, :count 4, :ok-count 2, :fail-count 1, :info-count 1, :by-f {
            :broadcast {:valid? false, :count 1, :ok-count 0, :fail-count 1, :info-count 0},
            :read {:valid? true, :count 3, :ok-count 2, :fail-count 0, :info-count 1}}}";
        assert_eq!(map, edn(expected));
        let by_f = map.get("by-f").unwrap();
        assert!(matches!(by_f, Value::Map(entries) if entries[0].0 == Value::keyword("broadcast")));
    }
}
