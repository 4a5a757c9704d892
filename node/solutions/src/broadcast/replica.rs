//! One node's copy of all values.

use super::counts::{Origin, Versions};
use glomers_node::Json;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Most values in one message, which keeps a line far below the limit of 16 MiB.
const MAX_NEWS: usize = 10_000;

/// All values of a node.
#[derive(Debug, Default)]
pub(super) struct Replica {
    messages: BTreeSet<Json>,
    logs: BTreeMap<Origin, Log>,
    have: Versions,
}

/// The values of one origin, in order of their numbers.
#[derive(Debug, Default)]
struct Log {
    values: Vec<Json>,
    /// Values that arrived before earlier ones, by number.
    early: BTreeMap<u64, Json>,
}

/// Values that another node may lack.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct News(Vec<Run>);

/// Consecutive values of one origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Run {
    origin: Origin,
    /// Number of the first value.
    from: u64,
    values: Vec<Json>,
}

impl Replica {
    /// All values, without duplicates.
    pub(super) fn messages(&self) -> &BTreeSet<Json> {
        &self.messages
    }

    /// The versions of the contiguous values.
    pub(super) fn have(&self) -> &Versions {
        &self.have
    }

    /// A client's value in the form in which it will be sent to other nodes.
    pub(super) fn as_news(&self, origin: &Origin, value: Json) -> News {
        let from = self.have.of(origin);
        News(vec![Run { origin: origin.clone(), from, values: vec![value] }])
    }

    /// Adds a client's value. False if it is already present.
    pub(super) fn add(&mut self, origin: &Origin, value: Json) -> bool {
        let new = self.messages.insert(value.clone());
        if new {
            self.put(origin, self.have.of(origin), value);
        }
        new
    }

    /// Adds another node's values. False if all are already present.
    pub(super) fn learn(&mut self, news: News) -> bool {
        let mut new = false;
        for Run { origin, from, values } in news.0 {
            for (number, value) in (from..).zip(values) {
                if number >= self.have.of(&origin) {
                    self.messages.insert(value.clone());
                    new |= self.put(&origin, number, value);
                }
            }
        }
        new
    }

    /// Adds a value that is not part of the log yet. False if it is already in `early`.
    fn put(&mut self, origin: &Origin, number: u64, value: Json) -> bool {
        let log = self.logs.entry(origin.clone()).or_default();
        let new = log.early.insert(number, value).is_none();
        let mut count = log.values.len() as u64;
        while let Some(value) = log.early.remove(&count) {
            log.values.push(value);
            count += 1;
        }
        self.have.set(origin, count);
        new
    }

    /// The values that a node with the versions `known` lacks, or the first part of them.
    pub(super) fn since(&self, known: &Versions) -> News {
        let mut news = News::default();
        let mut room = MAX_NEWS;
        for (origin, log) in &self.logs {
            room -= news.add(origin, log, known.of(origin), room);
        }
        news
    }

    /// The same for one origin.
    pub(super) fn since_of(&self, origin: &Origin, known: &Versions) -> News {
        let mut news = News::default();
        if let Some(log) = self.logs.get(origin) {
            news.add(origin, log, known.of(origin), MAX_NEWS);
        }
        news
    }
}

impl News {
    /// Adds at most `room` values from number `from` on, and returns their number.
    fn add(&mut self, origin: &Origin, log: &Log, from: u64, room: usize) -> usize {
        let start = usize::try_from(from).unwrap_or(usize::MAX).min(log.values.len());
        let values: Vec<_> = log.values[start..].iter().take(room).cloned().collect();
        let added = values.len();
        if added > 0 {
            self.0.push(Run { origin: origin.clone(), from, values });
        }
        added
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keeps only values that a node with the versions `have` lacks.
    pub(super) fn drop_known(&mut self, have: &Versions) {
        self.0.retain_mut(|run| {
            let known = have.of(&run.origin).saturating_sub(run.from);
            let known = usize::try_from(known).unwrap_or(usize::MAX).min(run.values.len());
            run.values.drain(..known);
            run.from += known as u64;
            !run.values.is_empty()
        });
    }

    /// Whether it is full, so that more values may be missing.
    pub(super) fn is_full(&self) -> bool {
        self.0.iter().map(|run| run.values.len()).sum::<usize>() >= MAX_NEWS
    }

    /// The versions of a node that has these values and all earlier ones.
    pub(super) fn end(&self) -> Versions {
        let mut end = Versions::default();
        for Run { origin, from, values } in &self.0 {
            end.set(origin, from + values.len() as u64);
        }
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn json(number: u64) -> Json {
        Json::of(&number).unwrap()
    }

    proptest! {
        /// Runs of one origin's values may arrive in any order, overlap, and repeat: finally the
        /// count is that of the contiguous values, and reads return all received values.
        #[test]
        fn runs_come_in_any_order(runs in prop::collection::vec((0u64..12, 0u64..6), 0..12)) {
            let origin = Origin::new("n1-0");
            let mut replica = Replica::default();
            let mut expected = BTreeSet::new();
            for (from, count) in runs {
                let values = (from..from + count).map(json).collect();
                let news = News(vec![Run { origin: origin.clone(), from, values }]);
                let known = expected.len();
                expected.extend(from..from + count);
                prop_assert_eq!(replica.learn(news), expected.len() > known);
            }
            let gapless = (0..99).find(|number| !expected.contains(number)).unwrap();
            prop_assert_eq!(replica.have().of(&origin), gapless);
            prop_assert_eq!(replica.messages(), &expected.into_iter().map(json).collect());
            let news = replica.since(&Versions::default());
            prop_assert_eq!(news.end().of(&origin), gapless);
            prop_assert!(replica.since(&news.end()).is_empty());
        }
    }

    #[test]
    fn much_news_comes_in_parts() {
        let (mut from, mut to) = (Replica::default(), Replica::default());
        for number in 0..25_000 {
            from.add(&Origin::new(["a", "b"][usize::from(number % 3 == 0)]), json(number));
        }
        let mut parts = 0;
        while to.have() != from.have() {
            let news = from.since(to.have());
            assert_eq!(news.is_full(), parts < 2);
            to.learn(news);
            parts += 1;
        }
        assert_eq!((parts, to.messages().len()), (3, 25_000));
    }
}
