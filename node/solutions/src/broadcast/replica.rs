//! One node's copy of all values.

use super::counts::{Origin, Versions};
use glomers_node::Json;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Most values in one message, which keeps a line far below 16 MiB, the longest that passes.
const MAX_NEWS: usize = 10_000;

/// All values that a node has.
#[derive(Debug, Default)]
pub(super) struct Replica {
    messages: BTreeSet<Json>,
    logs: BTreeMap<Origin, Log>,
    have: Versions,
}

/// The values of one origin, in its order.
#[derive(Debug, Default)]
struct Log {
    values: Vec<Json>,
    /// Values that overtook others.
    early: BTreeMap<u64, Json>,
}

/// Values that somebody may lack.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct News(Vec<Run>);

/// Consecutive values of one origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Run {
    origin: Origin,
    /// Number of the first.
    from: u64,
    values: Vec<Json>,
}

impl Replica {
    /// Every value once.
    pub(super) fn messages(&self) -> &BTreeSet<Json> {
        &self.messages
    }

    /// What is here without a gap.
    pub(super) fn have(&self) -> &Versions {
        &self.have
    }

    /// A client's value as others will hear of it, once it is added.
    pub(super) fn as_news(&self, origin: &Origin, value: Json) -> News {
        let from = self.have.of(origin);
        News(vec![Run { origin: origin.clone(), from, values: vec![value] }])
    }

    /// Adds a client's value. False if it is here already.
    pub(super) fn add(&mut self, origin: &Origin, value: Json) -> bool {
        let new = self.messages.insert(value.clone());
        if new {
            self.put(origin, self.have.of(origin), value);
        }
        new
    }

    /// Adds another node's values. False if all are here already.
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

    /// Adds a value that is not part of the log yet. False if it was waiting there already.
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

    /// What somebody who has `known` lacks, or the first part of it.
    pub(super) fn since(&self, known: &Versions) -> News {
        let mut news = News::default();
        let mut room = MAX_NEWS;
        for (origin, log) in &self.logs {
            room -= news.add(origin, log, known.of(origin), room);
        }
        news
    }

    /// The same of one origin's values.
    pub(super) fn since_of(&self, origin: &Origin, known: &Versions) -> News {
        let mut news = News::default();
        if let Some(log) = self.logs.get(origin) {
            news.add(origin, log, known.of(origin), MAX_NEWS);
        }
        news
    }
}

impl News {
    /// Adds at most `room` values from number `from` on, and returns how many.
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

    /// Keeps only what somebody lacks who has that.
    pub(super) fn drop_known(&mut self, have: &Versions) {
        self.0.retain_mut(|run| {
            let known = have.of(&run.origin).saturating_sub(run.from);
            let known = usize::try_from(known).unwrap_or(usize::MAX).min(run.values.len());
            run.values.drain(..known);
            run.from += known as u64;
            !run.values.is_empty()
        });
    }

    /// Whether there may be more that did not fit.
    pub(super) fn is_full(&self) -> bool {
        self.0.iter().map(|run| run.values.len()).sum::<usize>() >= MAX_NEWS
    }

    /// What somebody has who had all before.
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
        /// Runs of one origin's values may come in any order, overlap, and repeat: in the end the
        /// count is the part without a gap, and all that came is read.
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
